"""Small random models, and random ways in which they change."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from tests.small_warehouse import HERE, WORDS, feed, mapping
from virtaama.model.concepts import (
    Attribute,
    Code,
    CodeList,
    Concept,
    Kind,
    Purpose,
    Relationship,
    Sensitivity,
    Type,
)
from virtaama.model.feeds import Delivery, System
from virtaama.model.mappings import Expression, Mapping
from virtaama.model.model import Model

FIELDS = ("A", "B", "C", "D")
EXPRESSIONS = {
    Type.TEXT: ("A", "B", "C", "upper(B)", "coalesce(C, 'x')", "B || C"),
    Type.INTEGER: ("try_cast(C AS BIGINT)", "length(B)", "length(A)"),
}
PEOPLE, OTHERS, PLACES = "reg.people", "reg.others", "map.places"


@dataclass(frozen=True)
class Fact:
    """An attribute of a person, and how each feed gives it."""

    name: str
    type: Type
    sensitivity: Sensitivity
    sql: str
    other_sql: str  # of the second feed; empty where it does not know
    was: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spec:
    """A model in few words: persons from one or two feeds, who live in places and know each other."""

    person: str = "person"
    person_was: tuple[str, ...] = ()
    place: str = "place"
    place_was: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    two_part_key: bool = False
    key_name: str = "id"
    key_was: tuple[str, ...] = ()
    key_type: Type = Type.TEXT
    roles: tuple[tuple[str, str, tuple[str, ...]], ...] = ()  # name, its expression, former names
    friend: bool = False  # a relationship to another person
    others: bool = False
    others_first: bool = False
    places_mapped: bool = False
    places_named: bool = False  # the feed of persons describes places as well
    where: str = ""
    deleted: str = ""
    full: bool = False
    complete_for: str = ""  # a field of the key, where the key has two parts and not everything is delivered
    codes: tuple[str, ...] = ("1", "2")

    def model(self) -> Model:
        version = hashlib.sha256(repr(self).encode()).hexdigest()[:12]
        mappings = [self._people(), *((self._others(),) if self.others else ())]
        if self.others_first:
            mappings.reverse()
        places = mapping(PLACES, self.place, key=["A"], attributes={"label": "B"})
        delivery = Delivery.FULL if self.full else Delivery.CHANGES
        fields = dict.fromkeys(FIELDS, Type.TEXT)
        sets = (self.complete_for,) if self.complete_for and self.two_part_key and not self.full else ()
        named = mapping(PEOPLE, self.place, key=["B"], attributes={"label": "upper(C)"})
        return Model(
            version=version,
            concepts=(self._person(), self._place()),
            code_lists=(
                CodeList(
                    name="kind",
                    labels=WORDS,
                    source="invented",
                    codes=tuple(Code(code=code, labels=WORDS) for code in self.codes),
                    place=HERE,
                ),
            ),
            systems=(
                System(
                    name="reg",
                    labels=WORDS,
                    feeds=(
                        feed(PEOPLE, delivery, fields, complete_for=sets),
                        feed(OTHERS, Delivery.CHANGES, fields),
                    ),
                    place=HERE,
                ),
                System(name="map", labels=WORDS, feeds=(feed(PLACES, Delivery.FULL, fields),), place=HERE),
            ),
            mappings=(
                *mappings,
                *((places,) if self.places_mapped else ()),
                *((named,) if self.places_named else ()),
            ),
        )

    def _key(self) -> dict[str, str]:
        first = "A" if self.key_type is Type.TEXT else "try_cast(A AS BIGINT)"
        return {self.key_name: first} | ({"part": "D"} if self.two_part_key else {})

    def _person(self) -> Concept:
        key = tuple(self._key())
        facts = (
            Attribute(
                name=fact.name,
                type=fact.type,
                labels=WORDS,
                definition=WORDS,
                place=HERE,
                sensitivity=fact.sensitivity,
                purposes=(Purpose.STEERING,) if fact.sensitivity is Sensitivity.SPECIAL else (),
                was=fact.was,
            )
            for fact in self.facts
        )
        roles = (
            Relationship(name=name, to=self.place, labels=WORDS, definition=WORDS, place=HERE, was=was)
            for name, _, was in self.roles
        )
        friend = Relationship(name="friend", to=self.person, labels=WORDS, definition=WORDS, place=HERE)
        keys = (
            Attribute(
                name=name,
                type=self.key_type if name == self.key_name else Type.TEXT,
                labels=WORDS,
                definition=WORDS,
                place=HERE,
                was=self.key_was if name == self.key_name else (),
            )
            for name in key
        )
        return Concept(
            name=self.person,
            kind=Kind.ENTITY,
            labels=WORDS,
            definition=WORDS,
            key=key,
            attributes=(*keys, *facts),
            relationships=(*roles, *((friend,) if self.friend else ())),
            place=HERE,
            was=self.person_was,
        )

    def _place(self) -> Concept:
        names = ("code", "label")
        attributes = (
            Attribute(name=name, type=Type.TEXT, labels=WORDS, definition=WORDS, place=HERE) for name in names
        )
        return Concept(
            name=self.place,
            kind=Kind.ENTITY,
            labels=WORDS,
            definition=WORDS,
            key=("code",),
            attributes=tuple(attributes),
            relationships=(),
            place=HERE,
            was=self.place_was,
        )

    def _people(self) -> Mapping:
        relationships = {name: [sql] for name, sql, _ in self.roles}
        if self.friend:
            relationships["friend"] = list(self._friend_key())
        return mapping(
            PEOPLE,
            self.person,
            key=list(self._key().values()),
            attributes={fact.name: fact.sql for fact in self.facts},
            relationships=relationships,
            where=self.where,
            deleted=self.deleted,
        )

    def _friend_key(self) -> tuple[str, ...]:
        first = "B" if self.key_type is Type.TEXT else "try_cast(B AS BIGINT)"
        return (first, "C") if self.two_part_key else (first,)

    def _others(self) -> Mapping:
        known = {fact.name: fact.other_sql for fact in self.facts if fact.other_sql}
        found = mapping(OTHERS, self.person, key=list(self._key().values()), attributes=known)
        return replace(found, where=Expression("D IS NOT NULL", HERE))


TYPES = st.sampled_from([Type.TEXT, Type.INTEGER])
PARENTS = ("", "A", "D")
CLASSES = st.sampled_from([Sensitivity.OPEN, Sensitivity.PERSONAL, Sensitivity.SPECIAL])


@st.composite
def facts(draw: st.DrawFn, name: str, was: tuple[str, ...] = ()) -> Fact:
    kind = draw(TYPES)
    sql = st.sampled_from(EXPRESSIONS[kind])
    return Fact(
        name=name,
        type=kind,
        sensitivity=draw(CLASSES),
        sql=draw(sql),
        other_sql=draw(st.one_of(st.just(""), sql)),
        was=was,
    )


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    names = [f"fact_{number}" for number in range(draw(st.integers(0, 3)))]
    return Spec(
        facts=tuple(draw(facts(name)) for name in names),
        two_part_key=draw(st.booleans()),
        roles=tuple(
            (name, draw(st.sampled_from(["B", "C"])), ())
            for name in ["home", "work"][: draw(st.integers(0, 2))]
        ),
        friend=draw(st.booleans()),
        others=draw(st.booleans()),
        places_mapped=draw(st.booleans()),
        places_named=draw(st.booleans()),
        where=draw(st.sampled_from(["", "B IS NOT NULL"])),
        deleted=draw(st.sampled_from(["", "D = 'x'"])),
        full=draw(st.booleans()),
        complete_for=draw(st.sampled_from(PARENTS)),
    )


KINDS = (
    "add fact",
    "remove fact",
    "rename fact",
    "retype fact",
    "move fact",
    "change expression",
    "split fact",
    "merge facts",
    "reorder facts",
    "add role",
    "remove role",
    "rename role",
    "change role",
    "toggle friend",
    "toggle others",
    "reorder mappings",
    "toggle places",
    "toggle named places",
    "rename person",
    "rename place",
    "rename key",
    "retype key",
    "widen key",
    "change where",
    "change deleted",
    "change delivery",
    "change parent",
    "reissue codes",
)


@st.composite
def changed(draw: st.DrawFn, spec: Spec, generation: int) -> Spec:
    """The model after one to three changes."""
    for turn in range(draw(st.integers(1, 3))):
        spec = _change(draw, spec, draw(st.sampled_from(KINDS)), f"{generation}{turn}")
    return spec


def _change(draw: st.DrawFn, spec: Spec, kind: str, mark: str) -> Spec:
    facts_, roles = spec.facts, spec.roles
    match kind:
        case "add fact":
            return replace(spec, facts=(*facts_, draw(facts(f"new_{mark}"))))
        case "add role" if len(roles) < 3:
            return replace(spec, roles=(*roles, (f"role_{mark}", draw(st.sampled_from(["B", "C"])), ())))
        case "toggle friend":
            return replace(spec, friend=not spec.friend)
        case "toggle others":
            return replace(spec, others=not spec.others)
        case "reorder mappings":
            return replace(spec, others_first=not spec.others_first)
        case "toggle places":
            return replace(spec, places_mapped=not spec.places_mapped)
        case "toggle named places":
            return replace(spec, places_named=not spec.places_named)
        case "rename person":
            return replace(spec, person=f"person_{mark}", person_was=(spec.person,))
        case "rename place":
            return replace(spec, place=f"place_{mark}", place_was=(spec.place,))
        case "rename key":
            return replace(spec, key_name=f"id_{mark}", key_was=(spec.key_name,))
        case "retype key":
            other = Type.INTEGER if spec.key_type is Type.TEXT else Type.TEXT
            return replace(spec, key_type=other)
        case "widen key":
            return replace(spec, two_part_key=not spec.two_part_key)
        case "change where":
            return replace(spec, where=draw(st.sampled_from(["", "B IS NOT NULL", "A <> 'b'"])))
        case "change deleted":
            return replace(spec, deleted=draw(st.sampled_from(["", "D = 'x'", "C = '1'"])))
        case "change delivery":
            return replace(spec, full=not spec.full)
        case "change parent":
            return replace(spec, full=False, two_part_key=True, complete_for=draw(st.sampled_from(PARENTS)))
        case "reissue codes":
            return replace(spec, codes=tuple(draw(st.sets(st.sampled_from("123"), min_size=1))))
        case "reorder facts":
            return replace(spec, facts=tuple(draw(st.permutations(facts_))))
        case "remove role" | "rename role" | "change role" if roles:
            place = draw(st.integers(0, len(roles) - 1))
            name, sql, _ = roles[place]
            now = {
                "remove role": (),
                "rename role": ((f"role_{mark}", sql, (name,)),),
                "change role": ((name, "B" if sql == "C" else "C", ()),),
            }[kind]
            return replace(spec, roles=(*roles[:place], *now, *roles[place + 1 :]))
        case "merge facts" if len(facts_) > 1:
            first, second, *rest = facts_
            merged = draw(facts(f"both_{mark}", was=(first.name, second.name)))
            return replace(spec, facts=(*rest, merged))
    if not facts_ or ("fact" not in kind and kind != "change expression"):
        return spec
    place = draw(st.integers(0, len(facts_) - 1))
    fact = facts_[place]
    changed_facts: tuple[Fact, ...] = ()
    match kind:
        case "rename fact":
            changed_facts = (replace(fact, name=f"named_{mark}", was=(fact.name,)),)
        case "retype fact":
            again = draw(facts(fact.name))
            changed_facts = (replace(again, sensitivity=fact.sensitivity),)
        case "move fact":
            changed_facts = (replace(fact, sensitivity=draw(CLASSES)),)
        case "change expression":
            changed_facts = (replace(fact, sql=draw(st.sampled_from(EXPRESSIONS[fact.type]))),)
        case "split fact":
            changed_facts = tuple(draw(facts(f"part_{mark}_{n}", was=(fact.name,))) for n in range(2))
    return replace(spec, facts=(*facts_[:place], *changed_facts, *facts_[place + 1 :]))
