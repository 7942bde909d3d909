"""The systems in how-to guides could stand in a project."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from virtaama.model.parse import parse_model

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
EXAMPLES = [
    pytest.param(text, id=f"{page.stem} {number}")
    for page in sorted(HOW_TO.glob("*.md"))
    for number, text in enumerate(
        re.findall(r"^```yaml\n(system: .*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    )
]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 5


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_system_of_an_example_has_no_problem(text: str) -> None:
    (system,) = parse_model({"systems/example.yaml": text}).systems
    assert system.feeds
