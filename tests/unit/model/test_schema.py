"""The shapes published for editors."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from virtaama.model.schema import published

FOLDER = Path(__file__).parents[3] / "docs" / "reference" / "schema"


@pytest.mark.parametrize(("file", "schema"), list(published()))
def test_published_schemas_are_those_that_check(file: str, schema: dict[str, object]) -> None:
    assert json.loads((FOLDER / file).read_text(encoding="utf-8")) == schema


@pytest.mark.parametrize(("file", "schema"), list(published()))
def test_schemas_are_sound_and_describe_every_member(file: str, schema: dict[str, object]) -> None:
    Draft202012Validator.check_schema(schema)
    assert list(undescribed(schema)) == []


def undescribed(schema: object) -> list[str]:
    if not isinstance(schema, dict):
        return []
    missing = []
    for name, member in schema.get("properties", {}).items():
        missing += [name] if "description" not in member else []
        missing += undescribed(member)
    return missing + undescribed(schema.get("items")) + undescribed(schema.get("additionalProperties"))
