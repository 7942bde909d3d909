"""Every customer at some month ends by SQL written by hand: the best we know. It knows that nothing comes late.

Of each satellite it finds once when each row ended, and writes a file for each day from the rows that held; of one day
alone it takes the last rows by then.
"""

from __future__ import annotations

import argparse
import json
from datetime import date, timedelta
from pathlib import Path

import duckdb

SATELLITES = {
    "sat_customer__trade__customers__open": ("segment", "remark"),
    "sat_customer__trade__customers__personal": ("name", "address", "nation", "phone"),
    "sat_customer__trade__customers__special": ("balance",),
}


def by_hand(vault: Path, to: Path, days: list[date]) -> int:
    """Of each satellite when each row ended, once; of each day a file. Of one day alone, the last rows by then."""
    rows = 0
    with duckdb.connect(str(vault), read_only=True) as connection:
        for setting in ("threads = 2", "memory_limit = '3GB'", "preserve_insertion_order = false"):
            connection.execute(f"SET {setting}")
        once = len(days) > 1
        for name in SATELLITES if once else ():
            connection.execute(
                f'CREATE TEMPORARY TABLE "ending_{name}" AS SELECT *, lead(extracted) OVER '
                f'(PARTITION BY customer_key ORDER BY extracted, batch) AS ended FROM "{name}"'
            )
        for day in days:
            at = f"TIMESTAMP '{day + timedelta(days=1)}'"
            parts = []
            for name, columns in SATELLITES.items():
                held = (
                    f'FROM "ending_{name}" WHERE extracted <= {at} AND (ended IS NULL OR ended > {at})'
                    if once
                    else f'FROM "{name}" WHERE extracted <= {at} QUALIFY row_number() OVER '
                    "(PARTITION BY customer_key ORDER BY extracted DESC, batch DESC) = 1"
                )
                parts.append(
                    f"(SELECT customer_key, {', '.join(columns)} FROM (SELECT * {held}) h WHERE NOT deleted)"
                )
            every = ", ".join(name for columns in SATELLITES.values() for name in columns)
            query = (
                f"SELECT CAST(customer_key AS BLOB) AS customer_key, DATE '{day}' AS snapshot_day, "
                f"{every} FROM {parts[0]} {' '.join(f'JOIN {part} USING (customer_key)' for part in parts[1:])}"
            )
            options = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"
            found = connection.execute(f"COPY ({query}) TO '{to / str(day)}.parquet' ({options})").fetchall()
            rows += int(found[0][0])
    return rows


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("vault", type=Path)
    arguments.add_argument("to", type=Path)
    arguments.add_argument("days", type=date.fromisoformat, nargs="+")
    chosen = arguments.parse_args()
    print(json.dumps({"rows": by_hand(chosen.vault, chosen.to, chosen.days)}))


if __name__ == "__main__":
    main()
