"""What may be said to Spark: a closed list. What is not on it is refused by name, never passed on to be wrong."""

from __future__ import annotations

from sqlglot import exp


class NotSpelled(ValueError):
    """A construct that is not known to mean the same on the engine. The message names it, `advice` what would do."""

    def __init__(self, construct: str, advice: str = "") -> None:
        super().__init__(f"{construct} is not known to mean the same on Spark")
        self.advice = advice


# Statements, relations and what holds them together.
_RELATIONS = (
    exp.Select, exp.From, exp.Where, exp.Group, exp.GroupingSets, exp.Having, exp.Order, exp.Ordered, exp.Limit,
    exp.Qualify, exp.With, exp.CTE, exp.Join, exp.Union, exp.Except, exp.Intersect, exp.Subquery, exp.Table,
    exp.TableAlias, exp.Alias, exp.Identifier, exp.Column, exp.Star, exp.Values, exp.Tuple, exp.Paren,
    exp.Distinct, exp.Exists, exp.In,
)  # fmt: skip
_STATEMENTS = (
    exp.Insert, exp.Schema, exp.Create, exp.ColumnDef, exp.Properties, exp.TemporaryProperty, exp.Delete,
    exp.Update, exp.Alter, exp.AlterRename, exp.RenameColumn, exp.Drop,
)  # fmt: skip
_VALUES = (
    exp.Literal, exp.Null, exp.Boolean, exp.Cast, exp.TryCast, exp.DataType, exp.DataTypeParam, exp.Interval,
    exp.Var,
)  # fmt: skip
_LOGIC = (
    exp.And, exp.Or, exp.Not, exp.Is, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between,
    exp.NullSafeEQ, exp.NullSafeNEQ, exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Like, exp.Escape,
)  # fmt: skip
_NUMBERS = (
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.Abs, exp.Ceil, exp.Floor, exp.Sign,
    exp.Greatest, exp.Least,
)  # fmt: skip
_TEXT = (
    exp.DPipe, exp.Concat, exp.ConcatWs, exp.Lower, exp.Upper, exp.Trim, exp.Length, exp.Left, exp.Right,
    exp.Substring, exp.Pad, exp.Replace, exp.Repeat, exp.Contains, exp.StartsWith, exp.EndsWith,
    exp.StrPosition, exp.SplitPart, exp.Translate, exp.RegexpLike, exp.RegexpFullMatch, exp.RegexpExtract,
    exp.RegexpReplace, exp.SimilarTo, exp.Chr, exp.MD5, exp.Unhex,
)  # fmt: skip
_TIME = (
    exp.Year, exp.Month, exp.Day, exp.DayOfMonth, exp.Hour, exp.Minute, exp.Second, exp.Quarter, exp.Week,
    exp.WeekOfYear, exp.DayOfWeek, exp.DayOfWeekIso, exp.DayOfYear, exp.LastDay, exp.Extract, exp.TimeToUnix,
    exp.TimestampTrunc, exp.DateTrunc, exp.DateDiff, exp.DateFromParts, exp.TimestampFromParts, exp.StrToTime,
    exp.TimeToStr, exp.ToDays,
)  # fmt: skip
_SEVERAL_ROWS = (
    exp.Count, exp.CountIf, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Median, exp.PercentileCont, exp.LogicalOr,
    exp.LogicalAnd, exp.BitwiseXorAgg, exp.ArgMin, exp.ArgMax, exp.AnyValue, exp.IgnoreNulls, exp.Filter,
    exp.Grouping, exp.Window,
    exp.WindowSpec, exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue,
)  # fmt: skip

ALLOWED: frozenset[type[exp.Expr]] = frozenset(
    (*_RELATIONS, *_STATEMENTS, *_VALUES, *_LOGIC, *_NUMBERS, *_TEXT, *_TIME, *_SEVERAL_ROWS)
)
"""The kinds of node that have been tried on both engines, alone or after the rewriting of `sql.spark`."""

_CALLS = """
date_sub datesub date_part datepart epoch isoyear weekday prefix suffix strlen mean lag lead to_years to_months
to_weeks to_hours to_minutes to_seconds try_strptime quantile_cont grouping hash printf
md5_number_lower md5_number_upper
"""
ALLOWED_CALLS = frozenset(_CALLS.split())
"""Functions the parser has no node for, by name; each is rewritten."""

_TYPES = """
VARCHAR TEXT BIGINT INT SMALLINT TINYINT DECIMAL DOUBLE FLOAT BOOLEAN DATE TIMESTAMP TIMESTAMPNTZ UUID
"""
TYPES = frozenset(exp.DataType.Type[name] for name in _TYPES.split())

_INSTEAD: dict[type[exp.Expr], str] = {
    exp.AtTimeZone: "Store local time, and reckon with it as it is.",
    exp.UnixToTime: "Write epoch(…) * 1000.",
    exp.Reverse: "Letters of several characters turn differently.",
    exp.ILike: "Write lower(a) LIKE lower(b).",
    exp.Glob: "Write LIKE.",
    exp.Round: "Engines round halves of a binary number differently: CAST AS DECIMAL(18,2) rounds decimals.",
    exp.Interval: "An interval stands after + or -, with a number before its unit.",
}


def refuse_unknown(tree: exp.Expr) -> None:
    """Raise NotSpelled at the first node that is not on the list."""
    for node in tree.walk():
        kind = type(node)
        if kind is exp.Anonymous:
            if node.name.lower() not in ALLOWED_CALLS:
                raise NotSpelled(f"the function '{node.name.lower()}'")
        elif kind is exp.DataType:
            if node.this not in TYPES:
                raise NotSpelled(f"the type {node.sql(dialect='duckdb')}")
        elif kind not in ALLOWED:
            raise NotSpelled(_said(node), _INSTEAD.get(kind, ""))


def _said(node: exp.Expr) -> str:
    if isinstance(node, exp.Func):
        return f"the function '{node.sql_name().lower()}'"
    return f"'{node.sql(dialect='duckdb')[:60]}' ({type(node).__name__})"
