"""The commands on projects small enough to make in a moment."""

import json
import socket
import sys
from io import StringIO
from pathlib import Path

import pytest

from virtaama.cli.main import NOT_UNDERSTOOD, run
from virtaama.project.project import Project

HEADER = "KAYNTI_ID;HENKILOTUNNUS;SUKUNIMI;ALKOI;KESTO\n"
PERSONS = ("010190-922D", "020290-922V", "030390-923B", "040490-924U", "050590-925A")
RULE = """
derived:
  long_visit:
    kind: event
    labels: {fi: Pitkä käynti, sv: Långt besök, en: Long visit}
    definition: {fi: Yli kymmenen minuuttia., sv: Över tio minuter., en: Over ten minutes.}
    key: [kaynti_id]
    legal_basis: 612/2021 29 §
    source: test
    owner: test
    attributes:
      kaynti_id: {type: text, sensitivity: special, purposes: [planning], labels: {fi: Käynti, sv: Besök, en: Visit}}
      minutes: {type: decimal, sensitivity: special, purposes: [planning], labels: {fi: Kesto, sv: Tid, en: Minutes}}
    rules:
      - {version: 1, valid_from: 2020-01-01,
         sql: "SELECT kaynti_id, kesto AS minutes FROM kaynnit WHERE kesto > 10"}
"""


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    path = tmp_path / "kaynnit.csv"
    rows = [f"K{n};{PERSONS[n % 5]};Esimerkki;{n + 1:02}.10.2026 08:15;12,5\n" for n in range(12)]
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return path


@pytest.fixture
def clinic(tmp_path: Path, extract: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """A project that began with an extract, landed and loaded."""
    folder = str(tmp_path / "clinic")
    for command in (
        ["new", folder, "--from-file", str(extract)],
        ["land", "--project", folder],
        ["load", "--project", folder],
    ):
        assert run(command) == 0
    capsys.readouterr()
    return folder


def test_an_extract_becomes_a_figure_without_editing_anything(
    clinic: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        run(
            [
                "ask",
                "kaynnit_rows",
                "--format",
                "csv",
                "--from",
                "2026-10",
                "--to",
                "2026-10",
                "--project",
                clinic,
            ]
        )
        == 0
    )
    header, row = capsys.readouterr().out.splitlines()
    answer = dict(zip(header.split(","), row.split(","), strict=True))
    assert (answer["period"], answer["value"], answer["rows"]) == ("2026-10", "12.0", "12")


def test_a_draft_is_previewed_and_told_nowhere_else(clinic: str, capsys: pytest.CaptureFixture[str]) -> None:
    [file] = (Path(clinic) / "metrics").glob("*.yaml")
    written = file.read_text(encoding="utf-8")
    file.write_text(written.replace("    family:", "    status: draft\n    family:", 1), encoding="utf-8")
    october = ["--from", "2026-10", "--to", "2026-10", "--project", clinic]

    assert run(["metric", "list", "--status", "draft", "--project", clinic]) == 0
    assert "kaynnit_rows" in capsys.readouterr().out
    assert run(["metric", "preview", "kaynnit_rows", *october]) == 0
    told = capsys.readouterr()
    assert "12" in told.out
    assert run(["metric", "formula", "kaynnit_rows", "--project", clinic]) == 0
    assert f"Its formula is {capsys.readouterr().out.strip()}." in told.err

    assert run(["ask", "kaynnit_rows", *october]) != 0
    assert "No metric 'kaynnit_rows'" in capsys.readouterr().err
    file.write_text(written, encoding="utf-8")
    assert run(["metric", "preview", "kaynnit_rows", *october]) != 0
    assert "is no draft" in capsys.readouterr().err


def test_json_names_the_snapshot_and_the_record(clinic: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(
            [
                "ask",
                "kaynnit_rows",
                "--format",
                "json",
                "--from",
                "2026-10",
                "--to",
                "2026-10",
                "--project",
                clinic,
            ]
        )
        == 0
    )
    answer = json.loads(capsys.readouterr().out)
    assert (answer["snapshot"], answer["record"]) == (1, 1)
    assert answer["figures"][0]["value"] == 12


def test_an_answer_says_that_its_metric_was_defined_otherwise_when_it_was_published(
    clinic: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["ask", "kaynnit_rows", "--from", "2026-10", "--to", "2026-10", "--project", clinic]
    assert run(asked) == 0
    assert "earlier definition" not in capsys.readouterr().err
    [metrics] = [f for f in (Path(clinic) / "metrics").glob("*.yaml") if "kaynnit_rows:" in f.read_text()]
    metrics.write_text(metrics.read_text().replace("aggregate: count", "aggregate: count, where: 'false'"))
    assert run(asked) == 0
    assert "kaynnit_rows was published under an earlier definition" in capsys.readouterr().err
    assert run([*asked, "--format", "json"]) == 0
    assert "earlier definition" in json.loads(capsys.readouterr().out)["since_published"][0]
    assert run(["load", "--project", clinic]) == 0
    assert run(asked) == 0
    assert "earlier definition" not in capsys.readouterr().err


def test_a_misspelt_metric_says_what_was_meant(clinic: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "kaynit_rows", "--project", clinic]) == NOT_UNDERSTOOD
    assert "Did you mean 'kaynnit_rows'?" in capsys.readouterr().err


def test_a_question_outside_ones_role_is_refused_with_its_own_code(
    clinic: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        run(
            [
                "ask",
                "kaynnit_rows",
                "--as-role",
                "municipality_contact",
                "--purpose",
                "steering",
                "--project",
                clinic,
            ]
        )
        == 5
    )
    assert "recorded" in capsys.readouterr().err


def test_explain_shows_where_a_number_comes_from(clinic: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "kaynnit_rows", "--project", clinic]) == 0
    out = capsys.readouterr().out
    assert "count of kaynnit_row" in out
    assert "kaynnit.rows" in out
    assert "SELECT" in out


