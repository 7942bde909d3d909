"""A warehouse on Spark follows a changed model to the tables that DuckDB makes of the lake."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.engines.conftest import Open
from tests.small_warehouse import Warehouse, attribute, residents
from virtaama.engines.port import Engine
from virtaama.loading.load import load
from virtaama.loading.table_hash import table_hashes
from virtaama.model.concepts import Sensitivity
from virtaama.model.mappings import Expression
from virtaama.model.model import Model
from virtaama.vault.columns import BOOKKEEPING, wanted_tables
from virtaama.vault.design import design

JANUARY, FEBRUARY = datetime(2025, 1, 1), datetime(2025, 2, 1)


def changed() -> Model:
    """Language is called tongue, and there is an attribute more."""
    before = residents()
    town, person = before.concepts
    attributes = [
        replace(a, name="tongue", was=("language",)) if a.name == "language" else a for a in person.attributes
    ]
    attributes.append(attribute("state", sensitivity=Sensitivity.OPEN))
    [mapped] = before.mappings
    given = dict(mapped.attributes)
    names = {"tongue": given["language"], "name": given["name"], "state": Expression("STATE", mapped.place)}
    return replace(
        before,
        version="changed",
        concepts=(
            replace(town, name="town", was=("municipality",)),
            replace(
                person,
                attributes=tuple(attributes),
                relationships=tuple(replace(r, to="town") for r in person.relationships),
            ),
        ),
        mappings=(replace(mapped, attributes=tuple(names.items())),),
    )


@pytest.mark.timeout(900)
def test_spark_follows_a_changed_model(open_spark: Open, tmp_path: Path) -> None:
    lake = Warehouse(residents(), tmp_path, in_memory=True)
    lake.deliver(
        "register.people", JANUARY, {"ID": "a", "LANGUAGE": "fi", "HOME": "016", "STATE": "x"}, {"ID": "b"}
    )
    lake.deliver("register.people", FEBRUARY, {"ID": "a", "LANGUAGE": "sv", "HOME": "398", "STATE": "x"})
    spark = open_spark()
    follow(lake, residents(), spark)
    follow(lake, changed(), spark)
    follow(lake, changed(), lake.engine)
    tables = [table.name for table in wanted_tables(design(changed())) if table.name not in BOOKKEEPING]
    assert table_hashes(spark, tables=tables) == table_hashes(lake.engine, tables=tables)
    assert list(spark.columns("hub_municipality")) == []
    spark.close()


def follow(lake: Warehouse, model: Model, engine: Engine) -> None:
    load(model, lake.ledger, lake.lake, engine, now=lambda: datetime(2026, 1, 1))
