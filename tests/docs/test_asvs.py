"""Every requirement of the security standard is decided, once, and what is said to hold it is there."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.docs.asvs import CHAPTERS, ROOT, WORDS, Decision, decisions, page


def test_each_of_the_requirements_is_decided_once() -> None:
    named = [number for each in decisions() for number in each.of]
    assert [number for number, count in Counter(named).items() if count > 1] == []
    by_chapter = Counter(int(number.split(".")[0].removeprefix("V")) for number in named)
    assert tuple(by_chapter[chapter] for chapter in range(1, 18)) == CHAPTERS
    assert len(named) == 253


@pytest.mark.parametrize("each", decisions(), ids=lambda each: each.of[0])
def test_a_decision_says_why_and_what_holds_it(each: Decision) -> None:
    assert each.decision in WORDS
    assert each.why or each.decision == "nothing"
    assert each.by or each.decision == "nothing"
    assert [path for path in each.by if not (ROOT / path).exists()] == []


def test_most_of_what_the_product_holds_is_held_by_tests() -> None:
    held = [each for each in decisions() if each.decision == "held"]
    by_tests = sum(any(path.startswith("tests/") for path in each.by) for each in held)
    assert by_tests / len(held) > 0.6


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs" / "reference" / "asvs.md").read_text(encoding="utf-8") == page(), (
        "python tools/asvs.py"
    )
