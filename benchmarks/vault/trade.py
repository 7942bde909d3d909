"""A trading company in the shape of TPC-H, written as Parquet deliveries by SQL of our own.

At scale 1: 150 000 customers, 1.5 million orders, 6 million order lines, 200 000 parts, 10 000 suppliers,
with as many columns as TPC-H and of the same kinds; the words are ours. Every value is a function of its
row's number and of the version of the row, so that the same call gives the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

ROWS = {"customers": 150_000, "orders": 1_500_000, "lines": 6_000_000, "parts": 200_000, "suppliers": 10_000}
LINES_PER_ORDER = 4
NEW, CHANGED = 0.005, 0.005  # shares of an increment of one per cent

_WORDS = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grain",
    "heath",
    "inlet",
    "juniper",
    "kelp",
    "larch",
    "maple",
    "north",
    "otter",
    "pine",
    "quartz",
    "reed",
    "sable",
    "tarn",
    "upland",
    "vole",
    "willow",
    "yarrow",
    "zephyr",
    "ash",
    "brook",
    "crane",
    "dune",
    "elm",
    "fern",
    "gull",
    "hazel",
    "iris",
    "jade",
    "knoll",
    "lake",
    "moss",
    "nettle",
    "oak",
    "pebble",
    "quill",
    "ridge",
    "slate",
    "thorn",
    "umber",
    "vale",
    "wren",
    "yew",
    "agate",
    "bay",
    "cliff",
    "dale",
    "eel",
    "flint",
    "grove",
    "hill",
    "islet",
    "jay",
    "kite",
    "ledge",
    "moor",
    "newt",
    "osier",
]

_MACROS = f"""
CREATE OR REPLACE MACRO mix(i, version, salt) AS hash(i * 1009 + version * 31 + salt);
CREATE OR REPLACE MACRO word(h, place) AS
    {_WORDS!r}[1 + CAST((h >> (6 * place)) & 63 AS INTEGER)];
CREATE OR REPLACE MACRO words(h) AS
    word(h, 0) || ' ' || word(h, 1) || ' ' || word(h, 2) || ' ' || word(h, 3) || ' ' || word(h, 4);
CREATE OR REPLACE MACRO below(h, n) AS CAST(h % n AS INTEGER);
CREATE OR REPLACE MACRO cents(h, n) AS CAST(CAST(h % (n * 100) AS BIGINT) / 100 AS DECIMAL(18, 2));
CREATE OR REPLACE MACRO one_of(h, names) AS names[1 + CAST(h % len(names) AS INTEGER)];
CREATE OR REPLACE MACRO phone(h) AS
    printf('%02d-%03d-%03d-%04d', below(h, 90) + 10, below(h >> 8, 1000), below(h >> 20, 1000), below(h >> 32, 10000));
