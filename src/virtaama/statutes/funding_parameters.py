"""Rules, shares, weights and limits of act 617/2021, each dated: what is not a price and not about one organiser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from virtaama.model.documents import Entry
from virtaama.model.shape import number, one_of, text
from virtaama.problems import Place, Problem
from virtaama.statutes.funding_items import Item
from virtaama.statutes.packs import Kind, Rows, Table
from virtaama.statutes.provisions import Provision, Standing, at, days_of_change, in_force


class Rule(StrEnum):
    """A number of the act by name."""

    NEED_GROWTH = "need_growth"  # % a year
    NEED_GROWTH_ADDITION = "need_growth_addition"  # percentage points a year
    NEED_GROWTH_SHARE = "need_growth_share"  # % of the two above that is counted
    INDEX_WEIGHT_EARNINGS = "index_weight_earnings"  # shares of one
    INDEX_WEIGHT_CONSUMER_PRICES = "index_weight_consumer_prices"
    INDEX_WEIGHT_CONTRIBUTIONS = "index_weight_contributions"
    EXPOST_SHARE = "expost_share"  # %
    SHARE_NEED = "share_need"  # % of the funding of the country
    SHARE_RESIDENTS = "share_residents"
    SHARE_DENSITY = "share_density"
    SHARE_FOREIGN_LANGUAGE = "share_foreign_language"
    SHARE_BILINGUAL = "share_bilingual"
    SHARE_ARCHIPELAGO = "share_archipelago"
    SHARE_SAMI = "share_sami"
    SHARE_UNIVERSITY_HOSPITAL = "share_university_hospital"
    SHARE_HYTE = "share_hyte"
    SHARE_RESCUE = "share_rescue"
    WEIGHT_HEALTH = "weight_health"  # shares of one, of the need for services
    WEIGHT_ELDERLY = "weight_elderly"
    WEIGHT_SOCIAL = "weight_social"
    WEIGHT_RESCUE_RESIDENTS = "weight_rescue_residents"  # shares of one, of rescue services
    WEIGHT_RESCUE_DENSITY = "weight_rescue_density"
    WEIGHT_RESCUE_RISK = "weight_rescue_risk"
    HYTE_BY_COEFFICIENT = "hyte_by_coefficient"  # 1 or 0
    TRANSITION_GAIN = "transition_gain"  # euros for a resident
    TRANSITION_LOSS = "transition_loss"
    TRANSITION_WITH_UNIVERSITY = "transition_with_university"  # 1 or 0
    TRANSITION_WITH_HYTE = "transition_with_hyte"


WHOLES: Final[tuple[tuple[tuple[Rule, ...], int], ...]] = (
    (tuple(rule for rule in Rule if rule.startswith("share_")), 100),
    (tuple(rule for rule in Rule if rule.startswith("index_weight_")), 1),
    ((Rule.WEIGHT_HEALTH, Rule.WEIGHT_ELDERLY, Rule.WEIGHT_SOCIAL), 1),
    ((Rule.WEIGHT_RESCUE_RESIDENTS, Rule.WEIGHT_RESCUE_DENSITY, Rule.WEIGHT_RESCUE_RISK), 1),
)
"""Rules that are parts of a whole, and the whole."""

_ROUNDING: Final = Fraction(1, 200)
"""How far published shares may be from their whole: ten of them, each rounded to three decimals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleValue(Provision):
    """The number of a rule, exactly as written."""

    rule: Rule
    value: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemInForce(Provision):
    """That an item is part of the funding, and the section that makes it."""

    item: Item


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentShare(Provision):
    """What of a year's funding is paid by the first day of a month."""

    month: int
    share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingParameters:
    """Every rule there is, looked up by day."""

    items: tuple[ItemInForce, ...]
    rules: tuple[RuleValue, ...]
    payments: tuple[PaymentShare, ...]

    def items_on(self, day: date) -> tuple[ItemInForce, ...]:
        return in_force(self.items, day)

    def rule(self, rule: Rule, on: date) -> RuleValue | None:
        """None where the act says nothing of that day."""
        return at((each for each in self.rules if each.rule is rule), on)

    def payments_on(self, day: date) -> tuple[PaymentShare, ...]:
        """The parts of a year, January first."""
        return tuple(sorted(in_force(self.payments, day), key=lambda each: each.month))


def _rule(entry: Entry, standing: Standing) -> RuleValue:
    return RuleValue(rule=Rule(entry.text("rule")), value=Fraction(entry.text("value")), **standing)


def _item(entry: Entry, standing: Standing) -> ItemInForce:
    return ItemInForce(item=Item(entry.text("item")), **standing)


def _payment(entry: Entry, standing: Standing) -> PaymentShare:
    return PaymentShare(month=int(entry.text("month")), share=Fraction(entry.text("share")), **standing)


def _make(rows: Rows) -> FundingParameters:
    return FundingParameters(items=rows["items"], rules=rows["rules"], payments=rows["payments"])


def _check(parameters: FundingParameters) -> Iterator[Problem]:
    """Parts that do not make their whole on a day on which one of them begins to hold."""
    for parts, whole in WHOLES:
        values = tuple(each for each in parameters.rules if each.rule in parts)
        for day in days_of_change(values):
            together = sum((each.value for each in in_force(values, day)), Fraction(0))
            if abs(together - whole) > _ROUNDING:
                what = f"{parts[0]} and those beside it make {float(together):g} on {day}, not {whole}."
                yield Problem(_first_on(values, day), what, "One of them is missing or mistyped.")
    for day in days_of_change(parameters.payments):
        shares = parameters.payments_on(day)
        if [each.month for each in shares] != list(range(1, 13)) or sum(each.share for each in shares) != 1:
            what = f"the payments of {day} are not twelve months that make one together."
            yield Problem(_first_on(parameters.payments, day), what, "Twice a month's part is 1/6.")


def _first_on(values: tuple[Provision, ...], day: date) -> Place:
    return next(each.place for each in values if each.valid_from == day)


FUNDING_PARAMETERS: Final = Kind(
    name="funding_parameters",
    about="Items, rules, shares, weights and limits of the funding of wellbeing services counties (617/2021).",
    tables=(
        Table(
            name="items",
            about="An item of the funding, as long as it is in force.",
            members={"item": one_of([each.value for each in Item], "The item.")},
            required=("item",),
            read=_item,
            key=lambda each: each.item,
        ),
        Table(
            name="rules",
            about="A number of the act.",
            members={
                "rule": one_of([each.value for each in Rule], "The rule."),
                "value": number("In the unit of the rule: %, percentage points, euros or a share of one."),
            },
            required=("rule", "value"),
            read=_rule,
            key=lambda each: each.rule,
        ),
        Table(
            name="payments",
            about="What of a year is paid in a month.",
            members={
                "month": number("1 to 12.", minimum=1, maximum=12, multipleOf=1),
                "share": text("A fraction: 1/6.", pattern=r"^\d+/[1-9]\d*$"),
            },
            required=("month", "share"),
            read=_payment,
            key=lambda each: each.month,
        ),
    ),
    make=_make,
    check=_check,
)
