"""The scenarios of a county from their file, every problem at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from virtaama.model.documents import Entry, did_you_mean
from virtaama.problems import Problem, ProblemsFound
from virtaama.statutes.funding_organisers import Organiser
from virtaama.statutes.funding_parameters import Rule
from virtaama.steering.funding.changes import EVERYBODY
from virtaama.steering.funding.determinants import Determinant
from virtaama.steering.funding.inputs import Assumption, Given, assumption, rule
from virtaama.steering.funding.scenario import Growth, Scenario
from virtaama.steering.funding.scenario_shape import SCENARIOS

SCENARIO_FILE = "funding/scenarios.yaml"


def parse_scenarios(text: str, organisers: Sequence[Organiser]) -> tuple[Scenario, ...]:
    """The scenarios in the order they are written. Raises ProblemsFound with every problem of the file."""
    root, problems = SCENARIOS.read(SCENARIO_FILE, text)
    if problems:
        raise ProblemsFound(problems)
    if root is None:
        return ()
    written = tuple(root.within("scenarios"))
    if wrong := tuple(problem for _, entry in written for problem in _problems(entry, organisers)):
        raise ProblemsFound(wrong)
    return tuple(_scenario(name, entry) for name, entry in written)


def _scenario(name: str, entry: Entry) -> Scenario:
    return Scenario(
        name=name,
        labels=entry.words("labels"),
        years={int(year): dict(_assumed(of_year, entry)) for year, of_year in entry.within("years")},
        growths=tuple(_growth(each) for each in entry.list("growth")),
    )


def _assumed(of_year: Entry, scenario: Entry) -> Iterator[tuple[str, Given]]:
    source, invented = scenario.text("source"), scenario.truth("invented")
    for name, value in of_year.members():
        known = rule(Rule.NEED_GROWTH) if name == Rule.NEED_GROWTH else assumption(Assumption(name))
        yield known, Given(value=Fraction(value.scalar), basis=source, invented=invented)


def _growth(entry: Entry) -> Growth:
    return Growth(
        of=Determinant(entry.text("of")),
        organiser=entry.text("organiser"),
        percent=Fraction(entry.text("percent")),
        first=int(entry.text("from")),
        last=int(entry.text("until")),
    )


def _problems(entry: Entry, organisers: Sequence[Organiser]) -> Iterator[Problem]:
    codes = tuple(organiser.code for organiser in organisers)
    met: list[Growth] = []
    for each in entry.list("growth"):
        growth = _growth(each)
        if growth.organiser not in (*codes, EVERYBODY):
            what = f"'{growth.organiser}' is no organiser."
            yield Problem(each.place, what, did_you_mean(growth.organiser, codes))
        if growth.last < growth.first:
            what = f"this growth ends in {growth.last}, before it begins in {growth.first}."
            yield Problem(each.place, what, "Turn the years round.")
        if any(_both(growth, other) for other in met):
            what = f"two growths of '{growth.of}' of '{growth.organiser}' hold in the same year."
            yield Problem(each.place, what, "End one before the other begins.")
        met.append(growth)


def _both(one: Growth, other: Growth) -> bool:
    same = (one.of, one.organiser) == (other.of, other.organiser)
    return same and one.first <= other.last and other.first <= one.last
