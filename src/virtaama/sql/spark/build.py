"""Small builders of trees that are in the words of Spark already."""

from __future__ import annotations

from sqlglot import exp


def call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    """A function of Spark by its own name."""
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


def number(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def text(value: str) -> exp.Literal:
    return exp.Literal.string(value)


def when(*branches: tuple[exp.Expr, exp.Expr], otherwise: exp.Expr | None = None) -> exp.Expr:
    case = exp.Case()
    for condition, value in branches:
        case = case.when(condition.copy(), value.copy(), copy=False)
    return exp.paren(case.else_(otherwise.copy(), copy=False) if otherwise is not None else case)


def as_spark(value: exp.Expr, kind: str, *, trying: bool = False) -> exp.Expr:
    wanted = exp.DataType.build(kind, dialect="spark")
    if trying:
        return exp.TryCast(this=value.copy(), to=wanted, safe=True)
    return exp.Cast(this=value.copy(), to=wanted)
