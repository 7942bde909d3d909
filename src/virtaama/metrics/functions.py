"""The functions of the platform that metric expressions may call, expanded into plain SQL."""

from __future__ import annotations

from sqlglot import exp

from virtaama.sql import ages
from virtaama.sql.ages import AGES, Functions, age_years, as_day
from virtaama.statutes.care_guarantee import WAIT_LIMITS, WaitLimit


def care_guarantee_deadline(section: exp.Expr, born: exp.Expr, at: exp.Expr) -> exp.Expr:
    """The last lawful day of a wait that began on the day `at`; null where no limit was in force."""
    limits = exp.Case()
    for limit in WAIT_LIMITS:
        wait = exp.Interval(
            this=exp.Literal.string(str(limit.amount)),
            unit=exp.Var(this=limit.unit.value.upper()),
        )
        end = exp.cast(exp.Add(this=as_day(at), expression=wait), exp.DataType.Type.DATE)
        limits = limits.when(_applies(limit, section, born, at), end)
    return limits


def _applies(limit: WaitLimit, section: exp.Expr, born: exp.Expr, at: exp.Expr) -> exp.Expr:
    conditions = [
        section.copy().eq(limit.section),
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


FUNCTIONS: Functions = {**AGES, "care_guarantee_deadline": (3, care_guarantee_deadline)}


def expand(tree: exp.Expr) -> exp.Expr:
    """The expression with the platform's functions written out.

    Raises ValueError when one is called with the wrong number of arguments.
    """
    return ages.expand(tree, FUNCTIONS)
