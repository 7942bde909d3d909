"""Property: no file of a snapshot holds what names a person, whatever the query of a star has."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
from sqlglot import exp

from tests.small_warehouse import Warehouse, residents
from virtaama.engines.duckdb import DuckDB
from virtaama.loading.publish import publish
from virtaama.metrics.definitions import Catalogue
from virtaama.model.columns import star_columns
from virtaama.model.concepts import Sensitivity
from virtaama.vault.design import design

NAME = "Aino Esimerkki"


def test_attributes_of_class_direct_are_in_no_file(tmp_path: Path) -> None:
    warehouse = Warehouse(residents(), tmp_path)
    warehouse.deliver(
        "register.people",
        datetime(2026, 1, 1),
        {"ID": "pseudonym", "LANGUAGE": "fi", "NAME": NAME, "HOME": "398"},
    )
    warehouse.load()
    model = warehouse.model
    direct = {a.name for c in model.concepts for a in c.attributes if a.sensitivity is Sensitivity.DIRECT}
    assert direct == {"name"}
    [held] = [h.name for s in design(model).sources for h in s.histories if h.name.endswith("__direct")]
    assert warehouse.rows(f'SELECT name FROM "{held}"') == [(NAME,)]

    def star_that_tells_too_much(concept: str, made: object) -> exp.Query:
        """Every column of the satellites, the guarded one included."""
        nothing = [exp.null().as_(column) for column, _ in star_columns(model.concept(concept))]
        known = exp.select(*nothing, exp.column("name")) if concept == "resident" else exp.select(*nothing)
        return known.from_(exp.table_(held))

    warehouse.engine.close()
    engine = DuckDB.open(tmp_path / "warehouse.duckdb", folders=[tmp_path])
    published = publish(
        engine,
        star=star_that_tells_too_much,
        model=model,
        catalogue=Catalogue(version="1", facts=(), dimensions=(), metrics=()),
        batches=warehouse.ledger.batches(),
        folder=tmp_path / "published",
        county_code="07",
        moment=datetime(2026, 1, 2),
    )
    files = [path for path in published.folder.rglob("*") if path.is_file()]
    assert published.folder / "star" / "resident.parquet" in files
    for path in files:
        if path.suffix == ".parquet":
            assert not direct & set(pq.read_schema(path).names)
            assert NAME not in repr(pq.read_table(path).to_pylist())
        assert NAME.encode() not in path.read_bytes()
