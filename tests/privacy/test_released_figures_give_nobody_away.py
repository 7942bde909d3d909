"""Property: a data set that leaves the county opens nothing, by itself or together with those before it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from attack.attacker import Attacker, seen_rounded
from tests.privacy.crowded_county import (
    ANALYST,
    CATALOGUE,
    SEES_ROUNDED,
    STEERING,
    CrowdedCounty,
    crowded_county,
    release,
)
from virtaama.access.releasing import MadeRelease
from virtaama.lake.release_record import ReleaseRecord
from virtaama.metrics.periods import period_of
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.release_tables import measure_name
from virtaama.metrics.released import ReleasedFigure, Status
from virtaama.privacy.policy import Asker, ReleaseAllowed
from virtaama.problems import Damaged, NotAllowed, NotProtected

Count = tuple[Any, ...]


SMALL = (
    ("metrics: [visits, urgent_share, visits_per_resident, mean_wait]", "metrics: [visits]"),
    ("[month, quarter]", "[quarter]"),
)
"""A release of one metric: soon made."""


@pytest.fixture
def county(tmp_path: Path) -> CrowdedCounty:
    return crowded_county(tmp_path)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[CrowdedCounty, MadeRelease]:
    """A county and its release, made once for the tests that only look at it."""
    county = crowded_county(tmp_path_factory.mktemp("county"))
    return county, county.release_door().make(release(), ANALYST, STEERING)


def counts_of(made: MadeRelease, metric: str) -> dict[Count, ReleasedFigure]:
    return {
        (f.level, f.area, f.dimension, f.member, f.grain, f.period): f
        for f in made.protected.figures
        if f.metric == metric
    }


def attack(*made: MadeRelease) -> Attacker:
    """What somebody with the data sets knows of the visits they count."""
    attacker = Attacker()
    visits = {key: figure for each in made for key, figure in counts_of(each, "visits").items()}
    for key, figure in visits.items():
        level, area, dimension, _, grain, period = key
        if figure.status is Status.GIVEN:
            assert figure.numerator is not None
            seen_rounded(attacker, key, figure.numerator, 5, 5)
        else:
            attacker.knows(key, 1)
        if level is Level.COUNTY:
            parts = [k for k in visits if (k[0], *k[2:]) == (Level.MUNICIPALITY, *key[2:])]
            attacker.sums(key, parts)
        if not dimension:
            parts = [k for k in visits if k[:3] == (level, area, "sex") and k[4:] == (grain, period)]
            attacker.sums(key, parts)
        if grain is Grain.QUARTER:
            months = [
                k for k in visits if k[:5] == (*key[:4], Grain.MONTH) and period_of(k[5], grain) == period
            ]
            if months:
                attacker.sums(key, months)
    return attacker


def small_groups(county: CrowdedCounty) -> Iterator[tuple[Count, int]]:
    """Visits by municipality, sex and month that tell of few."""
    rows = county.connection.execute(
        "SELECT m.code, r.sex, date_trunc('month', v.started)::DATE, count(*), count(DISTINCT r.resident_key) "
        "FROM star.visit v JOIN star.resident r USING (resident_key) "
        "JOIN star.municipality m ON m.municipality_key = r.home_municipality_key GROUP BY ALL"
    ).fetchall()
    for code, sex, month, visits, persons in rows:
        if persons < 5:
            yield (Level.MUNICIPALITY, code, "sex", sex, Grain.MONTH, month), visits


Released = tuple[CrowdedCounty, MadeRelease]


def test_data_set_leaves_every_small_group_as_much_room_as_its_threshold(released: Released) -> None:
    county, made = released
    attacker = attack(made)
    groups = list(small_groups(county))
    assert len(groups) > 20
    for key, visits in groups:
        low, high = attacker.interval(key)
        assert low <= visits <= high
        assert high - low >= 5


def test_figure_about_few_is_hidden_in_every_metric_that_counts_them(released: Released) -> None:
    county, made = released
    for key, _ in small_groups(county):
        for metric in ("visits", "visits_per_resident", "mean_wait"):
            figure = counts_of(made, metric)[key]
            assert figure.status is Status.HIDDEN
            assert (figure.value, figure.numerator) == (None, None)


def test_same_count_is_the_same_number_wherever_it_stands(released: Released) -> None:
    visits, per_resident, share = (
        counts_of(released[1], name) for name in ("visits", "visits_per_resident", "urgent_share")
    )
    assert any(figure.numerator for figure in visits.values())
    for key, figure in visits.items():
        assert per_resident[key].numerator == figure.numerator
        if key in share:
            assert share[key].denominator == figure.numerator


def test_counts_are_rounded_and_values_come_of_rounded_counts(released: Released) -> None:
    given = [f for f in counts_of(released[1], "visits_per_resident").values() if f.status is Status.GIVEN]
    assert given
    for figure in given:
        assert figure.numerator is not None
        assert figure.denominator is not None
        assert figure.numerator % 5 == figure.denominator % 5 == 0
        assert figure.value == round(figure.numerator / figure.denominator, 1)


def test_those_left_over_of_a_share_are_protected_as_well(county: CrowdedCounty) -> None:
    """Where nearly all visits are urgent, the few that are not must not be the difference."""
    county.connection.execute("UPDATE star.visit SET urgent = visit_key % 40 > 0")
    county.publish()
    shares = release(*SMALL[1:], (SMALL[0][0], "metrics: [urgent_share]"))
    figures = counts_of(county.release_door().make(shares, ANALYST, STEERING), "urgent_share")
    rows = county.connection.execute(
        "SELECT m.code, r.sex, date_trunc('quarter', v.started)::DATE FROM star.visit v "
        "JOIN star.resident r USING (resident_key) "
        "JOIN star.municipality m ON m.municipality_key = r.home_municipality_key "
        "GROUP BY ALL HAVING count(*) FILTER (NOT v.urgent) BETWEEN 1 AND 4"
    ).fetchall()
    assert len(rows) > 5
    for code, sex, quarter in rows:
        figure = figures[Level.MUNICIPALITY, code, "sex", sex, Grain.QUARTER, quarter]
        assert figure.status is Status.HIDDEN


# Releases after one another ---------------------------------------------------------------------------


def test_what_was_hidden_stays_hidden_when_more_has_been_delivered(county: CrowdedCounty) -> None:
    door = county.release_door()
    first = door.make(release(*SMALL), ANALYST, STEERING)
    rows = [
        f"{1000 + n}, 'w{n}', '2024-0{1 + n % 6}-15 10:00', 1, false, 'R10', 50, {n % 150}, 1"
        for n in range(600)
    ]
    county.add("visit", *rows)
    county.publish()
    second = door.make(release(*SMALL), ANALYST, STEERING)
    before, after = counts_of(first, "visits"), counts_of(second, "visits")
    hidden = [key for key, figure in before.items() if figure.status is Status.HIDDEN]
    assert hidden
    assert all(after[key].status is Status.HIDDEN for key in hidden)
    assert (first.number, second.number) == (1, 2)


def test_release_of_the_same_counts_otherwise_cut_opens_nothing(county: CrowdedCounty) -> None:
    """Months first, then quarters: what was shown of the months is known when the quarters are protected."""
    door = county.release_door()
    months = door.make(release(SMALL[0], ("[month, quarter]", "[month]")), ANALYST, STEERING)
    quarters = door.make(release(SMALL[0], ("[month, quarter]", "[quarter]")), ANALYST, STEERING)
    attacker = attack(months, quarters)
    groups = list(small_groups(county))
    assert groups
    for key, _ in groups:
        low, high = attacker.interval(key)
        assert high - low >= 5


def test_release_that_cannot_be_protected_is_not_made(county: CrowdedCounty) -> None:
    """All counts but the small ones have left the county as they are: they are their difference."""
    name = measure_name(CATALOGUE.metric("visits").numerator)
    rows = county.connection.execute(
        "SELECT coalesce('municipality:' || m.code, 'county:07'), coalesce('sex=' || r.sex, ''), "
        "concat('2024-Q', quarter(v.started)), count(*), count(DISTINCT r.resident_key) "
        "FROM star.visit v JOIN star.resident r USING (resident_key) "
        "JOIN star.municipality m ON m.municipality_key = r.home_municipality_key "
        "GROUP BY GROUPING SETS ((3), (3, m.code), (3, r.sex), (3, m.code, r.sex))"
    ).fetchall()
    record = ReleaseRecord(county.folder / "released")
    shown = {(name, *place): float(count) for *place, count, persons in rows if persons >= 5}
    assert len(shown) < len(rows)
    record.add("leaked", shown, {}, rounding=1, threshold=5)
    with pytest.raises(NotProtected, match="could be worked out"):
        county.release_door().make(release(*SMALL), ANALYST, STEERING)
    assert "could be worked out" in county.audit.entries()[-1].decision
    assert record.last("visits_by_place") == 0


# The door -----------------------------------------------------------------------------------------------


def test_release_is_on_record_before_it_is_given(released: Released) -> None:
    county, made = released
    [entry] = [entry for entry in county.audit.entries() if entry.number == made.record]
    assert (entry.asker, entry.decision) == ("analyst", "allowed")
    assert entry.rows == made.protected.given
    assert "visits_by_place" in entry.question
    assert entry.act == "release"
    assert entry.data


@pytest.mark.parametrize(
    ("asker", "said"),
    [
        (Asker(id="x", role="no_releases"), "does not make the release"),
        (Asker(id="x", role="nobody"), "there is no role"),
        (SEES_ROUNDED, "sees rounded figures only"),
    ],
)
def test_who_may_not_make_it_gets_nothing_and_is_on_record(
    released: Released, asker: Asker, said: str
) -> None:
    county, _ = released
    before = list((county.folder / "released").iterdir())
    with pytest.raises(NotAllowed, match=said):
        county.release_door().make(release(), asker, STEERING)
    assert said in county.audit.entries()[-1].decision
    assert list((county.folder / "released").iterdir()) == before


def test_leave_to_make_a_release_cannot_be_forged() -> None:
    with pytest.raises(TypeError, match="only decide_release"):
        ReleaseAllowed(release="visits_by_place", asker=ANALYST, purpose=STEERING, seal=object())


def test_nothing_is_released_without_the_record_of_what_was(county: CrowdedCounty) -> None:
    door = county.release_door()
    door.make(release(*SMALL), ANALYST, STEERING)
    (path,) = (county.folder / "released").iterdir()
    path.write_bytes(b"torn")
    with pytest.raises(Damaged, match="the record of a release cannot be read"):
        door.make(release(*SMALL), ANALYST, STEERING)
