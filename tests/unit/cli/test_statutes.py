"""Packs on the terminal: listed, checked, shown by day."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from virtaama.cli.main import run
from virtaama.project.create import create_empty

SHIPPED = (files("virtaama") / "content" / "statutes" / "hilmo.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("county") / "county"
    create_empty(made)
    return made


@pytest.fixture
def own(folder: Path) -> Iterator[Path]:
    file = folder / "statutes" / "hilmo.yaml"
    file.parent.mkdir(exist_ok=True)
    yield file
    file.unlink(missing_ok=True)


def test_the_packs_are_listed_with_edition_and_source(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["statutes", "--project", str(folder)]) == 0
    [line] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("hilmo ")]
    assert "shipped" in line
    assert "THL, Hilmo- ja Avohilmo-luokitukset" in line


def test_what_holds_on_a_day_is_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["statutes", "show", "hilmo", "--project", str(folder)]
    assert run([*asked, "--on", "2018-12-31"]) == 0
    then = capsys.readouterr().out
    assert "R50" in then
    assert "R52" not in then
    assert run(asked) == 0
    assert "R52" in capsys.readouterr().out
    assert run(["statutes", "show", "hilmu", "--project", str(folder)]) == 64
    assert "Did you mean 'hilmo'?" in capsys.readouterr().err


def test_a_newer_pack_of_the_project_takes_the_place_of_the_shipped(
    folder: Path, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own.write_text(
        SHIPPED.replace("edition: 2026", "edition: 2036").replace("Puhelinyhteys", "Soitto"), "utf-8"
    )
    assert run(["statutes", "show", "hilmo", "--project", str(folder)]) == 0
    shown = capsys.readouterr()
    assert "Soitto" in shown.out
    assert "statutes/hilmo.yaml" in shown.err
    assert run(["statutes", "--project", str(folder)]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("hilmo ")]
    assert [("statutes/hilmo.yaml" in line, "there is a newer one" in line) for line in lines] == [
        (False, True),
        (True, False),
    ]


def test_an_older_one_is_told_not_to_be_used(
    folder: Path, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own.write_text(SHIPPED.replace("edition: 2026", "edition: 2016"), "utf-8")
    assert run(["statutes", "check", "--project", str(folder)]) == 0
    assert "statutes/hilmo.yaml: not used, there is a newer edition of 'hilmo'." in capsys.readouterr().err


def test_a_wrong_one_is_told_with_its_line_by_every_check(
    folder: Path, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own.write_text(
        SHIPPED.replace("edition: 2026", "edition: 2036").replace("{code: R10,", "{kode: R10,"), "utf-8"
    )
    for command in (["statutes", "check"], ["check"]):
        assert run([*command, "--project", str(folder)]) == 2
        told = capsys.readouterr().err
        assert "statutes/hilmo.yaml:" in told
        assert "has no member 'kode'" in told
