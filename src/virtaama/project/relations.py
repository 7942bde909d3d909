"""How extracts hang together: which column holds the key of another, and which tell of persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from virtaama.model.concepts import Type
from virtaama.project.extract import Column, Extract, Reference, plain_name

_INCLUDED = 0.98  # so much of a column is found among the keys: a few may point to what was left out
_DIFFERENT = 3  # values a column must at least have to be compared


def related(extracts: Sequence[Extract]) -> tuple[Extract, ...]:
    """The extracts with references found by their values, besides those they have already."""
    return tuple(
        replace(extract, references=(*extract.references, *_found(extract, extracts))) for extract in extracts
    )


def telling_of_persons(extracts: Sequence[Extract]) -> frozenset[str]:
    """The extracts whose rows tell of a person: they hold identity codes, or refer to such."""
    found = {extract.name for extract in extracts if extract.first(Type.IDENTITY)}
    while more := {
        extract.name
        for extract in extracts
        if extract.name not in found and any(reference.to in found for reference in extract.references)
    }:
        found |= more
    return frozenset(found)


def _found(extract: Extract, extracts: Sequence[Extract]) -> list[Reference]:
    taken = {name for reference in extract.references for name in reference.columns}
    found = []
    for column in extract.columns:
        if column.name in taken or column.type not in (Type.TEXT, Type.INTEGER) or column.direct:
            continue
        candidates = [
            other for other in extracts if other.name != extract.name and _holds(column, extract, other)
        ]
        if len(candidates) == 1:  # where several would do nobody knows which is meant
            found.append(Reference((column.name,), candidates[0].name))
    return found


def _holds(column: Column, extract: Extract, other: Extract) -> bool:
    """Whether a column seems to hold the key of another extract."""
    keys = other.key_columns
    if len(keys) != 1 or keys[0].type is not column.type or not keys[0].unique:
        return False
    if column in extract.key_columns and len(extract.key_columns) == 1:
        return False  # two extracts by the same key tell of the same thing, not of each other
    if len(column.distinct) < _DIFFERENT and not _is_named_alike(column, keys[0], other):
        return False
    if not column.distinct or len(column.distinct - keys[0].distinct) > (1 - _INCLUDED) * len(
        column.distinct
    ):
        return False
    # Small numbers are among other numbers by accident: then the name has to say so too.
    return column.type is Type.TEXT or _is_named_alike(column, keys[0], other)


def _is_named_alike(column: Column, key: Column, other: Extract) -> bool:
    name, wanted = plain_name(column.name), plain_name(key.name)
    stems = {part for part in other.name.split("_") if len(part) > 3}
    singular = {stem.removesuffix("s") for stem in stems}
    return name == wanted or name.endswith(f"_{wanted}") or any(part in name for part in stems | singular)
