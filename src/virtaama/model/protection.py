"""Protection orders (turvakielto): what of a concept must not be told of a person who has one, and who has one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from virtaama.model.columns import star_columns
from virtaama.model.concepts import Concept, Protection, Type
from virtaama.model.documents import did_you_mean
from virtaama.model.model import Model
from virtaama.problems import Problem


def person_of(concept: Concept) -> str:
    """The concept that tells who has a protection order; empty where nothing is withheld."""
    said = concept.protection
    if said is None:
        return ""
    if said.told_by:
        return concept.name
    pointed = concept.relationship(said.through)
    return pointed.to if pointed else ""


def withheld_columns(concept: Concept, names: Sequence[str] | None = None) -> tuple[str, ...]:
    """The columns of the view of a concept that hold what is withheld; `names` narrows to some of it."""
    said = concept.protection
    if said is None:
        return ()
    wanted = said.withheld if names is None else names
    keys = {f"{relationship.name}_key" for relationship in concept.relationships}
    columns = {*wanted, *(f"{name}_key" for name in wanted if f"{name}_key" in keys)}
    return tuple(name for name, _ in star_columns(concept) if name in columns)


def concept_named(name: str, model: Model) -> Concept | None:
    """A concept by its name; None where there is none."""
    return next((concept for concept in model.every_concept if concept.name == name), None)


def tells_of_a_place(path: Sequence[str], of: str, model: Model) -> bool:
    """Whether what a path leads to, from a concept, is a place nobody is told, or lies beyond one."""
    concept = concept_named(of, model)
    for name in path:
        if concept is None:
            return False
        if concept.protection and name in concept.protection.places:
            return True
        pointed = concept.relationship(name)
        concept = concept_named(pointed.to, model) if pointed else None
    return False


def protection_problems(concepts: Sequence[Concept]) -> Iterator[Problem]:
    """What concepts say of protection orders that nobody can mean, and what they should say and do not."""
    by_name = {concept.name: concept for concept in concepts}
    for concept in concepts:
        if concept.protection:
            yield from _of_concept(concept, concept.protection, by_name)
    yield from _unsaid(concepts)


def _of_concept(concept: Concept, said: Protection, by_name: dict[str, Concept]) -> Iterator[Problem]:
    whose = f"protection of concept '{concept.name}'"
    if bool(said.told_by) == bool(said.through):
        what = f"{whose} must say either who has an order or whose the instance is."
        yield Problem(
            said.place, what, "Write `told_by:` with a truth value, or `through:` with a relationship."
        )
        return
    attributes = tuple(attribute.name for attribute in concept.attributes)
    relationships = tuple(relationship.name for relationship in concept.relationships)
    if said.told_by:
        told = concept.attribute(said.told_by)
        if told is None:
            what = f"{whose} is told by '{said.told_by}', which is not one of its attributes."
            yield Problem(said.place, what, did_you_mean(said.told_by, attributes))
        elif told.type is not Type.BOOLEAN:
            yield Problem(said.place, f"{whose} is told by '{told.name}', which is of type {told.type}.")
    if said.through:
        pointed = concept.relationship(said.through)
        person = by_name.get(pointed.to) if pointed else None
        if pointed is None:
            what = f"{whose} goes through '{said.through}', which is not one of its relationships."
            yield Problem(said.place, what, did_you_mean(said.through, relationships))
        elif person is not None and not (person.protection and person.protection.told_by):
            what = f"{whose} goes through '{said.through}' to '{person.name}', which does not tell who has an order."
            yield Problem(said.place, what, f"Write `protection: {{told_by: …}}` at '{person.name}'.")
    for name in said.withheld:
        if name not in (*attributes, *relationships):
            what = f"{whose} names '{name}', which is neither an attribute nor a relationship of it."
            yield Problem(said.place, what, did_you_mean(name, (*attributes, *relationships)))
        elif name in (said.told_by, said.through):
            yield Problem(said.place, f"{whose} withholds '{name}', by which it is known whose it is.")


def _unsaid(concepts: Sequence[Concept]) -> Iterator[Problem]:
    """Concepts that point to somebody who may have an order and to a place, and do not say what of it is withheld."""
    people = {c.name for c in concepts if c.protection and c.protection.told_by}
    places = {
        pointed.to
        for concept in concepts
        if concept.protection
        for pointed in concept.relationships
        if pointed.name in concept.protection.withheld
    }
    for concept in concepts:
        told = concept.protection.withheld if concept.protection else ()
        whose = [each.name for each in concept.relationships if each.to in people]
        open_places = [each for each in concept.relationships if each.to in places and each.name not in told]
        for place in open_places if whose else ():
            yield Problem(
                place.place,
                f"'{concept.name}' belongs to somebody who may have a protection order, and '{place.name}' is a place.",
                f"Write `protection: {{through: {whose[0]}, places: [{place.name}]}}`, or `hints:` where it tells of "
                "places only through the services used.",
            )
