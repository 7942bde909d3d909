"""Two allocations side by side, and how much each number weighs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from virtaama.problems import Place
from virtaama.statutes.funding_items import PRICED, Item
from virtaama.statutes.funding_parameters import Rule
from virtaama.steering.funding.allocate import allocate_one, gets
from virtaama.steering.funding.changes import Change, changed
from virtaama.steering.funding.determinants import COUNTRY, Determinant
from virtaama.steering.funding.inputs import Given, Inputs, determinant, price, rule, score
from virtaama.steering.funding.level import units_of
from virtaama.steering.funding.reading import summed
from virtaama.steering.funding.terms import Absent, Allocation


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """An item of an organiser, before and after; item None is all of them together, organiser FI all organisers."""

    organiser: str
    item: Item | None
    before: int | None
    after: int | None

    @property
    def difference(self) -> int | None:
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


def side_by_side(before: Allocation, after: Allocation) -> tuple[Compared, ...]:
    """Every item of every organiser, each followed by the organiser's sum, and the sum of all at the end."""
    items = tuple(item for item in Item if item in (*before.items, *after.items))
    rows = tuple(
        row
        for funding in before.fundings
        for row in (
            *(_item(before, after, funding.organiser, item) for item in items),
            Compared(
                organiser=funding.organiser,
                item=None,
                before=funding.cents,
                after=after.of(funding.organiser).cents,
            ),
        )
        if row.before is not None or row.after is not None or row.item is None
    )
    return (*rows, Compared(organiser=COUNTRY, item=None, before=before.cents, after=after.cents))


def _item(before: Allocation, after: Allocation, organiser: str, item: Item) -> Compared:
    was, now = before.of(organiser).term(item), after.of(organiser).term(item)
    return Compared(
        organiser=organiser,
        item=item,
        before=was.cents if was else None,
        after=now.cents if now else None,
    )


def at_the_same_level(before: Inputs, after: Inputs) -> Inputs:
    """The inputs after a what-if, with base prices moved so that each item pays out over the country what it did.

    The level of the country does not follow a determinant of one organiser: what one gets more, others get less.
    Items whose units cannot be counted keep their price.
    """
    prices: dict[str, Given] = {}
    all_before, all_after = summed(before), summed(after)
    for item in PRICED:
        given = after.get(price(item))
        if item not in after.items or given is None or given.before is not None:
            continue
        was, now = units_of(all_before, item), units_of(all_after, item)
        if isinstance(was, Absent) or isinstance(now, Absent) or was.value == now.value:
            continue
        moved = given.value * was.value / now.value
        prices[price(item)] = replace(given, value=moved, before=given.value)
    return after.but(prices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What some per cents more of an input do to an organiser's funding, in cents.

    `alone`: prices stay, so the country pays it. `shared`: the level of the country stays, so the others pay it.
    None where the funding cannot be computed.
    """

    name: str
    value: Fraction
    alone: int | None
    shared: int | None


def weights(inputs: Inputs, organiser: str, percent: Fraction, place: Place) -> tuple[Weight, ...]:
    """How much each number behind an organiser's funding weighs, the heaviest first."""
    base = allocate_one(inputs, organiser).cents
    found = []
    for name in _behind(inputs, organiser):
        change = Change(name=name, value=percent, percent=True)
        after = changed(inputs, (change,), place)
        found.append(
            Weight(
                name=name,
                value=inputs.values[name].value,
                alone=_less(allocate_one(after, organiser).cents, base),
                shared=_less(allocate_one(at_the_same_level(inputs, after), organiser).cents, base),
            )
        )
    return tuple(sorted(found, key=lambda weight: (-abs(weight.alone or 0), weight.name)))


def _behind(inputs: Inputs, organiser: str) -> tuple[str, ...]:
    """The organiser's own determinants and scores, and the prices of what it gets, where they are given."""
    own = (*(determinant(organiser, name) for name in Determinant), *_scores(inputs, organiser))
    prices = (price(item) for item in PRICED if item in inputs.items and gets(inputs, item, organiser))
    limits = (rule(Rule.TRANSITION_GAIN), rule(Rule.TRANSITION_LOSS))
    return tuple(name for name in (*own, *prices, *limits) if name in inputs.values)


def _scores(inputs: Inputs, organiser: str) -> tuple[str, ...]:
    return tuple(score(organiser, each.indicator) for each in inputs.indicators.indicators)


def _less(after: int | None, before: int | None) -> int | None:
    return None if after is None or before is None else after - before
