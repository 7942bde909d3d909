"""`virtaama collect`, from a project's files to its ledger."""

import sqlite3
from pathlib import Path

import pytest

from virtaama.cli.main import run

SYSTEM = """\
system: register
labels: {fi: Rekisteri, sv: Register, en: Register}
format: sql
feeds:
  visits:
    labels: {fi: Käynnit, sv: Besök, en: Visits}
    delivery: changes
    query: SELECT id, changed FROM visit
    collect: {database: {url_from: env:REGISTER, mark: changed}}
    fields:
      id: {type: integer, required: true}
      changed: {type: timestamp}
"""
STATISTICS = """\
system: sotkanet
labels: {fi: Sotkanet, sv: Sotkanet, en: Sotkanet}
format: json_lines
feeds:
  figures:
    labels: {fi: Luvut, sv: Siffror, en: Figures}
    delivery: full
    collect: {sotkanet: {indicators: [127]}}
    fields:
      indicator: {type: integer}
"""


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "county"
    assert run(["new", str(folder)]) == 0
    (folder / "systems").mkdir(exist_ok=True)
    (folder / "systems" / "register.yaml").write_text(SYSTEM, encoding="utf-8")
    with sqlite3.connect(tmp_path / "live.sqlite") as database:
        database.execute("CREATE TABLE visit (id INTEGER, changed TEXT)")
        database.execute("INSERT INTO visit VALUES (1, '2026-11-01 08:00:00')")
    database.close()
    monkeypatch.setenv("REGISTER", f"sqlite:///{tmp_path}/live.sqlite")
    capsys.readouterr()
    return folder


def test_what_is_new_is_collected_and_on_record(county: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["collect", "--project", str(county)]) == 0
    assert "1 delivery collected, 0 feeds have nothing new" in capsys.readouterr().err
    assert run(["collect", "--feed", "register.visits", "--project", str(county)]) == 0
    assert "0 deliveries collected, 1 feeds have nothing new" in capsys.readouterr().err
    assert run(["runs", "--project", str(county)]) == 0
    assert "collect" in capsys.readouterr().out


def test_a_source_that_does_not_answer_has_the_exit_code_of_a_refusal(
    county: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("REGISTER")
    assert run(["collect", "--project", str(county)]) == 3
    assert "there is no secret env:REGISTER" in capsys.readouterr().err


def test_a_feed_that_is_not_collected_is_named(county: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["collect", "--feed", "register.visit", "--project", str(county)]) == 7
    assert "register.visit: no such feed is collected." in capsys.readouterr().err


def test_a_host_the_settings_do_not_name_is_a_problem_of_the_project(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (county / "systems" / "sotkanet.yaml").write_text(STATISTICS, encoding="utf-8")
    assert run(["check", "--project", str(county)]) == 2
    assert "Write hosts: [sotkanet.fi] in virtaama.yaml." in capsys.readouterr().err
    settings = county / "virtaama.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\nhosts: [Sotkanet.fi]\n", encoding="utf-8")
    assert run(["check", "--project", str(county)]) == 0
