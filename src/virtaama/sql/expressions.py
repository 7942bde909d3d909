"""SQL expressions people write into YAML, read as DuckDB: what they mean, use, and may not do."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import pairwise

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from virtaama.sql.build import without_positions
from virtaama.sql.spelling import DIALECT, spelled

# What gives the same answer for the same row on any day and any machine, and touches nothing else.
_FUNCTIONS = """
abs ceil ceiling floor round sign mod pow power sqrt ln log exp trunc greatest least
coalesce ifnull nullif if cast try_cast
lower upper trim ltrim rtrim length len strlen left right substr substring lpad rpad replace reverse repeat
concat concat_ws contains starts_with ends_with prefix suffix instr strpos position split_part translate
strip_accents regexp_matches regexp_full_match regexp_extract regexp_replace ascii chr unicode format printf
year month day hour minute second quarter week weekofyear isoyear isodow dayofweek dayofmonth dayofyear
weekday yearweek century decade millennium era epoch epoch_ms monthname dayname last_day
date_part datepart extract date_trunc datetrunc date_diff datediff date_sub datesub date_add
make_date make_time make_timestamp strptime try_strptime strftime time_bucket
to_years to_months to_weeks to_days to_hours to_minutes to_seconds
json_extract json_extract_string json_extract_path json_extract_path_text json_value json_type json_valid
json_array_length json_exists json_keys json_contains from_json
list_filter list_transform list_extract list_element list_contains list_has list_any_value list_position
list_sort list_distinct list_value list_slice list_aggregate list_min list_max list_first list_last
array_extract array_length array_to_string string_split str_split string_to_array
"""
ALLOWED_FUNCTIONS = frozenset(_FUNCTIONS.split())

# Words before a parenthesis that call nothing.
_WORDS = """
and or not in is between like ilike similar glob escape case when then else end as any all some
filter over from for to interval lambda distinct values select where by on using array struct map union
exists except intersect having qualify with join
"""
_NOT_CALLS = frozenset(_WORDS.split())


class NotAnExpression(ValueError):
    """The text is no expression that may stand here. The message says what, `advice` what would."""

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what)
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression that has been read.

    `columns` are the names it reads, in order, each once; `values` those of them whose value can show
    in the result: a column only asked whether it is null is left out. `alone` is the column's name where
    the expression is nothing but a column.
    """

    tree: exp.Expr
    columns: tuple[str, ...]
    values: tuple[str, ...]
    alone: str


@lru_cache(maxsize=4096)
def read_expression(sql: str) -> Expression:
    """The expression over the columns of one row that `sql` says; read once, so its tree is not to be changed.

    Raises NotAnExpression where it is none, or where it could do more than reckon with the row:
    queries, aggregates, windows, bound values, functions that read files or the clock.
    """
    tree = read_tree(sql)
    _refuse_more_than_a_row(tree)
    refuse_functions(sql, tree, ALLOWED_FUNCTIONS)
    read = _columns(tree)
    return Expression(
        tree=tree,
        columns=_names(read),
        values=_names(column for column in read if not _only_asked_for_null(column)),
        alone=tree.name if isinstance(tree, exp.Column) else "",
    )


def read_tree(sql: str) -> exp.Expr:
    """The tree of an expression of any kind, with dots and aggregates. Raises NotAnExpression for a query."""
    tree = read_statement(sql)
    if isinstance(tree, (exp.Command, exp.Set)) and sql.strip().isidentifier():
        name = sql.strip()
        raise NotAnExpression(
            f"'{name}' begins a statement", f'Write "{name}" in quotation marks if it is a field.'
        )
    queries = (exp.Query, exp.Table, exp.Values)
    if isinstance(tree, (exp.DDL, exp.DML, exp.Command, exp.Drop)) or tree.find(*queries):
        raise NotAnExpression("it holds a query", "Write an expression over the fields of one row.")
    if isinstance(tree, exp.Tuple):
        raise NotAnExpression("it is several values", "Write one expression.")
    return tree


def read_statement(sql: str) -> exp.Expr:
    """The tree of an expression or a statement, with nothing from outside, no comment, and types that there are."""
    tree = _tree(sql)
    if tree.find(exp.Placeholder, exp.Parameter):
        raise NotAnExpression("it asks for a value from outside", "Write the value itself.")
    if place := tree.find(exp.PositionalColumn):
        raise NotAnExpression(f"'{spelled(place)}' is a place, not a name", "Name the field.")
    for kind in tree.find_all(exp.DataType):
        if kind.this is exp.DataType.Type.USERDEFINED:
            raise NotAnExpression(
                f"'{spelled(kind)}' is not a type", "Types are VARCHAR, BIGINT, DATE and the like."
            )
    if any(token.comments for token in _tokens(sql)):
        raise NotAnExpression("it holds a comment", "Write the comment above it, after a '#'.")
    return tree


