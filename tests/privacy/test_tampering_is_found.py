"""Property: whoever changes the audit log is noticed, by a program that shares nothing with the one that wrote it."""

from __future__ import annotations

import ast
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import virtaama_verify_audit as verifier
from tests.privacy.tampering import KEY, KINDS, Kept, attempts, found_of, kept_log, write_any
from virtaama.access.audit import AuditLog
from virtaama.access.audit_anchors import Anchors
from virtaama.access.audit_entries import COLUMNS, seal
from virtaama.problems import Damaged

PROGRAM = Path(verifier.__file__)
TIMES = 20


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return kept_log(tmp_path_factory.mktemp("made") / "kept", 120)


def run(kept: Kept, *more: str) -> subprocess.CompletedProcess[str]:
    """The program as an auditor runs it: by itself, without the product in reach."""
    key = kept.folder / "audit.key"
    key.write_bytes(KEY)
    command = [sys.executable, "-I", str(PROGRAM), str(kept.log), "--key", str(key), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("kind", KINDS)
def test_every_attempt_is_found(made: Kept, kind: str, tmp_path: Path) -> None:
    assert found_of(made, kind, TIMES, tmp_path) == TIMES


@pytest.mark.parametrize("kind", KINDS)
def test_the_product_finds_what_the_program_finds(made: Kept, kind: str, tmp_path: Path) -> None:
    """Two implementations, one description: what one finds wrong the other does too."""
    for copy in attempts(made, kind, 5, tmp_path, seed=2):
        with closing(copy.open()) as log:
            try:
                log.verify_chain()
                wrong = list(Anchors(copy.anchors, KEY).differing(log))
            except Damaged as damage:
                wrong = [str(damage)]
        assert bool(wrong) == bool(verifier.verify(copy.log, KEY, copy.anchors).count)


def test_a_log_nobody_touched_is_as_it_was_written(made: Kept) -> None:
    said = run(made, "--anchors", str(made.anchors))
    assert (said.returncode, said.stderr) == (0, "")
    assert "120 entries" in said.stdout
    assert said.stdout.endswith("Everything is as it was written.\n")


def test_what_is_found_is_said_in_words_and_by_exit_code(made: Kept, tmp_path: Path) -> None:
    (copy,) = attempts(made, "cut_tail", 1, tmp_path)
    said = run(copy, "--anchors", str(copy.anchors))
    assert said.returncode == 1
    assert "its end was cut off" in said.stdout
    assert said.stdout.endswith("NOT as it was written.\n")


def test_without_anchors_a_cut_end_is_said_to_go_unseen(made: Kept, tmp_path: Path) -> None:
    (copy,) = attempts(made, "cut_tail", 1, tmp_path)
    said = run(copy)
    assert said.returncode in (0, 1)  # a roster may be missing in the log, never an entry
    assert "Without anchors" in said.stdout


def test_a_log_that_is_gone_is_found_by_its_anchors(made: Kept, tmp_path: Path) -> None:
    (copy,) = attempts(made, "edit", 1, tmp_path)
    copy.log.unlink()
    assert verifier.verify(copy.log, KEY, copy.anchors).wrong == [f"the log is gone: {copy.log}"]
    assert run(copy).returncode == 2


@pytest.mark.parametrize(
    "change",
    [
        "DROP INDEX record_of_person",
        "CREATE TRIGGER quiet BEFORE INSERT ON record BEGIN SELECT RAISE(IGNORE); END",
        "CREATE VIEW other AS SELECT * FROM record",
    ],
)
def test_what_would_hide_entries_from_who_looks_is_found(made: Kept, change: str, tmp_path: Path) -> None:
    (copy,) = attempts(made, "change_anchor", 1, tmp_path)
    before = verifier.verify(copy.log, KEY).count
    with closing(sqlite3.connect(copy.log, isolation_level=None)) as connection:
        connection.execute(change)
    assert verifier.verify(copy.log, KEY).count == before + 1


@pytest.mark.parametrize("mended", [False, True])
def test_an_index_that_leaves_an_entry_out_is_found(made: Kept, mended: bool, tmp_path: Path) -> None:
    (copy,) = attempts(made, "change_anchor", 1, tmp_path)
    with closing(sqlite3.connect(copy.log)) as connection:
        [(first,)] = connection.execute("SELECT min(number) FROM record WHERE person IS NOT NULL")
    narrow = ("'WHERE person IS NOT NULL'", f"'WHERE person IS NOT NULL AND number > {first}'")
    change = "UPDATE sqlite_schema SET sql = replace(sql, {}, {}) WHERE name = 'record_of_person'"
    for names in (narrow, narrow[::-1])[: 2 if mended else 1]:
        with closing(sqlite3.connect(copy.log, isolation_level=None)) as connection:
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute(change.format(*names))
        if names is narrow:
            with closing(sqlite3.connect(copy.log, isolation_level=None)) as connection:
                connection.execute("REINDEX")
    assert verifier.verify(copy.log, KEY).wrong == [
        "the index 'record_of_person' does not list the entries that are in the log"
    ]


def test_the_program_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse(PROGRAM.read_text(encoding="utf-8"))
    named = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert named <= sys.stdlib_module_names


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
rows = st.tuples(
    st.integers(1, 2**40),
    texts,
    texts,
    texts,
    texts,
    texts,
    texts,
    st.none() | st.integers(0, 2**40),
    st.integers(0, 2**40),
    st.sampled_from([1, 2, 3]),
    texts,
    texts,
    texts,
    texts,
    st.none() | st.binary(min_size=16, max_size=16),
    st.none() | texts,
    st.integers(0, 99),
    st.integers(0, 99),
    st.none() | st.integers(0, 99),
)


@given(row=rows, before=texts, key=st.binary(min_size=1, max_size=40), old=st.booleans())
@settings(max_examples=100, deadline=None)
def test_both_seal_every_entry_alike(row: tuple[object, ...], before: str, key: bytes, old: bool) -> None:
    if old:
        row = (*row[:9], *verifier.NOTHING_TOLD)
    keyed = verifier.hmac.new(key, digestmod="sha256")
    assert verifier.seal_of(list(row), before, keyed.copy) == seal(row, before, key)


def test_old_and_new_entries_verify_in_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "audit.sqlite"
    old = Path(__file__).parents[1] / "unit" / "access" / "audit_of_0_1_0.sql"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(old.read_text(encoding="utf-8"))
    key = b"a key of 0.1.0"
    assert (verifier.verify(path, key).entries, verifier.verify(path, key).count) == (3, 0)
    with closing(AuditLog(path, key)) as log:
        for number in range(4, 10):
            write_any(log, number, random.Random(number))
    assert (verifier.verify(path, key).entries, verifier.verify(path, key).count) == (9, 0)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE record SET rows = 7 WHERE number = 2")
    assert verifier.verify(path, key).count == 1
    assert len(COLUMNS.split(", ")) == len((*verifier.OLD_COLUMNS, *verifier.NEW_COLUMNS))
