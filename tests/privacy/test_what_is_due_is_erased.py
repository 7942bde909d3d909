"""Erasure of what is due: single rows of those who stay, and persons of whom nothing would be left."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.erasable import LONG_DEAD, PARTED, deliveries, filled, put
from tests.privacy.test_an_erased_person_is_found_nowhere import (
    OFFICER,
    WHY,
    everything_but,
    keys_of,
    of_person,
    places_of,
    said,
)
from torture.clinic import identity
from virtaama.cli.main import virtaama
from virtaama.project.erasing import whom
from virtaama.project.erasing.erase import erase, what_would_go
from virtaama.project.project import Project
from virtaama.project.retention import list_due

TODAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = filled(tmp_path_factory.mktemp("due") / "base")
    project.ledger.close()
    return project.settings.folder


@pytest.fixture
def project(base: Path, tmp_path: Path) -> Iterator[Project]:
    shutil.copytree(base, tmp_path / "project")
    opened = Project.open(tmp_path / "project")
    yield opened
    opened.ledger.close()


def test_a_closed_case_goes_and_its_client_stays_and_who_died_long_ago_goes_wholly(project: Project) -> None:
    dead, client = (whom.by_code(project, identity(person)) for person in (LONG_DEAD, PARTED))
    before, gone = said(project), of_person(project, LONG_DEAD)
    gone |= keys_of(project, f"SELECT case_key::VARCHAR FROM hub_case WHERE number = 'c{PARTED}'")
    arguments = ["erase", "--due", "--yes", "--reason", "yearly", "--legal-basis", "703/2023", "--project"]
    told = CliRunner().invoke(virtaama, [*arguments, str(project.settings.folder)])
    assert told.exit_code == 0, told.output
    assert "1 person wholly, and single rows of others" in told.output
    assert "case: 1 instance" in told.output
    assert said(project) == everything_but(before, gone)
    assert places_of(project, dead) == set()
    assert "data/warehouse" in places_of(project, client)
    assert list_due(project, TODAY).instances == 0
    # A source keeps what it has and delivers it again, and so may an old file: neither brings anything back.
    for name in ("care/cases.csv", "register/people.csv"):
        system, _, file = name.partition("/")
        put(project.settings.folder, f"{system}/2026-04/{file}", deliveries(4)[name])
    project.land()
    project.load()
    assert said(project)["hub_case"] == everything_but(before, gone)["hub_case"]
    assert said(project)["hub_resident"] == everything_but(before, gone)["hub_resident"]
    left_out = {line.feed: line.count for line in project.ledger.quality() if line.check == "left_out_erased"}
    assert left_out == {"care.cases": 1, "register.people": 1}


def test_a_person_whom_rows_name_that_follow_no_rule_stays(project: Project) -> None:
    text = f"NR;ID;JOB\nn9;{identity(LONG_DEAD)};cook\n"
    put(project.settings.folder, "staff/2026-04/people.csv", text)
    project.land()
    project.load()
    planned = what_would_go(project, TODAY, None)
    assert (planned.staying, planned.whom.names) == (1, frozenset())
    assert {name: len(keys) for name, keys in planned.gone.instances.items()} == {
        "case": 1,
        "client": 1,
        "diagnosis": 3,
        "visit": 3,
    }


def test_nothing_is_due_and_nothing_is_destroyed_twice(project: Project) -> None:
    erase(project, TODAY, None, OFFICER, WHY)
    planned = what_would_go(project, TODAY, None)
    assert planned.is_empty
    told = CliRunner().invoke(
        virtaama, ["erase", "--due", "--dry-run", "--project", str(project.settings.folder)]
    )
    assert (told.exit_code, told.output.strip()) == (0, "Nothing is kept of what was to be erased.")


def test_only_what_is_due_by_today_goes_whatever_day_is_asked_for(project: Project) -> None:
    told = CliRunner().invoke(
        virtaama,
        ["erase", "--due", "--on", "2160-01-01", "--dry-run", "--project", str(project.settings.folder)],
    )
    assert told.exit_code == 0
    assert f"Due on {date.today()}" in told.output
