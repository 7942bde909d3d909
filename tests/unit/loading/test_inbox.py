"""A file is taken when it is whole, and once."""

import os
from pathlib import Path

import pytest

from tests.unit.loading.deliveries import feed, fields
from virtaama.loading.inbox import Inbox

FEEDS = (feed(*fields(A="text")), feed(*fields(A="text"), name="packed", files="register/*/*.zip!*.csv"))
FILE = "register/2026-09/a.csv"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / FILE
    path.parent.mkdir(parents=True)
    return path


def test_a_file_that_still_grows_is_not_taken(tmp_path: Path, path: Path) -> None:
    inbox = Inbox(tmp_path, settle=5)
    with path.open("w") as file:
        for second in range(0, 40, 4):
            print("a line", file=file, flush=True)
            assert inbox.ready(FEEDS, second) == frozenset()
    assert inbox.waiting == 1
    assert inbox.ready(FEEDS, 40.9) == frozenset()
    assert inbox.ready(FEEDS, 41) == {FILE}


def test_a_file_written_again_with_the_same_size_is_still_changing(tmp_path: Path, path: Path) -> None:
    inbox = Inbox(tmp_path, settle=5)
    path.write_text("one")
    inbox.ready(FEEDS, 0)
    path.write_text("two")
    os.utime(path, ns=(1, 1))
    assert inbox.ready(FEEDS, 5) == frozenset()
    assert inbox.ready(FEEDS, 10) == {FILE}


def test_what_was_taken_is_not_met_again_until_it_changes(tmp_path: Path, path: Path) -> None:
    inbox = Inbox(tmp_path, settle=0)
    path.write_text("one")
    inbox.take(inbox.ready(FEEDS, 0))
    assert inbox.ready(FEEDS, 1) == frozenset()
    path.write_text("another")
    assert inbox.ready(FEEDS, 2) == {FILE}


def test_what_was_ready_and_not_taken_is_met_again(tmp_path: Path, path: Path) -> None:
    inbox = Inbox(tmp_path, settle=0)
    path.write_text("one")
    assert inbox.ready(FEEDS, 0) == inbox.ready(FEEDS, 1) == {FILE}


def test_a_marker_says_that_a_file_is_complete(tmp_path: Path, path: Path) -> None:
    path.write_text("one")
    patient, marked = Inbox(tmp_path, settle=60), Inbox(tmp_path, settle=0, marked=True)
    assert patient.ready(FEEDS, 0) == marked.ready(FEEDS, 100) == frozenset()
    (tmp_path / f"{FILE}.done").touch()
    assert patient.ready(FEEDS, 1) == marked.ready(FEEDS, 101) == {FILE}


def test_a_zip_is_waited_for_as_a_whole_and_other_files_are_left_alone(tmp_path: Path, path: Path) -> None:
    path.with_name("all.zip").write_bytes(b"PK")
    path.with_name("notes.txt").write_text("nothing")
    assert Inbox(tmp_path, settle=0).ready(FEEDS, 0) == {"register/2026-09/all.zip"}


def test_a_marker_is_no_delivery(tmp_path: Path, path: Path) -> None:
    everything = (feed(*fields(A="text"), files="*/*/*"),)
    path.write_text("one")
    path.with_name("a.csv.done").touch()
    assert Inbox(tmp_path, settle=60).ready(everything, 0) == {FILE}


def test_hidden_files_are_still_on_their_way(tmp_path: Path, path: Path) -> None:
    everything = (feed(*fields(A="text"), files="*/*/*.csv"),)
    path.with_name(".a.csv").write_text("half of it")
    hidden = tmp_path / ".collect" / "of" / "a.csv"
    hidden.parent.mkdir(parents=True)
    hidden.write_text("ours")
    path.write_text("one")
    assert Inbox(tmp_path, settle=0).ready(everything, 0) == {FILE}
