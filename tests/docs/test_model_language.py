"""The reference of the model language: complete, and its examples are what they say."""

import re
from pathlib import Path

import pytest

from tests.docs.shapes import members_of
from virtaama.model.schema import KINDS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "model-language.md"
SECTIONS = dict(re.findall(r"^## (\w+)/\n(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.M | re.S))


@pytest.mark.parametrize("folder", KINDS)
def test_every_member_of_a_file_is_described(folder: str) -> None:
    described = set(re.findall(r"\w+", SECTIONS[folder]))
    assert sorted({name for name, _ in members_of(KINDS[folder].schema)} - described) == []


@pytest.mark.parametrize("folder", KINDS)
def test_examples_are_of_the_right_shape(folder: str) -> None:
    (example,) = re.findall(r"^```yaml\n(.*?)^```", SECTIONS[folder], re.M | re.S)
    root, problems = KINDS[folder].read("example.yaml", example)
    assert root is not None
    assert problems == ()
