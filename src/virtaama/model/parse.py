"""From the YAML files of a project to a model that holds together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from virtaama.model.check import problems_of
from virtaama.model.documents import Entry
from virtaama.model.expected import expected_problems
from virtaama.model.mappings import Mapping as FeedMapping
from virtaama.model.mappings import Target
from virtaama.model.model import Model
from virtaama.model.schema import KINDS
from virtaama.model.values import value_problems
from virtaama.model.written import Written, WrittenMapping, read_written, together
from virtaama.problems import Place, Problem, ProblemsFound


def parse_model(files: Mapping[str, str]) -> Model:
    """The model that files (path within the project → text) describe together.

    The first folder of a path says what the file holds: systems, concepts, codes, mappings, derived or
    calendars. Raises
    ProblemsFound with every problem of every file. The order of the mapping given does not matter;
    files are taken by name.
    """
    problems: list[Problem] = []
    unread: set[str] = set()
    read: list[tuple[str, Entry]] = []
    for file, text in sorted(files.items()):
        folder = file.partition("/")[0]
        if folder not in KINDS:
            problems.append(
                Problem(
                    Place(file), "the file lies in no folder of a model.", f"Folders are {', '.join(KINDS)}."
                )
            )
            continue
        root, wrong = KINDS[folder].read(file, text)
        problems += wrong
        if root is None:
            if wrong:
                unread.add(folder)
            continue
        problems += value_problems(folder, root)
        problems += expected_problems(folder, root)
        read.append((folder, root))
    written = together(read_written(folder, root) for folder, root in read)
    problems += problems_of(written, frozenset(unread))
    if problems:
        raise ProblemsFound(tuple(problems))
    return _model(version_of(files), written)


def version_of(files: Mapping[str, str]) -> str:
    """The version of a model: it changes with every letter of its files."""
    content = "\0".join(f"{file}\0{text}" for file, text in sorted(files.items()))
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _model(version: str, written: Written) -> Model:
    concepts = {concept.name: concept for concept in written.concepts}

    def mappings() -> Iterator[FeedMapping]:
        for mapping in written.mappings:
            yield _mapping(mapping)

    def _mapping(mapping: WrittenMapping) -> FeedMapping:
        concept = concepts[mapping.concept]
        key = dict(mapping.key)
        return FeedMapping(
            feed=mapping.feed,
            concept=mapping.concept,
            key=tuple(key[name] for name in concept.key),
            attributes=mapping.attributes,
            targets=tuple(_targets(mapping)),
            place=mapping.place,
            where=mapping.where,
            deleted=mapping.deleted,
        )

    def _targets(mapping: WrittenMapping) -> Iterator[Target]:
        for target in mapping.targets:
            relationship = concepts[mapping.concept].relationship(target.relationship)
            assert relationship is not None
            parts = dict(target.key)
            names = concepts[relationship.to].key
            key = (parts[""],) if "" in parts else tuple(parts[name] for name in names)
            yield Target(relationship=target.relationship, key=key)

    return Model(
        version=version,
        concepts=written.concepts,
        code_lists=written.code_lists,
        systems=written.systems,
        mappings=tuple(mappings()),
        expectations=written.expectations,
        derived=written.derived,
        calendars=written.calendars,
    )
