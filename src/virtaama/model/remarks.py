"""What is allowed in a model but may have been forgotten."""

from __future__ import annotations

from virtaama.model.concepts import Concept, Sensitivity, Type
from virtaama.model.model import Model
from virtaama.problems import Problem


def remarks(model: Model) -> tuple[Problem, ...]:
    """What is allowed but may have been forgotten: nothing fills it, nothing reads it, nothing guards it."""
    filled = {mapping.concept for mapping in model.mappings}
    used = {mapping.feed for mapping in model.mappings}
    return (
        *(
            Problem(concept.place, f"no mapping fills concept '{concept.name}'.")
            for concept in model.concepts
            if concept.name not in filled
        ),
        *(
            Problem(feed.place, f"no mapping reads feed '{feed.id}'.")
            for feed in model.feeds
            if feed.id not in used
        ),
        *(
            Problem(attribute.place, f"no mapping fills attribute '{attribute.name}' of '{concept.name}'.")
            for concept in model.concepts
            if concept.name in filled
            for attribute in concept.attributes
            if attribute.name not in concept.key
            and not attribute.rules
            and not _is_filled(model, concept, attribute.name)
        ),
        *(
            Problem(
                attribute.place,
                f"attribute '{attribute.name}' is open, and '{concept.name}' is about persons.",
                "Give it `sensitivity: personal` or `special`, if it tells something of one of them.",
            )
            for concept in model.concepts
            if _is_about_persons(model, concept)
            for attribute in concept.attributes
            if attribute.sensitivity is Sensitivity.OPEN
        ),
    )


def _is_about_persons(model: Model, concept: Concept) -> bool:
    """Whether an identity is part of its own key or of the key of what it refers to."""
    others = (model.concept(relationship.to) for relationship in concept.relationships)
    return any(
        attribute.type is Type.IDENTITY
        for each in (concept, *others)
        for attribute in each.attributes
        if attribute.name in each.key
    )


def _is_filled(model: Model, concept: Concept, attribute: str) -> bool:
    return any(
        name == attribute
        for mapping in model.mappings
        if mapping.concept == concept.name
        for name, _ in mapping.attributes
    )
