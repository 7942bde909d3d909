"""Property (P9, P10): who sees rounded figures works out no small group, however much they ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attack.disclosure import overlapping
from attack.measured_session import DASHBOARD
from attack.session import few_hidden, seen_in, solved, solved_together
from tests.privacy.crowded_county import EVERYTHING, SEES_ROUNDED, STEERING, CrowdedCounty, crowded_county
from tests.shipped_law import RIGHTS
from virtaama.access.door import Door
from virtaama.access.roles import parse_roles
from virtaama.keyring import Keyring
from virtaama.metrics.question import Figure, Grain, Level, Missing, Question
from virtaama.privacy.disclosure.rounding import Lots, rounded
from virtaama.privacy.policy import Asker, Purpose, Role, may_open
from virtaama.problems import NotAllowed, ProblemsFound

ANALYST = Asker(id="analyst", role="analyst")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> CrowdedCounty:
    return crowded_county(tmp_path_factory.mktemp("county"))


@pytest.fixture(scope="module")
def door(county: CrowdedCounty) -> Door:
    return county.figure_door()


def asked_as(door: Door, asker: Asker) -> Callable[[Question], tuple[Figure, ...]]:
    return lambda question: door.ask(question, asker, STEERING).figures


def question(*metrics: str, **more: object) -> Question:
    given: dict[str, object] = {
        "grain": Grain.MONTH,
        "first": date(2024, 1, 1),
        "last": date(2024, 6, 30),
        "level": Level.MUNICIPALITY,
    }
    return Question(metrics=metrics, **(given | more))  # type: ignore[arg-type]


# P9: overlapping filters -------------------------------------------------------------------------------


def test_thresholds_alone_let_a_few_be_worked_out_as_a_difference() -> None:
    found = overlapping(300)
    assert found.worked_out > 0.5 * found.small


def test_rounded_by_lot_nobody_is_worked_out_as_a_difference() -> None:
    assert overlapping(300, base=5).worked_out == 0


# P10: all questions of one asker solved together -------------------------------------------------------


def test_ten_thousand_questions_tell_no_count_that_is_hidden(door: Door) -> None:
    seen = seen_in(DASHBOARD.questions(Random(7), 10_000), asked_as(door, SEES_ROUNDED))
    found = solved(seen, DASHBOARD, base=5, smallest=5)
    assert found.hidden > 200
    assert found.worked_out == 0


def test_the_same_questions_about_exact_figures_tell_no_count_that_is_hidden(door: Door) -> None:
    """The guard of figures does that here; `make attack` solves what is seen of ten such counties."""
    seen = seen_in(DASHBOARD.questions(Random(7), 10_000), asked_as(door, ANALYST))
    found = solved(seen, DASHBOARD, base=1, smallest=5)
    assert found.hidden > 200
    assert found.worked_out == 0


def test_thresholds_alone_tell_many(county: CrowdedCounty) -> None:
    """So the attack is worth the name, and the guard is what stops it."""
    door = county.figure_door(smallest=1)
    seen = few_hidden(seen_in(DASHBOARD.questions(Random(7), 10_000), asked_as(door, EVERYTHING)), 5)
    hidden = [count for count, figure in seen.items() if figure.missing is Missing.TOO_FEW]
    attacker = solved_together(seen, DASHBOARD, base=1, smallest=5)
    assert sum(map(attacker.works_out, hidden[:40])) > 20


# What a role with rounding sees -------------------------------------------------------------------------


def test_counts_are_multiples_and_values_come_of_them(door: Door) -> None:
    found = door.ask(question("visits_per_resident"), SEES_ROUNDED, STEERING).figures
    shown = [figure for figure in found if figure.value is not None]
    assert shown
    for figure in shown:
        assert figure.numerator is not None
        assert figure.denominator
        assert figure.numerator % 5 == figure.denominator % 5 == 0
        assert figure.value == figure.numerator / figure.denominator
        assert figure.rows is None


def test_a_count_is_the_same_number_in_every_metric_and_every_answer(door: Door) -> None:
    def numerators(metric: str) -> dict[tuple[str, date], float | None]:
        found = door.ask(question(metric), SEES_ROUNDED, STEERING).figures
        return {(figure.area, figure.period): figure.numerator for figure in found}

    visits, per_resident = numerators("visits"), numerators("visits_per_resident")
    in_both = [key for key in visits if visits[key] is not None and per_resident[key] is not None]
    assert any(visits[key] for key in in_both)
    assert [visits[key] for key in in_both] == [per_resident[key] for key in in_both]
    assert visits == numerators("visits")


def test_roles_without_rounding_see_exact_counts(door: Door) -> None:
    found = door.ask(question("visits"), ANALYST, STEERING).figures
    assert any(figure.numerator and figure.numerator % 5 for figure in found)


@pytest.mark.parametrize("when", ["as_of", "known"])
def test_rounded_figures_are_of_now_only(door: Door, when: str) -> None:
    with pytest.raises(NotAllowed, match="those of now only"):
        door.ask(question("visits", **{when: date(2024, 5, 1)}), SEES_ROUNDED, STEERING)


def test_pages_with_exact_sums_do_not_open_to_who_sees_rounded_figures() -> None:
    role = Role(
        name="x",
        purposes=frozenset({Purpose.DATA_QUALITY}),
        levels=frozenset(),
        pages=frozenset({"recording", "lineage"}),
        rounding=5,
    )
    assert not may_open("recording", role)
    assert may_open("lineage", role)


@pytest.mark.parametrize(
    ("member", "said"),
    [
        (
            "features: {use: {purposes: [planning], decided_by: x, record: y, from: 2026-01-01}}",
            "features holds exact ones",
        ),
        ("releases: [visits]", "releases holds exact ones"),
        ("pages: [recording]", "recording holds exact ones"),
    ],
)
def test_a_role_with_rounding_and_exact_figures_is_a_problem(member: str, said: str) -> None:
    text = f"""
