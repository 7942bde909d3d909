"""The meaning of concepts: keys, times, relationships and what guards their attributes."""

from __future__ import annotations

from collections.abc import Iterator

from virtaama.model.concepts import Attribute, Concept, Sensitivity, Type
from virtaama.model.documents import did_you_mean
from virtaama.model.known_names import Names
from virtaama.problems import Problem

RESERVED = ("deleted", "extracted", "batch", "superseded_by")
"""Names of columns every table of the warehouse has."""


def concept_problems(concept: Concept, names: Names) -> Iterator[Problem]:
    attributes = tuple(attribute.name for attribute in concept.attributes)
    for name in concept.key:
        held = concept.attribute(name)
        if held is None:
            what = f"the key of concept '{concept.name}' names '{name}', which is not one of its attributes."
            yield Problem(concept.place, what, did_you_mean(name, attributes))
        elif held.sensitivity is Sensitivity.DIRECT:
            yield Problem(
                held.place,
                f"attribute '{name}' is in the key of concept '{concept.name}' and names a person.",
                "A key stands in every table. Use a number of the source, or type: identity.",
            )
    yield from _check_validity(concept)
    for name in concept.time:
        held = concept.attribute(name)
        if held is None:
            what = f"the time of concept '{concept.name}' names '{name}', which is not one of its attributes."
            yield Problem(concept.place, what, did_you_mean(name, attributes))
        elif held.type not in (Type.DATE, Type.TIMESTAMP):
            what = f"the time of concept '{concept.name}' names '{name}', which is of type {held.type}."
            yield Problem(concept.place, what, "Only a date or a timestamp says when something happened.")
    for attribute in concept.attributes:
        yield from _attribute(attribute, concept, names)
    for relationship in concept.relationships:
        if names.lacks_concept(relationship.to):
            yield Problem(
                relationship.place,
                f"relationship '{relationship.name}' points to '{relationship.to}', which is "
                f"{'derived' if relationship.to in names.derived else 'not a concept'}.",
                "Nothing delivered can point to what a rule makes: let the rule point to the concept."
                if relationship.to in names.derived
                else did_you_mean(relationship.to, tuple(names.concepts)),
            )
        if relationship.name in attributes:
            yield Problem(
                relationship.place,
                f"concept '{concept.name}' has both an attribute and a relationship '{relationship.name}'.",
                "Give one of them another name.",
            )


def _check_validity(concept: Concept) -> Iterator[Problem]:
    if concept.valid is None:
        return
    named = (concept.valid.since, concept.valid.until)
    held = [concept.attribute(name) for name in named]
    for name, attribute in zip(named, held, strict=True):
        if attribute is None:
            what = f"'valid' of concept '{concept.name}' names '{name}', which is not one of its attributes."
            yield Problem(concept.place, what, did_you_mean(name, [a.name for a in concept.attributes]))
        elif attribute.type not in (Type.DATE, Type.TIMESTAMP):
            what = f"'valid' of concept '{concept.name}' names '{name}', which is of type {attribute.type}."
            yield Problem(concept.place, what, "Only a date or a timestamp says from when or until when.")
        elif attribute.sensitivity is Sensitivity.DIRECT:
            what = f"'valid' of concept '{concept.name}' names '{name}', which names a person."
            yield Problem(concept.place, what, "Such an attribute is in no view: take another.")


def _attribute(attribute: Attribute, concept: Concept, names: Names) -> Iterator[Problem]:
    said, place = f"attribute '{attribute.name}'", attribute.place
    keys = {f"{concept.name}_key", *(f"{other.name}_key" for other in concept.relationships)}
    if attribute.name in RESERVED or attribute.name in keys:
        what = f"{said} has a name the warehouse needs for itself."
        yield Problem(place, what, "Choose another, such as one that says more.")
    if attribute.sensitivity is Sensitivity.SPECIAL and not attribute.purposes:
        what = f"{said} is special-category data and names no purpose."
        yield Problem(place, what, "Add `purposes:`, such as [steering, evaluation].")
    if attribute.type is Type.IDENTITY and attribute.sensitivity is Sensitivity.OPEN:
        what = f"{said} is a pseudonym of a person and is not marked as personal."
        yield Problem(place, what, "Add `sensitivity: personal`.")
    if attribute.type is Type.IDENTITY and attribute.sensitivity is Sensitivity.DIRECT:
        what = f"{said} is a pseudonym, which names nobody, and is marked as direct."
        yield Problem(place, what, "Write `sensitivity: personal`.")
    if attribute.sensitivity is Sensitivity.DIRECT and attribute.type not in (Type.TEXT, Type.IDENTITY):
        what = f"{said} is kept enciphered and cannot be of type {attribute.type}."
        yield Problem(place, what, "Write `type: text`.")
    if names.lacks_codes(attribute.code_list):
        what = f"{said} takes its values from '{attribute.code_list}', which is not a code list."
        yield Problem(place, what, did_you_mean(attribute.code_list, tuple(names.code_lists)))
    elif attribute.code_list and attribute.type is not Type.TEXT:
        what = f"{said} holds codes and cannot be of type {attribute.type}."
        yield Problem(place, what, "Codes are text: write `type: text`.")
