"""Whether units stand in a tree is expected like anything else: a circle is told, and nothing waits for it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from tests.small_warehouse import Warehouse
from virtaama.loading.recording import Counting
from virtaama.metrics.render.trees import Stars
from virtaama.model.parse import parse_model
from virtaama.quality.judge import Occasion
from virtaama.quality.reading import recording
from virtaama.sql.build import parsed
from virtaama.vault.derive import star
from virtaama.vault.design import design

JANUARY = datetime(2025, 1, 1)
FILES = {
    "systems/register.yaml": """
system: register
labels: {fi: Rekisteri, sv: Register, en: Register}
format: csv
feeds:
  units:
    labels: {fi: Yksiköt, sv: Enheter, en: Units}
    files: "*.csv"
    delivery: full
    fields: {ID: {type: text}, ABOVE: {type: text}}
""",
    "concepts/units.yaml": """
concepts:
  unit:
    kind: entity
    labels: {fi: Yksikkö, sv: Enhet, en: Unit}
    definition: {fi: Yksikkö, sv: Enhet, en: A unit}
    key: [code]
    attributes:
      code: {type: text, labels: {fi: Tunnus, sv: Kod, en: Code}}
    relationships:
      part_of: {to: unit, labels: {fi: Osa, sv: Del av, en: Part of}}
    expectations:
      stands_in_the_tree: {reference: part_of, owner: The register}
""",
    "mappings/units.yaml": """
mappings:
  - {feed: register.units, concept: unit, key: {code: ID}, relationships: {part_of: ABOVE}}
""",
}


@pytest.mark.parametrize(
    ("above", "wrong", "of"),
    [
        pytest.param({"county": None, "ward": "county"}, 0, 1, id="a tree"),
        pytest.param(
            {"a": "b", "b": "a", "below": "a", "county": None}, 3, 3, id="a circle and one below it"
        ),
        pytest.param({"a": "a"}, 0, 1, id="above itself is at the top"),
        pytest.param({"a": "nobody"}, 1, 1, id="under one that nobody delivered"),
    ],
)
def test_units_in_a_circle_do_not_fit(
    tmp_path: Path, above: dict[str, str | None], wrong: int, of: int
) -> None:
    warehouse = Warehouse(parse_model(FILES), tmp_path, in_memory=True)
    warehouse.deliver("register.units", JANUARY, *({"ID": one, "ABOVE": up} for one, up in above.items()))
    warehouse.load()
    model, tables = warehouse.model, design(warehouse.model)
    warehouse.engine.run(parsed("CREATE SCHEMA star"))
    rows = star(model, tables, "unit").sql(dialect="duckdb")
    warehouse.engine.run(parsed(f"CREATE TABLE star.unit AS {rows}"))
    counted = recording(
        model,
        tables,
        model.concept("unit"),
        unit="unit",
        months=(date(2025, 1, 1), date(2025, 1, 1)),
        newest=JANUARY.isoformat(sep=" "),
        stars=Stars(model),
    )
    assert counted is not None
    [result] = Counting(warehouse.engine, Stars(model), Occasion(JANUARY, 1)).count(counted)
    assert (result.rows, result.of) == (wrong, of)
