"""Text that others write, at every place where it comes near SQL; and the shape of the SQL that comes of it.

A shape is what DuckDB's own parser makes of a statement, without the texts and the names in it: where a name or a
value has changed more than itself, the shape is another.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

from tests.small_warehouse import HERE, attribute, concept, feed, mapping, model
from tests.unit.published_county import CATALOGUE, PUBLISHED_MODEL
from virtaama.access.looked import Filters
from virtaama.access.oversight import _conditions
from virtaama.access.plan import plan_answer
from virtaama.access.recording import By, RecordingQuestion
from virtaama.access.recording import query as recording_query
from virtaama.metrics.expressions import read_expression as read_metric
from virtaama.metrics.plan import Coverage
from virtaama.metrics.question import Grain, Level, Question
from virtaama.model.concepts import Type
from virtaama.model.feeds import CsvDialect, Delivery, Feed, Field, Format
from virtaama.model.model import Model
from virtaama.model.row_expressions import read_value
from virtaama.privacy.policy import Asker, Purpose, Role, decide
from virtaama.sources.csv_engine import engine_select
from virtaama.sources.json_lines import NOT_AN_OBJECT, Members, lines_of, member_values
from virtaama.sources.reading import literal, quoted, select_rows, text_values
from virtaama.sql.expressions import NotAnExpression, read_expression
from virtaama.sql.spelling import spelled
from virtaama.vault.design import design
from virtaama.vault.evolve import plan_evolution
from virtaama.vault.plan import plan_load
from virtaama.vault.render import render
from virtaama.vault.render.tables import render_table_step
from virtaama.vault.steps import Arrival
from virtaama.vault.views import star

HARMLESS = "harmless"
CRUEL = (
    "'",
    '"',
    "''",
    '""',
    "x' OR '1'='1",
    'x" OR "1"="1',
    "x'; DROP TABLE hub_resident; --",
    'x"; DROP TABLE hub_resident; --',
    "x') UNION SELECT * FROM read_text('/etc/passwd') --",
    "x\") UNION SELECT * FROM read_text('/etc/passwd') --",
    "\\'; SELECT 1 --",
    "$$; SELECT 1; $$",
    "/* ' */",
    "-- x\n; SELECT 1",
    "E'\\'' || x",
    "$1",
    "?",
    ":x",
    "{x}",
    "*",
    "x, (SELECT 1)",
    "ʼ; SELECT 1",
    "＇ OR 1=1",
    "\u2028; SELECT 1",
    "select",
    "$.x",
    "$['x']",
    "'*",
)
"""What people who break in begin with."""

Place = Callable[[str], list[str]]
"""From a text to the statements that are made with it at one place."""

_MONTHS = Coverage(date(2024, 1, 1), date(2024, 4, 1))
_ASKER = Asker(id="a", role="manager")
_ROLE = Role(
    name="manager",
    purposes=frozenset({Purpose.STEERING}),
    levels=frozenset({"county", "municipality", "unit"}),
    pages=frozenset({"steering"}),
    minimum_group=1,
)


# Shapes ---------------------------------------------------------------------------------------------------


def shape(statements: list[str]) -> tuple[object, ...]:
    """What the statements are without their texts and names; 'unreadable' where the engine reads nothing at all."""
    return tuple(_shape(sql) for sql in statements)


def _shape(sql: str) -> object:
    try:
        found = _parser().extract_statements(sql)
    except (duckdb.Error, ValueError):
        return "unreadable"
    if len(found) == 1 and found[0].type == duckdb.StatementType.SELECT:
        ((told,),) = _parser().execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchall()
        return json.dumps(_bare(json.loads(told)))
    # The engine tells the shape of a SELECT alone; of the rest it tells how many statements of which kinds.
    kinds = [str(statement.type) for statement in found]
    return json.dumps([kinds, [_bare_tree(tree) for tree in sqlglot.parse(sql, read="duckdb") if tree]])


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


_PLACES_IN_TEXT = frozenset({"query_location", "query_location_length"})
_NAMES = frozenset(
    {
        "alias",
        "catalog_name",
        "column_name",
        "column_name_alias",
        "column_names",
        "name",
        "schema_name",
        "table_name",
        "using_columns",
        "value",
    }
)


def _bare(node: Any, of: str = "") -> Any:
    match node:
        case {"kind": "STRING", "text": _}:
            return "·"
        case {"type": "BASE_TABLE", "qualified_name": {"path": path}}:
            return {"table": len(path), "at": _bare(node.get("at_clause")), "sample": node.get("sample")}
        case dict():
            return {name: _bare(part, name) for name, part in node.items() if name not in _PLACES_IN_TEXT}
        case list():
            return [_bare(part, of) for part in node]
        case str() if of in _NAMES and node:
            return "·"
        case _:
            return node


def _bare_tree(tree: exp.Expr) -> str:
    copy = tree.copy()
    for node in list(copy.find_all(exp.Identifier, exp.Literal)):
        if isinstance(node, exp.Identifier) or node.is_string:
            node.set("this", "·")
    return str(copy.sql(dialect="duckdb"))


# Places ---------------------------------------------------------------------------------------------------


def _feed(name: str, format: Format = Format.CSV, **more: Any) -> Feed:
    declared = (
        Field(name=name, type=Type.DATE, place=HERE, required=True),
        Field(name="B", type=Type.DECIMAL, place=HERE),
    )
    return replace(feed("a.b", Delivery.CHANGES, {}), fields=declared, format=format, **more)


def _read_csv(read: Feed, file: str = "file.csv") -> list[str]:
    return [engine_select(Path(file), read, {f.name: f"c{n}" for n, f in enumerate(read.fields)}, 2)]


def field_name(text: str) -> list[str]:
    return _read_csv(_feed(text))


def file_name(text: str) -> list[str]:
    return _read_csv(_feed("A"), text)


def csv_words(text: str) -> list[str]:
    """Everything a system says of its CSV."""
    dialect = CsvDialect(
        delimiter=text, quote=text, encoding=text, decimal=".", date=text, timestamp=text, null=("", text)
    )
    return _read_csv(_feed("A", csv=dialect))


def column_of_parquet(text: str) -> list[str]:
    read = _feed("A", Format.PARQUET)
    texts = {"A": f"nullif(CAST({quoted(text)} AS VARCHAR), '')"}
    return [select_rows(read, text_values(read, texts, None), f"read_parquet({literal(text)})")]


def member_of_json(text: str) -> list[str]:
    members = Members()
    read = _feed("A", Format.JSON_LINES)
    values = member_values(read, {"A": text}, members)
    return [select_rows(read, values, members.source(lines_of(Path("x"))), (NOT_AN_OBJECT,))]


def type_of_resource(text: str) -> list[str]:
    read = _feed("A", Format.FHIR, resource=text)
    unreadable = ((f"x <> {literal(read.resource)}", "other:"),)
    return [select_rows(read, text_values(read, {"A": "x"}, None), "t", unreadable)]


def _named(name: str, column: str) -> Model:
    field = spelled(exp.to_identifier(column, quoted=True))
    return model(
        concepts=[
            concept(
                name,
                attribute("key"),
                attribute(f"{name}_of", Type.DATE),
                key=["key"],
                relationships={f"{name}_to": name},
            )
        ],
        feeds=[feed("system.rows", Delivery.FULL, {column: Type.TEXT, "KEY": Type.TEXT})],
        mappings=[
            mapping(
                "system.rows",
                name,
                key=["KEY"],
                attributes={f"{name}_of": f"CAST({field} AS DATE)"},
                relationships={f"{name}_to": [field]},
                where=f"{field} IS NOT NULL",
            )
        ],
    )


def _warehouse(named: Model, name: str) -> Iterator[str]:
    tables = design(named)
    arrival = Arrival(number=1, feed="system.rows", extracted=datetime(2025, 1, 1), file="x.csv", rows=3)
    (load,) = plan_load(named, tables, [arrival], frozenset())
    for step in plan_evolution(None, named, {}, frozenset()).steps:
        yield spelled(render_table_step(step))
    for reading in load.readings[0].steps:
        tree = render(reading)
        yield spelled(tree)
        # What of it is a query the engine's own parser can tell the shape of.
        if isinstance(tree.expression, exp.Query):
            yield spelled(tree.expression)
    yield spelled(star(named, tables, name))


def name_in_model(text: str) -> list[str]:
    """Names of a concept, an attribute and a relationship that no check had looked at."""
    return list(_warehouse(_named(text, "COLUMN"), text))


def column_in_model(text: str) -> list[str]:
    return list(_warehouse(_named("concept", text), "concept"))


def question(text: str) -> list[str]:
    """Metrics, area, breakdown and place of a question."""
    asked = Question(
        metrics=("cost", text),
        grain=Grain.MONTH,
        first=date(2024, 1, 1),
        last=date(2024, 3, 1),
        level=Level.MUNICIPALITY,
        area=text,
        within=text,
    )
    by = replace(asked, by=text, metrics=("visits_per_1000", "median_wait"))
    of_one = replace(asked, metrics=("visits_per_1000", "median_wait"))
    return [reading.sql for each in (asked, by, of_one) for reading in _readings(each)]


def _readings(asked: Question) -> Iterator[Any]:
    sound = replace(asked, metrics=("cost",), by=None, area=None, within=None, level=Level.COUNTY)
    allowed: Any = decide(sound, _ASKER, Purpose.STEERING, _ROLE, {})
    coverage = {metric.name: _MONTHS for metric in CATALOGUE.metrics}
    plan = plan_answer(
        asked, allowed, catalogue=CATALOGUE, model=PUBLISHED_MODEL, coverage=coverage, county="07"
    )
    yield from plan.readings


def question_of_recording(text: str) -> list[str]:
    return [
        recording_query(
            RecordingQuestion(by=by, system=text, concept=text, field=text, area=text), 5, [text]
        ).sql
        for by in By
    ]


def filter_of_log(text: str) -> list[str]:
    filters = Filters(
        first=date(2024, 1, 1),
        last=date(2024, 1, 2),
        asker=text,
        role=text,
        purpose=text,
        act=text,
        decision=text,
    )
    condition, _ = _conditions(filters)
    return [f"SELECT 1 FROM record WHERE {condition}"]


PLACES: dict[str, Place] = {
    "name of a field": field_name,
    "name of a file": file_name,
    "words of a CSV dialect": csv_words,
    "column of a Parquet file": column_of_parquet,
    "member of JSON": member_of_json,
    "type of a resource": type_of_resource,
    "name in the model": name_in_model,
    "column in a mapping": column_in_model,
    "question": question,
    "question of recording": question_of_recording,
    "filter of the audit log": filter_of_log,
}
SLOW = ("name in the model", "column in a mapping")
"""Places where one text makes all the statements of a warehouse: a tenth of a second."""


@cache
def _harmless(place: str) -> tuple[object, ...]:
    found = shape(PLACES[place](HARMLESS))
    assert found, place
    assert "unreadable" not in found, place
    return found


def changes_shape(place: str, text: str) -> bool:
    """Whether a text at a place makes of the statements something else than a harmless one does.

    A statement the engine does not read at all does nothing, and counts as unchanged.
    """
    found = shape(PLACES[place](text))
    wanted = _harmless(place)
    return len(found) != len(wanted) or any(
        one not in ("unreadable", other) for one, other in zip(found, wanted, strict=True)
    )


# Quoting, which all of it rests on ------------------------------------------------------------------------


def quoting_changes_shape(texts: list[str]) -> bool:
    """Whether any of some texts is more than one name and one value where it is quoted as one."""
    parts = [
        f"{literal(text)} AS {quoted(text)}, {spelled(exp.Literal.string(text))} AS "
        f"{spelled(exp.to_identifier(text, quoted=True))}"
        for text in texts
    ]
    harmless = "'x' AS \"x\", 'x' AS \"x\""
    return shape([f"SELECT {', '.join(parts)}"]) != shape([f"SELECT {', '.join([harmless] * len(parts))}"])


# Expressions ----------------------------------------------------------------------------------------------

_READERS = (read_expression, read_value, read_metric)


def escapes_expression(text: str) -> bool:
    """Whether a text is taken for an expression by the model, and is more than that to the engine.

    Taken, it must be one value over the row: as the whole of a SELECT it adds no statement, no table and no query.
    """
    for read in _READERS:
        try:
            taken = read(text)
        except (NotAnExpression, ValueError, RecursionError):
            continue
        tree = getattr(taken, "tree", taken)
        for written in (spelled(tree), text):
            if _more_than_a_value(written):
                return True
    return False


def _more_than_a_value(written: str) -> bool:
    sql = f"SELECT ({written}) FROM row_at_hand"
    try:
        statements = _parser().extract_statements(sql)
    except (duckdb.Error, ValueError):
        return False
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        return True
    ((told,),) = _parser().execute("SELECT json_serialize_sql(?::VARCHAR)", [sql]).fetchall()
    node = json.loads(told)["statements"][0]["node"]
    whole = node["type"] == "SELECT_NODE" and len(node["select_list"]) == 1
    where_it_stands = node["from_table"].get("table_name") == "row_at_hand"
    rest = any(node.get(part) for part in ("where_clause", "group_expressions", "having", "qualify"))
    return not whole or not where_it_stands or bool(rest) or _reads_elsewhere(node["select_list"])


_ELSEWHERE = ("read_", "glob", "getenv", "query", "current_setting", "nextval", "pragma_", "duckdb_", "now")


def _reads_elsewhere(node: Any) -> bool:
    match node:
        case {"class": "SUBQUERY"}:
            return True
        case {"class": "FUNCTION", "function_name": str(name)} if name.startswith(_ELSEWHERE):
            return True
        case dict():
            return any(map(_reads_elsewhere, node.values()))
        case list():
            return any(map(_reads_elsewhere, node))
        case _:
            return False


EXPRESSIONS = (
    "coalesce({}, 'x')",
    "CASE WHEN {} = '1' THEN 2 END",
    "CAST({} AS DATE)",
    "{} IN ('a', 'b')",
    "substr({}, 1, 3) || {}",
    "{}",
    "sum({})",
    "count(*) + {}",
)
