"""Casts: from text, to text, and where DuckDB rounds and Spark cuts."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from virtaama.sql.spark.build import as_spark, call, number, text, when

INTEGERS = ("TINYINT", "SMALLINT", "INT", "BIGINT")
TEXTS = ("VARCHAR", "TEXT")
_GIVES_TEXT = ("concat", "concat_ws", "translate", "btrim", "ltrim", "rtrim", "date_format", "regexp_extract")


def cast(node: exp.Expr) -> exp.Expr:
    wanted, value = node.args["to"], node.this
    trying = isinstance(node, exp.TryCast)
    kind = wanted.this.name.removesuffix("NTZ")
    if kind == "UUID":
        return _to_key(value)
    if kind in TEXTS:
        return to_text(value)
    if kind in INTEGERS:
        return _to_integer(value, kind, trying)
    if kind == "DATE":
        return _to_date(value, trying)
    if kind == "TIMESTAMP":
        return _to_timestamp(value, trying)
    if trying:
        node.set("safe", True)  # else it would be written as a cast that fails
    return node


def _to_key(value: exp.Expr) -> exp.Expr:
    """Keys are made from the hexadecimal text of a hash, or are null."""
    if isinstance(value, exp.Unhex):
        return value.copy()
    if isinstance(value, exp.MD5):
        return exp.Unhex(this=value.copy())
    if isinstance(value, exp.Literal):
        return exp.Unhex(this=text(value.name.replace("-", "")))
    if isinstance(value, exp.Null):
        return as_spark(value, "BINARY")
    digits = call("unhex", call("replace", as_spark(value, "STRING"), text("-"), text("")))
    return by_type(value, (("string",), digits), otherwise=as_spark(value, "BINARY"))


def kind_of(value: exp.Expr) -> str:
    """The type of a value where its own words say it; else empty."""
    match value:
        case exp.Paren():
            return str(value.meta["kind"]) if "kind" in value.meta else kind_of(value.this)
        case exp.Case():
            values = [branch.args["true"] for branch in value.args["ifs"]]
            return _common([*values, value.args.get("default")])
        case exp.If():
            return _common([value.args["true"], value.args.get("false")])
        case exp.Coalesce():
            return _common([value.this, *value.expressions])
        case exp.Cast():
            return str(value.args["to"].this.name).removesuffix("NTZ")
        case exp.Literal():
            return "VARCHAR" if value.is_string else "BIGINT" if value.name.isdigit() else ""
        case exp.Count() | exp.CountIf() | exp.Length():
            return "BIGINT"
        case exp.Add() | exp.Sub() | exp.Mul():
            sides = (kind_of(value.this), kind_of(value.expression))
            return "BIGINT" if all(side in INTEGERS for side in sides) else ""
        case exp.Anonymous():  # a function of Spark that stands for one of DuckDB
            return "VARCHAR" if value.name in _GIVES_TEXT else ""
        case exp.Lower() | exp.Upper() | exp.Trim() | exp.DPipe() | exp.Substring() | exp.Translate():
            return "VARCHAR"
        case _:
            return ""


def _common(values: Iterable[exp.Expr | None]) -> str:
    """The type of alternatives, where all that are not null have the same."""
    told = [value for value in values if value is not None and not isinstance(value, exp.Null)]
    kinds = {kind_of(value) for value in told}
    return kinds.pop() if len(kinds) == 1 else ""


def by_type(value: exp.Expr, *branches: tuple[tuple[str, ...], exp.Expr], otherwise: exp.Expr) -> exp.Expr:
    """What to do with a value by the type Spark finds, which it knows while it plans."""
    kind = call("regexp_extract", call("typeof", value), text("^[a-z]+"), number(0))
    case = exp.Case(this=kind)
    for kinds, said in branches:
        for each in kinds:
            case = case.when(text(each), said.copy(), copy=False)
    made = exp.paren(case.else_(otherwise.copy(), copy=False))
    made.meta["kind"] = kind_of(otherwise)
    return made


def to_text(value: exp.Expr) -> exp.Expr:
    plain = as_spark(value, "STRING")
    if isinstance(value, exp.Null) or kind_of(value) in (*TEXTS, *INTEGERS, "DATE", "BOOLEAN", "TIMESTAMP"):
        return plain
    digits = exp.Lower(this=call("hex", plain))
    binary = call("regexp_replace", digits, text("(.{8})(.{4})(.{4})(.{4})(.{12})"), text("$1-$2-$3-$4-$5"))
    no_text = _refused("a binary number has no one text: cast it to DECIMAL")
    return by_type(value, (("binary",), binary), (("double", "float"), no_text), otherwise=plain)


def _refused(why: str) -> exp.Expr:
    return as_spark(call("raise_error", text(why)), "STRING")


def _to_integer(value: exp.Expr, kind: str, trying: bool) -> exp.Expr:
    """DuckDB rounds where Spark cuts: decimals and text half away from zero, binary numbers half to even."""
    plain = as_spark(value, kind, trying=trying)
    if isinstance(value, (exp.Null, exp.Count)) or kind_of(value) in (*INTEGERS, "BOOLEAN"):
        return plain
    if isinstance(value, exp.Literal) and not value.is_string and value.name.isdigit():
        return plain
    written = as_spark(value, "STRING")
    decimal = call("round", as_spark(written, "DECIMAL(38,10)", trying=trying))
    binary = call("rint", as_spark(written, "DOUBLE", trying=trying))
    return by_type(
        value,
        (("string", "decimal"), as_spark(decimal, kind, trying=trying)),
        (("double", "float"), as_spark(binary, kind, trying=trying)),
        otherwise=plain,
    )


def _to_date(value: exp.Expr, trying: bool) -> exp.Expr:
    if _is_constant(value) or kind_of(value) in ("DATE", "TIMESTAMP"):
        return as_spark(value, "DATE", trying=trying)
    return _from_written(value, "DATE", trying)


def _to_timestamp(value: exp.Expr, trying: bool) -> exp.Expr:
    if _is_constant(value) or kind_of(value) in ("DATE", "TIMESTAMP"):
        return as_spark(value, "TIMESTAMP_NTZ", trying=trying)
    return _from_written(value, "TIMESTAMP_NTZ", trying)


def _from_written(value: exp.Expr, kind: str, trying: bool) -> exp.Expr:
    """A year alone is a day for Spark only, slashes are for DuckDB only."""
    written = call("translate", as_spark(value, "STRING"), text("/"), text("-"))
    whole = call("rlike", written, text(r"^\s*[0-9]{1,4}-[0-9]{1,2}-[0-9]{1,2}"))
    read = as_spark(when((whole, written), otherwise=text("no day")), kind, trying=trying)
    return by_type(value, (("string",), read), otherwise=as_spark(value, kind, trying=trying))


def _is_constant(value: exp.Expr) -> bool:
    return isinstance(value, (exp.Null, exp.Literal))
