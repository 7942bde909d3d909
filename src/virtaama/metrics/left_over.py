"""Groups a figure tells of though it counts others: what is left when one count is taken from another.

Whoever knows a numerator and its denominator knows how many are in the one and not in the other; so does who
knows the visits of a day and the urgent ones among them. That one metric counts some of the rows another counts
is read off their definitions: the same fact with further conditions, a share, or a fact within a union.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlglot import exp

from virtaama.metrics.definitions import Catalogue, Fact, Measure, Metric, Window
from virtaama.metrics.expressions import read_expression
from virtaama.metrics.plan import Breakdown, dimensions_of, is_defined, measures_of
from virtaama.metrics.question import Level


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Rows counted by whoever knows two other counts, and the breakdowns in which both are told."""

    measure: Measure
    breakdowns: frozenset[Breakdown]


@lru_cache(maxsize=4096)
def left_over(measure: Measure, catalogue: Catalogue) -> tuple[LeftOver, ...]:
    """The groups that are found out where a measure is shown, beside all that other metrics show.

    What is left of a larger group counts against the smaller one, of a union against the union: whatever a
    measure is guarded by is made from rows it is made from itself.
    """
    told = _told(catalogue)
    own = told.get(_rows_of(measure), frozenset())
    found: dict[Measure, frozenset[Breakdown]] = {}
    for rest, where in _rests(_rows_of(measure), told, catalogue):
        found[rest] = found.get(rest, frozenset()) | (own & where)
    return tuple(LeftOver(rest, where) for rest, where in found.items() if where)


def counted_for(metric: Metric, catalogue: Catalogue) -> tuple[Measure, ...]:
    """All that is counted for the figures of a metric: its measures, and what is left over of them."""
    measures = measures_of(metric)
    rests = (rest.measure for measure in measures for rest in left_over(measure, catalogue))
    return tuple(dict.fromkeys((*measures, *rests)))


@lru_cache(maxsize=16)
def with_rests_of_unions(catalogue: Catalogue) -> Catalogue:
    """The catalogue with the facts that are left of each union without one of its own."""
    rests = [
        Fact(name=_rest_name(fact, others), place=fact.place, union=others)
        for fact in catalogue.facts
        for _, others in _others(fact)
        if len(others) > 1
    ]
    return replace(catalogue, facts=(*catalogue.facts, *rests))


@lru_cache(maxsize=16)
def _told(catalogue: Catalogue) -> dict[Measure, frozenset[Breakdown]]:
    """The rows metrics count, and where. What tells of no person needs no guard."""
    found: dict[Measure, frozenset[Breakdown]] = {}
    for metric in catalogue.metrics:
        if metric.minimum_group == 0:
            continue
        for measure in measures_of(metric):
            rows = _rows_of(measure)
            found[rows] = found.get(rows, frozenset()) | frozenset(_shown(metric, measure, catalogue))
    return found


def _shown(metric: Metric, measure: Measure, catalogue: Catalogue) -> Iterator[Breakdown]:
    known = dimensions_of(catalogue.fact(measure.fact), catalogue)
    for level in Level:
        for dimension in ("", *metric.by):
            if is_defined(metric, level, dimension, catalogue):
                yield Breakdown(level, dimension if dimension in known else "")


def _rows_of(measure: Measure) -> Measure:
    """The rows a measure sees, whatever it makes of them."""
    return replace(measure, aggregate="count")


def _rests(
    part: Measure, told: dict[Measure, frozenset[Breakdown]], catalogue: Catalogue
) -> Iterator[tuple[Measure, frozenset[Breakdown]]]:
    shares = {
        (_rows_of(metric.numerator), _rows_of(metric.denominator))
        for metric in catalogue.metrics
        if metric.denominator
    }
    for whole in told:
        if _is_part(part, whole) or _is_share(part, whole, shares):
            yield _without(part, whole), told[whole]
    if part.window is Window.YEAR_TO_DATE:
        # A month's count less that of the month before is what came with it.
        yield replace(part, window=Window.PERIOD), told.get(part, frozenset())
    fact = catalogue.fact(part.fact)
    for one, others in _others(fact):
        if (within := replace(part, fact=one)) in told:
            yield replace(part, fact=_rest_name(fact, others)), told[within]


def _is_part(part: Measure, whole: Measure) -> bool:
    """Whether by their definitions one counts some of the rows the other counts."""
    if (part.fact, part.window) != (whole.fact, whole.window) or whole.per_person_having:
        return False
    narrower, wider = conditions(part.where), conditions(whole.where)
    return narrower > wider or (narrower == wider and bool(part.per_person_having))


def _is_share(part: Measure, whole: Measure, shares: set[tuple[Measure, Measure]]) -> bool:
    alike = (part.fact, part.window) == (whole.fact, whole.window) and not whole.per_person_having
    return alike and part != whole and (part, whole) in shares


def _without(part: Measure, whole: Measure) -> Measure:
    """The rows of the whole that are none of the part's."""
    if conditions(part.where) == conditions(whole.where):
        return replace(whole, per_person_having=_unless(part.per_person_having))
    others = _unless(part.where)
    return replace(whole, where=f"({whole.where}) AND {others}" if whole.where else others)


def _unless(condition: str) -> str:
    return f"NOT coalesce(({condition}), FALSE)"


@lru_cache(maxsize=1024)
def conditions(where: str) -> frozenset[str]:
    """What must all be true of a row, each written in one way."""
    if not where:
        return frozenset()
    tree = read_expression(where)
    return frozenset(each.sql() for each in (tree.flatten() if isinstance(tree, exp.And) else (tree,)))


def _others(fact: Fact) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each fact of a union with those beside it."""
    for one in fact.union:
        if others := tuple(name for name in fact.union if name != one):
            yield one, others


def _rest_name(fact: Fact, others: tuple[str, ...]) -> str:
    return others[0] if len(others) == 1 else f"{fact.name}: {', '.join(others)}"
