"""A PostgreSQL of the tests' own: a real server in a folder that goes away with it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

PASSWORD = "sala'sana:%"


@dataclass(frozen=True)
class Server:
    port: int

    @property
    def address(self) -> str:
        return f"postgresql+psycopg://reader:sala%27sana%3A%25@127.0.0.1:{self.port}/postgres"

    def run(self, *statements: str) -> None:
        with self.connect() as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="reader", password=PASSWORD, dbname="postgres"
        )


def programs() -> Path:
    """The folder of initdb and postgres; `make test` has seen to it that there is one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    path = found[-1] if found else shutil.which("initdb")
    assert path, "no PostgreSQL here: run tools/postgresql.sh"
    return Path(path).parent


@contextmanager
def started() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="virtaama-postgresql-"))
    user = _server_user()
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    quiet = {
        "cwd": folder,
        "stdout": subprocess.DEVNULL,
        "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    }
    password = folder / "password"
    password.write_text(PASSWORD)
    password.chmod(0o644)
    data, bin_folder = folder / "data", programs()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    try:
        subprocess.run(
            [
                bin_folder / "initdb",
                "-D",
                data,
                "-U",
                "reader",
                "-A",
                "scram-sha-256",
                f"--pwfile={password}",
                "-N",
            ],
            check=True,
            **quiet,
            **as_user,
        )
        settings = ("fsync=off", "full_page_writes=off", "listen_addresses=127.0.0.1", f"port={port}")
        server = subprocess.Popen(
            [
                bin_folder / "postgres",
                "-D",
                data,
                "-k",
                folder,
                *(part for s in settings for part in ("-c", s)),
            ],
            stderr=subprocess.DEVNULL,
            **quiet,
            **as_user,
        )
        try:
            _answers(Server(port))
            yield Server(port)
        finally:
            server.terminate()
            server.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _server_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then it runs as a user that owns nothing else."""
    if os.getuid():
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _answers(server: Server) -> None:
    for _ in range(200):
        try:
            server.run("SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the PostgreSQL of the tests does not answer")