def test_explain_shows_where_the_columns_of_a_concept_come_from(
    clinic: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (Path(clinic) / "derived").mkdir()
    (Path(clinic) / "derived" / "rules.yaml").write_text(RULE, encoding="utf-8")
    assert run(["explain", "long_visit", "--project", clinic]) == 0
    out = capsys.readouterr().out
    assert "612/2021 29 §" in out
    assert "Rule 1 of long_visit, in force from 2020-01-01:" in out
    assert "kaynnit.kesto" in out
    assert "kaynnit.rows KESTO" in out


def test_a_second_load_has_nothing_to_do(clinic: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "--project", clinic]) == 0
    assert "0 batches to load" in capsys.readouterr().err
    assert run(["load", "--project", clinic]) == 0
    assert "up to date" in capsys.readouterr().err


def test_metrics_that_do_not_hold_together_stop_a_load_before_it_begins(
    clinic: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = next((Path(clinic) / "metrics").glob("*.yaml"))
    path.write_text(path.read_text(encoding="utf-8").replace("fact: ", "fact: un", 1), encoding="utf-8")
    assert run(["plan", "--project", clinic]) == 0
    assert "`virtaama load` does nothing before the metrics hold together" in capsys.readouterr().err
    assert run(["load", "--project", clinic]) == 2
    said = capsys.readouterr().err
    assert "Nothing was changed" in said
    assert "Loading" not in said
    assert run(["load", "--no-publish", "--project", clinic]) == 0


def test_the_same_file_under_another_name_is_a_repeat(
    clinic: str, capsys: pytest.CaptureFixture[str]
) -> None:
    delivered = next((Path(clinic) / "deliveries").rglob("*.csv"))
    delivered.with_name("again.csv").write_bytes(delivered.read_bytes())
    assert run(["land", "--project", clinic]) == 0
    assert "0 deliveries landed, 1 were there already, 1 repeated" in capsys.readouterr().err


def test_set_aside_rows_are_shown_only_when_asked_and_that_is_on_record(
    clinic: str, capsys: pytest.CaptureFixture[str]
) -> None:
    delivered = next((Path(clinic) / "deliveries").rglob("*.csv"))
    good = delivered.read_text(encoding="utf-8")
    delivered.with_name("more.csv").write_text(
        good + "K99;010190-922X;Salainen;01.10.2026 08:15;1\n", encoding="utf-8"
    )
    assert run(["land", "--project", clinic]) == 0
    assert run(["runs", "--quarantine", "--project", clinic]) == 0
    without = capsys.readouterr().out
    assert "bad_identity" in without
    assert "Salainen" not in without
    assert run(["runs", "--quarantine", "--show-raw", "--project", clinic]) == 0
    assert "Salainen" in capsys.readouterr().out
    entry = Project.open(Path(clinic)).audit.entries()[-1]
    assert (entry.act, entry.about, entry.rows) == ("open", "unknown", 1)  # its code is no code
    assert entry.providers
    delivered.with_name("third.csv").write_text(
        good + "K98;010190-922D;Salainen;99.99.2026 08:15;1\n", encoding="utf-8"
    )
    assert run(["land", "--project", clinic]) == 0
    assert run(["runs", "--quarantine", "--show-raw", "--project", clinic]) == 0
    entry = Project.open(Path(clinic)).audit.entries()[-1]
    assert (entry.about, entry.persons, entry.unknown, entry.rows) == ("person", 1, 1, 2)


def test_rows_set_aside_are_opened_by_a_role_that_may_and_a_refusal_is_on_record(
    clinic: str, capsys: pytest.CaptureFixture[str]
) -> None:
    delivered = next((Path(clinic) / "deliveries").rglob("*.csv"))
    good = delivered.read_text(encoding="utf-8")
    delivered.with_name("more.csv").write_text(
        good + "K99;010190-922X;Salainen;01.10.2026 08:15;1\n", encoding="utf-8"
    )
    assert run(["land", "--project", clinic]) == 0
    capsys.readouterr()
    for role in ("manager", "nobody"):
        assert run(["runs", "--quarantine", "--show-raw", "--as-role", role, "--project", clinic]) == 5
        shown = capsys.readouterr()
        assert "Salainen" not in shown.out + shown.err
        entry = Project.open(Path(clinic)).audit.entries()[-1]
        assert (entry.role, entry.act, entry.about, entry.rows) == (role, "open", "nobody", 0)
        assert entry.decision.startswith("refused: ")


def test_a_refused_delivery_has_its_own_exit_code_and_says_why(
    clinic: str, capsys: pytest.CaptureFixture[str]
) -> None:
    delivered = next((Path(clinic) / "deliveries").rglob("*.csv"))
    delivered.with_name("other.csv").write_text("KAYNTI_ID;ALKOI\nK1;01.10.2026 08:15\n", encoding="utf-8")
    assert run(["land", "--project", clinic]) == 3
    assert "column HENKILOTUNNUS is not delivered" in capsys.readouterr().err


def test_a_folder_without_a_project_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["land", "--project", str(tmp_path)]) == 7
    assert "virtaama new FOLDER" in capsys.readouterr().err


