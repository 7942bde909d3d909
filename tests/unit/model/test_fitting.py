"""The quick answer says yes to nothing that JSON Schema has something to say about."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from virtaama.model.fitting import fits

NAMES = st.sampled_from(["a", "b", "Name", "a_b"])
TEXTS = st.sampled_from(["", "a", "a_b", "Name", "2024-02-29", "2023-02-29", "20240101", "٢٠٢٤-٠١-٠١"])
SINGLE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 3),
    st.sampled_from([0.5, 1.0, 2.0, float("inf")]),
    TEXTS,
)
VALUES = st.recursive(
    SINGLE, lambda some: st.one_of(st.lists(some, max_size=3), st.dictionaries(NAMES, some, max_size=3))
)
KINDS = ["string", "number", "integer", "boolean", "array", "object"]


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {},
        optional={
            "type": st.one_of(
                st.sampled_from(KINDS), st.lists(st.sampled_from(KINDS), min_size=1, unique=True)
            ),
            "enum": st.lists(TEXTS, min_size=1, unique=True),
            "minLength": st.integers(0, 3),
            "pattern": st.sampled_from(["^[a-z]+$", "b", "^$"]),
            "format": st.just("date"),
            "minimum": st.integers(-1, 2),
            "maximum": st.integers(-1, 2),
            "multipleOf": st.sampled_from([1, 2]),
            "minItems": st.integers(0, 2),
            "maxItems": st.integers(0, 2),
            "uniqueItems": st.just(True),
            "items": inner,
            "minProperties": st.integers(0, 2),
            "required": st.lists(NAMES, unique=True),
            "propertyNames": inner,
            "properties": st.dictionaries(NAMES, inner, max_size=2),
            "additionalProperties": st.one_of(st.booleans(), inner),
            "not": inner,  # a keyword our shapes do not use
        },
    )


@given(VALUES, st.recursive(st.just({}), _schemas, max_leaves=4))
def test_what_fits_is_what_json_schema_allows(value: Any, schema: dict[str, Any]) -> None:
    if fits(value, schema):
        whole = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
        assert whole.is_valid(value)


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        ("2024-02-29", {"type": "string", "format": "date"}),
        ({"a": [1, 2]}, {"type": "object", "additionalProperties": {"items": {"minimum": 1}}}),
        (
            {"a_b": True},
            {"propertyNames": {"pattern": "^[a-z_]+$"}, "properties": {"a_b": {"type": "boolean"}}},
        ),
        (3.0, {"type": "number", "multipleOf": 1}),
    ],
)
def test_what_is_right_is_known_without_json_schema(value: Any, schema: dict[str, Any]) -> None:
    assert fits(value, schema)