def refuse_functions(sql: str, tree: exp.Expr, allowed: Collection[str]) -> None:
    """Raise NotAnExpression where an expression calls a function that is none of these."""
    for name in _called(sql, tree):
        if name not in allowed:
            close = get_close_matches(name, allowed, n=1, cutoff=0.8)
            raise NotAnExpression(
                f"the function '{name}' may not be used here",
                f"Did you mean '{close[0]}'?"
                if close
                else "Functions that reckon with one row may be: coalesce, substr, strptime, date_diff and the like.",
            )


def _called(sql: str, tree: exp.Expr) -> list[str]:
    """The functions as they are spelled: in the text, where a parenthesis follows, and in the tree, where none does."""
    tokens = _tokens(sql)
    called = [
        name.text.lower()
        for name, after in pairwise(tokens)
        if after.token_type is TokenType.L_PAREN and _calls(name)
    ]
    bare = (exp.CurrentDate, exp.CurrentTimestamp, exp.CurrentTime, exp.CurrentUser, exp.Localtimestamp)
    return called + [found.sql_name().lower() for found in tree.find_all(*bare)]


@lru_cache(maxsize=1)
def _tokens(sql: str) -> list[Token]:
    return sqlglot.tokenize(sql, read=DIALECT)


def _tree(sql: str) -> exp.Expr:
    try:
        trees = sqlglot.parse(sql, read=DIALECT)
    except ParseError as error:
        raise NotAnExpression(_said(error, sql)) from error
    except SqlglotError as error:
        raise NotAnExpression("it cannot be read", "Look for a quotation mark that is not closed.") from error
    if not trees or trees[0] is None:
        raise NotAnExpression("it is empty")
    if len(trees) > 1:
        raise NotAnExpression("it holds a ';'", "Write one expression.")
    tree = without_positions(trees[0])
    if isinstance(tree, exp.Alias):
        raise NotAnExpression(
            f"'{tree.alias}' is one word too many", f'Write "{sql.strip()}" if it is one name with a space.'
        )
    return tree


def _said(error: ParseError, sql: str) -> str:
    first = error.errors[0]
    near = str(first.get("highlight") or "").strip()
    position = int(first.get("col") or 0)
    line = int(first.get("line") or 1)
    where = f"position {position}" + (f" of line {line}" if line > 1 else "")
    lines = sql.rstrip().splitlines()
    at_end = line == len(lines) and position >= len(lines[-1])
    if at_end and "Unexpected token" not in str(first.get("description")):
        return f"something is missing after '{near}' at the end"
    return f"it cannot be read at '{near}' ({where})"


def _refuse_more_than_a_row(tree: exp.Expr) -> None:
    if window := tree.find(exp.Window):
        raise NotAnExpression(
            f"'{spelled(window.this)} OVER' looks at other rows",
            "Write an expression over the fields of one row.",
        )
    if aggregate := tree.find(exp.AggFunc):
        raise NotAnExpression(
            f"'{aggregate.sql_name().lower()}' looks at several rows",
            "Write an expression over the fields of one row; metrics aggregate.",
        )
    if tree.find(exp.Star):
        raise NotAnExpression("'*' stands for no one value", "Name a field.")
    for name in tree.find_all(exp.Column, exp.Dot):
        if isinstance(name, exp.Dot) or name.args.get("table"):
            raise NotAnExpression(
                f"'{spelled(name)}' has a dot",
                "Write the name of a field alone, and a function before its parenthesis.",
            )


def _calls(token: Token) -> bool:
    if token.text.lower() in _NOT_CALLS or token.token_type in (TokenType.STRING, TokenType.NUMBER):
        return False
    kind = token.token_type.name in exp.DataType.Type.__members__
    word = token.text.replace("_", "").isalnum()
    return (
        token.token_type is TokenType.IDENTIFIER
        or (word and not kind)
        or token.text.lower() in ALLOWED_FUNCTIONS
    )


def _columns(tree: exp.Expr) -> tuple[exp.Expr, ...]:
    # Inside a call, `a -> 'b'` reads as a function of `a`; outside the list functions it is a member of column `a`.
    members = (
        name
        for arrow in tree.find_all(exp.Lambda)
        if not isinstance(arrow.parent, (exp.ArrayFilter, exp.Transform)) and not _list_function(arrow.parent)
        for name in arrow.expressions
    )
    return (*tree.find_all(exp.Column), *members)


def _list_function(node: exp.Expr | None) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower().startswith("list_")


def _only_asked_for_null(column: exp.Expr) -> bool:
    parent = column.parent
    while isinstance(parent, exp.Paren):
        parent = parent.parent
    return isinstance(parent, exp.Is) and isinstance(parent.expression, exp.Null)


def _names(columns: Iterable[exp.Expr]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column.name for column in columns))
