"""Property: of all that a project writes in a whole flow, no file holds an identity code or a name in the clear."""

from __future__ import annotations

import gzip
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from attack.scan import scan
from torture import clinic
from virtaama.cli.main import run
from virtaama.project.project import Project

CODES = [clinic.identity(person) for person in range(clinic.PEOPLE * 2)]
CODE = "010190-900P"  # nobody of the clinic


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a project after a whole flow, its backups, what its commands said, and what they left in /tmp."""
    folder = tmp_path_factory.mktemp("county")
    project, said, temporary = folder / "clinic", folder / "log.txt", folder / "tmp"
    temporary.mkdir()
    clinic.make(project)
    first, _, again = clinic.waves()
    clinic.deliver(project, {**dict(list(first.items())[:6]), **dict(list(again.items())[2:])})
    commands = (
        ("land",),
        ("load",),
        ("runs", "--quality"),
        ("identity", "rotate"),
        ("backup", str(folder / "backups")),
        ("verify",),
        ("plan",),
    )
    with (
        said.open("w", encoding="utf-8") as log,
        redirect_stdout(log),
        redirect_stderr(log),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(tempfile, "tempdir", str(temporary))
        for command in commands:
            assert run([*command, "--project", str(project)]) in (0, 3)
    return folder


def test_no_file_of_a_whole_flow_names_anybody(county: Path) -> None:
    project = Project.open(county / "clinic").settings
    scanned = scan([county], CODES, [project.deliveries, project.keys])
    assert scanned.found == ()
    kinds = {path.suffix for path in county.rglob("*") if path.is_file()}
    assert {".parquet", ".duckdb", ".sqlite", ".txt", ".yaml"} <= kinds
    assert scanned.files > 40
    assert scanned.opened > 20
    names = [path for path in county.rglob("*") if path.is_file() and project.deliveries not in path.parents]
    assert not [path for path in names if b"Nimi 1" in path.read_bytes()]


def test_what_was_delivered_would_be_found(county: Path) -> None:
    delivered = Project.open(county / "clinic").settings.deliveries
    scanned = scan([delivered], [])
    assert len(scanned.found) >= scanned.files - 1  # one has no row


def in_parquet(path: Path) -> None:
    pq.write_table(pa.table({"note": [f"soita {CODE} heti"] * 3}), path, compression="zstd")


def in_duckdb(path: Path) -> None:
    with closing(duckdb.connect(str(path))) as connection:
        connection.execute("CREATE TABLE t AS SELECT range AS n, '010190' || '-900P' AS c FROM range(9000)")


def in_sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (c)")
        connection.execute("INSERT INTO t VALUES (?)", (CODE,))
        connection.commit()


def in_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as held:
        held.writestr("a.csv", f"A;B\n{CODE};1\n" * 50)


@pytest.mark.parametrize(
    "write",
    [
        in_parquet,
        in_duckdb,
        in_sqlite,
        in_zip,
        lambda path: path.write_bytes(gzip.compress(f"line {CODE}\n".encode() * 9)),
        lambda path: path.write_text(f"ERROR: {CODE.lower()} is wrong", encoding="utf-8"),
        lambda path: path.write_text(f"id={CODE},", encoding="utf-16"),
    ],
)
def test_a_code_is_found_whatever_it_is_packed_in(tmp_path: Path, write: Callable[[Path], object]) -> None:
    write(tmp_path / "held")
    assert scan([tmp_path], []).found == (tmp_path / "held",)


def test_hexadecimal_digits_are_nobody_unless_they_are_somebody_known(tmp_path: Path) -> None:
    (tmp_path / "held").write_text("p-00010190a900p0", encoding="ascii")
    assert scan([tmp_path], []).found == ()
    assert scan([tmp_path], ["010190A900P"]).found == (tmp_path / "held",)
