"""P10: one asker's questions, as many as they like, replayed; all that was answered is solved together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from attack.attacker import Attacker, seen_rounded
from virtaama.metrics.periods import MONTHS_IN, period_of
from virtaama.metrics.question import Figure, Grain, Level, Missing, Question

Count = tuple[str, str, str, str, Grain, date]
"""A count by metric, level, area, member with its dimension, grain and period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """What somebody may choose from; `parts` says which metric counts some of the rows another counts."""

    metrics: tuple[str, ...]
    breakdowns: tuple[str, ...]
    months: tuple[date, ...]
    parts: Mapping[str, str]
    levels: tuple[Level, ...] = (Level.COUNTY, Level.MUNICIPALITY)

    def questions(self, random: Random, number: int) -> Iterator[Question]:
        """Questions as they are asked at a dashboard: any metrics, areas, breakdown, grain and periods."""
        for _ in range(number):
            first, last = sorted(random.choices(self.months, k=2))
            yield Question(
                metrics=tuple(random.sample(self.metrics, random.randint(1, len(self.metrics)))),
                grain=random.choice(tuple(Grain)),
                first=first,
                last=last,
                level=random.choice(self.levels),
                by=random.choice(("", *self.breakdowns)) or None,
            )


def seen_in(
    questions: Iterable[Question], ask: Callable[[Question], tuple[Figure, ...]]
) -> dict[Count, Figure]:
    """Every count that was shown or hidden in the answers to some questions.

    A question that differs from one before in its periods alone, within those asked by then, shows nothing new
    and is not asked again.
    """
    answered: dict[Question, tuple[date, date]] = {}
    seen: dict[Count, Figure] = {}
    for question in questions:
        alike = replace(question, first=date.min, last=date.min)
        first, last = answered.get(alike, (question.last, question.first))
        if first <= question.first and question.last <= last:
            continue
        answered[alike] = min(first, question.first), max(last, question.last)
        wider = replace(question, first=answered[alike][0], last=answered[alike][1])
        for figure in ask(wider):
            if figure.missing in (None, Missing.TOO_FEW):
                member = f"{question.by}={figure.member}" if question.by else ""
                count = (
                    figure.metric,
                    figure.level.value,
                    figure.area,
                    member,
                    figure.grain,
                    figure.period,
                )
                assert seen.get(count, figure) == figure, "the same count was shown as two numbers"
                seen[count] = figure
    return seen


def few_hidden(seen: Mapping[Count, Figure], smallest: int) -> dict[Count, Figure]:
    """What thresholds alone would leave of figures of which nothing is hidden."""
    return {
        count: replace(figure, value=None, missing=Missing.TOO_FEW, numerator=None)
        if 0 < (figure.numerator or 0) < smallest
        else figure
        for count, figure in seen.items()
    }


def solved_together(
    seen: Mapping[Count, Figure], dashboard: Dashboard, *, base: int, smallest: int, by_lot: bool = True
) -> Attacker:
    """An attacker who has kept every count they were ever shown, and knows every sum of them."""
    attacker = Attacker()
    for count, figure in seen.items():
        if figure.missing:
            attacker.knows(count, 1)
        elif figure.numerator is not None:
            seen_rounded(attacker, count, figure.numerator, base, smallest, by_lot=by_lot)
    for total, parts in _sums(seen):
        attacker.sums(total, parts)
    for count in seen:
        whole = (dashboard.parts.get(count[0], ""), *count[1:])
        if whole in seen:
            attacker.at_most(count, whole)
    return attacker


def _sums(seen: Iterable[Count]) -> Iterator[tuple[Count, list[Count]]]:
    """Municipalities of the county, members of a dimension, months and quarters of what is longer."""
    there = set(seen)
    found: dict[tuple[str, Count], list[Count]] = defaultdict(list)
    county = {area for _, level, area, *_ in there if level == Level.COUNTY}
    for count in there:
        metric, level, area, member, grain, period = count
        if level == Level.MUNICIPALITY:
            for top in county:
                found["areas", (metric, Level.COUNTY.value, top, member, grain, period)].append(count)
        if member:
            found[member.partition("=")[0], (metric, level, area, "", grain, period)].append(count)
        for longer in Grain:
            if MONTHS_IN[longer] > MONTHS_IN[grain]:
                total = (metric, level, area, member, longer, period_of(period, longer))
                found[grain, total].append(count)
    for (_, total), parts in found.items():
        if total in there and _are_all(total, parts):
            yield total, sorted(parts)


def _are_all(total: Count, parts: list[Count]) -> bool:
    """Whether every month or quarter of a period was seen; areas and members are always seen together."""
    by_time = parts[0][4] is not total[4]
    return not by_time or len(parts) == MONTHS_IN[total[4]] // MONTHS_IN[parts[0][4]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """Of so many hidden counts, how many all answers together tell."""

    hidden: int
    worked_out: int


def solved(
    seen: Mapping[Count, Figure], dashboard: Dashboard, *, base: int, smallest: int, by_lot: bool = True
) -> Solved:
    """What an attacker finds of the hidden counts among those seen."""
    hidden = [count for count, figure in seen.items() if figure.missing is Missing.TOO_FEW]
    attacker = solved_together(seen, dashboard, base=base, smallest=smallest, by_lot=by_lot)
    return Solved(hidden=len(hidden), worked_out=sum(map(attacker.works_out, hidden)))
