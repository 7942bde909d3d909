"""What the address of a page of the funding asks for: year, organiser, scenario, and what-ifs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from virtaama.problems import Place, ProblemsFound
from virtaama.project.funding import FundingKnown
from virtaama.statutes.funding_items import PRICED
from virtaama.statutes.funding_organisers import Organiser
from virtaama.statutes.funding_parameters import Rule
from virtaama.steering.funding.changes import EVERYBODY, Change, changed, names_of, parse_change
from virtaama.steering.funding.determinants import ABOUT, OF_COUNTRY_ALONE, Determinant
from virtaama.steering.funding.inputs import Assumption, Inputs, assumption, determinant, price, rule
from virtaama.steering.funding.path import inputs_of
from virtaama.steering.funding.scenario import Scenario
from virtaama.steering.funding.words import ASSUMPTIONS, ITEMS, RULES

ROWS = 3
"""How many numbers one can change at once on a page."""
LONGEST = 40
OF_A_YEAR = (Rule.TRANSITION_GAIN, Rule.TRANSITION_LOSS, Rule.HYTE_BY_COEFFICIENT)
OF_A_PATH = (
    Rule.NEED_GROWTH,
    Rule.NEED_GROWTH_SHARE,
    Rule.NEED_GROWTH_ADDITION,
    Rule.EXPOST_SHARE,
    *OF_A_YEAR,
)
_FORM = Place("form")
_NAME = re.compile(r"[A-Za-z0-9_.]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One row of the form: a number, what is written beside it, and what is wrong with that."""

    place: int
    name: str
    value: str
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked, with the inputs of the year; `problems` by field of the form."""

    known: FundingKnown
    inputs: Inputs
    organiser: Organiser
    carried: Mapping[str, str]
    problems: Mapping[str, str]
    rows: tuple[ChangeRow, ...] = ()
    changes: tuple[Change, ...] = ()
    hold: bool = False
    scenario: Scenario | None = None
    choices: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = field(default=())

    @property
    def code(self) -> str:
        return self.organiser.code

    @property
    def understood(self) -> bool:
        """Whether everything in the address was: a file of another question than was asked would mislead."""
        return not self.problems and not any(row.problem for row in self.rows)


def read_asked(
    given: Mapping[str, str],
    known: FundingKnown,
    county: str,
    language: str,
    *,
    rules: tuple[Rule, ...] = (),
    with_scenario: bool = False,
) -> Asked:
    """What an address asks. What cannot be read is a problem of its field, and the default stands for it.

    `rules` are those a page offers to change; none: the page takes no what-ifs. Raises NotReady where nothing was
    imported, or no scenario is written for a page that needs one.
    """
    problems: dict[str, str] = {}
    year = _year(given.get("year", ""), known, problems)
    inputs = inputs_of(known.law, year, known.numbers)
    organiser = _organiser(given.get("organiser", ""), inputs, county, problems)
    scenario = _scenario(given.get("scenario", ""), known, problems) if with_scenario else None
    assumed = (
        {name: value for each in scenario.years.values() for name, value in each.items()} if scenario else {}
    )
    rows = tuple(_rows(given, inputs.but(assumed))) if rules else ()
    choices = tuple(_choices(inputs, organiser, rules, language)) if rules else ()
    if choices and scenario:
        choices = (*choices, _assumptions(language))
    hold = bool(rules) and not with_scenario and given.get("hold") == "1"
    return Asked(
        known=known,
        inputs=inputs,
        organiser=organiser,
        carried=dict(_carried(given, rows, hold, problems)),
        problems=problems,
        rows=rows,
        changes=tuple(_change(row) for row in rows if row.name and row.value and not row.problem),
        hold=hold,
        scenario=scenario,
        choices=choices,
    )


def _year(written: str, known: FundingKnown, problems: dict[str, str]) -> int:
    if written and written not in map(str, known.years):
        problems["year"] = _("There are no determinants of that year.")
    return known.year(int(written) if written and "year" not in problems else None)


def _organiser(written: str, inputs: Inputs, county: str, problems: dict[str, str]) -> Organiser:
    by_code = {each.code: each for each in inputs.organisers}
    if written and written not in by_code:
        problems["organiser"] = _("There is no such organiser.")
    return by_code.get(written) or by_code.get(county) or inputs.organisers[0]


def _scenario(written: str, known: FundingKnown, problems: dict[str, str]) -> Scenario:
    if written and written not in (each.name for each in known.scenarios):
        problems["scenario"] = _("There is no such scenario.")
    return known.scenario(None if "scenario" in problems else written or None)


def _rows(given: Mapping[str, str], inputs: Inputs) -> Iterator[ChangeRow]:
    for place in range(1, ROWS + 1):
        name, value = given.get(f"n{place}", "")[: LONGEST * 2], given.get(f"v{place}", "").strip()[:LONGEST]
        yield ChangeRow(place=place, name=name, value=value, problem=_problem(name, value, inputs))


def _problem(name: str, value: str, inputs: Inputs) -> str:
    if not name and not value:
        return ""
    if not name:
        return _("Choose which number it is.")
    if not value:
        return _("Write a new value, or percents with a sign.")
    if not _NAME.fullmatch(name):
        return _("There is no such number.")
    try:
        change = parse_change(f"{name}={value}", _FORM)
    except ProblemsFound:
        return _("This is neither a number (1 234,5) nor percents with a sign (+2 %).")
    try:
        changed(inputs, (change,), _FORM)
    except ProblemsFound:
        if change.percent and name in names_of(inputs):
            return _("The number is not known, so it has no percents. Write a new value.")
        return _("There is no such number.")
    return ""


def _change(row: ChangeRow) -> Change:
    return parse_change(f"{row.name}={row.value}", _FORM)


def _choices(
    inputs: Inputs, organiser: Organiser, rules: tuple[Rule, ...], language: str
) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """The numbers one can choose, in groups with their headings."""
    determinants = tuple(name for name in Determinant if name not in OF_COUNTRY_ALONE)
    labels = {name: _first_up(ABOUT[name].label.in_language(language)) for name in determinants}
    own = ((determinant(organiser.code, name), labels[name]) for name in determinants)
    yield organiser.name.in_language(language), tuple(own)
    everybody = ((determinant(EVERYBODY, name), labels[name]) for name in determinants)
    yield _("Every organiser"), tuple(everybody)
    priced = ((price(item), ITEMS[item].in_language(language)) for item in PRICED if item in inputs.items)
    yield _("Base prices"), tuple(priced)
    yield _("Rules"), tuple((rule(each), _first_up(RULES[each].in_language(language))) for each in rules)


def _assumptions(language: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What a scenario assumes of coming years, to be assumed otherwise."""
    names = (each for each in Assumption if each is not Assumption.EXPOST_INCLUDED)
    return _("Assumptions"), tuple(
        (assumption(each), _first_up(ASSUMPTIONS[each].in_language(language))) for each in names
    )


def _carried(
    given: Mapping[str, str], rows: tuple[ChangeRow, ...], hold: bool, problems: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """What links of the page carry on: what was asked and understood."""
    for name in ("year", "organiser", "scenario"):
        if given.get(name) and name not in problems:
            yield name, given[name][:LONGEST]
    for row in rows:
        if row.name and row.value and not row.problem:
            yield f"n{row.place}", row.name
            yield f"v{row.place}", row.value
    if hold:
        yield "hold", "1"


def _first_up(words: str) -> str:
    return words[:1].upper() + words[1:]
