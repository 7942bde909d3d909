"""A pack in the project's own folder is what everything that project makes goes by."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from virtaama.problems import ProblemsFound
from virtaama.project.create import create_county
from virtaama.project.project import Project
from virtaama.statutes.access_rights import WorkRole

TODAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("law") / "county"
    create_county(folder)
    (folder / "statutes").mkdir()
    return folder


def replaced(folder: Path, pack: str, old: str, new: str) -> Project:
    """The project with a pack of its own, in which something is said otherwise."""
    shipped = (files("virtaama") / "content" / "statutes" / f"{pack}.yaml").read_text(encoding="utf-8")
    assert old in shipped
    text = shipped.replace(old, new).replace("edition: 2026", "edition: 2036")
    (folder / "statutes" / f"{pack}.yaml").write_text(text, encoding="utf-8")
    return Project.open(folder)


def test_figures_and_persons_are_reckoned_by_its_care_guarantee(folder: Path) -> None:
    project = replaced(folder, "care_guarantee", "within: 28 days", "within: 29 days")
    assert {str(limit.within) for limit in project.catalogue.limits if limit.wait == "53_method"} == {
        "29 days"
    }
    assert project.person_views is not None
    assert project.person_views.limits == project.catalogue.limits


def test_roles_and_persons_are_held_against_its_access_rights(folder: Path) -> None:
    project = replaced(folder, "access_rights", "held_in: [reception, hospital,", "held_in: [hospital,")
    right = project.law.access_rights.right(WorkRole.HEALTH_BROAD, TODAY)
    assert right is not None
    with pytest.raises(ProblemsFound, match="is not held in 'reception'"):
        assert project.roles
    (folder / "statutes" / "access_rights.yaml").unlink()


def test_concepts_are_held_against_its_retention_rules(folder: Path) -> None:
    rule = "- rule: sosiaalihuolto.iakkaat"
    project = replaced(folder, "retention", rule, f"{rule}_asiakkaat")
    with pytest.raises(ProblemsFound, match="names the rule 'sosiaalihuolto.iakkaat', which is not there"):
        project.refuse_unlawful_retention()
    (folder / "statutes" / "retention.yaml").unlink()


def test_log_data_and_incidents_go_by_its_limits(folder: Path) -> None:
    project = replaced(folder, "log_data", "years_back: 2", "years_back: 3")
    assert project.law.log_data.given_without_reason_since(TODAY) == date(2023, 11, 26)
    project = replaced(folder, "incident_duties", "hours: 24", "hours: 12")
    assert [duty.hours for duty in project.law.incident_duties.every if duty.hours] == [12, 72, 72]
