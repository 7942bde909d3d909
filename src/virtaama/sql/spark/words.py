"""Text: its functions, its patterns, its letters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from virtaama.sql.spark.build import call, number, text, when
from virtaama.sql.spark.casts import TEXTS, kind_of, to_text
from virtaama.sql.spark.fence import NotSpelled
from virtaama.sql.spark.letters import SPACES, lower_letters, upper_letters
from virtaama.sql.spark.patterns import for_java


def _concat(node: exp.Expr) -> exp.Expr:
    parts = [exp.Coalesce(this=_as_words(part), expressions=[text("")]) for part in node.expressions]
    return call("concat", *parts)


def _concat_ws(node: exp.Expr) -> exp.Expr:
    separator, *parts = node.expressions
    return call("concat_ws", separator, *(_as_words(part) for part in parts))


def _as_words(part: exp.Expr) -> exp.Expr:
    return part if kind_of(part) in TEXTS else to_text(part)


def _pipe(node: exp.Expr) -> exp.Expr:
    return call("concat", _as_words(node.this), _as_words(node.expression))


def _upper(node: exp.Expr) -> exp.Expr:
    return call("translate", node.this, *map(text, upper_letters()))


def _lower(node: exp.Expr) -> exp.Expr:
    return call("translate", node.this, *map(text, lower_letters()))


def _trim(node: exp.Expr) -> exp.Expr:
    characters = node.args.get("expression") or text(SPACES)
    name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(
        str(node.args.get("position") or "").upper(), "btrim"
    )
    if name == "btrim":
        return call("btrim", node.this, characters)
    return call(name, characters, node.this)


def _character(node: exp.Expr) -> exp.Expr:
    [code] = node.expressions
    if not isinstance(code, exp.Literal):
        raise NotSpelled("chr of anything but a number")
    return text(chr(int(code.name)))


def _ends(node: exp.Left | exp.Right) -> exp.Expr:
    count = node.expression
    if not isinstance(count, exp.Literal) or count.is_string:
        raise NotSpelled(f"{node.sql_name().lower()} of a number that is reckoned", "Write substr.")
    return node


def _substring(node: exp.Expr) -> exp.Expr:
    """From the place 0, one before the first, DuckDB counts that place; a negative length reads backwards there."""
    start, length = node.args["start"], node.args.get("length")
    if isinstance(length, exp.Neg):
        raise NotSpelled("substr of a negative length")
    if isinstance(start, exp.Literal) and start.name != "0":
        return node
    if length is None:
        return node
    shorter = exp.Sub(this=exp.paren(length.copy()), expression=number(1))
    return when(
        (start.copy().eq(number(0)), call("substr", node.this, number(1), shorter)),
        otherwise=call("substr", node.this, start, length),
    )


def _split_part(node: exp.Expr) -> exp.Expr:
    place = node.args.get("part_index")
    if not isinstance(place, exp.Literal) or int(place.name) < 1:
        raise NotSpelled("split_part at a place that is not a number from 1")
    return node


def _like(node: exp.Expr) -> exp.Expr:
    pattern = node.expression
    if isinstance(node.parent, exp.Escape):
        raise NotSpelled("LIKE with ESCAPE", "Write contains, starts_with or ends_with.")
    if not isinstance(pattern, exp.Literal) or "\\" in pattern.name:
        raise NotSpelled(
            "LIKE of a pattern that is reckoned or holds a backslash", "Write contains or starts_with."
        )
    return node


def _pattern(node: exp.Expr) -> str:
    pattern = node.expression
    if not isinstance(pattern, exp.Literal) or any(
        node.args.get(name) for name in ("flag", "parameters", "options", "full_match")
    ):
        raise NotSpelled("a pattern that is reckoned or has options", "Write the pattern as text.")
    return for_java(pattern.name)


def _matches(node: exp.Expr) -> exp.Expr:
    return call("rlike", node.this, text(_pattern(node)))


def _matches_whole(node: exp.Expr) -> exp.Expr:
    return call("rlike", node.this, text(rf"\A(?:{_pattern(node)})\z"))


def _extract_pattern(node: exp.Expr) -> exp.Expr:
    group = node.args.get("group") or number(0)
    return call("regexp_extract", node.this, text(_pattern(node)), group)


def _replace_pattern(node: exp.Expr) -> exp.Expr:
    by, options = node.args.get("replacement"), node.args.get("modifiers")
    if not isinstance(options, exp.Literal) or options.name != "g":
        raise NotSpelled("regexp_replace of the first match alone", "Add 'g' as the fourth argument.")
    if not isinstance(by, exp.Literal) or any(character in by.name for character in "\\$"):
        raise NotSpelled("regexp_replace by anything but plain text")
    return call("regexp_replace", node.this, text(_pattern(node)), by)


WORDS: dict[type[exp.Expr], Callable[[Any], exp.Expr]] = {
    exp.Concat: _concat,
    exp.ConcatWs: _concat_ws,
    exp.DPipe: _pipe,
    exp.Upper: _upper,
    exp.Lower: _lower,
    exp.Trim: _trim,
    exp.Chr: _character,
    exp.Left: _ends,
    exp.Right: _ends,
    exp.Substring: _substring,
    exp.SplitPart: _split_part,
    exp.Like: _like,
    exp.RegexpLike: _matches,
    exp.RegexpFullMatch: _matches_whole,
    exp.SimilarTo: _matches_whole,
    exp.RegexpExtract: _extract_pattern,
    exp.RegexpReplace: _replace_pattern,
}
