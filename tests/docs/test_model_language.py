"""The reference of the model language: complete, and its examples are what they say."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from virtaama.model.documents import read_document
from virtaama.model.schema import KINDS, shape_problems

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "model-language.md"
SECTIONS = dict(re.findall(r"^## (\w+)/\n(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.M | re.S))


def members(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for inside in (*schema.get("properties", {}).values(), schema.get("items")):
            yield from members(inside)
        yield from members(schema.get("additionalProperties"))


@pytest.mark.parametrize("folder", KINDS)
def test_every_member_of_a_file_is_described(folder: str) -> None:
    described = set(re.findall(r"\w+", SECTIONS[folder]))
    assert sorted(set(members(KINDS[folder])) - described) == []


@pytest.mark.parametrize("folder", KINDS)
def test_examples_are_of_the_right_shape(folder: str) -> None:
    (example,) = re.findall(r"^```yaml\n(.*?)^```", SECTIONS[folder], re.M | re.S)
    root, problems = read_document("example.yaml", example)
    assert problems == ()
    assert root is not None
    assert list(shape_problems(folder, root)) == []
