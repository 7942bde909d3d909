from datetime import date
from pathlib import Path

import pytest

from virtaama.problems import DeliveryRefused, NotReady
from virtaama.project.create import create_county, create_empty, create_from_extract, empty_demo
from virtaama.project.extract import read_extract
from virtaama.project.project import Project

EXTRACT = "ID;STARTED\n1;01.10.2026 08:15\n2;02.10.2026 09:15\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    path = tmp_path / "visits.csv"
    path.write_text(EXTRACT, encoding="utf-8")
    return create_from_extract(tmp_path / "clinic", path, read_extract(path), date(2026, 10, 31))


def test_keys_lie_outside_the_data_and_only_their_owner_can_read_them(project: Project) -> None:
    keys = project.settings.keys
    assert project.settings.data not in keys.parents
    assert keys.stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o077 for path in keys.iterdir()} == {0}


def test_each_step_that_changes_something_leaves_a_run_on_record(project: Project) -> None:
    project.land()
    project.load()
    project.publish()
    assert [(run.kind, run.ok) for run in project.ledger.runs()] == [
        ("publish", True),
        ("quality", True),
        ("load", True),
        ("land", True),
    ]


def test_a_load_with_nothing_to_do_leaves_no_run(project: Project) -> None:
    project.land()
    project.load()
    before = project.ledger.runs()
    assert project.load().batches == 0
    assert project.ledger.runs() == before


def test_a_run_that_fails_is_on_record_with_its_reason(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise DeliveryRefused("the reason")

    monkeypatch.setattr("virtaama.loading.land.land_deliveries", refuse)
    with pytest.raises(DeliveryRefused):
        project.land()
    (run,) = project.ledger.runs()
    assert (run.ok, run.error) == (False, "the reason")
    assert run.finished is not None


def test_an_error_that_is_not_ours_is_recorded_by_its_name_alone(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise ValueError("010190-922D")

    monkeypatch.setattr("virtaama.loading.land.land_deliveries", fail)
    with pytest.raises(ValueError, match="010190-922D"):
        project.land()
    assert project.ledger.runs()[0].error == "ValueError"


def test_what_is_published_is_known_to_be_old_when_metrics_have_changed(project: Project) -> None:
    project.land()
    project.load()
    assert not project.is_published
    project.publish()
    assert Project.open(project.settings.folder).is_published
    metrics = project.settings.folder / "metrics" / "visits.yaml"
    metrics.write_text(
        metrics.read_text(encoding="utf-8").replace("decimals: 0", "decimals: 1"), encoding="utf-8"
    )
    assert not Project.open(project.settings.folder).is_published


def test_no_role_shows_smaller_groups_than_the_settings_allow(tmp_path: Path) -> None:
    folder = tmp_path / "county"
    create_county(folder)
    settings = folder / "virtaama.yaml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("minimum_group: 5", "minimum_group: 7"), encoding="utf-8"
    )
    assert {role.name: role.minimum_group for role in Project.open(folder).roles} == {
        "manager": 7,
        "municipality_contact": 10,
        "analyst": 7,
        "data_engineer": 7,
        "reception_nurse": 7,
        "emergency_doctor": 7,
        "social_worker": 7,
        "link_reviewer": 7,
        "data_protection_officer": 7,
    }


def test_only_a_demo_has_sign_ins(tmp_path: Path) -> None:
    assert create_county(tmp_path / "real").demo_users == ()
    assert {user.name for user in create_county(tmp_path / "demo", demo=True).demo_users} == {
        "johtaja",
        "yhteyshenkilo",
        "analyytikko",
        "insinoori",
        "hoitaja",
        "laakari",
        "sosiaalityo",
        "yhdistaja",
        "tietosuoja",
    }


def test_only_a_demo_can_be_emptied(tmp_path: Path) -> None:
    real = create_empty(tmp_path / "real")
    (real.settings.deliveries / "mine.csv").write_text("x", encoding="utf-8")
    with pytest.raises(NotReady, match="no demo"):
        empty_demo(real.settings)
    assert (real.settings.deliveries / "mine.csv").exists()


def test_an_emptied_demo_keeps_its_keys(tmp_path: Path) -> None:
    demo = create_county(tmp_path / "demo", demo=True)
    key = (demo.settings.keys / "identity-1.key").read_bytes()
    (demo.settings.deliveries / "old.csv").write_text("x", encoding="utf-8")
    demo.identities.persons(["010190-900P"])
    empty_demo(demo.settings)
    assert not demo.settings.identities.exists()
    assert list(demo.settings.deliveries.iterdir()) == []
    assert (demo.settings.keys / "identity-1.key").read_bytes() == key
