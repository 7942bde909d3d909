"""How long backups are kept: the files of the lake go with the last backup that names them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.erasable import LONG_DEAD, deliveries, filled, put
from torture.clinic import identity
from virtaama.cli.main import virtaama
from virtaama.privacy.leaves import Asker
from virtaama.problems import NotErased, NotReady
from virtaama.project.erasing.erase import Why, erase
from virtaama.project.project import Project
from virtaama.project.restore import restore
from virtaama.project.rotation import expire_backups, kept_backups

TODAY = date.today()
OFFICER = Asker(id="tests", role="data_protection_officer")
WHY = Why(reason="asked for", legal_basis="GDPR 17")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = filled(tmp_path / "project")
    yield made
    made.ledger.close()


def test_backups_go_when_their_time_is_over_and_take_along_what_only_they_named(
    project: Project, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    project.back_up(folder)
    old = {path.name for path in (folder / "lake").rglob("*.parquet")}
    erase(project, TODAY, identity(LONG_DEAD), OFFICER, WHY)
    project.back_up(folder)
    kept = kept_backups(folder, 35, project.ledger.erasures.all())
    assert [(each.number, each.holds_erased, each.is_newest) for each in kept] == [
        (1, True, False),
        (2, False, True),
    ]
    assert kept[0].goes == (datetime.now() + timedelta(days=35)).date()
    assert expire_backups(folder, kept, kept[0].goes - timedelta(days=1)) == ()
    assert expire_backups(folder, kept, kept[0].goes + timedelta(days=99)) == (1,)
    assert {path.name for path in folder.iterdir()} == {"backup-2", "lake"}
    left = {path.name for path in (folder / "lake").rglob("*.parquet")}
    assert left == {Path(batch.parquet).name for batch in project.ledger.batches()}
    assert len(old - left) == 11
    # What is left is whole.
    shutil.copytree(project.settings.keys, tmp_path / "keys")
    restore(folder, tmp_path / "again", number=None, keys=tmp_path / "keys", progress=lambda *_: None)
    again = Project.open(tmp_path / "again")
    assert again.load().batches == len(project.ledger.batches())
    again.ledger.close()


def test_the_command_says_which_backups_hold_what_was_erased(project: Project, tmp_path: Path) -> None:
    settings = project.settings.folder / "virtaama.yaml"
    told = CliRunner().invoke(virtaama, ["retention", "backups", "--project", str(project.settings.folder)])
    assert told.exit_code != 0
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f"{text}\nbackups: {{folder: {tmp_path / 'backups'}, days: 7}}\n", encoding="utf-8")
    Project.open(project.settings.folder).back_up(tmp_path / "backups")
    arguments = ["--reason", "asked", "--legal-basis", "GDPR 17", "--project", str(project.settings.folder)]
    told = CliRunner().invoke(virtaama, ["erase", "--yes", *arguments], input=f"{identity(LONG_DEAD)}\n")
    assert told.exit_code == 0, told.output
    goes = TODAY + timedelta(days=7)
    assert (
        f"Backup 1 of {TODAY} holds it still, until a newer one is made and it goes on {goes}." in told.output
    )
    told = CliRunner().invoke(
        virtaama, ["retention", "backups", "--expire", "--project", str(project.settings.folder)]
    )
    assert told.exit_code == 0, told.output
    assert told.output.split("\n")[1].split()[-1] == "yes" or "yes" in told.output


def test_no_backup_is_made_while_an_erasure_is_not_finished(project: Project, tmp_path: Path) -> None:
    stray = project.settings.data / "left.behind"
    stray.write_text(identity(LONG_DEAD), encoding="utf-8")
    with pytest.raises(NotErased):
        erase(project, TODAY, identity(LONG_DEAD), OFFICER, WHY)
    with pytest.raises(NotReady, match="An erasure was broken off"):
        project.back_up(tmp_path / "backups")
    # Landing and loading go on, and bring nobody back.
    put(project.settings.folder, "care/2026-04/visits.csv", deliveries(4)["care/visits.csv"])
    assert [batch.rows for batch in project.land().landed] == [11]
    project.load()
