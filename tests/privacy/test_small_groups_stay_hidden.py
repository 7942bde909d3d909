"""Property: a figure about fewer persons than a reader may see is hidden, and no other figures give it away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import product

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attack.naive import NOWHERE, Spot, guards_of, wholes_of
from virtaama.metrics.definitions import Measure, Window
from virtaama.metrics.guard import bonds, guarded, guards, parts, sizes
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.render.cells import CELL_COLUMNS
from virtaama.privacy.disclosure.threshold import is_too_few, smallest_shown
from virtaama.sql.build import temporary_table
from virtaama.sql.spelling import spelled

COUNTY, JANUARY = "07", date(2024, 1, 1)


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def spot(
    area: str = COUNTY,
    member: str = "",
    *,
    level: Level | None = None,
    month: int = 1,
    grain: Grain = Grain.MONTH,
    by: str = "sex",
) -> Spot:
    there = level or (Level.COUNTY if area == COUNTY else Level.MUNICIPALITY)
    return grain, date(2024, month, 1), there, area, by if member else "", member


def guards_in(
    engine: duckdb.DuckDBPyConnection,
    persons: dict[Spot, int],
    left: dict[Spot, int] | None = None,
    **more: object,
) -> dict[Spot, int]:
    """What guards each count, by how many persons it is about and how many are left over."""
    for name, cells in (("cells", persons), ("rests", left or {})):
        engine.execute(
            f"CREATE OR REPLACE TABLE {name}(grain VARCHAR, period DATE, level VARCHAR, area VARCHAR, "
            "dimension VARCHAR, member VARCHAR, persons BIGINT)"
        )
        if cells:
            rows = ", ".join(str((*map(str, place), count)) for place, count in cells.items())
            engine.execute(f"INSERT INTO {name} VALUES {rows}")
    measure = Measure(fact="visit", aggregate="count", **more)  # type: ignore[arg-type]
    for name, query in (
        ("sizes", sizes("cells", measure, ["rests"])),
        ("parts", parts("sizes", COUNTY)),
        ("bonds", bonds("sizes", "parts")),
        ("guards", guards("bonds")),
        ("guarded", guarded("cells", "guards")),
    ):
        engine.execute(spelled(temporary_table(name, query)))
    rows = engine.execute(f"SELECT {', '.join(CELL_COLUMNS)}, guard FROM guarded").fetchall()
    return {(Grain(g), p, Level(lv), a, d, m): guard for g, p, lv, a, d, m, guard in rows}


def of_areas(engine: duckdb.DuckDBPyConnection, *persons: int, nowhere: int = 0) -> list[int]:
    """What guards areas about so many persons; `nowhere` live in none."""
    cells = {spot(f"m{n}"): count for n, count in enumerate(persons)}
    everybody = {spot(): sum(persons) + nowhere, spot(NOWHERE, level=Level.MUNICIPALITY): nowhere}
    found = guards_in(engine, cells | everybody)
    return [found[each] for each in cells]


def hidden(guards: list[int], smallest: int = 5) -> list[bool]:
    return [is_too_few(guard, smallest) for guard in guards]


# One sum ----------------------------------------------------------------------------------------------------


def test_only_hidden_area_takes_the_next_smallest_with_it(engine: duckdb.DuckDBPyConnection) -> None:
    assert of_areas(engine, 100, 3, 40, 70) == [100, 3, 3, 41]


def test_area_where_nothing_happened_is_shown_and_protects_nobody(engine: duckdb.DuckDBPyConnection) -> None:
    assert of_areas(engine, 0, 3, 40, 0) == [0, 3, 3, 0]


def test_two_small_areas_protect_each_other(engine: duckdb.DuckDBPyConnection) -> None:
    assert hidden(of_areas(engine, 4, 3, 40, 70)) == [True, True, False, False]


def test_two_with_little_between_them_take_a_third(engine: duckdb.DuckDBPyConnection) -> None:
    """Each is one at least: of 3 in all, neither could be more than 2."""
    assert hidden(of_areas(engine, 1, 2, 40, 70)) == [True, True, True, False]


def test_those_who_live_nowhere_protect_a_small_area(engine: duckdb.DuckDBPyConnection) -> None:
    assert hidden(of_areas(engine, 100, 3, 40, nowhere=30)) == [False, True, False]


def test_few_who_live_nowhere_are_a_group_to_be_protected(engine: duckdb.DuckDBPyConnection) -> None:
    """They are what the areas leave of the county."""
    assert hidden(of_areas(engine, 100, 50, 40, nowhere=2)) == [False, False, True]


def test_only_hidden_month_of_a_quarter_takes_another_with_it(engine: duckdb.DuckDBPyConnection) -> None:
    months = {spot(month=month): n for month, n in ((1, 50), (2, 3), (3, 60), (4, 55))}
    quarters = {spot(grain=Grain.QUARTER): 113, spot(grain=Grain.QUARTER, month=4): 55}
    found = guards_in(engine, months | quarters)
    assert hidden([found[month] for month in months]) == [True, True, False, False]


def test_months_of_persons_who_satisfy_something_in_a_period_make_up_nothing(
    engine: duckdb.DuckDBPyConnection,
) -> None:
    cells = {spot(month=1): 50, spot(month=2): 3, spot(grain=Grain.QUARTER): 90}
    found = guards_in(engine, cells, per_person_having="count(*) > 1")
    assert found == cells


@pytest.mark.parametrize("window", [Window.PERIOD_END, Window.YEAR_TO_DATE])
def test_last_month_is_the_quarter_where_it_counts_the_same(
    engine: duckdb.DuckDBPyConnection, window: Window
) -> None:
    small = {spot(grain=Grain.QUARTER): 40, spot(month=3): 40, spot(month=2): 30}
    found = guards_in(engine, small, {spot(grain=Grain.QUARTER): 2}, window=window)
    assert [found[spot(month=month)] for month in (2, 3)] == [30, 2]


# Several sums -----------------------------------------------------------------------------------------------


def test_what_is_left_over_guards_what_it_is_taken_from(engine: duckdb.DuckDBPyConnection) -> None:
    """One call of a thousand that was not answered is what the answered ones leave."""
    assert guards_in(engine, {spot(): 999}, {spot(): 1}) == {spot(): 1}
    assert guards_in(engine, {spot(): 999}, {spot(): 0}) == {spot(): 999}


def test_hidden_whole_takes_its_smallest_part_with_it(engine: duckdb.DuckDBPyConnection) -> None:
    """The women of the county are hidden with the few men: their municipalities would make them up."""
    cells = {
        spot(): 43,
        spot(member="m"): 3,
        spot(member="f"): 40,
        spot("a"): 23,
        spot("b"): 20,
        spot("a", "f"): 21,
        spot("b", "f"): 19,
        spot("a", "m"): 2,
        spot("b", "m"): 1,
    }
    found = guards_in(engine, cells)
    assert hidden([found[spot(member="m")], found[spot(member="f")]]) == [True, True]
    assert is_too_few(found[spot("b", "f")], 5)


def test_the_only_part_is_hidden_in_nobodys_stead(engine: duckdb.DuckDBPyConnection) -> None:
    """Women alone were in b, so that hiding them there would hide nothing: those of c are hidden with those of a."""
    cells = {
        spot(): 153,
        spot(member="f"): 93,
        spot(member="m"): 60,
        spot("a"): 33,
        spot("b"): 40,
        spot("c"): 80,
        spot("a", "f"): 3,
        spot("a", "m"): 30,
        spot("b", "f"): 40,
        spot("c", "f"): 50,
        spot("c", "m"): 30,
    }
    found = guards_in(engine, cells)
    assert hidden([found[spot(area, "f")] for area in "abc"]) == [True, False, True]


def test_county_alone_is_guarded_by_its_own_persons(engine: duckdb.DuckDBPyConnection) -> None:
    assert guards_in(engine, {spot(): 7}) == {spot(): 7}


# Any county -------------------------------------------------------------------------------------------------

AREAS, MEMBERS = ("a", "b", "c"), ("f", "m")
counties = st.dictionaries(
    st.tuples(st.sampled_from((*AREAS, NOWHERE)), st.sampled_from(MEMBERS), st.integers(1, 6)),
    st.integers(0, 30),
    min_size=4,
)


def whole_county(rows: dict[tuple[str, str, int], int]) -> dict[Spot, int]:
    """Every count there is of some persons by area, sex and month."""
    found: dict[Spot, int] = defaultdict(int)
    for (area, sex, month), persons in rows.items():
        quarter = 1 if month <= 3 else 4
        for member, (grain, first) in product(
            ("", sex), ((Grain.MONTH, month), (Grain.QUARTER, quarter), (Grain.YEAR, 1))
        ):
            found[spot(member=member, grain=grain, month=first)] += persons
            found[spot(area, member, level=Level.MUNICIPALITY, grain=grain, month=first)] += persons
    return {place: persons for place, persons in found.items() if persons}


@settings(max_examples=5, deadline=None)
@given(rows=counties, left=st.lists(st.integers(0, 9), min_size=1, max_size=20))
def test_guards_are_those_a_slow_reader_finds(
    engine: duckdb.DuckDBPyConnection, rows: dict[tuple[str, str, int], int], left: list[int]
) -> None:
    cells = whole_county(rows)
    rests = dict(zip(cells, left, strict=False))
    slow = guards_of(cells, [rests], COUNTY)
    assert guards_in(engine, cells, rests) == {place: n for place, n in slow.items() if place[3] != NOWHERE}


@settings(max_examples=40, deadline=None)
@given(rows=counties, smallest=st.integers(2, 12))
def test_no_sum_leaves_one_of_its_counts_unknown(
    rows: dict[tuple[str, str, int], int], smallest: int
) -> None:
    """But where each of the others is all of something that is shown: hiding it would hide nothing."""
    cells = whole_county(rows)
    found = guards_of(cells, [], COUNTY)
    unknown = {place for place in cells if place[3] == NOWHERE or is_too_few(found[place], smallest)}
    sums: dict[tuple[Spot, str], list[Spot]] = defaultdict(list)
    for place in cells:
        for whole, split in wholes_of(place, COUNTY, so_far=False):
            sums[whole, split].append(place)
    alone = {terms[0] for (_, split), terms in sums.items() if len(terms) == 1 and split != "time"}
    for (whole, _), terms in sums.items():
        left = [place for place in (whole, *terms) if place in unknown]
        if len(left) == 1 and (left[0][3] != NOWHERE or cells[left[0]] < smallest):
            assert all(place in alone for place in terms if place not in left and place[3] != NOWHERE)


@pytest.mark.parametrize(("role", "metric", "shown"), [(5, 5, 5), (10, 5, 10), (5, 20, 20), (5, 0, 0)])
def test_the_stricter_of_role_and_metric_decides(role: int, metric: int, shown: int) -> None:
    assert smallest_shown(role, metric) == shown


def test_figure_about_nobody_is_shown() -> None:
    assert not is_too_few(0, 5)
