"""`virtaama watch` as a process of its own: what is delivered is published, and a signal ends it cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from virtaama.cli.main import run
from virtaama.lake.ledger import Ledger
from virtaama.lake.published import CURRENT
from virtaama.lake.runs import Run
from virtaama.project.project import Project

HEADER = "VISIT_ID;CLINIC;STARTED\n"


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    extract = tmp_path / "visits.csv"
    extract.write_text(HEADER + "V1;Satama;15.08.2026 10:00\nV2;Ranta;15.08.2026 11:00\n", encoding="utf-8")
    assert run(["new", str(tmp_path / "clinic"), "--from-file", str(extract)]) == 0
    return tmp_path / "clinic"


@pytest.fixture
def watching(clinic: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = start(clinic)
    try:
        wait_for(lambda: snapshot(clinic) != "", process)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def start(clinic: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "from virtaama.cli.main import main; main()", "watch"]
    with (clinic.parent / "said").open("ab") as said:
        return subprocess.Popen(
            [*command, "--every", "0.2", "--settle", "1", "--project", str(clinic)],
            stderr=said,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )


def wait_for(holds: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert process.poll() is None, "the watch has ended"
        assert time.monotonic() < until, "nothing happened"
        time.sleep(0.1)


def snapshot(clinic: Path) -> str:
    current = clinic / "data" / "published" / CURRENT
    return current.read_text() if current.exists() else ""


def runs(clinic: Path) -> tuple[Run, ...]:
    return Ledger.open(clinic / "data" / "lake" / "ledger.sqlite").runs()


def deliver(clinic: Path, text: str, name: str) -> Path:
    path = clinic / "deliveries" / "visits" / "2026-09-30" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_delivery_dropped_is_published_and_a_half_written_one_is_waited_for(
    clinic: Path, watching: subprocess.Popen[bytes]
) -> None:
    first = snapshot(clinic)
    half = deliver(clinic, HEADER + "V3;Satama;01.09.2026 10:00\nV4;Ran", "half.csv")
    with half.open("a", encoding="utf-8") as file:
        for part in ("ta;02.09.2026", " 10:0", "0\n"):
            time.sleep(0.6)
            file.write(part)
            file.flush()
    wait_for(lambda: snapshot(clinic) != first, watching)
    landed = [batch for batch in Project.open(clinic).ledger.batches() if batch.file.endswith("half.csv")]
    assert [(batch.rows, batch.rejected) for batch in landed] == [(2, 0)]

    assert run(["watch", "--project", str(clinic)]) == 4  # one watch at a time
    # Other commands have their turn, when the watch has done what is at hand.
    wait_for(lambda: run(["load", "--project", str(clinic)]) == 0, watching)

    watching.send_signal(signal.SIGTERM)
    assert watching.wait(30) == 0
    newest = next(each for each in runs(clinic) if each.kind == "watch")
    assert newest.ok
    assert newest.finished is not None
    assert newest.counts["landed"] == 2


def test_a_watch_that_was_killed_leaves_nothing_undone_for_the_next(
    clinic: Path, watching: subprocess.Popen[bytes]
) -> None:
    watching.kill()
    watching.wait()
    deliver(clinic, HEADER + "V5;Satama;03.09.2026 10:00\n", "meanwhile.csv")
    assert run(["land", "--project", str(clinic)]) == 0  # landed, neither loaded nor published
    before = snapshot(clinic)
    again = start(clinic)
    try:
        wait_for(lambda: snapshot(clinic) != before, again)
        again.send_signal(signal.SIGINT)
        assert again.wait(30) == 0
    finally:
        if again.poll() is None:
            again.kill()
            again.wait()
    assert [each.finished is None for each in runs(clinic) if each.kind == "watch"] == [False, True]


def test_a_model_with_a_problem_is_said_once_and_waited_for(
    clinic: Path, watching: subprocess.Popen[bytes]
) -> None:
    system = clinic / "systems" / "visits.yaml"
    text = system.read_text(encoding="utf-8")
    system.write_text(text.replace("CLINIC:", "CLINICS:"), encoding="utf-8")
    said = clinic.parent / "said"
    wait_for(lambda: "Did you mean" in said.read_text(encoding="utf-8"), watching)
    time.sleep(1)
    assert said.read_text(encoding="utf-8").count("Did you mean") == 1
    first = snapshot(clinic)
    deliver(clinic, HEADER + "V6;Satama;04.09.2026 10:00\n", "later.csv")
    system.write_text(text, encoding="utf-8")
    wait_for(lambda: snapshot(clinic) != first, watching)
