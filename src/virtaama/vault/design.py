"""From a model to the tables of its warehouse."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from virtaama.model.complete_for import parent_of
from virtaama.model.concepts import Concept, Sensitivity
from virtaama.model.feeds import Feed
from virtaama.model.mappings import Mapping
from virtaama.model.model import Model
from virtaama.vault.tables import (
    CodeTable,
    Column,
    Hub,
    Link,
    Reference,
    Satellite,
    Source,
    VaultDesign,
)


def design(model: Model) -> VaultDesign:
    """Every table the model asks for. The same model gives the same design."""
    hubs = {concept.name: _hub(concept) for concept in model.concepts}
    met: Counter[tuple[str, str]] = Counter()
    sources = []
    for mapping in model.mappings:
        met[mapping.feed, mapping.concept] += 1
        sources.append(
            _source(
                model.concept(mapping.concept),
                mapping,
                model.feed(mapping.feed),
                met[mapping.feed, mapping.concept],
                hubs,
            )
        )
    return VaultDesign(
        model_version=model.version,
        hubs=tuple(hubs.values()),
        sources=tuple(_succeeded(source, sources, model) for source in sources),
        code_tables=tuple(CodeTable(name=f"ref_{c.name}", code_list=c.name) for c in model.code_lists),
    )


def _succeeded(source: Source, sources: list[Source], model: Model) -> Source:
    newer = {feed.id for feed in model.feeds if source.mapping.feed in feed.replaces}
    waiting = [feed for feed in model.feeds if feed.id in newer]
    while waiting:
        taken = waiting.pop().id
        for feed in model.feeds:
            if taken in feed.replaces and feed.id not in newer:
                newer.add(feed.id)
                waiting.append(feed)
    successors = (each.name for each in sources if each.hub == source.hub and each.mapping.feed in newer)
    return replace(source, replaced_by=tuple(successors)) if newer else source


def _hub(concept: Concept) -> Hub:
    types = {attribute.name: attribute.type for attribute in concept.attributes}
    return Hub(
        name=f"hub_{concept.name}",
        concept=concept.name,
        hash_key=f"{concept.name}_key",
        business_key=tuple(Column(name, types[name]) for name in concept.key),
    )


def _source(concept: Concept, mapping: Mapping, feed: Feed, ordinal: int, hubs: dict[str, Hub]) -> Source:
    name = mapping.feed.replace(".", "__") + (f"__{ordinal}" if ordinal > 1 else "")
    hub = hubs[concept.name]
    link = _link(concept, mapping, name, hubs)
    satellites = _satellites(concept, mapping, name)
    if not satellites and not link:
        bare = f"sat_{concept.name}__{name}__{Sensitivity.OPEN}"
        satellites = (
            Satellite(
                name=bare,
                sensitivity=Sensitivity.OPEN,
                hash_key=hub.hash_key,
                payload=(),
            ),
        )
    parent = parent_of(zip(concept.key, mapping.key, strict=True), feed.complete_for)
    return Source(
        name=name,
        mapping=mapping,
        hub=hub,
        satellites=satellites,
        link=link,
        parent=tuple(part for part in hub.business_key if part.name in parent),
    )


def _satellites(concept: Concept, mapping: Mapping, source: str) -> tuple[Satellite, ...]:
    # The key is the hub's: a satellite that repeated it would version it too.
    mapped = {name for name, _ in mapping.attributes} - set(concept.key)
    payloads = {
        sensitivity: tuple(
            Column(attribute.name, attribute.type)
            for attribute in concept.attributes
            if attribute.name in mapped and attribute.sensitivity == sensitivity
        )
        for sensitivity in Sensitivity
    }
    return tuple(
        Satellite(
            name=f"sat_{concept.name}__{source}__{sensitivity}",
            sensitivity=sensitivity,
            hash_key=f"{concept.name}_key",
            payload=payload,
        )
        for sensitivity, payload in payloads.items()
        if payload
    )


def _link(concept: Concept, mapping: Mapping, source: str, hubs: dict[str, Hub]) -> Link | None:
    mapped = {target.relationship for target in mapping.targets}
    references = tuple(
        Reference(relationship=r.name, column=f"{r.name}_key", hub=hubs[r.to])
        for r in concept.relationships
        if r.name in mapped
    )
    if not references:
        return None
    return Link(
        name=f"link_{concept.name}__{source}",
        hash_key=f"{concept.name}_key",
        references=references,
    )
