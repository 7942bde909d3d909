"""How AutomateDV is asked for many moments: its macro `pit`, and the rows read through the table it makes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import duckdb

from benchmarks.vault.measure import Cost
from benchmarks.vault.peers.automate_dv import PEER
from benchmarks.vault.peers.project import DbtProject, write_project

_SATELLITES = {
    "sat_open": ("segment", "remark"),
    "sat_personal": ("name", "address", "nation", "phone"),
    "sat_special": ("balance",),
}
_POINTERS = {name: {"pk": {"PK": "customer_hk"}, "ldts": {"LDTS": "load_date"}} for name in _SATELLITES}
_PIT = (
    "{{ config(materialized='pit_incremental') }}\n"
    "{{ automate_dv.pit(src_pk='customer_hk', as_of_dates_table='as_of_date', "
    f"satellites={_POINTERS}, stage_tables_ldts={{'stg_customers': 'load_date'}}, "
    "src_ldts='load_date', source_model='hub_customer') }}"
)
_MOMENTS = (
    "{{ config(materialized='table') }}\nSELECT p.customer_hk, p.AS_OF_DATE, "
    + ", ".join(f"{name}.{column}" for name, columns in _SATELLITES.items() for column in columns)
    + " FROM {{ ref('pit_customer') }} AS p"
    + "".join(
        f" JOIN {{{{ ref('{name}') }}}} AS {name} ON {name}.customer_hk = p.{name}_PK"
        f" AND {name}.load_date = p.{name}_LDTS"
        for name in _SATELLITES
    )
)
_TABLES = ("hub_customer", "as_of_date", "stg_customers", *_SATELLITES)


@dataclass(frozen=True, slots=True)
class Moments:
    """AutomateDV over the rows of our vault: its tables are filled outside the times."""

    project: DbtProject

    @property
    def system(self) -> str:
        return self.project.system

    def take(self, vault: Path, days: list[date]) -> None:
        """The hub and the satellites as they are now, and the moments when these days are over."""
        kinds = {name: f"sat_customer__trade__customers__{name.removeprefix('sat_')}" for name in _SATELLITES}
        queries = {
            name: f"SELECT CAST(customer_key AS BLOB) AS customer_hk, {', '.join(columns)}, extracted AS load_date, "
            f"'trade' AS record_source FROM ours.{kinds[name]}"
            for name, columns in _SATELLITES.items()
        }
        first = f"SELECT customer_key, min(extracted) AS load_date FROM ours.{kinds['sat_open']} GROUP BY ALL"
        queries["hub_customer"] = (
            "SELECT CAST(customer_key AS BLOB) AS customer_hk, number AS customer_number, load_date, 'trade' AS "
            f"record_source FROM ours.hub_customer JOIN ({first}) f USING (customer_key)"
        )
        # What came last: until then an earlier point-in-time table holds.
        queries["stg_customers"] = f"SELECT max(load_date) AS load_date FROM ({queries['hub_customer']})"
        listed = ", ".join(f"(TIMESTAMP '{day + timedelta(days=1)}')" for day in days)
        queries["as_of_date"] = f"SELECT * FROM (VALUES {listed}) AS d(AS_OF_DATE)"
        with duckdb.connect(str(self.project.database)) as connection:
            connection.execute("CREATE SCHEMA IF NOT EXISTS vault")
            connection.execute(f"ATTACH '{vault}' AS ours (READ_ONLY)")
            for name, query in queries.items():
                connection.execute(f"CREATE OR REPLACE TABLE vault.{name} AS {query}")

    def run(self) -> Cost:
        return self.project.run("pit_customer", "customer_moments")

    def back(self) -> Callable[[], None]:
        """Remember the database; what is given puts it back."""
        kept = self.project.database.with_suffix(".kept")
        shutil.copy(self.project.database, kept)
        return lambda: shutil.copy(kept, self.project.database) and None

    def rows(self) -> int:
        with duckdb.connect(str(self.project.database), read_only=True) as connection:
            row = connection.execute("SELECT count(*) FROM vault.customer_moments").fetchone()
        assert row is not None
        return int(row[0])

    def remove(self) -> None:
        self.project.remove()


def prepare(work: Path, peers: Path, dbt: Path) -> Moments:
    """A project of its own, empty."""
    filled = dict.fromkeys(_TABLES, "SELECT 1 AS filled_outside_of_dbt")
    models = {**filled, "pit_customer": _PIT, "customer_moments": _MOMENTS}
    # With native hashes the macro for a further day leaves out a parenthesis (0.11.5).
    peer = replace(PEER, models=models, variables={**PEER.variables, "enable_native_hashes": False})
    return Moments(write_project(work / "moments-peer", peer, peers, dbt, None))
