"""The meaning of `otherwise`: whether the path that stands in for a relationship leads to the same concept."""

from __future__ import annotations

from collections.abc import Iterator

from virtaama.model.concepts import Concept, Relationship
from virtaama.model.making import otherwise_of
from virtaama.model.paths import Concepts
from virtaama.problems import Problem


def otherwise_problems(
    relationship: Relationship, concept: Concept, concepts: Concepts, *, delivered: bool
) -> Iterator[Problem]:
    """`concepts` raises ValueError for what is no concept. `delivered`: sources describe the concept."""
    if not relationship.otherwise:
        return
    said = f"relationship '{relationship.name}' of '{concept.name}'"
    if not delivered:
        what = f"{said} has `otherwise`, and a rule makes it."
        yield Problem(relationship.place, what, "Say it in the rule: coalesce(a_key, b_key).")
        return
    try:
        followed = otherwise_of(relationship, concept, concepts)
    except ValueError as error:
        yield Problem(
            relationship.place, f"`otherwise` of {said}: {error}.", "Write a path of relationships."
        )
        return
    if not followed.steps:
        what = f"`otherwise` of {said} is '{relationship.otherwise}', which is no path."
        yield Problem(relationship.place, what, "Write the relationships to follow: client_record.resident.")
        return
    last = concepts.concept(followed.steps[-1][1]).relationship(followed.column.removesuffix("_key"))
    if last is None or last.to != relationship.to:
        led = f"'{last.to}'" if last else "an attribute"
        what = f"`otherwise` of {said} leads to {led}, and the relationship to '{relationship.to}'."
        yield Problem(relationship.place, what, f"Let it end at a relationship to '{relationship.to}'.")
