"""Everything the descriptions are made from: what the platform knows of itself, and what people wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from virtaama.descriptions.document import Blank, Cell, Document, Part
from virtaama.descriptions.measures import Safeguards
from virtaama.descriptions.organisation import Organisation
from virtaama.descriptions.words import SENSITIVITY, Text
from virtaama.metrics.definitions import Catalogue, Fact
from virtaama.metrics.feature_tables import FeatureTable
from virtaama.metrics.plan import parts_of
from virtaama.metrics.reads import concepts_read
from virtaama.metrics.releases import Release
from virtaama.metrics.render.trees import Stars
from virtaama.model.concepts import Concept, Kind, Sensitivity, Type
from virtaama.model.dependencies import needed_for
from virtaama.model.lineage import described_by
from virtaama.model.model import Model
from virtaama.privacy.policy import Role
from virtaama.statutes.log_data import LogData
from virtaama.statutes.retention_rules import RetentionRules


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRole:
    """A role with what it is called, and the groups of the county's sign-in that have it."""

    role: Role
    labels: Text
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A piece of software the platform runs on, as installed. `licence` is an SPDX expression, or the words of its own.

    `hashes` are the SHA-256 of its files for every machine, as the lock names them; empty where it names none.
    """

    name: str
    version: str
    licence: str
    summary: str
    is_spdx: bool = True
    requires: tuple[str, ...] = ()  # names of other components
    hashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A project as it is on a day. The same project gives the same descriptions."""

    made: date
    county: Text
    county_code: str
    project: str
    model: Model
    catalogue: Catalogue
    features: tuple[FeatureTable, ...]
    releases: tuple[Release, ...]
    roles: tuple[HeldRole, ...]
    safeguards: Safeguards
    organisation: Organisation
    components: tuple[Component, ...]  # the first is the platform itself
    retention: RetentionRules
    log_data: LogData
    unread: tuple[str, ...] = ()  # concepts about persons that no figure and no feature is made from


@dataclass(frozen=True, slots=True)
class Told:
    """What is known, said in one language; what people left out becomes a question."""

    known: Known
    language: str

    def say(self, text: Text) -> str:
        return text.in_language(self.language)

    def says(self, *texts: Text) -> tuple[str, ...]:
        return tuple(map(self.say, texts))

    def called(self, words: Mapping[str, Text], name: str) -> str:
        return self.say(words[name]) if name in words else name

    def answer(self, where: str, question: Text) -> Cell:
        """What people wrote there, or the question."""
        return self.known.organisation.text(where, self.language) or Blank(self.say(question), where)

    def document(self, name: str, title: Text, basis: str, parts: Iterable[Part]) -> Document:
        """A description of the county, as of the day it is made on."""
        return Document(
            name=name,
            language=self.language,
            title=self.say(title),
            basis=basis,
            county=self.say(self.known.county),
            made=self.known.made,
            parts=tuple(parts),
        )

    def listed(self, names: Iterable[str], otherwise: str = "–") -> str:
        return ", ".join(names) or otherwise


# What follows from a model ----------------------------------------------------------------------------


def kinds_of_person(model: Model) -> tuple[Concept, ...]:
    """Concepts whose instances are persons: what lasts, is about persons, and belongs to none of them.

    What names a person may belong to another register of the same people, but to no person who is identified.
    """
    lasting = [each for each in about_persons(model) if each.kind is Kind.ENTITY]
    names = {each.name for each in lasting}
    identified = {each.name for each in lasting if _is_identified(each)}

    def points_to(each: Concept, others: set[str]) -> bool:
        return any(pointed.to in others - {each.name} for pointed in each.relationships)

    return tuple(
        each
        for each in lasting
        if not points_to(each, identified if strictest(each) is Sensitivity.DIRECT else names)
    )


def _is_identified(concept: Concept) -> bool:
    kinds = {attribute.name: attribute.type for attribute in concept.attributes}
    return [kinds.get(name) for name in concept.key] == [Type.IDENTITY]


def about_persons(model: Model) -> tuple[Concept, ...]:
    """Concepts with anything about a person in them."""
    return tuple(concept for concept in model.every_concept if strictest(concept) is not Sensitivity.OPEN)


def strictest(concept: Concept) -> Sensitivity:
    order = list(SENSITIVITY)
    return max((a.sensitivity for a in concept.attributes), key=order.index, default=Sensitivity.OPEN)


def counted(concepts: Iterable[Concept]) -> Counter[Sensitivity]:
    """How many attributes there are of each sensitivity."""
    return Counter(attribute.sensitivity for concept in concepts for attribute in concept.attributes)


def systems_behind(model: Model, concepts: Iterable[str]) -> tuple[str, ...]:
    """The systems whose deliveries describe concepts, in the order of the model."""
    found = {feed.partition(".")[0] for feed in described_by(model, tuple(concepts))}
    return tuple(system.name for system in model.systems if system.name in found)


def concepts_of_fact(fact: Fact, catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.of for part in parts_of(fact, catalogue)))


def concepts_of_table(table: FeatureTable, catalogue: Catalogue) -> tuple[str, ...]:
    facts = (catalogue.fact(use.fact) for use in (*table.uses, *table.outcomes))
    return tuple(
        dict.fromkeys((table.of, *(name for fact in facts for name in concepts_of_fact(fact, catalogue))))
    )


def concepts_unread(
    model: Model, catalogue: Catalogue, features: tuple[FeatureTable, ...]
) -> tuple[str, ...]:
    """Concepts about persons from which no figure and no feature is made, directly or through rules."""
    stars = Stars(model)
    read = {name for metric in catalogue.metrics for name in concepts_read(metric, catalogue, stars)}
    read |= {name for table in features for name in concepts_of_table(table, catalogue)}
    read |= {behind for name in read for behind in needed_for(model, name)}
    return tuple(concept.name for concept in about_persons(model) if concept.name not in read)
