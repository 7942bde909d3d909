"""What rules make, and the rows of feature tables, are the same on every engine."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlglot import exp

from tests.engines.conftest import Open
from tests.spec.care import COMPUTED, EPISODE
from tests.spec.features import FACTS, column, feature_table, hospital, table_text
from tests.spec.test_derived_concepts import FIRST_STAY, HOUSEHOLD, VERSIONS
from virtaama.engines.port import Engine
from virtaama.metrics.parse import parse_catalogue
from virtaama.metrics.render.features import Then, feature_rows
from virtaama.metrics.render.trees import Stars
from virtaama.model.columns import star_columns
from virtaama.model.model import Model
from virtaama.sql.build import cast, create_table, insert, named, select, table, text, union_all
from virtaama.vault.derive import rows_of

ANN, BO = ("00000000-0000-0000-0000-00000000000" + digit for digit in "ab")
ROWS: dict[str, list[dict[str, str]]] = {
    "resident": [
        {"resident_key": ANN, "person": "ann", "birth_date": "1950-05-01", "home": "A1"},
        {"resident_key": BO, "person": "bo", "home": "A1"},
    ],
    "stay": [
        dict(zip(("stay_id", "resident_key", "admitted_on", "discharged_on", "ward"), row, strict=False))
        for row in (
            ("a", ANN, "2025-01-01", "2025-01-05", "surgery"),
            ("b", ANN, "2025-01-06", "2025-01-09", "tests"),
            ("d", BO, "2025-06-12", "2025-06-20"),
            ("e", BO, "2025-06-25", "2025-06-26"),
        )
    ]
    + [{"stay_id": "c", "resident_key": ANN, "admitted_on": "2025-06-08", "ward": "tests"}],
    "visit": [
        {"visit_id": "v", "visited_at": "2025-06-30 23:30:00", "resident_key": ANN},
        {"visit_id": "w", "visited_at": "2025-07-01 00:30:00", "resident_key": ANN},
    ],
}  # fmt: skip


def fill(engine: Engine, model: Model, prefix: str = "") -> None:
    """The views of concepts as tables, with a few rows."""
    for name, rows in ROWS.items():
        columns = star_columns(model.concept(name))
        engine.run(create_table(f"{prefix}{name}", columns))
        given = [
            select(*(named(cast(text(row[c]) if c in row else exp.null(), kind), c) for c, kind in columns))
            for row in rows
        ]
        engine.run(insert(f"{prefix}{name}", [c for c, _ in columns], union_all(given)))


def found(engine: Engine, query: exp.Query) -> list[tuple[Any, ...]]:
    rows = engine.read(query).to_pylist()
    return sorted((tuple(str(v) if v is not None else None for v in row.values()) for row in rows), key=repr)


@pytest.mark.parametrize(
    "written", [EPISODE, VERSIONS, FIRST_STAY, HOUSEHOLD], ids=["episode", "versions", "select", "group"]
)
def test_a_rule_makes_the_same_on_every_engine(written: str, open_duckdb: Open, open_spark: Open) -> None:
    model, _ = hospital(written)
    (derived,) = model.derived
    made = []
    for opens in (open_duckdb, open_spark):
        engine = opens()
        fill(engine, model)
        made.append(found(engine, rows_of(model, derived.concept, lambda name: select().from_(table(name)))))
        engine.close()
    assert made[0] == made[1]
    assert made[0]


def test_a_computed_attribute_is_the_same_on_every_engine(open_duckdb: Open, open_spark: Open) -> None:
    model, _ = hospital(computed=COMPUTED)
    made = []
    for opens in (open_duckdb, open_spark):
        engine = opens()
        fill(engine, model)
        made.append(found(engine, rows_of(model, model.concept("stay"), lambda name: table(name))))  # type: ignore[arg-type, return-value]
        engine.close()
    assert made[0] == made[1]
    assert {row[6] for row in made[0]} == {None, "65-74", "75-84"}


def test_feature_rows_are_the_same_on_every_engine(open_duckdb: Open, open_spark: Open) -> None:
    model, _ = hospital(computed=COMPUTED)
    catalogue = parse_catalogue({"facts.yaml": FACTS}, model)
    columns = (
        column("born", value="birth_date"),
        column("age", value="\"age_years(birth_date, at)\""),
        column("visits", fact="visit", aggregate="count", last="1 month"),
        column("ward_days", fact="ward_day", aggregate="days", last="30 days"),
        column("length", fact="stay", aggregate="mean(length)", last="1 month"),
        column("middle", fact="stay", aggregate="median(length)", last="12 months"),
        column("contacts", fact="contact", aggregate="count", last="1 month"),
    )  # fmt: skip
    later = column("later", fact="visit", aggregate="count", next="1 month").strip()
    features = feature_table(table_text("".join(columns), later), model, catalogue)
    made = []
    for opens in (open_duckdb, open_spark):
        engine = opens()
        fill(engine, model, "then_")
        fill(engine, model, "now_")
        stars = Then(then=Stars(model, schema="", prefix="then_"), now=Stars(model, schema="", prefix="now_"))
        query = feature_rows(features, date(2025, 6, 30), {}, catalogue, stars)
        made.append(found(engine, query))
        engine.close()
    assert made[0] == made[1]
    assert [row[2:] for row in made[0]] == [
        ("1950-05-01", "75", "1.0", "23.0", None, "3.5", "2.0", "1.0", "length: no_rows"),
        (None, None, "0.0", "11.0", "4.5", "4.5", "2.0", "0.0", "born: unknown; age: unknown"),
    ]
