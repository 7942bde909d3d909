"""Days, moments and the time between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from virtaama.sql.spark.build import as_spark, call, number, text, when
from virtaama.sql.spark.casts import kind_of
from virtaama.sql.spark.fence import NotSpelled

_FIELDS = {
    "year": "YEAR", "quarter": "QUARTER", "month": "MONTH", "week": "WEEK", "day": "DAY", "doy": "DOY",
    "isoyear": "YEAROFWEEK", "hour": "HOUR", "minute": "MINUTE",
}  # fmt: skip
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_SHORT = ("hour", "minute", "second", "millisecond", "microsecond")
_LONG = ("day", "week", *_MONTHS)
_FORMATS = {"%Y": "yyyy", "%m": "MM", "%d": "dd", "%H": "HH", "%M": "mm", "%S": "ss"}
_BETWEEN = " .-/:T"


def moment(value: exp.Expr) -> exp.Expr:
    return as_spark(value, "TIMESTAMP_NTZ")


def day(value: exp.Expr) -> exp.Expr:
    return as_spark(value, "DATE")


def _unit(unit: exp.Expr) -> str:
    name = unit.name.lower().removesuffix("s")
    if name not in (*_LONG, *_SHORT):
        raise NotSpelled(f"the unit '{name}'")
    return name


# Adding and taking away


def _moved(node: exp.Add | exp.Sub) -> exp.Expr:
    """A day or a moment moved by an interval is a moment; a day and a number is a day."""
    left, right = node.this, node.expression
    if _interval(left) is not None:
        raise NotSpelled("an interval before what it moves", "Write the day first: day + INTERVAL 1 MONTH.")
    step = _interval(right)
    if step is None:
        if isinstance(node, exp.Sub) and "DATE" in (kind_of(left), kind_of(right)) and _is_day(right):
            return call("datediff", left, right)
        return node
    return type(node)(this=moment(left), expression=step)


def _is_day(value: exp.Expr) -> bool:
    return kind_of(value) == "DATE"


_MONTH_UNITS = {"month": 1, "quarter": 3, "year": 12}
_DAY_UNITS = {"day": "days", "week": "days", "hour": "hours", "minute": "mins", "second": "secs"}


def _interval(node: exp.Expr) -> exp.Expr | None:
    """An interval of Spark for one of DuckDB; None where the node is none."""
    if isinstance(node, exp.Interval):
        if not node.args.get("unit"):
            raise NotSpelled("INTERVAL without a unit after it", "Write a whole number, and its unit.")
        unit, count = _unit(node.args["unit"]), node.this
        if isinstance(count, exp.Literal):
            if not count.name.lstrip("-").isdigit():
                raise NotSpelled(f"INTERVAL '{count.name}'", "Write a whole number before the unit.")
            count = number(int(count.name))
    elif isinstance(node, exp.ToDays):
        unit, count = "day", node.this
    elif isinstance(node, exp.Anonymous) and node.name.lower().startswith("to_"):
        unit, [count] = node.name.lower().removeprefix("to_").removesuffix("s"), node.expressions
    else:
        return None
    return _interval_of(count, unit)


def _interval_of(count: exp.Expr, unit: str) -> exp.Expr:
    whole = as_spark(count, "INT")
    if unit in _MONTH_UNITS:
        return call("make_ym_interval", number(0), exp.Mul(this=whole, expression=number(_MONTH_UNITS[unit])))
    zero = number(0)
    match unit:
        case "day":
            return call("make_dt_interval", whole)
        case "week":
            return call("make_dt_interval", exp.Mul(this=whole, expression=number(7)))
        case "hour":
            return call("make_dt_interval", zero, whole)
        case "minute":
            return call("make_dt_interval", zero, zero, whole)
        case "second":
            return call("make_dt_interval", zero, zero, zero, whole)
        case _:
            raise NotSpelled(f"an interval of {unit}s")


# The time between


def _boundaries(node: exp.DateDiff) -> exp.Expr:
    """How often the clock or the calendar turned over between two moments."""
    return boundaries(_unit(node.args["unit"]), node.expression, node.this)


def boundaries(unit: str, start: exp.Expr, end: exp.Expr) -> exp.Expr:
    if unit in _MONTHS:
        turned = exp.Sub(this=_month_number(end, unit), expression=_month_number(start, unit))
        return exp.paren(turned)
    if unit == "day":
        return call("datediff", day(end), day(start))
    if unit == "week":
        mondays = (call("trunc", day(at), text("WEEK")) for at in (end, start))
        return exp.paren(exp.IntDiv(this=call("datediff", *mondays), expression=number(7)))
    return _elapsed(unit, _cut(unit, start), _cut(unit, end))


def _month_number(at: exp.Expr, unit: str) -> exp.Expr:
    year = exp.Year(this=at.copy())
    if unit == "year":
        return year
    field, many = (exp.Quarter, 4) if unit == "quarter" else (exp.Month, 12)
    whole = exp.Add(this=exp.Mul(this=year, expression=number(many)), expression=field(this=at.copy()))
    return exp.paren(whole)


def _cut(unit: str, at: exp.Expr) -> exp.Expr:
    return moment(call("date_trunc", text(unit.upper()), moment(at)))


def _elapsed(unit: str, start: exp.Expr, end: exp.Expr) -> exp.Expr:
    return call("timestampdiff", exp.Var(this=unit.upper()), start, end)


def complete(unit: exp.Expr, start: exp.Expr, end: exp.Expr) -> exp.Expr:
    """How many whole units have passed. A month is whole on its last day, where the day began after that."""
    name = _unit(unit)
    if name == "week":
        return exp.paren(exp.IntDiv(this=_elapsed("day", moment(start), moment(end)), expression=number(7)))
    if name not in _MONTHS:
        return _elapsed(name, moment(start), moment(end))
    if name == "year" and kind_of(start) == kind_of(end) == "DATE":
        # Of days: whole where the day of the month is reached, or the last of a shorter February.
        return as_spark(exp.Div(this=call("months_between", end, start), expression=number(12)), "INT")
    first, last = moment(start), moment(end)
    turned = boundaries("month", first, last)
    reached = exp.Add(this=first.copy(), expression=call("make_ym_interval", number(0), turned))
    one = number(1)
    months = when(
        (
            exp.and_(turned > number(0), exp.paren(reached) > last),
            exp.Sub(this=turned.copy(), expression=one),
        ),
        (
            exp.and_(turned < number(0), exp.paren(reached) < last),
            exp.Add(this=turned.copy(), expression=one),
        ),
        otherwise=turned,
    )
    if name == "month":
        return months
    return exp.paren(exp.IntDiv(this=months, expression=number(_MONTHS[name])))


# Parts


def _extract(node: exp.Extract) -> exp.Expr:
    return part(node.name.lower(), node.expression)


def part(name: str, value: exp.Expr) -> exp.Expr:
    if name in ("dow", "dayofweek", "weekday"):
        return _from_sunday(value)
    if name == "isodow":
        return _from_monday(value)
    if name == "epoch":
        return _epoch(value)
    if name == "second":
        return exp.Second(this=value.copy())
    if name not in _FIELDS:
        raise NotSpelled(f"the part '{name}' of a day")
    return call("date_part", text(_FIELDS[name]), value)


def _from_sunday(value: exp.Expr) -> exp.Expr:
    return exp.paren(exp.Sub(this=call("dayofweek", value), expression=number(1)))


def _from_monday(value: exp.Expr) -> exp.Expr:
    return exp.paren(exp.Add(this=call("weekday", value), expression=number(1)))


def _epoch(value: exp.Expr) -> exp.Expr:
    micros = call("unix_micros", as_spark(moment(value), "TIMESTAMP_LTZ"))
    return exp.paren(
        exp.Div(this=as_spark(micros, "DOUBLE"), expression=as_spark(number(1_000_000), "DOUBLE"))
    )


def _truncated(node: exp.Expr) -> exp.Expr:
    unit = _unit(node.args["unit"])
    return moment(call("date_trunc", text(unit.upper()), moment(node.this)))


def _made(node: exp.TimestampFromParts) -> exp.Expr:
    return call(
        "make_timestamp_ntz", *(node.args[name] for name in ("year", "month", "day", "hour", "min", "sec"))
    )


# To and from text


def _written(node: exp.TimeToStr) -> exp.Expr:
    return call("date_format", moment(node.this), text(_format(node.args["format"], reading=False)))


def read_time(value: exp.Expr, form: exp.Expr, *, trying: bool = False) -> exp.Expr:
    name = "try_to_timestamp" if trying else "to_timestamp_ntz"
    return moment(call(name, value, text(_format(form, reading=True))))


def _format(form: exp.Expr, *, reading: bool) -> str:
    if not isinstance(form, exp.Literal):
        raise NotSpelled("a format that is reckoned", "Write the format as text.")
    written, place, given = [], 0, form.name
    while place < len(given):
        sign = given[place : place + 2] if given[place] == "%" else given[place]
        if sign in _FORMATS:
            letters = _FORMATS[sign]
            written.append(letters[:1] if reading and len(letters) == 2 else letters)
        elif sign in _BETWEEN:
            written.append(f"'{sign}'" if sign.isalpha() else sign)
        else:
            raise NotSpelled(f"'{sign}' in the format '{given}'", f"Formats may hold {' '.join(_FORMATS)}.")
        place += len(sign)
    return "".join(written)


def _read(node: exp.StrToTime) -> exp.Expr:
    return read_time(node.this, node.args["format"])


TIME: dict[type[exp.Expr], Callable[[Any], exp.Expr]] = {
    exp.Add: _moved,
    exp.Sub: _moved,
    exp.DateDiff: _boundaries,
    exp.Extract: _extract,
    exp.DayOfWeek: lambda node: _from_sunday(node.this),
    exp.DayOfWeekIso: lambda node: _from_monday(node.this),
    exp.TimeToUnix: lambda node: _epoch(node.this),
    exp.TimestampTrunc: _truncated,
    exp.DateTrunc: _truncated,
    exp.TimestampFromParts: _made,
    exp.TimeToStr: _written,
    exp.StrToTime: _read,
}

TIME_CALLS: dict[str, Callable[..., exp.Expr]] = {
    "date_sub": complete,
    "datesub": complete,
    "date_part": lambda name, value: part(name.name.lower(), value),
    "datepart": lambda name, value: part(name.name.lower(), value),
    "isoyear": lambda value: part("isoyear", value),
    "weekday": _from_sunday,
    "epoch": _epoch,
    "try_strptime": lambda value, form: read_time(value, form, trying=True),
}
