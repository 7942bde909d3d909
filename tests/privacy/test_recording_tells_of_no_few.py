"""Property: sums of recording quality tell nothing of groups smaller than a reader may see, by no subtraction."""

from __future__ import annotations

from typing import Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from virtaama.access.recording import By, RecordingLine, RecordingQuestion, lines, query
from virtaama.quality.recording import COLUMNS

Row = tuple[str | None, int, int, int]  # unit, month, rows looked at, persons


def asked(
    rows: list[Row], by: By, smallest: int = 5, units: list[str] | None = None, **more: Any
) -> tuple[tuple[RecordingLine, ...], int]:
    """Sums over one field of these rows, a tenth of which is missing and one of which is wrong."""
    connection = duckdb.connect()
    declared = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS)
    connection.execute(f"CREATE TABLE recording ({declared})")
    for unit, month, count, persons in rows:
        line = (
            "visit",
            "form",
            "",
            "care.visits",
            unit,
            f"2025-{month:02}-01",
            True,
            count,
            count // 10,
            1,
            persons,
        )
        connection.execute(f"INSERT INTO recording VALUES ({', '.join('?' * len(line))})", line)
    question = RecordingQuestion(by=by, **more)
    found = query(question, smallest, units)
    return lines(question, connection.execute(found.sql, found.parameters).fetchall())


def by_unit(rows: list[Row], **more: Any) -> dict[str | None, int]:
    return {line.unit: line.rows for line in asked(rows, By.UNIT, **more)[0]}


def test_a_group_of_few_persons_is_in_no_sum_and_takes_the_next_smallest_with_it() -> None:
    rows: list[Row] = [("a", 1, 100, 60), ("b", 1, 90, 4), ("c", 1, 80, 50), ("d", 1, 70, 70)]
    assert by_unit(rows) == {"a": 100, "d": 70}
    ((month,), left_out) = asked(rows, By.MONTH)
    assert (month.rows, left_out) == (170, 2)


def test_two_groups_of_few_protect_each_other() -> None:
    assert by_unit([("a", 1, 100, 60), ("b", 1, 90, 4), ("c", 1, 80, 3)]) == {"a": 100}


def test_each_month_is_judged_alone() -> None:
    rows: list[Row] = [("a", 1, 100, 60), ("b", 1, 90, 4), ("a", 2, 10, 9), ("b", 2, 20, 20)]
    assert by_unit(rows) == {"a": 10, "b": 20}


def test_few_rows_of_many_persons_are_left_out_too() -> None:
    rows: list[Row] = [("a", 1, 4, 60), ("b", 1, 50, 50)]
    assert by_unit(rows) == {"b": 50}


def test_what_is_about_nobody_is_shown_to_the_last_row() -> None:
    assert by_unit([("a", 1, 1, 0), ("b", 1, 2, 0)]) == {"a": 1, "b": 2}


def test_rows_without_a_unit_are_a_group_like_any() -> None:
    assert by_unit([(None, 1, 100, 3), ("a", 1, 90, 60), ("b", 1, 90, 70)]) == {"b": 90}


def test_units_of_others_are_left_out_where_only_own_ones_are_seen() -> None:
    rows: list[Row] = [("a", 1, 100, 60), ("b", 1, 90, 60), (None, 1, 90, 60)]
    assert by_unit(rows, units=["b"]) == {"b": 90}
    assert by_unit(rows, units=[]) == {}


@settings(max_examples=60, deadline=None)
@given(
    rows=st.dictionaries(
        st.tuples(st.sampled_from("abcd"), st.integers(1, 3)),
        st.tuples(st.integers(1, 40), st.integers(1, 12)),
        min_size=1,
    ),
    smallest=st.integers(1, 8),
)
def test_whatever_is_shown_every_sum_is_of_shown_groups_alone(
    rows: dict[tuple[str, int], tuple[int, int]], smallest: int
) -> None:
    listed: list[Row] = [(unit, month, *counts) for (unit, month), counts in rows.items()]
    shown: dict[tuple[str, int], int] = {}
    for month in {month for _, month in rows}:
        of_month = {unit: rows[u, m] for u, m in rows if m == month for unit in [u]}
        few = {unit for unit, (_, persons) in of_month.items() if persons < smallest}
        if len(few) == 1 and len(of_month) > 1:
            rest = {unit: counts for unit, counts in of_month.items() if unit not in few}
            few.add(min(rest, key=lambda unit: (rest[unit][1], unit)))
        shown |= {
            (unit, month): count
            for unit, (count, _) in of_month.items()
            if unit not in few and count >= smallest
        }
    units = {line.unit: line.rows for line in asked(listed, By.UNIT, smallest)[0]}
    months = {line.month.month: line.rows for line in asked(listed, By.MONTH, smallest)[0] if line.month}
    assert units == {u: sum(n for (v, _), n in shown.items() if v == u) for u, _ in shown}
    assert months == {m: sum(n for (_, k), n in shown.items() if k == m) for _, m in shown}
