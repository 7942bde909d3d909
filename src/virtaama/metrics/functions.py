"""The functions of the platform that metric expressions may call, written out as plain SQL."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from sqlglot import exp

from virtaama.sql.ages import AGES, Functions, age_years, as_day
from virtaama.statutes.care_guarantee import WaitLimit
from virtaama.statutes.lengths import LengthUnit

_DEADLINE: Final = "care_guarantee_deadline"
ARGUMENTS: Final = {**{name: arguments for name, (arguments, _) in AGES.items()}, _DEADLINE: 3}
"""The functions by name, and how many arguments each takes."""


def functions_by(limits: Sequence[WaitLimit]) -> Functions:
    """The functions as they are written out where these limits of the care guarantee are the law."""
    return {**AGES, _DEADLINE: (ARGUMENTS[_DEADLINE], partial(_deadline, limits))}


def decided_by(limits: Sequence[WaitLimit]) -> tuple[str, ...]:
    """What of the limits a deadline depends on; their sources and words left out."""
    return tuple(
        f"{each.wait} {each.within} {each.from_age}-{each.below_age} {each.valid_from}-{each.valid_until}"
        for each in limits
    )


def asks_the_law(sql: str) -> bool:
    """Whether an expression, as it is written, depends on the limits."""
    return _DEADLINE in sql.lower()


def refuse_arguments(tree: exp.Expr) -> None:
    """Raise ValueError where an expression calls a function with the wrong number of arguments."""
    for call in tree.find_all(exp.Anonymous):
        wanted = ARGUMENTS.get(call.name.lower())
        if wanted is not None and len(call.expressions) != wanted:
            raise ValueError(f"{call.name.lower()} takes {wanted} arguments, not {len(call.expressions)}")


def _deadline(limits: Sequence[WaitLimit], section: exp.Expr, born: exp.Expr, at: exp.Expr) -> exp.Expr:
    """The last lawful day of a wait that began on the day `at`; null where no limit was in force."""
    if not limits:
        raise ValueError(f"{_DEADLINE} is asked for, and no limits of the care guarantee are known")
    found = exp.Case()
    for limit in limits:
        wait = exp.Interval(
            this=exp.Literal.string(str(limit.within.amount)), unit=exp.Var(this=_UNITS[limit.within.unit])
        )
        end = exp.cast(exp.Add(this=as_day(at), expression=wait), exp.DataType.Type.DATE)
        found = found.when(_applies(limit, section, born, at), end, copy=False)
    return found


_UNITS: Final = {LengthUnit.DAY: "DAY", LengthUnit.WEEK: "WEEK", LengthUnit.MONTH: "MONTH"}


def _applies(limit: WaitLimit, section: exp.Expr, born: exp.Expr, at: exp.Expr) -> exp.Expr:
    conditions = [
        section.copy().eq(limit.wait),
        exp.GTE(this=as_day(at), expression=_date(limit.valid_from.isoformat())),
    ]
    if limit.valid_until:
        conditions.append(exp.LTE(this=as_day(at), expression=_date(limit.valid_until.isoformat())))
    if limit.from_age:
        conditions.append(exp.GTE(this=age_years(born, at), expression=exp.Literal.number(limit.from_age)))
    if limit.below_age is not None:
        conditions.append(exp.LT(this=age_years(born, at), expression=exp.Literal.number(limit.below_age)))
    return exp.and_(*conditions)


def _date(text: str) -> exp.Expr:
    return exp.cast(exp.Literal.string(text), exp.DataType.Type.DATE)
