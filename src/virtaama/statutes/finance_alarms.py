"""From which figures on an assessment procedure may begin (611/2021 123 §), dated; and whether accounts reach them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from virtaama.model.concepts import Text
from virtaama.model.documents import Entry
from virtaama.model.schema import LABELS
from virtaama.model.shape import number, one_of
from virtaama.statutes.lengths import read_whole, whole
from virtaama.statutes.packs import Table
from virtaama.statutes.provisions import Provision, Standing


class Alarm(StrEnum):
    """What may begin an assessment procedure."""

    UNCOVERED_DEFICIT = "uncovered_deficit"
    MARGIN_TO_DEPRECIATION = "margin_to_depreciation"
    DEBT_SERVICE = "debt_service"
    LOAN_AUTHORITY = "loan_authority"
    EXTRA_FUNDING = "extra_funding"


_RATIOS: Final = (Alarm.MARGIN_TO_DEPRECIATION, Alarm.DEBT_SERVICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRule(Provision):
    """A limit. `years` is how many running, within how many, or after how many, as the alarm has it."""

    alarm: Alarm
    labels: Text
    years: int
    below: Decimal | None = None  # of a ratio
    times: int | None = None  # of what happens
    loan_years: int | None = None  # in how many years loans are taken to be paid back


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """What of a financial year's accounts is looked at, of the group, in euros; costs as positive numbers.

    `annual_margin` is without extra funding of the State. `deficit_since` is the financial year whose deficit is not
    covered yet, None where there is none.
    """

    year: int
    annual_margin: Decimal
    depreciation: Decimal
    interest: Decimal
    loans: Decimal
    deficit_since: int | None = None
    loan_authority: bool = False  # granted in the year, by 15 § 3 mom.
    extra_funding: bool = False  # granted in the year, by 617/2021 11 §


def ratio(rule: AlarmRule, accounts: Accounts) -> Decimal | None:
    """The figure a rule with `below` looks at; None where nothing is divided by, or the rule looks at none."""
    match rule.alarm:
        case Alarm.MARGIN_TO_DEPRECIATION:
            above, under = accounts.annual_margin, accounts.depreciation
        case Alarm.DEBT_SERVICE:
            paid_back = accounts.loans / (rule.loan_years or 1)
            above = accounts.annual_margin + accounts.interest
            under = accounts.interest + paid_back
        case _:
            return None
    return above / under if under else None


def is_reached(rule: AlarmRule, accounts: Sequence[Accounts], year: int) -> bool:
    """Whether a rule is reached with the accounts of a year, the years before them known as far as they are given."""
    by_year = {each.year: each for each in accounts}
    last = [by_year.get(year - back) for back in range(rule.years)]
    match rule.alarm:
        case Alarm.UNCOVERED_DEFICIT:
            since = by_year[year].deficit_since if year in by_year else None
            # Accounts are confirmed in the year after; so many years run from the turn of that year.
            return since is not None and year > since + rule.years
        case Alarm.LOAN_AUTHORITY:
            return sum(bool(each and each.loan_authority) for each in last) >= (rule.times or 1)
        case Alarm.EXTRA_FUNDING:
            return sum(bool(each and each.extra_funding) for each in last) >= (rule.times or 1)
        case _:
            found = [ratio(rule, each) if each else None for each in last]
            limit = rule.below
            return limit is not None and all(each is not None and each < limit for each in found)


def _rule(entry: Entry, standing: Standing) -> AlarmRule:
    alarm = Alarm(entry.text("alarm"))
    below, times, loan_years = entry.text("below"), entry.text("times"), entry.text("loan_years")
    if bool(below) != (alarm in _RATIOS):
        raise ValueError(f"{' and '.join(_RATIOS)} have `below`, and no other has")
    if bool(times) != (alarm in (Alarm.LOAN_AUTHORITY, Alarm.EXTRA_FUNDING)):
        raise ValueError("what happens has `times`, and nothing else has")
    if bool(loan_years) != (alarm is Alarm.DEBT_SERVICE):
        raise ValueError("debt_service has `loan_years`, and no other has")
    return AlarmRule(
        alarm=alarm,
        labels=entry.words("labels"),
        years=read_whole(entry.text("years")),
        below=Decimal(below) if below else None,
        times=read_whole(times) if times else None,
        loan_years=read_whole(loan_years) if loan_years else None,
        **standing,
    )


ALARMS_TABLE: Final = Table(
    name="alarms",
    about="When an assessment procedure may begin.",
    members={
        "alarm": one_of([each.value for each in Alarm], "What begins it."),
        "labels": LABELS,
        "below": number("A figure under this.", minimum=0),
        "times": whole("How often it happened."),
        "years": whole("In how many years running, within how many, or after how many."),
        "loan_years": whole("In how many years loans are taken to be paid back."),
    },
    required=("alarm", "labels", "years"),
    read=_rule,
    key=lambda rule: rule.alarm,
)
