"""Everything the fence lets through means the same on DuckDB and on Spark; everything else is refused by name."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from sqlglot import exp

from tests.engines import constructs
from tests.engines.conftest import Open
from virtaama.sql.build import parsed
from virtaama.sql.spark.fence import ALLOWED, ALLOWED_CALLS, NotSpelled
from virtaama.sql.spark.letters import LATIN_GREEK_CYRILLIC
from virtaama.sql.spelling import EngineName, spelled

ROWS = {
    "text": constructs.TEXT,
    "numbers": constructs.NUMBERS,
    "time": constructs.TIME,
    "casts": constructs.CASTS,
    "logic": constructs.LOGIC,
}
TABLE = f"SELECT * FROM (VALUES {constructs.ROWS}) AS v({constructs.COLUMNS})"

REFUSED = [
    ("round(x, 2)", "round"),
    ("t AT TIME ZONE 'Europe/Helsinki'", "AtTimeZone"),
    ("epoch_ms(i)", "unix_to_time"),
    ("epoch_ms(t)", "unix_to_time"),
    ("list(s ORDER BY i)", "array_agg"),
    ("string_agg(s, ',')", "group_concat"),
    ("regexp_replace(s, 'a', 'b')", "first match"),
    ("regexp_matches(s, '(?=a)b')", r"\(\?"),
    ("regexp_matches(s, s)", "pattern"),
    ("regexp_matches(s, 'a', 'i')", "pattern"),
    ("regexp_matches(s, '[a&&b]')", "&"),
    (r"regexp_matches(s, '\bword')", "b"),
    ("s LIKE u", "LIKE"),
    ("s LIKE 'a!%' ESCAPE '!'", "ESCAPE"),
    ("s ILIKE 'A'", "ILike"),
    ("s GLOB 'a*'", "Glob"),
    ("reverse(s)", "reverse"),
    ("strip_accents(s)", "strip_accents"),
    ("monthname(d)", "monthname"),
    ("left(s, -1)", "left"),
    ("split_part(s, '-', -1)", "split_part"),
    ("substr(s, 2, -1)", "substr"),
    ("strftime(t, '%A')", "%A"),
    ("time_bucket(INTERVAL '1 day', t)", "date_bin"),
    ("json_extract_string(s, '$.a')", "json"),
    ("list_transform([i], x -> x + 1)", "transform"),
    ("CAST(i AS HUGEINT)", "INT128"),
    ("CAST(t AS TIMESTAMPTZ)", "TIMESTAMPTZ"),
    ("md5_number(s)", "md5_number"),
    ("printf('%d', i)", "printf"),
    ("nfc_normalize(s)", "nfc_normalize"),
    ("INTERVAL 1 DAY + t", "interval"),
    ("t + INTERVAL '1 day 2 hours'", "INTERVAL"),
]


def compared(
    open_duckdb: Open, open_spark: Open, query: str, *, arrange: tuple[str, ...] = ()
) -> list[pa.Table]:
    """What both engines answer to a query."""
    found = []
    for opens in (open_duckdb, open_spark):
        engine = opens()
        for statement in arrange:
            engine.run(parsed(statement))
        found.append(engine.read(parsed(query)))
        engine.close()
    return found


def plain(value: object) -> object:
    """A value as it is compared: numbers by their first twelve digits, whatever their type."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return value
    number = float(value)
    if math.isnan(number):
        return "not a number"
    return number if math.isinf(number) or not number else float(f"{number:.12g}")


@pytest.mark.parametrize("block", ROWS)
def test_expressions_over_one_row_mean_the_same(block: str, open_duckdb: Open, open_spark: Open) -> None:
    expressions = constructs.expressions(ROWS[block])
    listed = ", ".join(f"{sql} AS c{place}" for place, sql in enumerate(expressions))
    create = f"CREATE TABLE v AS {TABLE}"
    by = compared(open_duckdb, open_spark, f"SELECT {listed} FROM v ORDER BY id", arrange=(create,))
    assert differing(expressions, *by) == {}


def test_aggregates_mean_the_same(open_duckdb: Open, open_spark: Open) -> None:
    expressions = constructs.expressions(constructs.AGGREGATES)
    listed = ", ".join(f"{sql} AS c{place}" for place, sql in enumerate(expressions))
    create = f"CREATE TABLE v AS {TABLE}"
    assert (
        differing(
            expressions, *compared(open_duckdb, open_spark, f"SELECT {listed} FROM v", arrange=(create,))
        )
        == {}
    )


def differing(expressions: tuple[str, ...], ours: pa.Table, theirs: pa.Table) -> dict[str, Any]:
    return {
        sql: (left, right)
        for place, sql in enumerate(expressions)
        for left, right in [
            ([plain(v) for v in table.column(place).to_pylist()] for table in (ours, theirs)),
        ]
        if left != right
    }


