"""What the door shows of a person equals what a slow and obvious reading of the rules shows, row for row."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from attack.persons import invented, tried

CASES = 150


def test_the_door_and_the_naive_filter_agree(tmp_path: Path) -> None:
    county = invented(457, tmp_path)
    outcomes = list(tried(county, CASES, 2024))
    assert [each.wrong for each in outcomes if each.wrong] == []
    assert len(county.county.audit.entries()) == CASES
    # Each kind was tried often, or the agreement would say little.
    assert min(Counter(each.outcome for each in outcomes).values()) > CASES / 12
