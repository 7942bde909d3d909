"""The functions of the platform that metric expressions may call, expanded into plain SQL."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from virtaama.statutes.care_guarantee import WAIT_LIMITS, WaitLimit

AGE_GROUPS: tuple[tuple[str, int, int], ...] = (
    ("00-06", 0, 6),
    ("07-17", 7, 17),
    ("18-29", 18, 29),
    ("30-64", 30, 64),
    ("65-74", 65, 74),
    ("75-84", 75, 84),
    ("85+", 85, 150),
)
"""The age groups figures are broken down by, written so that their text sorts by age."""


def age_years(born: exp.Expr, at: exp.Expr) -> exp.Expr:
    """Whole years lived on the day `at`; who is born on 29 February is a year older on the 28th (150/1930 3 §)."""
    return exp.Anonymous(this="datesub", expressions=[exp.Literal.string("year"), _day(born), _day(at)])


def age_group(born: exp.Expr, at: exp.Expr) -> exp.Expr:
    """The name of the age group on the day `at`; null where an age is unknown or impossible."""
    years = age_years(born, at)
    groups = exp.Case()
    for name, youngest, oldest in AGE_GROUPS:
        within = exp.Between(
            this=years.copy(),
            low=exp.Literal.number(youngest),
            high=exp.Literal.number(oldest),
        )
        groups = groups.when(within, exp.Literal.string(name))
    return groups


def care_guarantee_deadline(section: exp.Expr, born: exp.Expr, at: exp.Expr) -> exp.Expr:
    """The last lawful day of a wait that began on the day `at`; null where no limit was in force."""
    limits = exp.Case()
    for limit in WAIT_LIMITS:
        wait = exp.Interval(
            this=exp.Literal.string(str(limit.amount)),
            unit=exp.Var(this=limit.unit.value.upper()),
        )
        end = exp.cast(exp.Add(this=_day(at), expression=wait), exp.DataType.Type.DATE)
        limits = limits.when(_applies(limit, section, born, at), end)
    return limits


def _applies(limit: WaitLimit, section: exp.Expr, born: exp.Expr, at: exp.Expr) -> exp.Expr:
    conditions = [
        section.copy().eq(limit.section),
        exp.GTE(this=_day(at), expression=_date(limit.valid_from.isoformat())),
    ]
    if limit.valid_until:
        conditions.append(exp.LTE(this=_day(at), expression=_date(limit.valid_until.isoformat())))
    if limit.from_age:
        conditions.append(exp.GTE(this=age_years(born, at), expression=exp.Literal.number(limit.from_age)))
    if limit.below_age is not None:
        conditions.append(exp.LT(this=age_years(born, at), expression=exp.Literal.number(limit.below_age)))
    return exp.and_(*conditions)


def _day(moment: exp.Expr) -> exp.Expr:
    return exp.cast(moment.copy(), exp.DataType.Type.DATE)


def _date(text: str) -> exp.Expr:
    return exp.cast(exp.Literal.string(text), exp.DataType.Type.DATE)


FUNCTIONS: dict[str, tuple[int, Callable[..., exp.Expr]]] = {
    "age_years": (2, age_years),
    "age_group": (2, age_group),
    "care_guarantee_deadline": (3, care_guarantee_deadline),
}


def expand(tree: exp.Expr) -> exp.Expr:
    """The expression with the platform's functions written out.

    Raises ValueError when one is called with the wrong number of arguments.
    """

    def expanded(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Anonymous) or node.name.lower() not in FUNCTIONS:
            return node
        name = node.name.lower()
        wanted, function = FUNCTIONS[name]
        if len(node.expressions) != wanted:
            raise ValueError(f"{name} takes {wanted} arguments, not {len(node.expressions)}")
        return function(*(expand(argument) for argument in node.expressions))

    return tree.copy().transform(expanded, copy=False)
