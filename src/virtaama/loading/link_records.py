"""What linkages compare, read from the warehouse: names in the clear, in memory, for the time of a run."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pyarrow as pa

from virtaama.engines.port import Engine
from virtaama.linkage.definitions import PARTS, Comparison, Kind, Linkage
from virtaama.linkage.plain import plain_name, swapped
from virtaama.loading.link_weights import KEY, SAID
from virtaama.model.concepts import Sensitivity
from virtaama.model.model import Model
from virtaama.sql.build import select, subquery
from virtaama.vault.design import design
from virtaama.vault.direct import direct
from virtaama.vault.direct_owners import Owners
from virtaama.vault.keys import key_of
from virtaama.vault.views import star


class Keys(Protocol):
    """The own keys of some persons."""

    def __contains__(self, person: str) -> bool: ...
    def decipher(self, person: str, field_name: str, enciphered: str) -> str: ...


class Opener(Protocol):
    """Opens what names persons: what linking needs of the identity store."""

    def find_subject(self, kind: str, name: str) -> str | None: ...
    def data_keys(self, persons: Iterable[str]) -> Keys: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One instance with what is compared of it. `repr` shows its key alone: the rest may name a person."""

    key: str  # 32 hexadecimal digits
    name: str = field(repr=False)  # its business key: a client number, or the pseudonym of a person
    told: str | None = field(repr=False)  # the key of what sources tell it is the same as
    said: str | None = field(
        repr=False
    )  # the key of what it is the same as through others of its own concept
    values: Mapping[str, str | None] = field(repr=False)  # as they stand in the source, by comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """An instance without what names it."""

    key: str
    name: str = field(repr=False)
    told: str | None
    says: str | None  # the key of another of its concept
    values: Mapping[str, str | None] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the instances of either side of a linkage."""

    engine: Engine
    model: Model
    linkage: Linkage
    opener: Opener = field(repr=False)

    def untold(self) -> tuple[Instance, ...]:
        """Those of which no source tells what they are the same as; by key."""
        return self._instances(self.linkage.of, lambda row: row.told is None)

    def told(self) -> tuple[Instance, ...]:
        """Those of which sources tell it: what weights are learned from; by key."""
        return self._instances(self.linkage.of, lambda row: row.told is not None)

    def named(self, keys: Collection[str]) -> tuple[Instance, ...]:
        """Those with these keys, of the concept whose instances are linked."""
        return self._instances(self.linkage.of, lambda row: row.key in keys)

    def to(self, keys: Collection[str] | None = None) -> tuple[Instance, ...]:
        """Those that can be linked to: all, or these keys; by key."""
        return self._instances(self.linkage.to, lambda row: keys is None or row.key in keys)

    def names(self, concept: str) -> dict[str, str]:
        """The business keys of every instance of a concept, by key."""
        return {row.key: row.name for row in self._rows(concept, ())}

    def _instances(self, concept: str, wanted: Callable[[_Row], bool]) -> tuple[Instance, ...]:
        linkage, is_of = self.linkage, concept == self.linkage.of
        members = {each.name: each.of if is_of else each.to for each in linkage.comparisons}
        closed = {
            attribute.name
            for attribute in self.model.concept(concept).attributes
            if attribute.sensitivity is Sensitivity.DIRECT and attribute.name in members.values()
        }
        rows = self._rows(concept, sorted(set(members.values()) - closed))
        said = _said_same(rows) if is_of else {}
        chosen = [row for row in rows if wanted(row)]
        opened = self._opened(concept, closed, chosen) if closed and chosen else {}
        found = [
            Instance(
                key=row.key,
                name=row.name,
                told=row.told,
                said=said.get(row.key),
                values={
                    name: opened.get((row.key, member)) if member in closed else row.values[member]
                    for name, member in members.items()
                },
            )
            for row in chosen
        ]
        return tuple(sorted(found, key=lambda each: each.key))

    def _rows(self, concept: str, members: Sequence[str]) -> list[_Row]:
        """Every instance as sources tell it, without what names it; links we made are no part of that."""
        linkage, described, is_of = self.linkage, self.model.concept(concept), concept == self.linkage.of
        through = next((rule.through for rule in linkage.rules if rule.through), "") if is_of else ""
        columns = {name: name if described.attribute(name) else f"{name}_key" for name in members}
        told = f"{linkage.told_by}_key" if is_of else ""
        said = f"{through}_key" if through else ""
        own, name = f"{concept}_key", described.key[0]
        wanted = sorted({*columns.values(), *(each for each in (told, said) if each)} - {own, name})
        view = star(self.model, design(self.model), concept)
        rows = self.engine.read(select(own, name, *wanted).from_(subquery(view, "star"))).to_pylist()
        return [
            _Row(
                key=_hex(row[own]),
                name=str(row[name]),
                told=_hex(row[told]) or None if told else None,
                says=_hex(row[said]) or None if said else None,
                values={
                    member: None if row[column] is None else str(row[column])
                    for member, column in columns.items()
                },
            )
            for row in rows
        ]

    def _opened(
        self, concept: str, attributes: Collection[str], rows: Sequence[_Row]
    ) -> dict[tuple[str, str], str]:
        """What names instances, in the clear, by key and attribute; of who is forgotten there is nothing."""
        vault = design(self.model)
        query = direct(vault, concept, sorted(attributes))
        if query is None:
            return {}
        owners = [Owners.of(source, self.model) for source in vault.sources_of(concept)]
        wanted = {row.key: row for row in rows}
        persons = self._persons(concept, rows)
        closed: dict[tuple[str, str], tuple[str, str, str]] = {}
        said = (each for each in self.engine.read(query).to_pylist() if _hex(each["key"]) in wanted)
        # Where sources disagree the first that has a value counts.
        for each in sorted(said, key=lambda each: int(each["rank"])):
            row = wanted[_hex(each["key"])]
            if (row.key, each["attribute"]) in closed:
                continue
            owner = owners[each["rank"]].owner(each["field"], row.name, persons.get(row.key))
            person = self._person(*owner) if owner else None
            if person:
                closed[row.key, each["attribute"]] = person, each["field"], each["value"]
        keys = self.opener.data_keys({person for person, _, _ in closed.values()})
        return {
            place: keys.decipher(person, name, value)
            for place, (person, name, value) in closed.items()
            if person in keys
        }

    def _persons(self, concept: str, rows: Sequence[_Row]) -> dict[str, str]:
        """The surrogate of the person sources tell of each, by key."""
        if concept == self.linkage.to:
            return {row.key: row.name for row in rows}
        if not any(row.told for row in rows):
            return {}
        names = self.names(self.linkage.to)
        return {row.key: names[row.told] for row in rows if row.told and row.told in names}

    def _person(self, kind: str, name: str) -> str | None:
        return self.opener.find_subject(kind, name) if kind else name


def _said_same(rows: Iterable[_Row]) -> dict[str, str]:
    """For instances that say to be the same as another, at any distance, what sources tell of one of them.

    Where sources tell different things of those that are said to be the same, nothing is.
    """
    leads: dict[str, str] = {}

    def last(key: str) -> str:
        while (above := leads.get(key, key)) != key:
            leads[key] = leads.get(above, above)
            key = above
        return key

    rows = [row for row in rows if row.key]
    for row in rows:
        if row.says:
            first, second = sorted((last(row.key), last(row.says)))
            leads[second] = first
    told: dict[str, set[str]] = {}
    for row in rows:
        if row.told:
            told.setdefault(last(row.key), set()).add(row.told)
    return {
        row.key: next(iter(found))
        for row in rows
        if row.told is None and len(found := told.get(last(row.key), set())) == 1
    }


def compared(instances: Collection[Instance], linkage: Linkage) -> pa.Table:
    """The columns that are weighed, from instances: in the clear, and in memory only."""
    kinds = {each.name: each for each in linkage.comparisons}
    columns: dict[str, list[str | None]] = {KEY: [], SAID: [], "told": []}
    for each in kinds.values():
        columns |= {each.name: []} | {f"{each.name}__{part}": [] for part in PARTS[each.kind]}
    for instance in instances:
        columns[KEY].append(instance.key)
        columns[SAID].append(instance.said)
        columns["told"].append(instance.told or instance.key)
        for name, comparison in kinds.items():
            for column, value in _columns(comparison, instance.values[name]):
                columns[column].append(value)
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def mark(first: Instance, second: Instance, linkage: Linkage, key: bytes) -> str:
    """A mark of everything compared of two instances; from it nothing can be told without the key."""
    told = [linkage.name]
    for instance in (first, second):
        told += [f"{name}={instance.values[name] or ''}" for name in sorted(instance.values)]
        told.append(instance.said or "")
    return hmac.new(key, "\x1f".join(told).encode(), "sha256").hexdigest()[:32]


def _columns(comparison: Comparison, value: str | None) -> Iterator[tuple[str, str | None]]:
    name = comparison.name
    match comparison.kind:
        case Kind.NAME:
            plain = plain_name(value) if value else None
            yield name, plain or None
            yield f"{name}__start", plain[:3] if plain else None
        case Kind.GIVEN_NAMES:
            plain = plain_name(value) if value else None
            yield name, plain or None
            yield f"{name}__first", plain.split()[0] if plain else None
        case Kind.DAY:
            yield name, value
            yield f"{name}__swapped", swapped(value) if value else None
            yield f"{name}__year", value[:4] if value else None
            yield f"{name}__month", value[:7] if value else None
        case Kind.CODE:
            yield name, value


def _hex(key: Any) -> str:
    return "" if key is None else str(key).replace("-", "")


def hex_of(name: str) -> str:
    """The key of an instance from its business key."""
    return key_of(name).hex
