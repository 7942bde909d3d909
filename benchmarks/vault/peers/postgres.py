"""A PostgreSQL of our own, started for the measuring and stopped after it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

_SETTINGS = {
    "shared_buffers": "1GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "synchronous_commit": "off",
    "fsync": "off",
    "max_parallel_workers_per_gather": "2",
    "listen_addresses": "127.0.0.1",
}
_TYPES = {"BIGINT": "bigint", "INTEGER": "integer", "VARCHAR": "text", "DATE": "date"}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `pid` is its first process: the others are its children."""

    folder: Path
    port: int
    pid: int

    def output(self) -> dict[str, object]:
        return {
            "type": "postgres",
            "host": "127.0.0.1",
            "port": self.port,
            "user": "bench",
            "password": "",
            "dbname": "peer",
            "schema": "vault",
            "threads": 2,
        }

    def run(self, sql: str) -> None:
        database = "postgres" if "DATABASE" in sql else "peer"
        self._psql(database, sql)

    def take(self, data: Path, moment: str, renamed: Mapping[str, Mapping[str, str]]) -> None:
        """Copy delivered files into tables of the schema `raw`."""
        self.run("CREATE SCHEMA IF NOT EXISTS raw")
        with tempfile.TemporaryDirectory(dir=self.folder) as scratch, duckdb.connect() as connection:
            Path(scratch).chmod(0o755)
            for feed, names in renamed.items():
                file = Path(scratch) / f"{feed}.csv"
                found = connection.execute(f"DESCRIBE FROM read_parquet('{data / feed}.parquet')").fetchall()
                listed = ", ".join(
                    f'"{names.get(name, name)}" {_TYPES.get(kind, "numeric(18,2)")}'
                    for name, kind, *_ in found
                )
                connection.execute(
                    f"COPY (FROM read_parquet('{data / feed}.parquet')) TO '{file}' (HEADER false)"
                )
                self.run(f"DROP TABLE IF EXISTS raw.{feed} CASCADE; CREATE TABLE raw.{feed} ({listed})")
                self._psql("peer", f"\\copy raw.{feed} FROM '{file}' (FORMAT csv)")
                self.run(
                    f"ALTER TABLE raw.{feed} ADD load_date timestamp DEFAULT '{moment}', "
                    f"ADD record_source text DEFAULT 'trade'"
                )
                self.run(f"ANALYZE raw.{feed}")
                file.unlink()

    def _psql(self, database: str, sql: str) -> None:
        command = [
            "psql",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-U",
            "bench",
        ]
        subprocess.run([*command, "-d", database, "-c", sql], check=True)


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server in a folder of its own. It will not run as root: there, runs as the user `postgres`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    as_other = _as_other(folder)
    data = folder / "data"
    subprocess.run(
        [
            *as_other,
            "initdb",
            "-D",
            str(data),
            "-U",
            "bench",
            "-A",
            "trust",
            "--locale=C.UTF-8",
            "-E",
            "UTF8",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    options = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    options += f" -c port={port} -c unix_socket_directories={folder}"
    control = [*as_other, "pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log")]
    subprocess.run([*control, "-o", options, "start"], check=True, stdout=subprocess.DEVNULL)
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        server = Server(folder, port, pid)
        server.run("CREATE DATABASE peer")
        yield server
    finally:
        subprocess.run([*control, "-m", "fast", "stop"], check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


def _as_other(folder: Path) -> list[str]:
    if os.geteuid():
        return []
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["runuser", "-u", "postgres", "--"]
