"""A crosswalk leaves no code out on any day, and gives none to two classes; what does not is told with its line."""

from __future__ import annotations

from datetime import date

import pytest

from virtaama.model.model import Model
from virtaama.model.parse import parse_model
from virtaama.problems import ProblemsFound
from virtaama.statutes.crosswalk import Crosswalk, parse_crosswalk

WORDS = "fi: a, sv: b, en: c"
MODEL: Model = parse_model(
    {
        "codes/all.yaml": f"""
code_lists:
  own:
    labels: {{{WORDS}}}
    source: x
    codes:
      HOME: {{{WORDS}}}
      WARD: {{{WORDS}}}
  form:
    labels: {{{WORDS}}}
    source: x
    codes:
      A: {{{WORDS}, from: 2000-01-01}}
      B: {{{WORDS}, from: 2000-01-01, until: 2024-12-31}}
      C: {{{WORDS}, from: 2025-01-01}}
      OLD: {{{WORDS}, from: 2000-01-01, until: 2018-12-31}}
"""
    }
)
HEAD = "to: own\nfrom: 2023-01-01\nowner: Us\nclassifications:\n  form:\n"
A = "    - {codes: [A], to: HOME}\n"
B = "    - {codes: [B], to: WARD}\n"
C = "    - {codes: [C], none: Not ours}\n"


def read(rows: str, head: str = HEAD) -> Crosswalk:
    return parse_crosswalk("crosswalk.yaml", head + rows, MODEL)


def problems(rows: str, head: str = HEAD) -> list[str]:
    with pytest.raises(ProblemsFound) as found:
        read(rows, head)
    return [str(problem) for problem in found.value.problems]


def test_a_code_has_its_class_on_each_day() -> None:
    found = read(
        "    - {codes: [A], to: HOME, until: 2025-06-30}\n    - {codes: [A], to: WARD, from: 2025-07-01}\n"
        + B
        + C
    )
    assert [found.class_of("form", "A", date(2025, month, 30)) for month in (6, 7)] == ["HOME", "WARD"]
    assert found.class_of("form", "C", date(2026, 1, 1)) == ""
    assert found.class_of("form", "A", date(2022, 12, 31)) == ""
    assert found.classifications == ("form",)


def test_what_ended_before_the_crosswalk_begins_needs_no_class() -> None:
    assert "OLD" not in {link.code for link in read(A + B + C).links}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (A + B, "crosswalk.yaml:5: nobody says to which class code 'C' (c) belongs on 2025-01-01"),
        (A.replace("}", ", from: 2024-01-01}") + B + C, ":6: nobody says to which class code 'A' (c) belongs on 2023"),
        (A.replace("}", ", until: 2024-12-31}") + B + C, "class code 'A' (c) belongs on 2025-01-01"),
        (
            A.replace("}", ", until: 2024-12-31}") + A.replace("}", ", from: 2025-02-01}") + B + C,
            "crosswalk.yaml:7: nobody says to which class code 'A' (c) belongs on 2025-01-01",
        ),
        (A + B + C + A, "crosswalk.yaml:9: code 'A' belongs to two classes on 2023-01-01"),
        (
            A.replace("}", ", until: 2025-06-30}") + A.replace("}", ", from: 2025-06-30}") + B + C,
            "crosswalk.yaml:7: code 'A' belongs to two classes on 2025-06-30",
        ),
        (A + B + C + "    - {codes: [D], to: HOME}\n", "crosswalk.yaml:9: code 'D' of 'form' is not there"),
        (A.replace("HOME", "HOMES") + B + C, "leads to 'HOMES', no class.\n  Did you mean 'HOME'?"),
        (A.replace("}", ", none: x}") + B + C, "needs one of `to` and `none`"),
        (A.replace("}", ", until: 2022-01-01}") + B + C, "which is no day"),
        (A.replace("to:", "into:") + B + C, "has no member 'into'"),
    ],
)  # fmt: skip
def test_gaps_and_overlaps_are_told_with_their_line(rows: str, said: str) -> None:
    assert any(said in each for each in problems(rows))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "to: own",
            "to: owns",
            "crosswalk.yaml:1: 'owns' is no code list of the model.\n  Did you mean 'own'?",
        ),
        ("  form:", "  forms:", "crosswalk.yaml:5: 'forms' is no code list of the model"),
        ("owner: Us\n", "", "has no 'owner'"),
    ],
)
def test_what_is_not_in_the_model_is_told(old: str, new: str, said: str) -> None:
    assert any(said in each for each in problems(A + B + C, HEAD.replace(old, new)))


def test_an_empty_file_is_told() -> None:
    assert "the file is empty" in problems("", "")[0]
