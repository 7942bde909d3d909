"""What binds the counts of a release: areas, members, time, and those left over of a share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from virtaama.metrics.counts import Wanted, counted_as, measure_name
from virtaama.metrics.definitions import Measure, Window
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.release_cells import bound
from virtaama.metrics.release_tables import Read, Row
from virtaama.privacy.disclosure.protect import Why, protect
from virtaama.privacy.disclosure.tables import Key, Sum, Tables

VISITS = Measure(fact="visit", aggregate="count")
COUNTY = "07"

Counts = Mapping[tuple[str, str, int], float]
"""Area, member and month → count."""


def read(measure: Measure, level: Level, counts: Counts, *, by: str = "", grain: Grain = Grain.MONTH) -> Read:
    """A table with as many persons behind each count as it says."""
    rows = [
        Row(area, member, date(2024, month, 1), count, int(count))
        for (area, member, month), count in counts.items()
    ]
    return {Wanted(measure, level, by, grain): rows}


def bound_of(*tables: Read, within: Mapping[str, str | None] | None = None, **more: object) -> Tables:
    given: dict[str, object] = {"kept": {}, "free": frozenset(), "shares": frozenset()}
    together: Read = {table: rows for each in tables for table, rows in each.items()}
    return bound(
        together,
        threshold=5,
        within=within or {},
        county=COUNTY,
        **(given | more),  # type: ignore[arg-type]
    )


def places(found: Tables) -> set[tuple[str, tuple[str, ...], bool]]:
    """Sums by the coordinates that differ between total and parts."""

    def told(total: Key, key: Key) -> str:
        differing = [b for a, b in zip(total, key, strict=True) if a != b] if len(key) == len(total) else []
        return ",".join(differing) or "rest"

    return {
        (
            "|".join(part for part in each.total[1:] if part),
            tuple(sorted(told(each.total, key) for key in each.parts)),
            each.exact,
        )
        for each in found.sums
    }


def test_municipalities_make_up_the_county_with_those_of_none() -> None:
    found = bound_of(
        read(VISITS, Level.COUNTY, {(COUNTY, "", 1): 62}),
        read(VISITS, Level.MUNICIPALITY, {("398", "", 1): 40, ("098", "", 1): 20}),
    )
    assert places(found) == {
        ("county:07|2024-01", ("municipality:098", "municipality:398", "rest"), True),
    }
    (rest,) = (cell for cell in found.cells.values() if cell.never_shown)
    assert (rest.value, rest.need) == (2, 5)


def test_units_are_bound_to_the_municipality_they_lie_in() -> None:
    found = bound_of(
        read(VISITS, Level.MUNICIPALITY, {("398", "", 1): 12}),
        read(VISITS, Level.UNIT, {("U1", "", 1): 7, ("U2", "", 1): 5}),
        within={"U1": "398", "U2": "398"},
    )
    assert places(found) == {("municipality:398|2024-01", ("unit:U1", "unit:U2"), True)}


def test_units_that_count_more_than_their_municipality_do_not_lie_in_it() -> None:
    """The municipality counts by home, the unit whoever comes."""
    found = bound_of(
        read(VISITS, Level.MUNICIPALITY, {("398", "", 1): 12}),
        read(VISITS, Level.UNIT, {("U1", "", 1): 17}),
        within={"U1": "398"},
    )
    assert found.sums == ()


def test_members_make_up_what_is_not_broken_down() -> None:
    found = bound_of(
        read(VISITS, Level.COUNTY, {(COUNTY, "", 1): 30}),
        read(VISITS, Level.COUNTY, {(COUNTY, "m", 1): 10, (COUNTY, "f", 1): 20}, by="sex"),
    )
    assert places(found) == {("county:07|2024-01", ("sex=f", "sex=m"), True)}


def test_months_make_up_quarters_and_persons_of_months_overlap() -> None:
    months = {(COUNTY, "", 1): 10.0, (COUNTY, "", 2): 12.0, (COUNTY, "", 3): 9.0}
    names = ("2024-01", "2024-02", "2024-03")
    for aggregate, quarter, exact in (("count", 31, True), ("persons", 20, False)):
        measure = Measure(fact="visit", aggregate=aggregate)
        found = bound_of(
            read(measure, Level.COUNTY, months),
            read(measure, Level.COUNTY, {(COUNTY, "", 1): quarter}, grain=Grain.QUARTER),
        )
        assert places(found) == {("county:07|2024-Q1", names, exact)}


def test_a_mean_of_month_ends_is_bound_to_its_months() -> None:
    residents = Measure(fact="residence", aggregate="persons", window=Window.MONTH_ENDS)
    months = {(COUNTY, "", 1): 100.0, (COUNTY, "", 2): 101.0, (COUNTY, "", 3): 99.0}
    found = bound_of(
        read(residents, Level.COUNTY, months),
        read(residents, Level.COUNTY, {(COUNTY, "", 1): 100}, grain=Grain.QUARTER),
    )
    (each,) = found.sums
    assert each.exact
    assert found.cells[each.total].value == 300


def test_what_came_with_a_month_to_what_is_counted_since_january_is_a_group() -> None:
    to_date = Measure(fact="visit", aggregate="count", window=Window.YEAR_TO_DATE)
    found = bound_of(
        read(to_date, Level.COUNTY, {(COUNTY, "", 1): 10, (COUNTY, "", 2): 13, (COUNTY, "", 3): 40})
    )
    february = measure_name(to_date), "county:07", "", "2024-02"
    grown = [each for each in found.sums if each.total == february]
    assert [found.cells[each.parts[-1]].value for each in grown] == [3]
    protection = protect(found)
    assert protection.holds
    assert set(protection.hidden.values()) == {Why.PROTECTS}


def test_a_month_of_its_own_is_what_the_year_to_date_grew_by() -> None:
    to_date = Measure(fact="visit", aggregate="count", window=Window.YEAR_TO_DATE)
    found = bound_of(
        read(to_date, Level.COUNTY, {(COUNTY, "", 1): 10, (COUNTY, "", 2): 33}),
        read(VISITS, Level.COUNTY, {(COUNTY, "", 1): 10, (COUNTY, "", 2): 23}),
    )
    name = measure_name(VISITS)
    total = (measure_name(to_date), "county:07", "", "2024-02")
    parts = ((name, "county:07", "", "2024-01"), (name, "county:07", "", "2024-02"))
    assert Sum(total, parts) in found.sums
    assert len(found.cells) == 3


def test_those_left_over_of_a_share_are_a_group() -> None:
    urgent = Measure(fact="visit", aggregate="count", where="urgent")
    found = bound_of(
        read(VISITS, Level.COUNTY, {(COUNTY, "", 1): 50}), read(urgent, Level.COUNTY, {(COUNTY, "", 1): 48})
    )
    (rest,) = (cell for cell in found.cells.values() if cell.never_shown)
    assert (rest.value, rest.need) == (2, 5)
    protection = protect(found)
    assert protection.holds
    assert len(protection.hidden) == 1


def test_conditions_of_which_none_contains_the_other_make_a_share_where_a_metric_says_so() -> None:
    kept = Measure(fact="visit", aggregate="count", where="waited <= 7")
    known = Measure(fact="visit", aggregate="count", where="waited IS NOT NULL")
    counts = (
        read(kept, Level.COUNTY, {(COUNTY, "", 1): 48}),
        read(known, Level.COUNTY, {(COUNTY, "", 1): 50}),
    )
    assert bound_of(*counts).sums == ()
    assert len(bound_of(*counts, shares=frozenset({(kept, known)})).sums) == 1


def test_what_is_about_nobody_is_no_cell() -> None:
    assert not bound_of(read(VISITS, Level.COUNTY, {(COUNTY, "", 1): 2}), free=frozenset({VISITS})).cells


def test_a_count_that_was_hidden_before_needs_room_whatever_it_is() -> None:
    table = read(VISITS, Level.COUNTY, {(COUNTY, "", 1): 40})
    (key,) = bound_of(table).cells
    assert bound_of(table).cells[key].need == 0
    assert bound_of(table, kept={key: 10}).cells[key].need == 10
    assert key[0] == measure_name(counted_as(VISITS, Grain.MONTH, date(2024, 1, 1))[0])
