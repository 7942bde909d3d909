"""`virtaama quality`: what a person reads, what a scheduler gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from virtaama.cli.main import run
from virtaama.problems import NotAsExpected

RULES = """
    expectations:
      id_once: {unique: [ID], severity: stop, owner: Register}
      started: {required: STARTED, at_most: 0.4, owner: Reception}
      kind: {codes: KIND, list: kinds, severity: note, owner: Reception}
"""


@pytest.fixture
def clinic(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A project of one feed whose deliveries are expected to be something."""
    extract = tmp_path / "visits.csv"
    extract.write_text("ID;STARTED;KIND\n1;01.10.2026;A\n2;02.10.2026;A\n3;;B\n", encoding="utf-8")
    folder = tmp_path / "clinic"
    assert run(["new", str(folder), "--from-file", str(extract)]) == 0
    (system,) = (folder / "systems").iterdir()
    # What is proposed gives way to what is tested here.
    proposed, _, _ = system.read_text(encoding="utf-8").partition("    expectations:")
    system.write_text(proposed.rstrip() + RULES, encoding="utf-8")
    (folder / "codes").mkdir(exist_ok=True)
    words = "{fi: a, sv: b, en: c}"
    (folder / "codes" / "kinds.yaml").write_text(
        f"code_lists:\n  kinds: {{labels: {words}, source: invented, codes: {{A: {words}}}}}\n",
        encoding="utf-8",
    )
    assert run(["land", "--project", str(folder)]) == 0
    capsys.readouterr()
    return folder


def test_what_holds_and_what_does_not_is_listed(clinic: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["quality", "--project", str(clinic)]) == 0
    told = capsys.readouterr()
    assert "33.33%" in told.out
    assert "Code not in its list: KIND" in told.out
    assert "3 expectations checked, 1 do not hold." in told.err


def test_the_exit_code_says_whether_something_that_counts_fails(
    clinic: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["quality", "--project", str(clinic), "--fail-on"]
    assert run([*command, "warn"]) == 0
    assert run([*command, "note"]) == NotAsExpected.exit_code
    assert run([*command, "nothing"]) == 0
    assert "visits.rows.kind: Code not in its list: KIND" in capsys.readouterr().err


def test_programs_read_one_object_a_line(clinic: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["quality", "--json", "--failed", "--project", str(clinic)]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert (told["expectation"], told["measured"], told["most"], told["rows"], told["of"]) == (
        "kind",
        0.333333,
        0,
        1,
        3,
    )
    assert told["failing_since"] == told["describes"]
    assert told["message"]["en"] == "Code not in its list: KIND"


def test_loading_says_that_something_does_not_hold(clinic: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["load", "--project", str(clinic)]) == 0
    assert "1 expectation does not hold: see `virtaama quality --failed`." in capsys.readouterr().err


def test_a_contract_goes_out_and_comes_in(clinic: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = clinic / "rows.odcs.yaml"
    assert run(["contract", "export", "visits.rows", "--to", str(file), "--project", str(clinic)]) == 0
    again = ["contract", "import", str(file), "--project", str(clinic)]
    assert run(again) == 7  # the system is there already
    assert run([*again, "--system", "other"]) == 0
    assert run(["check", "--project", str(clinic)]) == 0
    assert "no mapping reads feed 'other.rows'" in capsys.readouterr().err
    assert run(["contract", "export", "visits.row", "--project", str(clinic)]) == 2
    assert "Did you mean 'visits.rows'?" in capsys.readouterr().err
