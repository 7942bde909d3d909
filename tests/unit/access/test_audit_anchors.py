from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.access.test_audit import log, write
from virtaama.access.audit_anchors import HOURLY, Anchors
from virtaama.problems import Damaged, NotReady

KEY = b"key"
MOMENT = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def anchors(tmp_path: Path) -> Anchors:
    (tmp_path / "outside").mkdir()
    return Anchors(tmp_path / "outside", KEY)


def test_each_anchor_is_a_new_file_nobody_is_meant_to_write_to(anchors: Anchors, tmp_path: Path) -> None:
    audit = log(tmp_path)
    for hour in range(3):
        write(audit, "a")
        anchors.add(audit, MOMENT + hour * HOURLY)
    files = sorted(anchors.folder.iterdir())
    assert [path.name for path in files] == [
        "20261126T120000.000000Z-1.anchor",
        "20261126T130000.000000Z-2.anchor",
        "20261126T140000.000000Z-3.anchor",
    ]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o440}
    assert [anchor.number for anchor in anchors.all()] == [1, 2, 3]
    assert not list(anchors.differing(audit))


def test_a_place_that_is_not_there_is_never_made(tmp_path: Path) -> None:
    anchors = Anchors(tmp_path / "not mounted", KEY)
    with pytest.raises(NotReady, match="Is the place mounted"):
        anchors.add(log(tmp_path), MOMENT)
    assert not anchors.folder.exists()


def test_a_log_whose_end_was_cut_is_not_anchored_again(anchors: Anchors, tmp_path: Path) -> None:
    audit = log(tmp_path)
    write(audit, "a")
    write(audit, "b")
    anchors.add(audit, MOMENT)
    audit._open().execute("DELETE FROM record WHERE number = 2")
    with pytest.raises(Damaged, match=r"ends with entry 1, and on 2026-11-26 12:00 UTC it held 2"):
        anchors.add(audit, MOMENT + HOURLY)
    write(audit, "c")  # sealed with the right key, and still another
    with pytest.raises(Damaged, match="entry 2 is not the one that was anchored"):
        anchors.add(audit, MOMENT + HOURLY)
    assert len(anchors.all()) == 1


def test_it_is_due_once_an_hour_whoever_looks(anchors: Anchors, tmp_path: Path) -> None:
    audit = log(tmp_path)
    write(audit, "a")
    moments = [MOMENT + timedelta(minutes=5) * step for step in range(25)]  # two hours
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda moment: anchors.add_if_due(audit, moment), [MOMENT] * 4))
    made += [anchors.add_if_due(audit, moment) for moment in moments]
    assert sum(anchor is not None for anchor in made) == 3


def test_an_anchor_that_was_changed_or_of_another_key_is_refused(anchors: Anchors, tmp_path: Path) -> None:
    audit = log(tmp_path)
    write(audit, "a")
    anchors.add(audit, MOMENT)
    with pytest.raises(Damaged, match="was changed"):
        Anchors(anchors.folder, b"another").newest()
    (file,) = anchors.folder.iterdir()
    file.chmod(0o600)
    file.write_text("{")
    with pytest.raises(Damaged, match="cannot be read"):
        anchors.newest()


def test_an_anchor_broken_off_while_it_was_written_stands_in_nobodys_way(
    anchors: Anchors, tmp_path: Path
) -> None:
    audit = log(tmp_path)
    write(audit, "a")
    anchors.add(audit, MOMENT)
    (anchors.folder / "20261126T123000.000000Z-1.anchor").touch()
    anchors.add(audit, MOMENT + HOURLY)
    assert len(anchors.all()) == 2
