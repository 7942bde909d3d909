"""Whether what is computed is guarded as closely as what it is computed from, and is of the type it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from virtaama.model.concepts import Attribute, Concept, Purpose, Sensitivity, Type
from virtaama.model.lineage import Origin, conditions_in, origins_in
from virtaama.problems import Place, Problem
from virtaama.sql.queries import Schema, plain, tables_of, values_only
from virtaama.sql.spelling import DIALECT

_STRICTER = (Sensitivity.OPEN, Sensitivity.PERSONAL, Sensitivity.SPECIAL, Sensitivity.DIRECT)
_KINDS = {
    Type.TEXT: exp.DataType.TEXT_TYPES,
    Type.IDENTITY: exp.DataType.TEXT_TYPES,
    Type.INTEGER: exp.DataType.INTEGER_TYPES,
    Type.DECIMAL: exp.DataType.NUMERIC_TYPES,
    Type.DATE: exp.DataType.TEMPORAL_TYPES,
    Type.TIMESTAMP: exp.DataType.TEMPORAL_TYPES,
    Type.BOOLEAN: {exp.DataType.Type.BOOLEAN},
}
_UNTOLD = (exp.DataType.Type.UNKNOWN, exp.DataType.Type.NULL)


@dataclass(frozen=True, slots=True)
class Known:
    """Every concept there is, by name; the first of a name counts."""

    concepts: Mapping[str, Concept]

    def concept(self, name: str) -> Concept:
        return self.concepts[name]


@dataclass(frozen=True, slots=True)
class Computation:
    """What a rule computes its columns from."""

    shown: Mapping[str, tuple[Origin, ...]]  # for each column those whose value can show in it
    reckoned: Mapping[str, tuple[Origin, ...]]  # those it is computed from in any way
    conditions: tuple[Origin, ...]  # those that decide which rows there are
    types: Mapping[str, exp.DataType]
    person: str  # a concept about persons whose rows are read


def computation(query: exp.Query, schema: Schema, known: Known, *, cast: str = "") -> Computation:
    """`cast` names a column that the view casts: what counts is what the rule gives."""
    # Imported here: most models compute nothing, and it is slow to start.
    from sqlglot.optimizer.annotate_types import annotate_types

    annotated = annotate_types(query.copy(), schema=plain(schema), dialect=DIALECT)
    assert isinstance(annotated, exp.Query)
    types = {}
    for found in annotated.selects:
        given = found.this.this if found.alias_or_name == cast and isinstance(found.this, exp.Cast) else found
        types[found.alias_or_name] = given.type or exp.DataType(this=exp.DataType.Type.UNKNOWN)
    return Computation(
        shown=origins_in(values_only(query)),
        reckoned=origins_in(query),
        conditions=conditions_in(query),
        types=types,
        person=_persons_in(query, known),
    )


def guarded(
    attribute: Attribute, concept: Concept, made: Computation, known: Known, place: Place
) -> Iterator[Problem]:
    said = f"attribute '{attribute.name}' of '{concept.name}'"
    shown = made.shown.get(attribute.name, ())
    # What decides which rows there are tells something in every attribute; a key only that they are there.
    known_by = () if attribute.name in concept.key else (*made.reckoned[attribute.name], *made.conditions)
    told = (*shown, *known_by)
    strictest = max(
        ((_class_of(o, known), o) for o in told), default=None, key=lambda s: _STRICTER.index(s[0])
    )
    if strictest and _STRICTER.index(attribute.sensitivity) < _STRICTER.index(strictest[0]):
        yield Problem(
            attribute.place,
            f"{said} is {attribute.sensitivity}, and is computed from {strictest[1]}, which is {strictest[0]}.",
            f"Write `sensitivity: {strictest[0]}`.",
        )
    elif attribute.sensitivity is Sensitivity.OPEN and made.person:
        yield Problem(
            attribute.place,
            f"{said} is open, and is computed from rows of '{made.person}', which are about persons.",
            "Write `sensitivity: personal`, or `special` where it tells of health or social care.",
        )
    yield from _purposes(attribute, said, told, known)
    yield from _identity(attribute, said, shown, known)
    given = made.types[attribute.name]
    fits = attribute.type is Type.TEXT or given.this in (*_UNTOLD, *_KINDS[attribute.type])
    if not fits:
        yield Problem(
            place,
            f"{said} is of type {attribute.type}, and its rule gives {given.sql(dialect=DIALECT)}.",
            "Change the type, or write CAST(… AS …) in the rule.",
        )


def _class_of(origin: Origin, known: Known) -> Sensitivity:
    concept = known.concept(origin.concept)
    if attribute := concept.attribute(origin.column):
        return attribute.sensitivity
    pointed = known.concepts.get(leads_to(origin, known)) or concept
    key = [found.sensitivity for name in pointed.key if (found := pointed.attribute(name))]
    return max(key, default=Sensitivity.OPEN, key=_STRICTER.index)


def _persons_in(query: exp.Query, known: Known) -> str:
    """A concept the query reads whose key is about persons."""
    for name in tables_of(query):
        if _class_of(Origin(name, f"{name}_key"), known) is not Sensitivity.OPEN:
            return name
    return ""


def _purposes(attribute: Attribute, said: str, shown: tuple[Origin, ...], known: Known) -> Iterator[Problem]:
    for origin in shown:
        source = known.concept(origin.concept).attribute(origin.column)
        if source is None or not source.purposes:
            continue
        beyond = [
            purpose for purpose in attribute.purposes or tuple(Purpose) if purpose not in source.purposes
        ]
        if beyond:
            yield Problem(
                attribute.place,
                f"{said} may be used for {', '.join(beyond)}, and {origin}, from which it is computed, may not.",
                f"Write `purposes: [{', '.join(source.purposes)}]` or fewer.",
            )
            return


def _identity(
    attribute: Attribute, said: str, origins: tuple[Origin, ...], known: Known
) -> Iterator[Problem]:
    identities = [
        origin
        for origin in origins
        if (found := known.concept(origin.concept).attribute(origin.column)) and found.type is Type.IDENTITY
    ]
    if identities and attribute.type is not Type.IDENTITY:
        what = f"{said} would hold the pseudonym in {identities[0]} and is of type {attribute.type}."
        yield Problem(
            attribute.place, what, "Write `type: identity`, or point to the person by a relationship."
        )
    if attribute.type is Type.IDENTITY and not identities:
        what = f"{said} is an identity, and nothing it is computed from is."
        yield Problem(attribute.place, what, "Give it the identity of a concept, or another type.")


def leads_to(origin: Origin, known: Known) -> str:
    if origin.column == f"{origin.concept}_key":
        return origin.concept
    relationship = known.concept(origin.concept).relationship(origin.column.removesuffix("_key"))
    return relationship.to if relationship and origin.column.endswith("_key") else ""