"""

_NATIONS = "['FI', 'SE', 'NO', 'DK', 'EE', 'LV', 'LT', 'DE', 'FR', 'ES', 'IT', 'PL', 'NL']"
_PRIORITIES = "['1-URGENT', '2-HIGH', '3-MEDIUM', '4-LOW', '5-NONE']"

# `i` counts rows from 0, `v` is the version of the row; references do not change with it.
_COLUMNS = {
    "customers": f"""
        i + 1 AS number, 'Customer#' || lpad(CAST(i + 1 AS VARCHAR), 9, '0') AS name,
        words(mix(i, 0, 1)) AS address, one_of(mix(i, 0, 2), {_NATIONS}) AS nation, phone(mix(i, 0, 3)) AS phone,
        cents(mix(i, v, 4), 10000) AS balance,
        one_of(mix(i, 0, 5), ['BUILDING', 'MACHINERY', 'HOUSEHOLD', 'FURNITURE', 'VEHICLES']) AS segment,
        words(mix(i, v, 6)) || ' ' || words(mix(i, v, 7)) AS remark""",
    "orders": f"""
        i + 1 AS number, below(mix(i, 0, 11), {{customers}}) + 1 AS customer,
        one_of(mix(i, v, 12), ['O', 'F', 'P']) AS status, cents(mix(i, v, 13), 400000) AS total,
        DATE '2020-01-01' + below(mix(i, 0, 14), 2000) AS ordered_on,
        one_of(mix(i, 0, 15), {_PRIORITIES}) AS priority,
        'Clerk#' || lpad(CAST(below(mix(i, 0, 16), 1000) AS VARCHAR), 9, '0') AS clerk,
        0 AS ship_priority, words(mix(i, v, 17)) AS remark""",
    "lines": f"""
        i // {LINES_PER_ORDER} + 1 AS order_number, i % {LINES_PER_ORDER} + 1 AS line_number,
        below(mix(i, 0, 21), {{parts}}) + 1 AS part, below(mix(i, 0, 22), {{suppliers}}) + 1 AS supplier,
        below(mix(i, 0, 23), 50) + 1 AS quantity, cents(mix(i, v, 24), 100000) AS price,
        CAST(below(mix(i, 0, 25), 11) / 100 AS DECIMAL(18, 2)) AS discount,
        CAST(below(mix(i, 0, 26), 9) / 100 AS DECIMAL(18, 2)) AS tax,
        one_of(mix(i, 0, 27), ['A', 'N', 'R']) AS return_flag, one_of(mix(i, v, 28), ['O', 'F']) AS status,
        DATE '2020-01-01' + below(mix(i, 0, 29), 2000) AS shipped_on,
        DATE '2020-01-15' + below(mix(i, 0, 30), 2000) AS committed_on,
        DATE '2020-02-01' + below(mix(i, 0, 31), 2000) AS received_on,
        one_of(mix(i, 0, 32), ['COLLECT COD', 'DELIVER IN PERSON', 'NONE', 'TAKE BACK RETURN']) AS instruction,
        one_of(mix(i, 0, 33), ['AIR', 'MAIL', 'RAIL', 'SHIP', 'TRUCK', 'FOB', 'REG AIR']) AS mode,
        words(mix(i, v, 34)) AS remark""",
    "parts": """
        i + 1 AS number, words(mix(i, 0, 41)) AS name,
        'Maker#' || CAST(below(mix(i, 0, 42), 5) + 1 AS VARCHAR) AS maker,
        'Brand#' || CAST(below(mix(i, 0, 43), 50) + 1 AS VARCHAR) AS brand, words(mix(i, 0, 44)) AS kind,
        below(mix(i, 0, 45), 50) + 1 AS size,
        one_of(mix(i, 0, 46), ['SM CASE', 'MED BOX', 'LG DRUM', 'JUMBO JAR', 'WRAP BAG']) AS container,
        cents(mix(i, v, 47), 2000) AS retail_price,
        word(mix(i, v, 48), 0) || ' ' || word(mix(i, v, 48), 1) AS remark""",
    "suppliers": f"""
        i + 1 AS number, 'Supplier#' || lpad(CAST(i + 1 AS VARCHAR), 9, '0') AS name,
        words(mix(i, 0, 51)) AS address, one_of(mix(i, 0, 52), {_NATIONS}) AS nation, phone(mix(i, 0, 53)) AS phone,
        cents(mix(i, v, 54), 10000) AS balance, words(mix(i, v, 55)) AS remark""",
}


@dataclass(frozen=True, slots=True)
class Trade:
    """A company of one size. `scale` 1 is 6 million order lines."""

    scale: float

    def rows(self, feed: str) -> int:
        # Lines come in whole orders.
        size = ROWS["orders" if feed == "lines" else feed] * self.scale
        return max(1, round(size)) * (LINES_PER_ORDER if feed == "lines" else 1)

    def new(self, feed: str) -> int:
        """How many rows an increment adds."""
        rows = round(self.rows("orders" if feed == "lines" else feed) * NEW)
        return max(1, rows) * (LINES_PER_ORDER if feed == "lines" else 1)


def write_whole(folder: Path, trade: Trade, version: int = 0, *, stirred: bool = False) -> None:
    """Every row there is; under a version above 0 with the increment of that version in it.

    `stirred` writes the same rows in another order: other bytes, the same content.
    """
    _write(folder, trade, lambda feed: _whole(trade, feed, version), stirred)


def write_increment(folder: Path, trade: Trade, version: int) -> None:
    """Only what is new or changed in a version."""
    _write(
        folder,
        trade,
        lambda feed: f"SELECT * FROM ({_whole(trade, feed, version)}) WHERE v = {version}",
    )


def write_period(folder: Path, trade: Trade, period: int, of: int) -> None:
    """What one of the `of` equal periods of a year brings: orders and lines of its own, corrections of earlier ones.

    `trade` is the size of a year. The first period also brings all customers, parts and suppliers;
    later ones one per cent of them, changed.
    """

    def rows(feed: str) -> str:
        total = trade.rows(feed)
        if feed in ("orders", "lines"):
            size = LINES_PER_ORDER * (trade.rows("orders") // of) if feed == "lines" else total // of
            first = period * size
            own = f"SELECT i, 0 AS v FROM range({first}, {first + size}) r(i)"
            if not period:
                return own
            again = f"i % 200 = {period % 200}"
            return f"{own} UNION ALL SELECT i, {period} AS v FROM range({first - size}, {first}) r(i) WHERE {again}"
        if not period:
            return f"SELECT i, 0 AS v FROM range({total}) r(i)"
        return f"SELECT i, {period} AS v FROM range({total}) r(i) WHERE i % 100 = {period % 100}"

    _write(folder, trade, rows)


def write_customers(folder: Path, trade: Trade, month: int) -> None:
    """The customers a month brings: all in month 0, later every second one changed, and some that are new.

    A customer changes by turns segment and remark, name and address, and balance.
    """
    total, new = trade.rows("customers"), trade.new("customers")
    first = total + (month - 1) * new
    again = f"SELECT i FROM range({first}) r(i) WHERE i % 2 = {month % 2} UNION ALL "
    rows = (
        f"{again}SELECT i FROM range({first}, {first + new}) r(i)" if month else f"FROM range({total}) r(i)"
    )
    change = month // 2
    told, party, money = (change - (change - turn) % 3 for turn in range(3))
    kinds = "['BUILDING', 'MACHINERY', 'HOUSEHOLD', 'FURNITURE', 'VEHICLES']"
    columns = f"""
        i + 1 AS number, one_of(mix(i, {told}, 5), {kinds}) AS segment, words(mix(i, {told}, 6)) AS remark,
        'Customer#' || lpad(CAST(i + 1 AS VARCHAR), 9, '0') AS name, words(mix(i, {party}, 1)) AS address,
        one_of(mix(i, {party}, 2), {_NATIONS}) AS nation, phone(mix(i, {party}, 3)) AS phone,
        cents(mix(i, {money}, 4), 10000) AS balance"""
    _copy(folder, {"customers": f"SELECT {columns} FROM ({rows}) ORDER BY i"})


def _whole(trade: Trade, feed: str, version: int) -> str:
    total = trade.rows(feed)
    if not version:
        return f"SELECT i, 0 AS v FROM range({total}) r(i)"
    changed = f"mix(i, {version}, 99) % 100000 < {round(CHANGED * 100_000)}"
    return (
        f"SELECT i, CASE WHEN {changed} THEN {version} ELSE 0 END AS v FROM range({total}) r(i) UNION ALL "
        f"SELECT i, {version} AS v FROM range({total}, {total + trade.new(feed)}) r(i)"
    )


def _write(folder: Path, trade: Trade, rows: Callable[[str], str], stirred: bool = False) -> None:
    sizes = {feed: trade.rows(feed) for feed in ROWS}
    order = "hash(i)" if stirred else "i"
    _copy(
        folder,
        {
            feed: f"SELECT {_COLUMNS[feed].format(**sizes)} FROM ({rows(feed)}) ORDER BY {order}"
            for feed in ROWS
        },
    )


def _copy(folder: Path, queries: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        connection.execute("SET memory_limit = '3GB'")
        connection.execute(_MACROS)
        for feed, query in queries.items():
            target = folder / f"{feed}.parquet"
            connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