def test_a_project_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "once")
    assert run(["new", folder]) == 0
    assert run(["new", folder]) == 7
    assert "Choose another folder" in capsys.readouterr().err


def test_a_demo_never_empties_a_project_that_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "real")
    assert run(["new", folder, "--county"]) == 0
    assert run(["demo", folder, "--residents", "200", "--no-serve"]) == 7
    assert "no demo" in capsys.readouterr().err


def test_the_countys_own_content_has_no_problems(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "county")
    assert run(["new", folder, "--county"]) == 0
    assert run(["check", "--project", folder]) == 0
    assert "No problems" in capsys.readouterr().err


def test_check_lists_problems_of_model_metrics_and_roles_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "county"
    assert run(["new", str(folder), "--county"]) == 0
    (folder / "access.yaml").write_text("roles:\n  manager: {purposes: [stering]}\n", encoding="utf-8")
    metrics = folder / "metrics" / "need.yaml"
    metrics.write_text(
        metrics.read_text(encoding="utf-8").replace("direction: lower_is_better", "direction: lower"),
        encoding="utf-8",
    )
    capsys.readouterr()
    assert run(["check", "--project", str(folder)]) == 2
    err = capsys.readouterr().err
    assert "access.yaml:2" in err
    assert "metrics/need.yaml:" in err


