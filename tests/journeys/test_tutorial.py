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


def follow(chapter: str, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Do what a chapter says in the folder one stands in; what each command printed."""
    printed = {}
    for language, file, content in BLOCK.findall((TUTORIAL / chapter).read_text(encoding="utf-8")):
        if file:
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


def test_chapter_one_leads_from_nothing_to_a_figure_of_ones_own(
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