roles:
  contact:
    purposes: [planning]
    levels: [county]
    rounding: 5
    {member}
"""
    with pytest.raises(ProblemsFound, match=said):
        parse_roles(text, RIGHTS)
    assert parse_roles(text.replace("rounding: 5", "rounding: 1"), RIGHTS)


# Rounding itself ----------------------------------------------------------------------------------------


@given(count=st.integers(0, 10_000), base=st.integers(2, 20), name=st.text(max_size=5))
def test_a_lot_rounds_to_a_neighbour_and_leaves_multiples(count: int, base: int, name: str) -> None:
    found = Lots(b"key").rounded(count, base, (name,))
    assert found % base == 0
    assert abs(found - count) < base
    assert found == Lots(b"key").rounded(count, base, (name,))
    assert (found == count) == (count % base == 0)


def test_lots_keep_sums_right() -> None:
    lots = Lots(b"key")
    counts = [n % 23 for n in range(5_000)]
    told = sum(lots.rounded(count, 5, (str(n),)) for n, count in enumerate(counts))
    assert told == pytest.approx(sum(counts), rel=0.01)


def test_lots_of_another_key_fall_otherwise() -> None:
    names = [(str(n),) for n in range(100)]
    assert [Lots(b"a").rounded(7, 5, name) for name in names] != [
        Lots(b"b").rounded(7, 5, name) for name in names
    ]


@pytest.mark.parametrize(("count", "told"), [(0, 0), (2, 0), (3, 5), (7, 5), (8, 10), (12.5, 15)])
def test_released_counts_are_rounded_to_the_nearest(count: float, told: float) -> None:
    assert rounded(count, 5) == told
    assert rounded(count, 1) == count


def test_lots_are_drawn_under_a_key_of_the_project_that_tells_none_of_its_keys(tmp_path: Path) -> None:
    made = Keyring.create(tmp_path / "keys")
    assert made.derived("rounding") == Keyring.open(tmp_path / "keys").derived("rounding")
    assert made.derived("rounding") != made.derived("another use")
    assert made.derived("rounding") != Keyring.create(tmp_path / "others").derived("rounding")
    assert made.derived("rounding") not in {made.key(name) for name in ("root", "audit", "portal")}
