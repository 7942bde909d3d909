"""How Spark says what DuckDB says: known differences written out, everything else through the fence.

Trees are read and built as DuckDB. `for_spark` gives a tree whose text, written for Spark, means the same:
a key is BINARY of 16 bytes, a timestamp has no zone (the session's zone is UTC), a list of engine
functions that differ is spelled in others. Where a value's type decides, `typeof` asks Spark, which
answers while it plans.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from virtaama.sql.spark.build import as_spark, call, number, text, when
from virtaama.sql.spark.casts import cast
from virtaama.sql.spark.fence import NotSpelled, refuse_unknown
from virtaama.sql.spark.time import TIME, TIME_CALLS
from virtaama.sql.spark.words import WORDS

Rewrite = Callable[[Any], exp.Expr]


def for_spark(tree: exp.Expr) -> exp.Expr:
    """A new tree that says on Spark what `tree` says on DuckDB. Raises NotSpelled."""
    refuse_unknown(tree)
    root = tree.copy()
    # Children first: what is inside a rewritten node is right already, and what it is rewritten to is final.
    for node in reversed(list(root.walk(bfs=False))):
        rewrite = REWRITES.get(type(node))
        if rewrite is None:
            continue
        said = rewrite(node)
        if said is node:
            continue
        if node is root:
            root = said
        else:
            node.replace(said)
    return root


# Numbers


def _div(node: exp.Expr) -> exp.Expr:
    """Always of binary numbers; by zero gives infinity, not an error."""
    above, below = as_spark(node.this, "DOUBLE"), as_spark(node.expression, "DOUBLE")
    whole = exp.paren(exp.Div(this=above, expression=below, typed=False, safe=False))
    divisor = node.expression
    never_zero = isinstance(divisor, exp.Nullif) or (
        isinstance(divisor, exp.Literal) and not divisor.is_string and float(divisor.name) != 0
    )
    if never_zero:
        return whole
    endless = exp.Mul(this=above.copy(), expression=as_spark(text("Infinity"), "DOUBLE"))
    return when((below.copy().eq(number(0)), endless), otherwise=whole)


def _mean(node: exp.Expr) -> exp.Expr:
    """Of decimals and integers without loss: their sum is exact."""
    total = as_spark(exp.Sum(this=node.this.copy()), "DOUBLE")
    count = exp.Nullif(this=exp.Count(this=node.this.copy()), expression=number(0))
    if isinstance(node.parent, (exp.Filter, exp.Window)):
        raise NotSpelled("avg with FILTER or OVER", "Write sum and count.")
    return exp.paren(exp.Div(this=total, expression=count))


def _quantile(node: exp.Expr) -> exp.Expr:
    return call("percentile", node.this, node.expression)


def _ceil(node: exp.Expr) -> exp.Expr:
    if node.args.get("decimals") is not None:
        raise NotSpelled("rounding to decimals")
    return node


# Several rows


def _any_value(node: exp.AnyValue) -> exp.Expr:
    return call("any_value", node.this, exp.true())


def _ignoring_nulls(node: exp.IgnoreNulls) -> exp.Expr:
    # Any value is never null on DuckDB where there is another; it has been written so already.
    return node.this if isinstance(node.this, exp.Anonymous) and node.this.name == "any_value" else node


def _star(node: exp.Expr) -> exp.Expr:
    replaced = node.args.get("replace")
    select = node.parent
    if not replaced or not isinstance(select, exp.Select):
        return node
    # The replaced columns come last. Rows are always written by name.
    names = [exp.to_identifier(alias.alias, quoted=True) for alias in replaced]
    star = exp.Star(except_=[*(node.args.get("except_") or []), *names])
    select.set("expressions", [*(star if one is node else one for one in select.expressions), *replaced])
    return node


# Calls the parser has no node for


def _called(node: exp.Expr) -> exp.Expr:
    name, arguments = node.name.lower(), node.expressions
    if name in TIME_CALLS:
        return TIME_CALLS[name](*arguments)
    match name:
        case "prefix":
            return call("startswith", *arguments)
        case "suffix":
            return call("endswith", *arguments)
        case "strlen":
            return call("octet_length", *arguments)
        case "mean":
            [value] = arguments
            return _mean(exp.Avg(this=value))
        case "hash":
            # The engine's own, never stored; it passes over nulls, so each value says whether it is one.
            told = [
                part
                for value in arguments
                for part in (value, exp.Is(this=value.copy(), expression=exp.null()))
            ]
            return call("xxhash64", *told)
        case "printf":
            return _printed(*arguments)
        case "md5_number_lower" | "md5_number_upper":
            return _half_of_digest(name, *arguments)
        case "quantile_cont":
            return call("percentile", *arguments)
        case _:
            return node


def _printed(form: exp.Expr, value: exp.Expr) -> exp.Expr:
    if form.name != "%.1e":
        raise NotSpelled("printf of anything but '%.1e'")
    # A number that lies just between two of two digits may go to the other one; what is tallied bears that.
    return when((value.copy().is_(exp.null()).not_(), call("format_string", form, value)))


def _half_of_digest(name: str, value: exp.Expr) -> exp.Expr:
    """Eight bytes of the MD5, the first of them the least, as a whole number."""
    first = 17 if name.endswith("lower") else 1
    pairs = [
        call("substr", exp.MD5(this=value.copy()), number(first + 2 * place), number(2)) for place in range(8)
    ]
    digits = call("conv", call("concat", *reversed(pairs)), number(16), number(10))
    return as_spark(digits, "DECIMAL(20,0)")


REWRITES: dict[type[exp.Expr], Rewrite] = {
    exp.Cast: cast,
    exp.TryCast: cast,
    exp.Div: _div,
    exp.Avg: _mean,
    exp.PercentileCont: _quantile,
    exp.Ceil: _ceil,
    exp.Floor: _ceil,
    exp.AnyValue: _any_value,
    exp.IgnoreNulls: _ignoring_nulls,
    exp.Week: lambda node: exp.WeekOfYear(this=node.this),
    exp.Star: _star,
    exp.Anonymous: _called,
    **WORDS,
    **TIME,
}
