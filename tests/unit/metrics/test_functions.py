from __future__ import annotations

from itertools import pairwise

import duckdb
import pytest

from virtaama.metrics.expressions import read_expression
from virtaama.metrics.functions import functions_by
from virtaama.project.statutes import shipped_statutes
from virtaama.sql.ages import AGE_GROUPS, expand
from virtaama.statutes.care_guarantee import CARE_GUARANTEE, WaitLimit

WAITS = shipped_statutes().content(CARE_GUARANTEE).waits


def value(sql: str, waits: tuple[WaitLimit, ...] = WAITS) -> object:
    tree = expand(read_expression(sql), functions_by(waits))
    with duckdb.connect() as connection:
        [(found,)] = connection.execute(f"SELECT {tree.sql(dialect='duckdb')}").fetchall()
    return found


@pytest.mark.parametrize(
    ("born", "at", "years"),
    [
        ("1950-06-15", "2025-06-14", 74),
        ("1950-06-15", "2025-06-15", 75),
        ("2004-02-29", "2005-02-27", 0),
        ("2004-02-29", "2005-02-28", 1),  # the last day of a month without a 29th: 150/1930 3 §
        ("2024-01-01", "2024-12-31", 0),
    ],
)
def test_age_is_whole_years_lived(born: str, at: str, years: int) -> None:
    assert value(f"age_years(DATE '{born}', DATE '{at}')") == years


@pytest.mark.parametrize(
    ("age", "group"), [(0, "00-06"), (17, "07-17"), (74, "65-74"), (75, "75-84"), (99, "85+")]
)
def test_age_group_is_that_of_the_age(age: int, group: str) -> None:
    assert value(f"age_group(DATE '{2025 - age}-01-01', TIMESTAMP '2025-06-01 10:00')") == group


def test_unknown_or_impossible_age_has_no_group() -> None:
    assert value("age_group(NULL::DATE, DATE '2025-01-01')") is None
    assert value("age_group(DATE '2026-01-01', DATE '2025-01-01')") is None


def test_age_groups_follow_each_other_and_sort_by_age() -> None:
    assert [name for name, _, _ in AGE_GROUPS] == sorted(name for name, _, _ in AGE_GROUPS)
    for (_, _, oldest), (_, youngest, _) in pairwise(AGE_GROUPS):
        assert youngest == oldest + 1


@pytest.mark.parametrize(
    ("section", "born", "at", "deadline"),
    [
        ("51a", "1980-01-01", "2023-08-31", "2023-11-30"),  # three months
        ("51a", "1980-01-01", "2023-09-01", "2023-09-15"),  # 116/2023: 14 days for everybody
        ("51a", "1980-01-01", "2025-01-01", "2025-04-01"),  # 848/2024: three months again
        ("51a", "2010-01-01", "2025-01-01", "2025-01-15"),  # but 14 days under 23
        ("51a", "2002-01-02", "2025-01-01", "2025-01-15"),  # 22 years on the day
        ("51a", "2002-01-01", "2025-01-01", "2025-04-01"),  # 23 years on the day
    ],
)
def test_care_guarantee_ends_as_the_law_of_the_day_says(
    section: str, born: str, at: str, deadline: str
) -> None:
    found = value(f"care_guarantee_deadline('{section}', DATE '{born}', TIMESTAMP '{at} 12:00')")
    assert str(found) == deadline


def test_no_limit_in_force_gives_no_deadline() -> None:
    assert value("care_guarantee_deadline('51a', DATE '1980-01-01', DATE '2001-01-01')") is None
    assert value("care_guarantee_deadline('99', DATE '1980-01-01', DATE '2025-01-01')") is None


def test_without_limits_a_deadline_is_refused_rather_than_empty() -> None:
    with pytest.raises(ValueError, match="no limits of the care guarantee are known"):
        value("care_guarantee_deadline('51a', DATE '1980-01-01', DATE '2025-01-01')", ())


@pytest.mark.parametrize(
    "sql", ["age_years(DATE '1980-01-01')", "coalesce(care_guarantee_deadline('51a', at), at)"]
)
def test_a_call_with_the_wrong_number_of_arguments_is_refused(sql: str) -> None:
    with pytest.raises(ValueError, match="takes [23] arguments, not [12]"):
        read_expression(sql)
