"""What a question should be answered, counted row by row over lists in memory: slow and obvious.

It shares with the platform the words of a question and of a figure, and nothing that counts, groups, guards or allows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from statistics import fmean

from virtaama.metrics.question import Grain, Level, Missing, Question
from virtaama.privacy.policy import Asker, Purpose, Role

MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}
LONGER = {Grain.MONTH: Grain.QUARTER, Grain.QUARTER: Grain.YEAR}
ROUNDS = 10  # of drawing what follows from what is hidden


@dataclass(frozen=True, slots=True)
class Person:
    """`home` is the code of a municipality; None where nobody knows it."""

    sex: str | None
    home: str | None


@dataclass(frozen=True, slots=True)
class Home:
    """A person is registered in a municipality from a day to a day, both included."""

    person: int
    municipality: str
    begun: date
    ended: date | None


@dataclass(frozen=True, slots=True)
class Visit:
    day: date
    person: int | None  # the place of a person in the list; None where the visit does not say
    unit: str | None
    form: str | None
    urgent: bool
    waited: int
    cost: int


@dataclass(frozen=True, slots=True)
class Posting:
    day: date
    euros: int
    service: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """A county as rows, whole from the month `first` to the month `last`."""

    municipalities: tuple[str, ...]
    units: tuple[tuple[str, str], ...]  # unit, the municipality it lies in
    persons: tuple[Person, ...]
    homes: tuple[Home, ...]
    visits: tuple[Visit, ...]
    postings: tuple[Posting, ...]
    first: date
    last: date
    code: str = "07"


def branch_of(unit: str | None) -> str:
    """The branch of the organisation a unit belongs to: one of two, by the signs of its code."""
    return f"branch {sum(map(ord, unit)) % 2}" if unit else ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as a metric counts it."""

    month: date
    person: int | None
    areas: dict[Level, str | None]
    members: dict[str, str]
    number: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A metric: which rows it counts and how, over which others, for whom it is shown."""

    name: str
    rows: Callable[[County], Iterable[Row]]
    how: str = "count"  # persons, sum, mean
    over: Callable[[County], Iterable[Row]] | None = None
    over_residents: bool = False  # residents at month ends, on average
    same_fact: bool = False  # the others are of the same kind: it is a share
    so_far: bool = False  # from January on
    left_over: Callable[[County], Iterable[Row]] | None = None  # of what others count, besides its own rows
    levels: tuple[Level, ...] = (Level.COUNTY, Level.MUNICIPALITY)
    by: tuple[str, ...] = ("sex", "form")
    minimum: int = 5
    about_persons: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    value: float
    rows: int
    persons: int


@dataclass(frozen=True, slots=True)
class Told:
    """One line of an answer: exactly one of `value` and `missing`."""

    value: float | None
    missing: Missing | None
    numerator: float | None = None
    denominator: float | None = None
    rows: int | None = None


Key = tuple[str, str, str, date]  # metric, area, member or nothing, first day
Place = tuple[date, str, str]  # period, area, member
Spot = tuple[Grain, date, Level, str, str, str]  # grain, period, level, area, dimension, member
TIME = "time"
NOWHERE = ""  # the area of rows that lie in none


# Rows -----------------------------------------------------------------------------------------------------


def visits(county: County) -> Iterator[Row]:
    within = dict(county.units)
    for visit in county.visits:
        person = county.persons[visit.person] if visit.person is not None else None
        yield Row(
            month=visit.day.replace(day=1),
            person=visit.person,
            areas={
                Level.COUNTY: county.code,
                Level.MUNICIPALITY: person.home if person else None,
                Level.UNIT: visit.unit if visit.unit in within else None,
            },
            members={
                "sex": (person.sex if person else None) or "_not_told",
                "form": visit.form or "_not_told",
            },
            number=visit.waited,
        )


def urgent(county: County) -> Iterator[Row]:
    return (row for row, visit in zip(visits(county), county.visits, strict=True) if visit.urgent)


def not_urgent(county: County) -> Iterator[Row]:
    return (row for row, visit in zip(visits(county), county.visits, strict=True) if not visit.urgent)


def costs(county: County) -> Iterator[Row]:
    for row, visit in zip(visits(county), county.visits, strict=True):
        yield Row(row.month, row.person, row.areas, row.members, visit.cost)


def postings(county: County) -> Iterator[Row]:
    for posting in county.postings:
        yield Row(
            month=posting.day.replace(day=1),
            person=None,
            areas={Level.COUNTY: county.code},
            members={"service": posting.service or "_not_told"},
            number=posting.euros,
        )


def residents(county: County) -> Iterator[Row]:
    """A row for each home at the end of each month."""
    for month in periods(county.first.replace(month=1), county.last.replace(month=12), Grain.MONTH):
        end = date.fromordinal(next_period(month, Grain.MONTH).toordinal() - 1)
        for home in county.homes:
            if home.begun <= end and (home.ended is None or home.ended >= end):
                yield Row(
                    month=month,
                    person=home.person,
                    areas={Level.COUNTY: county.code, Level.MUNICIPALITY: home.municipality},
                    members={"sex": county.persons[home.person].sex or "_not_told"},
                )


# Time -----------------------------------------------------------------------------------------------------


def period_with(day: date, grain: Grain) -> date:
    return date(day.year, (day.month - 1) // MONTHS[grain] * MONTHS[grain] + 1, 1)


def next_period(first: date, grain: Grain) -> date:
    months = first.year * 12 + first.month - 1 + MONTHS[grain]
    return date(months // 12, months % 12 + 1, 1)


def periods(first: date, last: date, grain: Grain) -> list[date]:
    found, here = [], period_with(first, grain)
    while here <= last:
        found.append(here)
        here = next_period(here, grain)
    return found


def whole(metric: Counted, county: County, grain: Grain) -> list[date]:
    """The periods that lie in the months that are whole; of what counts from January on, with that January."""
    first = county.first
    if metric.so_far and first.month > 1:
        first = date(first.year + 1, 1, 1)
    over = next_period(county.last, Grain.MONTH)
    return [p for p in periods(first, county.last, grain) if p >= first and next_period(p, grain) <= over]


# Counting ---------------------------------------------------------------------------------------------------


class Reader:
    """Answers questions about a county. `metrics` are those it knows."""

    def __init__(self, county: County, metrics: Iterable[Counted]) -> None:
        self.county = county
        self.metrics = {metric.name: metric for metric in metrics}
        self._figures: dict[object, dict[Place, tuple[Told, int]]] = {}
        self._guarded: dict[str, tuple[dict[Spot, int], ...]] = {}

    def cells(
        self,
        rows: Iterable[Row],
        how: str,
        metric: Counted,
        grain: Grain,
        level: Level,
        by: str,
        months: set[date] | None = None,
        so_far: bool | None = None,
    ) -> dict[Place, Cell]:
        grouped: dict[Place, list[Row]] = defaultdict(list)
        for row in rows:
            area = row.areas.get(level) or NOWHERE
            if months is not None and row.month not in months:
                continue
            member = row.members.get(by, "") if by else ""
            period = period_with(row.month, grain)
            seen_in = [period]
            if metric.so_far if so_far is None else so_far:
                seen_in = [
                    p
                    for p in periods(date(row.month.year, 1, 1), date(row.month.year, 12, 1), grain)
                    if next_period(p, grain) > row.month
                ]
            for each in seen_in:
                grouped[each, area, member].append(row)
        return {place: cell_of(found, how) for place, found in grouped.items()}

    def residents_on_average(self, grain: Grain, level: Level, by: str) -> dict[Place, Cell]:
        """Persons at the end of each month, on average over the months of a period."""
        monthly: dict[Place, set[int]] = defaultdict(set)
        for row in residents(self.county):
            area, member = row.areas[level], row.members.get(by, "") if by else ""
            if area is not None and row.person is not None:
                monthly[row.month, area, member].add(row.person)
        over: dict[Place, list[int]] = defaultdict(list)
        for (month, area, member), persons in monthly.items():
            over[period_with(month, grain), area, member].append(len(persons))
        return {
            place: Cell(sum(counts) / MONTHS[grain], sum(counts), max(counts))
            for place, counts in over.items()
        }

    def figures(
        self, metric: Counted, grain: Grain, level: Level, by: str, years: tuple[int, int] | None
    ) -> dict[Place, tuple[Told, int]]:
        """Every figure of a table with what guards it; of some years alone where nothing is prepared."""
        key = (metric.name, grain, level, by, years)
        if key not in self._figures:
            guards = self._guards(metric)
            self._figures[key] = {
                place: (told, least(self._guard(metric, guards, grain, level, by, place)))
                for place, told in self._counted(metric, grain, level, by, years).items()
            }
        return self._figures[key]

    def _guard(
        self,
        metric: Counted,
        guards: tuple[dict[Spot, int], ...],
        grain: Grain,
        level: Level,
        by: str,
        place: Place,
    ) -> Iterator[int]:
        """What guards the counts of a figure."""
        period, area, member = place
        above, *below = guards
        yield above.get((grain, period, level, area, by, member), 0)
        for each in below:
            if metric.over_residents and by not in ("", "sex"):
                yield each.get((grain, period, level, area, "", ""), 0)
            else:
                yield each.get((grain, period, level, area, by, member), 0)

    def _guards(self, metric: Counted) -> tuple[dict[Spot, int], ...]:
        """What guards each count of a metric, above and below: of all there are, whatever is asked."""
        if metric.name not in self._guarded:
            above = self._sizes(metric, metric.rows, metric.how, so_far=metric.so_far)
            left: list[dict[Spot, int]] = []
            if metric.left_over:
                left.append(self._sizes(metric, metric.left_over, "count", so_far=metric.so_far))
            if metric.so_far:
                left.append(self._sizes(metric, metric.rows, "count", so_far=False))
            found = [guards_of(above, left, self.county.code, so_far=metric.so_far)]
            if metric.over_residents:
                residents_below = {
                    (grain, period, level, area, by, member): cell.persons
                    for grain, level, by in product(Grain, (Level.COUNTY, Level.MUNICIPALITY), ("", "sex"))
                    for (period, area, member), cell in self.residents_on_average(grain, level, by).items()
                }
                found.append(guards_of(residents_below, [], self.county.code))
            elif metric.over:
                below = self._sizes(metric, metric.over, "count", so_far=False)
                found.append(guards_of(below, [], self.county.code))
            self._guarded[metric.name] = tuple(found)
        return self._guarded[metric.name]

    def _sizes(
        self, metric: Counted, rows: Callable[[County], Iterable[Row]], how: str, *, so_far: bool
    ) -> dict[Spot, int]:
        """How many persons each count of some rows is about."""
        levels = [*metric.levels] if Level.COUNTY in metric.levels else [Level.COUNTY, *metric.levels]
        return {
            (grain, period, level, area, by, member): cell.persons
            for grain, level, by in product(Grain, levels, ("", *metric.by))
            for (period, area, member), cell in self.cells(
                rows(self.county), how, metric, grain, level, by, so_far=so_far
            ).items()
        }

    def _counted(
        self, metric: Counted, grain: Grain, level: Level, by: str, years: tuple[int, int] | None
    ) -> dict[Place, Told]:
        there = whole(metric, self.county, grain)
        months = None
        if years:
            there = [p for p in there if years[0] <= p.year <= years[1]]
            every = periods(self.county.first, self.county.last, Grain.MONTH)
            months = {month for month in every if years[0] <= month.year <= years[1]}
        above = self.cells(metric.rows(self.county), metric.how, metric, grain, level, by, months)
        below: dict[Place, Cell] | None = None
        told_apart = True
        if metric.over_residents:
            told_apart = by in ("", "sex")
            below = self.residents_on_average(grain, level, by if told_apart else "")
        elif metric.over:
            below = self.cells(metric.over(self.county), "count", metric, grain, level, by, months)
        found: dict[Place, Told] = {}
        for period, area, member in set(self._places(metric, above, below, told_apart, there, level)):
            if area == NOWHERE:
                continue
            cell = above.get((period, area, member))
            under = (below or {}).get((period, area, member if told_apart else ""))
            found[period, area, member] = figure_of(metric, cell, under)
        return found

    def _places(
        self,
        metric: Counted,
        above: dict[Place, Cell],
        below: dict[Place, Cell] | None,
        told_apart: bool,
        there: list[date],
        level: Level,
    ) -> Iterator[Place]:
        """Where there is a figure: where there is something to divide by, or where something was ever counted."""
        if below is None:
            times: dict[tuple[str, str], list[date]] = defaultdict(list)
            for period, area, member in above:
                times[area, member].append(period)
            for (area, member), seen in times.items():
                for period in there:
                    # A unit is open from the first time it is seen until the last.
                    if level is not Level.UNIT or min(seen) <= period <= max(seen):
                        yield period, area, member
        elif told_apart:
            yield from (place for place in below if place[0] in there)
            yield from (
                place for place in above if place[0] in there and place[2] in ("_not_told", "_unknown")
            )
        else:
            for period, area, _ in below:
                if period in there:
                    yield from ((period, area, member) for member in {m for _, a, m in above if a == area})

    # Answering

    def answer(
        self, question: Question, asker: Asker, purpose: Purpose, role: Role | None
    ) -> dict[Key, Told] | None:
        """What is told, of exact figures; None where the question is refused."""
        if role is None or not self.may_ask(question, asker, purpose, role):
            return None
        told: dict[Key, Told] = {}
        for name in question.metrics:
            told.update(self._answer(self.metrics[name], question, asker, role))
        return told

    def may_ask(self, question: Question, asker: Asker, purpose: Purpose, role: Role) -> bool:
        if purpose not in role.purposes or question.level.value not in role.levels:
            return False
        if role.rounding > 1 and (question.as_of or question.known):
            return False
        named = [question.within] if question.within else []
        if question.area and question.level is Level.UNIT:
            named.append(dict(self.county.units).get(question.area))
        elif question.area:
            named.append(question.area)
        if question.area and question.level is Level.UNIT and role.branches:
            is_unit = question.area in dict(self.county.units)
            if not is_unit or branch_of(question.area) not in role.branches:
                return False
        return (
            not role.own_municipality_only
            or question.level is Level.COUNTY
            or all(municipality in asker.municipalities for municipality in named)
        )

    def _answer(self, metric: Counted, question: Question, asker: Asker, role: Role) -> dict[Key, Told]:
        by, grain, level = question.by or "", question.grain, question.level
        areas = self._areas(question)
        own = {
            area
            for area, municipality in areas
            if level is Level.COUNTY or not role.own_municipality_only or municipality in asker.municipalities
            if level is not Level.UNIT or not role.branches or branch_of(area) in role.branches
        }
        asked = periods(question.first, question.last, grain)
        defined = level in metric.levels and (not by or by in metric.by)
        there = set(whole(metric, self.county, grain))
        table: dict[Place, tuple[Told, int]] = {}
        if defined:
            # What stands in no table that is prepared is counted over the whole years that are asked for.
            years = (question.first.year, question.last.year) if by and level is Level.UNIT else None
            table = self.figures(metric, grain, level, by, years)
        shown = {place: figure for place, figure in table.items() if place[0] in asked and place[1] in own}
        members = sorted({member for _, _, member in shown}) if by else [""]
        smallest = 0 if not metric.about_persons else max(role.minimum_group, metric.minimum)
        told: dict[Key, Told] = {}
        for area, _ in areas:
            for member in members or [""]:
                for period in asked:
                    figure, guard = shown.get((period, area, member), (None, 0))
                    if area not in own:
                        line = Told(None, Missing.NOT_ALLOWED)
                    elif figure is None:
                        line = Told(None, self._reason(metric, defined, period, there))
                    elif 0 < guard < smallest:
                        line = Told(None, Missing.TOO_FEW)
                    else:
                        line = figure
                    told[metric.name, area, member, period] = line
        return told

    def _reason(self, metric: Counted, defined: bool, period: date, there: set[date]) -> Missing:
        if not defined:
            return Missing.NOT_DEFINED
        if period in there:
            return Missing.NO_DENOMINATOR if metric.over or metric.over_residents else Missing.NO_DATA
        return Missing.NOT_DELIVERED if period > max(there, default=self.county.last) else Missing.NO_DATA

    def _areas(self, question: Question) -> list[tuple[str, str | None]]:
        if question.level is Level.COUNTY:
            return [(self.county.code, None)]
        if question.level is Level.MUNICIPALITY:
            return [(code, code) for code in self.county.municipalities if question.area in (None, code)]
        return [
            (unit, municipality)
            for unit, municipality in self.county.units
            if question.area in (None, unit) and question.within in (None, municipality)
        ]


def cell_of(rows: list[Row], how: str) -> Cell:
    known = {row.person for row in rows if row.person is not None}
    # Somebody unknown may be anybody.
    persons = len(known) + sum(row.person is None for row in rows)
    match how:
        case "persons":
            value = float(len(known))
        case "sum":
            value = float(sum(row.number for row in rows))
        case "mean":
            value = fmean(row.number for row in rows)
        case _:
            value = float(len(rows))
    return Cell(value, len(rows), persons)


def figure_of(metric: Counted, above: Cell | None, below: Cell | None) -> Told:
    numerator = above.value if above else None
    if numerator is None and metric.how != "mean":
        numerator = 0.0
    rows = above.rows if above else 0
    if not (metric.over or metric.over_residents):
        if numerator is None:
            return Told(None, Missing.NO_DATA, None, None, rows)
        return Told(numerator, None, numerator, None, rows)
    if metric.same_fact:
        rows = below.rows if below else 0
    if below is None or below.value == 0:
        return Told(None, Missing.NO_DENOMINATOR, numerator, below.value if below else None, rows)
    assert numerator is not None
    return Told(numerator / below.value, None, numerator, below.value, rows)


def least(guards: Iterable[int]) -> int:
    """The least of those that guard anybody at all."""
    return min((guard for guard in guards if guard), default=0)


def guards_of(
    sizes: dict[Spot, int], left: Iterable[dict[Spot, int]], county: str, *, so_far: bool = False
) -> dict[Spot, int]:
    """What guards each count: the size of group it is hidden for, as the others follow from one another.

    `left` are the groups left over where the count is taken from another.
    """
    sizes = {spot: size for spot, size in sizes.items() if size}
    guards = {spot: least([size, *(rest.get(spot, 0) for rest in left)]) for spot, size in sizes.items()}
    wholes: dict[tuple[Spot, str], list[Spot]] = defaultdict(list)
    for spot in sizes:
        for whole, split in wholes_of(spot, county, so_far):
            wholes[whole, split].append(spot)
    alone = {parts[0] for (_, split), parts in wholes.items() if len(parts) == 1 and split != TIME}
    for _ in range(ROUNDS):
        following = dict(guards)
        for (whole, split), parts in wholes.items():
            if split == TIME and len(parts) == 1:
                following[whole] = min(following[whole], guards[parts[0]])
            for spot, guard in followed(whole, parts, sizes, guards, alone):
                following[spot] = min(following[spot], guard)
        guards = following
    return guards


def wholes_of(spot: Spot, county: str, so_far: bool) -> Iterator[tuple[Spot, str]]:
    """What a count is a part of, and how that is split."""
    grain, period, level, area, by, member = spot
    if by and area != NOWHERE:
        yield (grain, period, level, area, "", ""), by
    if level is not Level.COUNTY:
        yield (grain, period, Level.COUNTY, county, by, member), level
    ends = (period.month % 3 == 0) if grain is Grain.MONTH else period.month == 10
    if area != NOWHERE and grain in LONGER and (ends or not so_far):
        yield (LONGER[grain], period_with(period, LONGER[grain]), level, area, by, member), TIME


def followed(
    whole: Spot, parts: list[Spot], sizes: dict[Spot, int], guards: dict[Spot, int], alone: set[Spot]
) -> Iterator[tuple[Spot, int]]:
    """The guards of the parts of a whole: which ones are hidden with the smallest, or with the whole."""
    if len(parts) == 1:
        yield parts[0], guards[whole]
        return
    parts = sorted(
        parts,
        key=lambda s: (s[3] != NOWHERE, s in alone, guards[s], sizes[s], s[3], s[5], s[1]),
    )
    smallest = min(guards[part] for part in parts)
    fixed = min(
        guards[each] for each in (whole, *parts) if each == whole or (each in alone and each[3] != NOWHERE)
    )
    room = 0
    for place, part in enumerate(parts):
        if part[3] != NOWHERE and part not in alone:
            if place == 0:
                yield part, fixed
            elif place == 1 and parts[0][3] == NOWHERE:
                yield part, min(guards[parts[0]], max(fixed, room))
            elif place == 1:
                yield part, min(guards[whole], smallest)
            else:
                yield part, max(min(guards[whole], smallest), room)
        room += 0 if part in alone else sizes[part] - 1
