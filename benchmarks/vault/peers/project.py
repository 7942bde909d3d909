"""A dbt project in the work folder: sources over the delivered files, and models that call a peer's macros."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import yaml

from benchmarks.vault.by_hand import SHAPES
from benchmarks.vault.measure import Cost, measured
from benchmarks.vault.peers.postgres import Server

PROFILE = "peer"
NAMES = {"customers": "customer", "orders": "order", "parts": "part", "suppliers": "supplier"}
# Business keys and references under one name in every source, as the macros want them.
RENAMED = {
    "customers": {"number": "customer_number"},
    "orders": {"number": "order_number", "customer": "customer_number"},
    "lines": {"part": "part_number", "supplier": "supplier_number"},
    "parts": {"number": "part_number"},
    "suppliers": {"number": "supplier_number"},
}
HUBS = {
    "customer": ("customers", "orders"),
    "order": ("orders", "lines"),
    "part": ("parts", "lines"),
    "supplier": ("suppliers", "lines"),
}
LINKS = {"orders": ("order", "customer"), "lines": ("order", "part", "supplier")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """How one of them is asked. Models are texts of ours, by name; `base` is the variant that wrappers lead to."""

    system: str
    package: str  # the folder of its code among the peers
    namespace: str
    models: Mapping[str, str]
    variables: Mapping[str, object]
    base: str = ""
    wrappers: str = ""  # macros written out, in place of those that are led to the variant
    not_wrapped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DbtProject:
    """A project ready to run."""

    system: str
    folder: Path
    dbt: Path
    server: Server | None

    @property
    def database(self) -> Path:
        return self.folder / "peer.duckdb"

    def run(self, *models: str) -> Cost:
        """Every model, or only those named."""
        chosen = ("--select", *models) if models else ()
        return measured(
            [str(self.dbt), "run", "--quiet", "--no-use-colors", "--profiles-dir", ".", *chosen],
            cwd=self.folder,
            server=self.server.pid if self.server else 0,
        )

    def empty(self) -> None:
        if self.server:
            self.server.run("DROP SCHEMA IF EXISTS vault CASCADE")
            self.server.run("DROP SCHEMA IF EXISTS raw CASCADE")
        else:
            self.database.unlink(missing_ok=True)

    def keep(self) -> None:
        if self.server:
            self.server.run("CREATE DATABASE kept TEMPLATE peer")
        else:
            shutil.copy(self.database, self.database.with_suffix(".kept"))

    def bring_back(self) -> None:
        if self.server:
            self.server.run("DROP DATABASE peer")
            self.server.run("CREATE DATABASE peer TEMPLATE kept")
        else:
            shutil.copy(self.database.with_suffix(".kept"), self.database)

    def deliver(self, data: Path, moment: str) -> None:
        """What the sources show. On PostgreSQL the rows are copied in, outside the times."""
        if self.server:
            self.server.take(data, moment, RENAMED)
            return
        with duckdb.connect(str(self.database)) as connection:
            connection.execute("CREATE SCHEMA IF NOT EXISTS raw")
            for feed, renamed in RENAMED.items():
                names = ", ".join(f'"{old}" AS "{new}"' for old, new in renamed.items())
                connection.execute(
                    f"CREATE OR REPLACE VIEW raw.{feed} AS SELECT * RENAME ({names}), "
                    f"TIMESTAMP '{moment}' AS load_date, 'trade' AS record_source "
                    f"FROM read_parquet('{data / feed}.parquet')"
                )

    def remove(self) -> None:
        shutil.rmtree(self.folder)


def columns(feed: str) -> tuple[str, ...]:
    """What a feed says beside keys: the payload of its satellite."""
    return SHAPES[feed].content


def write_project(work: Path, peer: Peer, peers: Path, dbt: Path, server: Server | None) -> DbtProject:
    """The project, with the peer's package linked in."""
    folder = work / f"{peer.namespace}{'-postgres' if server else ''}"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "dbt_packages").mkdir(parents=True)
    for name, package in ((peer.namespace, peer.package), ("dbt_utils", "dbt-utils")):
        if (peers / package).exists():
            (folder / "dbt_packages" / name).symlink_to((peers / package).resolve())
    variables = dict(peer.variables)
    if not server:
        variables |= _by_engine(peers / peer.package / "dbt_project.yml")
        _write(folder / "macros" / "wrappers.sql", _wrappers(peer, peers / peer.package))
    _write(
        folder / "dbt_project.yml",
        yaml.safe_dump(
            {
                "name": PROFILE,
                "version": "1.0.0",
                "profile": PROFILE,
                "vars": variables,
                "dispatch": [
                    {"macro_namespace": peer.namespace, "search_order": [PROFILE, peer.namespace]},
                    {"macro_namespace": "dbt_utils", "search_order": [PROFILE, "dbt_utils"]},
                ],
                "models": {
                    PROFILE: {
                        "stage": {"+materialized": "table"},
                        "vault": {"+materialized": "incremental", "+incremental_strategy": "append"},
                    }
                },
                "flags": {"send_anonymous_usage_stats": False},
            }
        ),
    )
    profile = {PROFILE: {"target": "it", "outputs": {"it": _output(folder, server)}}}
    _write(folder / "profiles.yml", yaml.safe_dump(profile))
    sources = [{"name": "raw", "tables": [{"name": feed} for feed in RENAMED]}]
    _write(folder / "models" / "sources.yml", yaml.safe_dump({"version": 2, "sources": sources}))
    for name, text in peer.models.items():
        part = "stage" if name.startswith("stg_") else "vault"
        _write(folder / "models" / part / f"{name}.sql", text)
    system = f"{peer.system}, {'PostgreSQL' if server else 'DuckDB'}"
    return DbtProject(system, folder, dbt.resolve(), server)


def _output(folder: Path, server: Server | None) -> dict[str, object]:
    if server:
        return server.output()
    settings = {"memory_limit": "10GB", "preserve_insertion_order": False}
    return {
        "type": "duckdb",
        "path": str(folder / "peer.duckdb"),
        "schema": "vault",
        "threads": 2,
        "settings": settings,
    }


def _wrappers(peer: Peer, package: Path) -> str:
    """For each macro that has a variant for the base engine: one for DuckDB that leads there."""
    found = [peer.wrappers]
    written = set(re.findall(r"macro duckdb__(\w+)\(", peer.wrappers)) | set(peer.not_wrapped)
    for file in sorted((package / "macros").rglob("*.sql")) if peer.base else ():
        for name, parameters in re.findall(
            rf"macro {peer.base}__(\w+)\((.*?)\)\s*-?%}}", file.read_text(encoding="utf-8"), re.DOTALL
        ):
            if name in written:
                continue
            written.add(name)
            passed = ", ".join(
                f"{p}={p}" for p in re.findall(r"(\w+)\s*(?:=[^,]*)?(?:,|$)", parameters.strip())
            )
            found.append(
                f"{{% macro duckdb__{name}({parameters}) %}}"
                f"{{{{ return({peer.namespace}.{peer.base}__{name}({passed})) }}}}{{% endmacro %}}"
            )
    return "\n".join(found)


def _by_engine(settings: Path) -> dict[str, object]:
    """Variables that hold a value for each engine, with PostgreSQL's for DuckDB too."""
    found = yaml.safe_load(settings.read_text(encoding="utf-8")).get("vars") or {}
    return {
        name: {**value, "duckdb": value["postgres"]}
        for name, value in found.items()
        if isinstance(value, dict) and "postgres" in value
    }


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
