"""The shapes published for editors."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.docs.shapes import members_of
from virtaama.model.shape import Shape
from virtaama.project.schemas import SHAPES, published

FOLDER = Path(__file__).parents[2] / "docs" / "reference" / "schema"


def test_published_schemas_are_those_that_check() -> None:
    assert {file.name: file.read_text(encoding="utf-8") for file in FOLDER.iterdir()} == dict(published()), (
        "run: python tools/schemas.py"
    )


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_schemas_are_sound_and_describe_every_member(shape: Shape) -> None:
    Draft202012Validator.check_schema(shape.schema)
    assert [name for name, member in members_of(shape.schema) if not member.get("description")] == []
