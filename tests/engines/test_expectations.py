"""What is expected is judged alike on every engine: deliveries counted, values tallied, recording counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.expecting import expecting
from tests.small_warehouse import ARROW
from virtaama.engines.port import Engine
from virtaama.loading.recording import RECORDED, Counting
from virtaama.metrics.render.trees import Stars
from virtaama.model.model import Model
from virtaama.quality.deliveries import counts, drifting, tallies
from virtaama.quality.judge import Occasion
from virtaama.quality.reading import recording
from virtaama.sql.build import parsed, table
from virtaama.vault.design import design

OF_FEED = """
unit: {required: UNIT, where: FORM = 'R10', owner: o}
once: {unique: [ID, UNIT], owner: o}
weight: {range: WEIGHT, least: 0.5, most: 350, owner: o}
past: {range: STARTED, least: 2020-01-01, most: extracted, owner: o}
id: {pattern: ID, matches: "[0-9]{1,2}", owner: o}
form: {codes: FORM, list: form, owner: o}
order: {holds: ENDED >= STARTED, owner: o}
mix: {drift: FORM, owner: o}
heavy: {drift: WEIGHT, owner: o}
"""


def deliver(model: Model, folder: Path, name: str, *rows: dict[str, Any]) -> str:
    fields = model.feed("care.visits").fields
    schema = pa.schema([(field.name, ARROW[field.type]) for field in fields])
    whole = [{field.name: row.get(field.name) for field in fields} for row in rows]
    path = folder / f"{name}.parquet"
    pq.write_table(pa.Table.from_pylist(whole, schema), path)
    return str(path)


def test_deliveries_are_counted_and_tallied_alike(engine: Engine, tmp_path: Path) -> None:
    model = expecting(of_feed=OF_FEED)
    day = datetime(2025, 3, 3)
    first = deliver(
        model,
        tmp_path,
        "first",
        {"ID": "1", "UNIT": "U1", "FORM": "R10", "WEIGHT": 70, "STARTED": day, "ENDED": day},
        {"ID": "1", "UNIT": "U1", "FORM": "R99", "WEIGHT": 700, "STARTED": datetime(2035, 1, 1)},
        {"ID": "333", "FORM": "R10", "STARTED": day, "ENDED": datetime(2025, 3, 2)},
        {"ID": "4", "UNIT": "U2"},
    )
    second = deliver(model, tmp_path, "second", {"ID": "5", "UNIT": "U1", "FORM": "R52", "WEIGHT": 71})
    feed, rules = model.feed("care.visits"), model.expected_of("care.visits")
    present = frozenset(field.name for field in feed.fields)
    lists = {codes.name: codes for codes in model.code_lists}
    moments = [(first, "2025-04-01 00:00:00"), (second, "2025-05-01 00:00:00")]
    found = engine.read(counts(feed, rules, lists, moments, present), {"files": [first, second]}).to_pylist()
    numbers = {Path(row.pop("row__file")).stem: tuple(row.values()) for row in found}
    assert numbers == {
        #        rows  unit  once  weight past  id    form  order
        "first": (4, *(2, 1), *(3, 1), *(2, 1), *(3, 1), *(4, 1), *(3, 1), *(2, 1)),
        "second": (1, *(0, 0), *(1, 0), *(1, 0), *(0, 0), *(1, 0), *(1, 0), *(0, 0)),
    }
    spread = engine.read(tallies(feed, drifting(rules), present), {"files": [first, second]}).to_pylist()
    assert {(Path(r["row__file"]).stem, r["field"], r["row__value"], r["row__count"]) for r in spread} == {
        ("first", "FORM", "R10", 2),
        ("first", "FORM", "R99", 1),
        ("first", "WEIGHT", "70e0", 1),
        ("first", "WEIGHT", "70e1", 1),
        ("second", "FORM", "R52", 1),
        ("second", "WEIGHT", "71e0", 1),
    }


def test_a_field_that_no_delivery_has_is_null_alike(engine: Engine, tmp_path: Path) -> None:
    model = expecting(of_feed="weight: {required: WEIGHT, owner: o}")
    feed = model.feed("care.visits")
    fewer = replace(feed, fields=tuple(field for field in feed.fields if field.name != "WEIGHT"))
    system = replace(model.systems[0], feeds=(fewer,))
    old = deliver(replace(model, systems=(system, *model.systems[1:])), tmp_path, "old", {"ID": "1"})
    present = frozenset(field.name for field in fewer.fields)
    rules = model.expected_of(feed.id)
    query = counts(feed, rules, {}, [(old, "2025-04-01 00:00:00")], present)
    (row,) = engine.read(query, {"files": [old]}).to_pylist()
    assert (row["looked_0"], row["failed_0"]) == (1, 1)


STARS = (
    "CREATE TABLE star_resident (resident_key UUID, person VARCHAR)",
    "INSERT INTO star_resident SELECT CAST(md5('p1') AS UUID), 'p1'",
    "CREATE TABLE star_unit (unit_key UUID, code VARCHAR)",
    "INSERT INTO star_unit SELECT CAST(md5('U1') AS UUID), 'U1'",
    "CREATE TABLE star_visit (visit_key UUID, id VARCHAR, started TIMESTAMP, ended TIMESTAMP, form VARCHAR, "
    "weight DECIMAL(18, 4), resident_key UUID, unit_key UUID)",
    "INSERT INTO star_visit SELECT CAST(md5('1') AS UUID), '1', CAST('2025-03-03 10:00:00' AS TIMESTAMP), "
    "CAST('2025-03-03 11:00:00' AS TIMESTAMP), 'R10', CAST(70 AS DECIMAL(18, 4)), CAST(md5('p1') AS UUID), "
    "CAST(md5('U1') AS UUID)",
    "INSERT INTO star_visit SELECT CAST(md5('2') AS UUID), '2', CAST('2025-03-04 10:00:00' AS TIMESTAMP), "
    "CAST('2025-03-04 09:00:00' AS TIMESTAMP), 'R99', CAST(NULL AS DECIMAL(18, 4)), CAST(md5('p1') AS UUID), "
    "CAST(md5('U1') AS UUID)",
    "INSERT INTO star_visit SELECT CAST(md5('3') AS UUID), '3', CAST('2035-03-04 10:00:00' AS TIMESTAMP), "
    "CAST(NULL AS TIMESTAMP), CAST(NULL AS VARCHAR), CAST(0 AS DECIMAL(18, 4)), CAST(NULL AS UUID), "
    "CAST(md5('U9') AS UUID)",
)
OF_CONCEPT = """
known: {reference: unit, owner: o}
weight: {required: weight, where: FORM = 'R10', owner: o}
heavy: {range: weight, least: 1, owner: o}
past: {range: started, most: extracted, owner: o}
order: {holds: ended >= started, owner: o}
once: {unique: [unit, form], owner: o}
"""


def test_recording_is_counted_alike(engine: Engine, tmp_path: Path) -> None:
    model = expecting(of_concept=OF_CONCEPT)
    for statement in STARS:
        engine.run(parsed(statement))
    stars = Stars(model, schema="", prefix="star_")
    counted = recording(
        model,
        design(model),
        model.concept("visit"),
        unit="unit",
        months=(date(2025, 1, 1), date(2025, 3, 1)),
        newest="2025-05-01 00:00:00",
        stars=stars,
    )
    assert counted is not None
    results = Counting(engine, stars, Occasion(datetime(2025, 5, 2), 1)).count(counted)
    assert [(r.expectation, r.rows, r.of) for r in results] == [
        ("known", 1, 3),
        ("weight", 0, 1),
        ("heavy", 1, 2),
        ("past", 1, 3),
        ("order", 1, 2),
        ("once", 0, 2),
    ]
    lines = engine.read(counted.mart(table(RECORDED))).to_pylist()
    found = {
        (line["field"] or line["rule"], line["unit"], line["month"]): tuple(line.values())[7:]
        for line in lines
    }
    march = date(2025, 3, 1)
    assert found["form", "U1", march] == (2, 0, 1, 1)
    assert found["form", None, None] == (1, 1, 0, 1)
    assert found["unit", None, None] == (1, 0, 1, 1)
    assert found["order", "U1", march] == (2, 0, 1, 1)
