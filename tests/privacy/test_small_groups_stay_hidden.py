"""Property: a figure about fewer persons than a reader may see is hidden, and no other figures give it away."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from virtaama.metrics.guard import guarded
from virtaama.privacy.disclosure.threshold import is_too_few, smallest_shown

COLUMNS = ("metric", "grain", "period", "level", "area", "dimension", "member", "persons")


def guards(*rows: tuple[str, str, str, str, str, int]) -> list[int]:
    """The guards of figures (grain, period, level, area, member, persons) of one metric."""
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE f(n INTEGER, metric VARCHAR, grain VARCHAR, period DATE, level VARCHAR, area VARCHAR, "
        "dimension VARCHAR, member VARCHAR, persons BIGINT)"
    )
    for number, (grain, period, level, area, member, persons) in enumerate(rows):
        connection.execute(
            "INSERT INTO f VALUES (?, 'm', ?, ?, ?, ?, ?, ?, ?)",
            [number, grain, period, level, area, "sex" if member else "", member, persons],
        )
    query = guarded(exp.select("*").from_("f"), ("n", *COLUMNS)).sql(dialect="duckdb")
    return [guard for (guard,) in connection.execute(f"SELECT guard FROM ({query}) ORDER BY n").fetchall()]


def of_areas(*persons: int) -> list[int]:
    return guards(
        *(("month", "2024-01-01", "municipality", str(area), "", n) for area, n in enumerate(persons))
    )


def test_only_hidden_area_takes_the_next_smallest_with_it() -> None:
    assert of_areas(100, 3, 40, 70) == [100, 3, 3, 70]


def test_area_where_nothing_happened_is_shown_and_protects_nobody() -> None:
    assert of_areas(0, 3, 40, 0) == [0, 3, 3, 0]


def test_two_small_areas_protect_each_other() -> None:
    guard = of_areas(4, 3, 40, 70)
    assert [is_too_few(g, 5) for g in guard] == [True, True, False, False]


def test_only_hidden_member_takes_the_next_smallest_with_it() -> None:
    rows = [
        ("month", "2024-01-01", "county", "07", member, n) for member, n in (("a", 2), ("b", 9), ("c", 50))
    ]
    assert guards(*rows) == [2, 2, 50]


def test_only_hidden_month_of_a_quarter_takes_another_with_it() -> None:
    rows = [("month", f"2024-0{month}-01", "county", "07", "", n) for month, n in ((1, 50), (2, 3), (3, 60))]
    assert guards(*rows, ("month", "2024-04-01", "county", "07", "", 55)) == [3, 3, 60, 55]


def test_county_alone_is_guarded_by_its_own_persons() -> None:
    assert guards(("month", "2024-01-01", "county", "07", "", 7)) == [7]


@settings(max_examples=25, deadline=None)
@given(
    persons=st.lists(st.integers(0, 30), min_size=6, max_size=6),
    smallest=st.integers(2, 12),
)
def test_no_sum_has_exactly_one_hidden_part(persons: list[int], smallest: int) -> None:
    cells = [(area, member) for area in ("a", "b", "c") for member in ("x", "y")]
    rows = [
        ("month", "2024-01-01", "municipality", area, member, n)
        for (area, member), n in zip(cells, persons, strict=True)
    ]
    found = dict(zip(cells, guards(*rows), strict=True))
    size = dict(zip(cells, persons, strict=True))
    families = [[c for c in cells if c[0] == area] for area in "abc"]
    families += [[c for c in cells if c[1] == member] for member in "xy"]
    for cell, guard in found.items():
        assert is_too_few(guard, smallest) or size[cell] == 0 or size[cell] >= smallest
    for family in families:
        about_somebody = [cell for cell in family if size[cell]]
        hidden = [cell for cell in about_somebody if is_too_few(found[cell], smallest)]
        assert len(hidden) != 1 or len(about_somebody) == 1


@pytest.mark.parametrize(("role", "metric", "shown"), [(5, 5, 5), (10, 5, 10), (5, 20, 20), (5, 0, 0)])
def test_the_stricter_of_role_and_metric_decides(role: int, metric: int, shown: int) -> None:
    assert smallest_shown(role, metric) == shown


def test_figure_about_nobody_is_shown() -> None:
    assert not is_too_few(0, 5)
