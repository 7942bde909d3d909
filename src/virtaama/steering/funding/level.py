"""The funding of the whole country from one year to the next: sections 7, 8 and 10 of the act, and section 36.

The level grows by the need for services and by prices; changes of tasks stay in it. What is put right afterwards is of
its year only: it is added on top and not carried on (our reading: the difference of each year is looked at anew).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from virtaama.statutes.funding_items import NEED, PRICED, RESCUE, Item
from virtaama.statutes.funding_parameters import Rule
from virtaama.steering.funding.allocate import counted, gets
from virtaama.steering.funding.cents import to_cents
from virtaama.steering.funding.inputs import Assumption, Given, Inputs, assumption, price, rule
from virtaama.steering.funding.reading import all_or_absent, input_part, summed
from virtaama.steering.funding.terms import Absent, Part, Reason

_INDEX: Final = (
    (Rule.INDEX_WEIGHT_EARNINGS, Assumption.EARNINGS),
    (Rule.INDEX_WEIGHT_CONSUMER_PRICES, Assumption.CONSUMER_PRICES),
    (Rule.INDEX_WEIGHT_CONTRIBUTIONS, Assumption.CONTRIBUTIONS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The funding of a year by the rules, in euros.

    `underlying` is what the next year begins from; `total` has what is put right afterwards as well. Base prices are
    whole cents, so what they pay out differs from the total by half a cent at most for each unit counted.
    """

    year: int
    need_growth: Part  # %
    price_growth: Part  # %
    task_changes: Part
    expost: Part
    underlying: Part
    total: Part


def need_growth(inputs: Inputs) -> Part | Absent:
    """The growth of need that is counted, in percent: so much of the estimate and its addition (sections 7 and 36)."""
    found = all_or_absent(
        [
            input_part(inputs, rule(name))
            for name in (Rule.NEED_GROWTH_SHARE, Rule.NEED_GROWTH, Rule.NEED_GROWTH_ADDITION)
        ]
    )
    if isinstance(found, Absent):
        return found
    share, growth, addition = found
    value = share.value / 100 * (growth.value + addition.value)
    return Part(name=f"need_growth.{inputs.year}", value=value, of=found)


def price_growth(inputs: Inputs) -> Part | Absent:
    """The price index of section 8: how much prices rise in the year, in percent."""
    found = all_or_absent(
        [input_part(inputs, name) for weight, change in _INDEX for name in (rule(weight), assumption(change))]
    )
    if isinstance(found, Absent):
        return found
    value = sum((found[n].value * found[n + 1].value for n in range(0, len(found), 2)), Fraction(0))
    return Part(name=f"price_growth.{inputs.year}", value=value, of=found)


def expost(inputs: Inputs) -> Part | Absent:
    """What is put right of two years ago, in euros (section 10)."""
    found = all_or_absent(
        (
            input_part(inputs, rule(Rule.EXPOST_SHARE)),
            input_part(inputs, assumption(Assumption.EXPOST_DIFFERENCE)),
        )
    )
    if isinstance(found, Absent):
        return found
    return Part(name=f"expost.{inputs.year}", value=found[0].value / 100 * found[1].value, of=found)


def level(inputs: Inputs, underlying_before: Part) -> Level | Absent:
    """The level of a year from that of the year before."""
    found = all_or_absent(
        (
            need_growth(inputs),
            price_growth(inputs),
            input_part(inputs, assumption(Assumption.TASK_CHANGES)),
            expost(inputs),
        )
    )
    if isinstance(found, Absent):
        return found
    need, prices, tasks, corrected = found
    value = underlying_before.value * (1 + need.value / 100) * (1 + prices.value / 100) + tasks.value
    underlying = Part(
        name=f"underlying.{inputs.year}", value=value, of=(underlying_before, need, prices, tasks)
    )
    total = Part(name=f"level.{inputs.year}", value=value + corrected.value, of=(underlying, corrected))
    return Level(
        year=inputs.year,
        need_growth=need,
        price_growth=prices,
        task_changes=tasks,
        expost=corrected,
        underlying=underlying,
        total=total,
    )


def share_of(inputs: Inputs, item: Item) -> Part | Absent:
    """Which part of the level an item is, as a share of one: sections 3, 13 and 21."""
    names: tuple[Rule, ...]
    if item in NEED:
        names = (Rule.SHARE_NEED, Rule(f"weight_{item}"))
    elif item in RESCUE:
        names = (Rule.SHARE_RESCUE, Rule(f"weight_{item}"))
    else:
        names = (Rule(f"share_{item}"),)
    found = all_or_absent([input_part(inputs, rule(name)) for name in names])
    if isinstance(found, Absent):
        return found
    value = Fraction(1, 100)
    for part in found:
        value *= part.value
    return Part(name=f"share.{item}", value=value, of=found)


def units_of(inputs: Inputs, item: Item) -> Part | Absent:
    """How many units of an item there are in the country: a unit is what one base price is paid for."""
    total, lacking = Fraction(0), list[Absent]()
    for code in inputs.codes:
        if not gets(inputs, item, code):
            continue
        parts = counted(inputs, item, code)
        if isinstance(parts, Absent):
            lacking.append(parts)
            continue
        units = Fraction(1)
        for part in parts:
            units *= part.value
        total += units
    if lacking:
        missing = all_or_absent(lacking)
        assert isinstance(missing, Absent)
        return Absent(reason=Reason.NOT_ALL_GIVEN, lacking=missing.lacking)
    if total == 0:
        return Absent(reason=Reason.NOTHING_COUNTED, lacking=(f"units.{item}",))
    return Part(name=f"units.{item}", value=total)


def prices_of(inputs: Inputs, of_level: Level) -> Mapping[str, Given] | Absent:
    """Base prices that pay out a level, in whole cents as decrees set them; for items without a decreed price.

    Shares count by what they are of all shares together: a what-if on one of them moves money, and makes none.
    """
    ready, items = summed(inputs), tuple(item for item in PRICED if item in inputs.items)
    shares = all_or_absent([share_of(ready, item) for item in items])
    units = all_or_absent([units_of(ready, item) for item in items if price(item) not in inputs.values])
    if isinstance(shares, Absent) or isinstance(units, Absent):
        found = all_or_absent([each for each in (shares, units) if isinstance(each, Absent)])
        assert isinstance(found, Absent)
        return found
    together = sum((share.value for share in shares), Fraction(0))
    counted_units = {part.name: part.value for part in units}
    prices = {}
    for item, share in zip(items, shares, strict=True):
        if price(item) in inputs.values:
            continue
        euros = of_level.total.value * share.value / together / counted_units[f"units.{item}"]
        basis = "; ".join(dict.fromkeys(part.basis for part in share.of))
        prices[price(item)] = Given(
            value=Fraction(to_cents(euros), 100), basis=basis, invented=inputs.invented
        )
    return prices
