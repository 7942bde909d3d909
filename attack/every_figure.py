"""P10: every figure of every metric that one reader may ask for, kept and reasoned about together.

Written apart from the guard it attacks: it knows the definitions, which are public, the figures shown, and what
follows. Parts make up a whole; a numerator is some of its denominator; rows of one fact that satisfy more are some
of those that satisfy less; those of a fact are some of those of a union; a condition may name a member.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from math import inf
from typing import Literal

from virtaama.metrics.definitions import Catalogue, Measure, Metric, Window
from virtaama.metrics.periods import MONTHS_IN, period_of
from virtaama.metrics.question import Figure, Grain, Level, Missing, Question

Group = tuple[str, frozenset[str], str, str]
"""Rows that are counted: fact, conditions, condition of persons, how they lie in time."""
Place = tuple[Level, str, str, Grain, date]
"""Level, area, member with its dimension, grain, first day."""
Count = tuple[Group, str, Place]
"""A number somebody may know: of rows, persons or days of a group at a place."""

Bond = tuple[Count, tuple[Count, ...], Literal["all", "some", "rest", "overlap", "each"]]
"""A whole, parts of it, and how they are: all of it, some, one and the rest, overlapping, or each no more than it."""

ZERO = frozenset({Missing.NO_DATA, Missing.NO_DENOMINATOR})


def asked(metric: Metric, months: Sequence[date], catalogue: Catalogue) -> Iterator[Question]:
    """Every question about a metric whose answer is prepared."""
    for level, by, grain in product(metric.levels, (None, *metric.by), Grain):
        if by is None or level != Level.UNIT:
            yield Question(
                metrics=(metric.name,),
                grain=grain,
                first=months[0],
                last=months[-1],
                level=Level(level),
                by=by,
            )


def conditions(where: str) -> frozenset[str]:
    return frozenset(part.strip() for part in re.split(r"\s+AND\s+", where) if part.strip())


def group_of(measure: Measure) -> Group:
    window = {Window.PERIOD: "in", Window.DAYS: "in", Window.MONTH_ENDS: "ends"}.get(
        measure.window, measure.window.value
    )
    return measure.fact, conditions(measure.where), measure.per_person_having, window


def kind_of(measure: Measure) -> str:
    """What of a group a measure counts; nothing where it is no count."""
    if measure.aggregate == "count":
        return "days" if measure.window is Window.DAYS else "rows"
    return "persons" if measure.aggregate == "persons" else ""


@dataclass
class Knowledge:
    """Counts with the least and the most they can be, and sums that bind them."""

    catalogue: Catalogue
    bounds: dict[Count, tuple[float, float]] = field(default_factory=dict)

    def value(self, count: Count) -> float:
        """A count that is known."""
        return self.bounds[count][0]

    def learn(self, figure: Figure, by: str | None) -> None:
        """What one figure tells: its counts where it is shown, that they are there where it is not."""
        metric = self.catalogue.metric(figure.metric)
        above, below = metric.numerator, metric.denominator
        place = _place(figure, by)
        self._count(above, figure, place, figure.numerator, told=below is None)
        if below is None:
            self._rows(above, figure, place)
            return
        split = by and by in _dimensions(below.fact, self.catalogue)
        if split or not by or figure.denominator is not None:
            self._count(below, figure, place if split else _whole(place), figure.denominator, told=True)
        if below.fact == above.fact:
            self._rows(below, figure, place)
        else:
            self._rows(above, figure, place)

    def _count(
        self, measure: Measure, figure: Figure, place: Place, value: float | None, *, told: bool
    ) -> None:
        kind = kind_of(measure)
        if not kind:
            return
        months = MONTHS_IN[place[3]] if measure.window is Window.MONTH_ENDS else 1
        key = (group_of(measure), kind, place)
        if figure.missing is Missing.TOO_FEW:
            # A zero is shown, where it is not the other side of a share that is small.
            self._know(key, 1.0 if told else 0.0, inf)
        elif figure.missing in ZERO and value is None:
            self._know(key, 0.0, 0.0 if self._is_nobody(figure, measure) else inf)
        elif value is not None:
            self._know(key, round(value * months), round(value * months))

    def _is_nobody(self, figure: Figure, measure: Measure) -> bool:
        """Whether a figure that is not there says that nobody was counted: there is nothing to divide by."""
        below = self.catalogue.metric(figure.metric).denominator
        return below is None or below.fact == measure.fact

    def _rows(self, measure: Measure, figure: Figure, place: Place) -> None:
        key = (group_of(measure), "rows", place)
        if figure.rows is not None:
            self._know(key, figure.rows, figure.rows)
        elif figure.missing is Missing.TOO_FEW:
            self._know(key, 0.0, inf)
        elif figure.missing in ZERO:
            self._know(key, 0.0, 0.0 if self._is_nobody(figure, measure) else inf)

    def _know(self, key: Count, low: float, high: float) -> None:
        before = self.bounds.get(key, (0.0, inf))
        self.bounds[key] = max(low, before[0]), min(high, before[1])

    def bonds(self) -> Iterator[Bond]:
        """Whatever binds counts."""
        yield from self._wholes()
        yield from self._groups()

    def _wholes(self) -> Iterator[Bond]:
        gathered: dict[tuple[str, Count], list[Count]] = defaultdict(list)
        for group, kind, (level, area, member, grain, period) in self.bounds:
            if member:
                whole = (group, kind, (level, area, "", grain, period))
                gathered["members " + member.partition("=")[0], whole].append(
                    (group, kind, (level, area, member, grain, period))
                )
            if level is not Level.COUNTY:
                whole = (group, kind, (Level.COUNTY, "", member, grain, period))
                gathered[f"areas {level}", whole].append((group, kind, (level, area, member, grain, period)))
            if grain is not Grain.YEAR:
                for longer in Grain:
                    if MONTHS_IN[longer] > MONTHS_IN[grain]:
                        whole = (group, kind, (level, area, member, longer, period_of(period, longer)))
                        gathered[f"periods {grain}", whole].append(
                            (group, kind, (level, area, member, grain, period))
                        )
        for (what, whole), parts in gathered.items():
            if whole not in self.bounds:
                continue
            overlap = whole[1] == "persons"
            if what.startswith("areas"):
                yield whole, tuple(parts), "each" if overlap else "some"
            elif what.startswith("members"):
                yield whole, tuple(parts), "overlap" if overlap else "all"
            elif not whole[0][2] and len(parts) == MONTHS_IN[whole[2][3]] // MONTHS_IN[parts[0][2][3]]:
                spread = self._spread(whole[0]) and whole[0][3] == "in" and whole[1] == "rows"
                yield whole, tuple(parts), "overlap" if (overlap and whole[0][3] == "in") or spread else "all"

    def _spread(self, group: Group) -> bool:
        return any(self.catalogue.fact(part).during for part in _parts(group[0], self.catalogue))

    def _groups(self) -> Iterator[Bond]:
        groups = {key[0] for key in self.bounds}
        shares = {
            (group_of(m.numerator), group_of(m.denominator))
            for m in self.catalogue.metrics
            if m.denominator and m.denominator.fact == m.numerator.fact
        }
        pairs = [
            (part, whole)
            for part in groups
            for whole in groups
            if part != whole and (self._is_part(part, whole) or (part, whole) in shares)
        ]
        by_group: dict[Group, list[Count]] = defaultdict(list)
        for key in self.bounds:
            by_group[key[0]].append(key)
        for part, whole in pairs:
            for key in by_group[part]:
                other = (whole, *key[1:])
                if other in self.bounds:
                    yield other, (key,), "each" if key[1] == "persons" else "rest"
        for group in groups:
            yield from self._members_as_conditions(group, by_group)
        for group, kind, place in self.bounds:
            if kind == "persons" and (group, "rows", place) in self.bounds:
                yield (group, "rows", place), ((group, kind, place),), "each"

    def _is_part(self, part: Group, whole: Group) -> bool:
        if part[3] != whole[3] or whole[2]:
            return False
        same = part[0] == whole[0] or part[0] in self.catalogue.fact(whole[0]).union
        return same and part[1] >= whole[1]

    def _members_as_conditions(self, group: Group, by_group: Mapping[Group, list[Count]]) -> Iterator[Bond]:
        """A condition that names a member of a dimension counts what that member counts."""
        by = dict(self.catalogue.fact(group[0]).by)
        for condition in group[1]:
            name, _, value = condition.partition(" = ")
            for dimension, expression in by.items():
                if expression != name.strip():
                    continue
                whole = (group[0], group[1] - {condition}, *group[2:])
                for _, kind, place in by_group[group]:
                    member = f"{dimension}={value.strip().strip(chr(39))}"
                    other = (whole, kind, (place[0], place[1], member, *place[3:]))
                    if not place[2] and other in self.bounds:
                        yield other, ((group, kind, place),), "all"


def _place(figure: Figure, by: str | None) -> Place:
    area = "" if figure.level is Level.COUNTY else figure.area
    return figure.level, area, f"{by}={figure.member}" if by else "", figure.grain, figure.period


def _whole(place: Place) -> Place:
    return (*place[:2], "", *place[3:])


def _parts(fact: str, catalogue: Catalogue) -> Sequence[str]:
    return catalogue.fact(fact).union or (fact,)


def _dimensions(fact: str, catalogue: Catalogue) -> set[str]:
    parts = [{name for name, _ in catalogue.fact(part).by} for part in _parts(fact, catalogue)]
    return set.intersection(*parts)


Ask = Callable[[Question], Iterable[Figure]]


def known(catalogue: Catalogue, months: Sequence[date], ask: Ask) -> Knowledge:
    """What somebody knows who has asked every question about every metric that tells of persons."""
    found = Knowledge(catalogue)
    for metric in catalogue.metrics:
        if metric.minimum_group == 0:
            continue
        for question in asked(metric, months, catalogue):
            figures = tuple(ask(question))
            whole = {figure.period for figure in figures if figure.missing in (None, Missing.TOO_FEW)}
            for figure in figures:
                if figure.period in whole:
                    found.learn(figure, question.by)
    return found
