"""Rows as columns of text, and the lines they become. Everything works on whole columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from virtaama.synthetic.calendar import DAY

# pyarrow carries no types: a column is an array of strings, null where the source leaves the value out,
# and rows are a table of such columns.
Column: TypeAlias = Any
Rows: TypeAlias = Any

_FIRST = np.datetime64("1890-01-01")
_LAST = np.datetime64("2060-01-01")
_OFFSET = int((_FIRST - np.datetime64("1970-01-01")).astype(int))

FINNISH = "finnish"  # 31.12.2025
ISO = "iso"  # 2025-12-31
COMPACT = "compact"  # 20251231


@cache
def _days(style: str) -> pa.Array:
    iso = np.arange(_FIRST, _LAST).astype(str)
    match style:
        case "finnish":
            return pa.array([f"{day[8:]}.{day[5:7]}.{day[:4]}" for day in iso])
        case "compact":
            return pa.array([day.replace("-", "") for day in iso])
        case _:
            return pa.array(iso.tolist())


@cache
def _minutes() -> pa.Array:
    return pa.array([f"{minute // 60:02}:{minute % 60:02}" for minute in range(DAY)])


@cache
def _seconds() -> pa.Array:
    return pa.array([f":{second:02}" for second in range(60)])


def day_texts(
    days: npt.NDArray[Any],
    style: str = FINNISH,
    where: npt.NDArray[np.bool_] | None = None,
) -> Column:
    """Days in a style; null where `where` is false."""
    return _taken(_days(style), days - _OFFSET, where)


def minute_texts(
    minutes: npt.NDArray[Any],
    style: str = FINNISH,
    where: npt.NDArray[np.bool_] | None = None,
    between: str = " ",
) -> Column:
    """Minutes since 1970 as day and time; null where `where` is false."""
    day, minute = np.divmod(minutes, DAY)
    times = _minutes().take(pa.array(minute))
    return pc.binary_join_element_wise(day_texts(day, style, where), times, between)


def second_texts(seconds: npt.NDArray[Any], where: npt.NDArray[np.bool_] | None = None) -> Column:
    """Seconds since 1970 as 2025-12-31T23:59:59; null where `where` is false."""
    minute, second = np.divmod(seconds, 60)
    return join("", minute_texts(minute, ISO, where, "T"), _seconds().take(pa.array(second)))


def _taken(values: pa.Array, index: npt.NDArray[Any], where: npt.NDArray[np.bool_] | None) -> Column:
    if where is None:
        return values.take(pa.array(index))
    return values.take(pa.array(np.where(where, index, 0), mask=~where))


def pick(
    values: Sequence[str] | pa.Array,
    index: npt.NDArray[Any],
    where: npt.NDArray[np.bool_] | None = None,
) -> Column:
    """values[index] for each index; null where `where` is false."""
    source = values if isinstance(values, pa.Array) else pa.array(list(values), pa.string())
    return _taken(source, index, where)


def numbers(
    values: npt.NDArray[Any],
    prefix: str = "",
    where: npt.NDArray[np.bool_] | None = None,
) -> Column:
    """Whole numbers as text; null where `where` is false."""
    mask = None if where is None else ~where
    text = pa.array(values.astype(np.int64), mask=mask).cast(pa.string())
    return join("", prefix, text) if prefix else text


def decimals(
    values: npt.NDArray[Any],
    places: int,
    mark: str = ",",
    where: npt.NDArray[np.bool_] | None = None,
) -> Column:
    """Numbers with a fixed number of decimals and the decimal mark given."""
    scaled = np.rint(np.abs(values) * 10**places).astype(np.int64)
    whole, fraction = np.divmod(scaled, 10**places)
    sign = pick(["", "-"], ((values < 0) & (scaled > 0)).astype(np.int64), where)
    padded = pc.utf8_lpad(numbers(fraction), places, "0")
    return join("", sign, numbers(whole), mark, padded)


def constant(value: str | None, size: int) -> Column:
    return pa.array([value], pa.string()).take(pa.array(np.zeros(size, dtype=np.int64)))


def join(separator: str, *parts: Column | str) -> Column:
    """Row by row, the parts one after another; null where any part is null."""
    return pc.binary_join_element_wise(*parts, separator)


def lines_of(rows: Rows) -> Column:
    """Each row as its values between semicolons; null is empty."""
    columns = [column.combine_chunks() for column in rows.columns]
    return pc.binary_join_element_wise(*columns, ";", null_handling="replace", null_replacement="")


def text_of(lines: Column) -> bytes:
    """The lines, each with its line end."""
    if isinstance(lines, pa.ChunkedArray):
        lines = lines.combine_chunks()
    if not len(lines):
        return b""
    whole = pa.LargeListArray.from_arrays(
        pa.array([0, len(lines)], pa.int64()), lines.cast(pa.large_string())
    )
    return bytes(pc.binary_join(whole, pa.scalar("\n", pa.large_string()))[0].as_py().encode()) + b"\n"


def csv_bytes(rows: Rows, *, encoding: str = "utf-8", header: Sequence[str] | None = None) -> bytes:
    """A delimited file of the rows. `header` where the names differ from the columns' own."""
    body = text_of(lines_of(rows))
    text = (";".join(header or rows.column_names) + "\n").encode() + body
    match encoding:
        case "utf-8":
            return text
        case "utf-8-sig":
            return b"\xef\xbb\xbf" + text
        case _:
            return text.decode().encode(encoding)


def quoted(column: Column) -> Column:
    """JSON text of strings that need no escaping; `null` where there is no value."""
    return pc.fill_null(join("", '"', column, '"'), "null")
