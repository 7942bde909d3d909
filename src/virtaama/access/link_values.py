"""Both sides of a pair from what is published: open values from stars, names from where they lie enciphered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol
from uuid import UUID

from virtaama.access.link_pairs import Shown
from virtaama.access.snapshots import PublishedFolder
from virtaama.lake.direct_marts import DirectMarts, Enciphered
from virtaama.linkage.definitions import Linkage
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.render.instance import instance_query
from virtaama.metrics.render.trees import Stars
from virtaama.model.concepts import Concept, Sensitivity, Type
from virtaama.model.model import Model
from virtaama.model.paths import Name
from virtaama.privacy.policy import LinkingAllowed
from virtaama.problems import Damaged
from virtaama.sql.spelling import spelled
from virtaama.vault.design import design
from virtaama.vault.direct_owners import Owners


class Opener(Protocol):
    """Opens what names persons: what this needs of the identity store."""

    def find_subject(self, kind: str, name: str) -> str | None: ...
    def decipher(self, person: str, field: str, text: str) -> str: ...


class PublishedPairs:
    """Reads instances of linkages from the newest snapshot. May be used by many threads at once."""

    def __init__(
        self,
        *,
        published: Path,
        direct: Path,
        catalogue: Catalogue,
        model: Model,
        opener: Callable[[], Opener],
        memory: str = "512MB",
        threads: int = 1,
    ) -> None:
        self._published = PublishedFolder(published, catalogue, memory=memory, threads=threads)
        self._direct = DirectMarts(direct)
        self._model = model
        self._design = design(model)
        self._opener = opener

    def __call__(self, allowed: LinkingAllowed, linkage: Linkage, concept: str, key: str) -> Shown | None:
        """An instance with what is compared of it, in the clear; None where it is not published."""
        assert isinstance(allowed, LinkingAllowed)
        if allowed.linkage != linkage.name:
            raise TypeError("the leave is for another linkage")
        described = self._model.concept(concept)
        is_of = concept == linkage.of
        members = {each.name: each.of if is_of else each.to for each in linkage.comparisons}
        closed = {a.name for a in described.attributes if a.sensitivity is Sensitivity.DIRECT}
        paths = {
            name: self._path(described, member) for name, member in members.items() if member not in closed
        }
        protection = () if is_of or not linkage.protection else ((linkage.protection,),)
        row = self._row(described, [(described.key[0],), *paths.values(), *protection], key)
        if row is None:
            return None
        name, *told = row
        values = {
            each: None if value is None else str(value) for each, value in zip(paths, told, strict=False)
        }
        is_person = self._is_person(described)
        names = self._names(described, key, str(name), is_person=is_person)
        for each, member in members.items():
            if member in closed:
                values[each] = names.get(member)
        return Shown(
            name="" if is_person else str(name),
            values=values,
            protected=bool(protection and told[-1]),
        )

    def _row(self, concept: Concept, paths: Sequence[Name], key: str) -> tuple[object, ...] | None:
        stars = Stars(self._model)
        query = instance_query(concept.name, paths, stars)
        marts = [f"star/{each}" for each in stars.concepts_in(query)]
        while True:
            snapshot = self._published.current()
            try:
                return next(iter(snapshot.read(spelled(query), {"instance": str(UUID(key))}, marts)), None)
            except Damaged as damaged:
                # Its files went bad, or away: asked anew of what is there.
                self._published.leave(snapshot, damaged)

    def _path(self, concept: Concept, member: str) -> Name:
        """A relationship is shown as the name of what it leads to, or its key."""
        relationship = concept.relationship(member)
        if relationship is None:
            return (member,)
        to = self._model.concept(relationship.to)
        return (member, "name" if to.attribute("name") else to.key[0])

    def _is_person(self, concept: Concept) -> bool:
        key = concept.attribute(concept.key[0])
        return bool(key and key.type is Type.IDENTITY)

    # Names

    def _names(self, concept: Concept, key: str, name: str, *, is_person: bool) -> dict[str, str]:
        opener = self._opener()
        found = {}
        for each in self._direct.of(concept.name, str(UUID(key))):
            for person in self._owners(concept, each, name, opener, name if is_person else None):
                try:
                    found[each.attribute] = opener.decipher(person, each.field, each.value)
                    break
                except (Damaged, KeyError):
                    continue  # of another source, or of who is forgotten
        return found

    def _owners(
        self, concept: Concept, closed: Enciphered, name: str, opener: Opener, person: str | None
    ) -> Iterable[str]:
        """Whose a value may be: by each source that delivers such a field."""
        for owners in self._sources(concept, closed):
            owner = owners.owner(closed.field, name, person)
            if owner is None:
                continue
            kind, told = owner
            whose = opener.find_subject(kind, told) if kind else told
            if whose:
                yield whose

    def _sources(self, concept: Concept, closed: Enciphered) -> Iterator[Owners]:
        for source in self._design.sources_of(concept.name):
            if any(attribute == closed.attribute for attribute, _ in source.mapping.attributes):
                yield Owners.of(source, self._model)