def test_invented_deliveries_are_never_mixed_with_others(
    clinic: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["invent", "--residents", "200", "--project", clinic]) == 7
    assert "never mixed" in capsys.readouterr().err


def test_a_port_in_use_is_said_before_anything_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        assert run(["demo", str(tmp_path / "demo"), "--residents", "200", "--port", str(port)]) == 7
    assert f"127.0.0.1:{port} cannot be served on" in capsys.readouterr().err
    assert not (tmp_path / "demo").exists()


OFFICER = "  officer: {labels: {fi: V, sv: O, en: O}, purposes: [], levels: [], pages: [audit]}\n"


def test_a_log_report_asks_for_the_code_and_keeps_it_nowhere(
    extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "clinic"
    assert run(["new", "--from-file", str(extract), str(project)]) == 0
    access = project / "access.yaml"
    access.write_text(
        access.read_text(encoding="utf-8").replace("roles:\n", f"roles:\n{OFFICER}", 1), encoding="utf-8"
    )

    def report(code: str, file: str, *more: str) -> int:
        monkeypatch.setattr(sys, "stdin", StringIO(f"{code}\n"))
        asked = ["audit", "report", "--project", str(project), "--out", str(tmp_path / file), *more]
        return run([*asked, "--as-role", "officer"] if "--as-role" not in more else asked)

    assert report(PERSONS[0], "out.pdf") == 0
    assert report(PERSONS[0], "out.csv", "--language", "sv") == 0
    assert report(PERSONS[0], "out.json") == 0
    assert report("010190-9221", "wrong.pdf") == NOT_UNDERSTOOD
    assert report(PERSONS[0], "old.pdf", "--from", "2015-01-01") == NOT_UNDERSTOOD
    assert report(PERSONS[0], "no.pdf", "--as-role", "analyst") == 5
    said = capsys.readouterr()
    assert "no personal identity code" in said.err
    assert "special reason" in said.err
    for path in (*tmp_path.rglob("*.pdf"), *tmp_path.rglob("out.*"), *project.glob("data/audit*")):
        if path.is_file():
            assert b"010190" not in path.read_bytes()
    assert "010190" not in said.out + said.err
    assert not (tmp_path / "no.pdf").exists()
    assert (tmp_path / "out.csv").read_text(encoding="utf-8-sig").count(";gjorde en loggutredning;") == 1
    assert (tmp_path / "out.pdf").stat().st_mode & 0o777 == 0o600


def test_the_head_of_the_log_is_anchored_where_the_settings_say(
    extract: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "clinic"
    assert run(["new", "--from-file", str(extract), str(project)]) == 0
    assert run(["audit", "anchor", "--project", str(project)]) == 7
    with (project / "virtaama.yaml").open("a", encoding="utf-8") as settings:
        settings.write(f"audit: {{anchor: {tmp_path / 'outside'}}}\n")
    assert run(["audit", "anchor", "--project", str(project)]) == 7  # never made
    (tmp_path / "outside").mkdir()
    assert run(["audit", "anchor", "--project", str(project)]) == 0
    assert len(list((tmp_path / "outside").iterdir())) == 1
    assert "Is the place mounted?" in capsys.readouterr().err