def test_letters_and_blanks_are_the_same_one_by_one(open_duckdb: Open, open_spark: Open) -> None:
    def texts() -> str:
        return ", ".join(
            f"({code}, chr({code}))" for code in (*LATIN_GREEK_CYRILLIC, *range(0x2000, 0x2070), 0x3000, 0xA0)
        )

    query = f"SELECT id, upper(s) AS u, lower(s) AS l, trim(s) AS t FROM (VALUES {texts()}) AS v(id, s) ORDER BY id"
    ours, theirs = compared(open_duckdb, open_spark, query)
    assert ours.to_pylist() == theirs.to_pylist()


RELATIONS = [
    "SELECT id, i FROM v QUALIFY row_number() OVER (PARTITION BY b ORDER BY i DESC NULLS LAST, id) = 1",
    "SELECT id, lag(i) OVER (ORDER BY id) AS p, lead(s, 2) OVER (PARTITION BY b ORDER BY id) AS n FROM v",
    "SELECT id, sum(i) OVER (PARTITION BY b ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS r FROM v",
    "SELECT id, first_value(s) OVER (PARTITION BY b ORDER BY id) AS f, rank() OVER (ORDER BY b) AS r FROM v",
    "SELECT id, last_value(s) OVER (PARTITION BY b ORDER BY id) AS f, dense_rank() OVER (ORDER BY b) AS r FROM v",
    "SELECT v.id FROM v SEMI JOIN (SELECT 3 AS id UNION ALL SELECT 4) AS k USING (id)",
    "SELECT v.id FROM v ANTI JOIN (SELECT 3 AS id UNION ALL SELECT 4) AS k USING (id)",
    "SELECT id, k.n FROM v FULL JOIN (SELECT 3 AS id, 'x' AS n UNION ALL SELECT 40, 'y') AS k USING (id)",
    "SELECT id, k.n FROM v LEFT JOIN (SELECT 7 AS i, 'x' AS n) AS k ON k.i IS NOT DISTINCT FROM v.i",
    "SELECT b, i % 2 AS odd, count(*) AS n, grouping(b) AS g FROM v GROUP BY GROUPING SETS ((b), (b, i % 2), ())",
    "SELECT DISTINCT b FROM v WHERE i IN (SELECT i FROM v WHERE id < 5) OR id NOT IN (1, 2)",
    "WITH a AS (SELECT id, s FROM v), b AS (SELECT id FROM a WHERE s > 'b') SELECT a.id, s FROM a JOIN b USING (id)",
    "SELECT * EXCLUDE (s, u, t), i + 1 AS more FROM v",
    "SELECT * REPLACE (i + 1 AS b) FROM (SELECT id, i, b FROM v) AS w",
    "SELECT id FROM v ORDER BY s DESC, id LIMIT 3",
    "SELECT id, i FROM v WHERE EXISTS (SELECT 1 FROM (VALUES (7)) AS k(i) WHERE k.i = v.i)",
    "SELECT id FROM v INTERSECT SELECT i FROM v",
    "SELECT id FROM v EXCEPT SELECT i FROM v",
]


def test_relations_mean_the_same(open_duckdb: Open, open_spark: Open) -> None:
    engines = [open_duckdb(), open_spark()]
    for engine in engines:
        engine.run(parsed(f"CREATE TABLE v AS {TABLE}"))
    for query in RELATIONS:
        ours, theirs = (engine.read(parsed(query)) for engine in engines)
        assert sorted(ours.column_names) == sorted(theirs.column_names), query
        both = [
            sorted(([plain(row[name]) for name in ours.column_names] for row in table.to_pylist()), key=repr)
            for table in (ours, theirs)
        ]
        assert both[0] == both[1], query
    for engine in engines:
        engine.close()


@pytest.mark.parametrize(("sql", "named"), REFUSED)
def test_what_is_not_known_to_mean_the_same_is_refused_by_name(sql: str, named: str) -> None:
    with pytest.raises(NotSpelled, match=named):
        spelled(parsed(sql), EngineName.SPARK)


def test_every_function_the_fence_lets_through_is_tried() -> None:
    blocks = (*ROWS.values(), constructs.AGGREGATES, "\n".join(RELATIONS))
    tried = [parsed(sql) for block in blocks for sql in constructs.expressions(block)]
    nodes = {type(node) for tree in tried for node in tree.walk()}
    calls = {node.name.lower() for tree in tried for node in tree.find_all(exp.Anonymous)}
    assert {kind for kind in ALLOWED if issubclass(kind, exp.Func)} <= nodes
    # These are parsed into nodes where they stand alone, and reach the fence by name where trees are built.
    assert ALLOWED_CALLS - calls <= {"epoch", "grouping", "lag", "lead", "quantile_cont"}
