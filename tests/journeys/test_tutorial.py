"""The tutorial works as it stands: its files are written, its commands run, one after the other."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from virtaama.cli.main import run

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial"
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def edit(file: Path, shown: str) -> None:
    """Do to a file what is shown: lines begin with + where they are new, - where they go, else they are there."""
    lines = shown.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] != "+")
    after = "".join(line[1:] for line in lines if line[0] != "-")
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {file.name}"
    file.write_text(text.replace(before, after), encoding="utf-8")


def follow(chapter: str, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Do what a chapter says in the folder one stands in; what each command printed."""
    printed = {}
    for language, file, content in BLOCK.findall((TUTORIAL / chapter).read_text(encoding="utf-8")):
        if language == "diff":
            edit(Path(file), content)
        elif file:
            Path(file).write_text(content, encoding="utf-8")
        elif language == "sh":
            for line in content.splitlines():
                words = shlex.split(line)
                if words[0] == "virtaama":
                    assert run(words[1:]) == 0, f"{line}\n{capsys.readouterr().err}"
                elif words[0] != "source":
                    subprocess.run(words, check=True, capture_output=True)
                printed[line] = capsys.readouterr().out
    return printed


@pytest.mark.timeout(900)  # two publications of a small county; minutes where other work has the cores
def test_chapters_one_and_four_lead_from_nothing_to_a_changed_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    printed = follow("01-from-nothing-to-a-figure.md", capsys)
    planted = printed["virtaama invent --residents 1500 --months 6 --project harjoitus"]
    set_aside = printed["virtaama runs --quarantine --project harjoitus"]
    counts = [int(line.split()[-1]) for line in planted.splitlines() if line.startswith("bad_identity")]
    assert set_aside.count("bad_identity") == sum(counts) > 0
    own = printed["virtaama ask home_visits --project harjoitus"]
    assert own.startswith("Home visits (visits)")
    assert "2026-10" in own

    # Chapter 4 goes on with this project.
    printed = follow("04-a-changed-model.md", capsys)
    planned = printed["virtaama plan --project harjoitus"]
    assert "attribute 'part_of_day' of home_care_visit is new" in planned
    assert "make sat_home_care_visit__home_care__visits__special anew" in planned
    assert "What leaves the warehouse: nothing" in planned
    assert "`virtaama rebuild` counts it by the model of now" in planned
    assert visits_by_month(printed["virtaama ask home_visits --by part_of_day --project harjoitus"]) == (
        visits_by_month(own)
    )


def visits_by_month(asked: str) -> dict[str, int]:
    """The rows behind the figures of each month, whatever they are broken down by."""
    counted: dict[str, int] = {}
    for line in asked.splitlines()[2:]:
        cells = re.split(r"\s{2,}", line.strip())
        rows = re.sub(r"\s", "", cells[-1])
        counted[cells[0]] = counted.get(cells[0], 0) + (int(rows) if rows.isdigit() else 0)
    return counted


def test_chapter_two_leads_from_an_extract_to_the_figures_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    printed = follow("02-your-own-extract.md", capsys)
    rows = printed["virtaama ask visits_rows --from 2026-08 --to 2026-10 --project clinic"].splitlines()[2:]
    assert [line.split()[-1] for line in rows] == ["7", "7", "8"]
    assert printed["virtaama runs --quarantine --project clinic"].count("bad_identity") == 1
    waits = printed["virtaama ask median_wait --from 2026-08 --to 2026-10 --project clinic"].splitlines()[2:]
    assert len(waits) == 3
    assert all(re.search(r"\d+\.\d\s+\d$", line) for line in waits)
