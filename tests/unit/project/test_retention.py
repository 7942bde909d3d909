"""The daily look at what is due: the same again gives the same, and the terminal names nobody."""

from __future__ import annotations

import csv
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.erasable import LONG_DEAD, PARTED, deliver, filled, make
from torture.clinic import identity
from virtaama.cli.main import virtaama
from virtaama.loading.lock import only_one
from virtaama.problems import Busy, NotReady, ProblemsFound
from virtaama.project.project import Project
from virtaama.project.retention import list_due

TODAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    made = filled(tmp_path_factory.mktemp("due") / "project")
    with closing(made.ledger):
        yield made


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8") as opened:
        return list(csv.DictReader(opened, delimiter=";"))


def test_what_is_due_is_counted_by_concept_rule_and_month(project: Project) -> None:
    found = list_due(project, TODAY)
    assert [
        (line.concept, line.rule.partition(".")[2], f"{line.month:%Y-%m}", line.instances)
        for line in found.lines
    ] == [
        ("case", "iakkaat", "2025-05", 1),
        ("client", "hoitomerkinnat", "2025-03", 1),
        ("diagnosis", "hoitomerkinnat", "2025-03", 3),
        ("resident", "hoitomerkinnat", "2025-03", 1),
        ("visit", "hoitomerkinnat", "2025-03", 3),
    ]
    assert found.persons == 2


def test_the_list_holds_pseudonyms_and_only_its_owner_reads_it(project: Project) -> None:
    found = list_due(project, TODAY)
    listed = rows(found.file)
    assert len(listed) == found.instances
    whom = {project.identities.find(identity(n)) for n in (LONG_DEAD, PARTED)}
    assert {row["person"] for row in listed} == whom
    assert all("703/2023" in row["basis"] for row in listed)
    assert stat.S_IMODE(found.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(found.file.parent.stat().st_mode) == 0o700


def test_the_same_day_gives_the_same_list_and_only_the_newest_is_kept(project: Project) -> None:
    first = list_due(project, TODAY)
    content = first.file.read_bytes()
    assert list_due(project, TODAY).file.read_bytes() == content
    later = list_due(project, date(2027, 1, 1))
    assert [path.name for path in later.file.parent.iterdir()] == [later.file.name]


def test_a_look_is_on_record(project: Project) -> None:
    list_due(project, TODAY)
    newest = project.ledger.runs()[0]
    assert (newest.kind, newest.ok, dict(newest.counts)) == ("retention", True, {"due": 9, "due_persons": 2})


def test_the_terminal_names_nobody(project: Project) -> None:
    told = CliRunner().invoke(
        virtaama, ["retention", "due", "--on", "2026-11-26", "--project", str(project.settings.folder)]
    )
    assert told.exit_code == 0, told.output
    assert "Due on 2026-11-26: 9 instances, about 2 persons." in told.output
    for row in rows(project.settings.retention / "due-2026-11-26.csv"):
        assert row["person"] not in told.output
        assert row["number"] not in told.output.split()


def test_the_list_is_in_no_backup(project: Project, tmp_path: Path) -> None:
    list_due(project, TODAY)
    made = project.back_up(tmp_path / "backups")
    assert not list(made.folder.rglob("due-*"))


def test_rules_are_listed_with_who_follows_them(project: Project) -> None:
    told = CliRunner().invoke(virtaama, ["retention", "rules", "--project", str(project.settings.folder)])
    assert told.exit_code == 0, told.output
    assert "resident, visit, diagnosis" in " ".join(told.output.split())
    assert "'employee' follows none: Documents of staff" in told.output


def test_somebody_else_at_work_is_waited_for_by_nobody(project: Project) -> None:
    with only_one(project.settings.lock), pytest.raises(Busy):
        list_due(project, TODAY)


def test_what_is_not_loaded_yet_is_not_looked_at(tmp_path: Path) -> None:
    project = make(tmp_path / "project")
    deliver(project.settings.folder)
    project.land()
    with pytest.raises(NotReady, match="virtaama load"):
        list_due(project, TODAY)


def test_retention_that_does_not_fit_the_law_is_a_problem_of_check(tmp_path: Path) -> None:
    project = make(tmp_path / "project")
    file = tmp_path / "project" / "concepts" / "concepts.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("sosiaalihuolto.iakkaat", "sosiaalihuolto.iakkat"), encoding="utf-8")
    for act in (
        Project.open(project.settings.folder).check,
        lambda: list_due(Project.open(project.settings.folder), TODAY),
    ):
        with pytest.raises(ProblemsFound, match=r"Did you mean 'sosiaalihuolto\.iakkaat'"):
            act()


def test_a_pack_of_the_project_itself_reaches_the_daily_look(project: Project) -> None:
    shipped = (files("virtaama") / "content" / "statutes" / "retention.yaml").read_text(encoding="utf-8")
    rule = "    kept: {from_death: 12, from_birth: 120}\n"
    assert shipped.count(rule) == 2
    own = project.settings.folder / "statutes" / "retention.yaml"
    own.parent.mkdir()
    own.write_text(
        shipped.replace(rule, rule.replace("12,", "15,")).replace("edition: 2026", "edition: 2036"), "utf-8"
    )
    try:
        again = Project.open(project.settings.folder)
        with closing(again.ledger):
            assert [line.concept for line in list_due(again, TODAY).lines] == ["case"]
    finally:
        own.unlink()
        own.parent.rmdir()
