"""The model of a project, written as the interoperability platform has models, and models of it as a proposal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from virtaama.interchange.library_out import library_of
from virtaama.interchange.model_told import Told, too_long, without_words
from virtaama.interchange.platform import PROFILE, Publisher
from virtaama.interchange.profile_out import profile_of
from virtaama.model.changes import words
from virtaama.model.compare import compare
from virtaama.model.concepts import Text
from virtaama.model.model import Model
from virtaama.model.parse import parse_model
from virtaama.model.schema import KINDS
from virtaama.problems import NotReady, ProblemsFound
from virtaama.project.contracts import as_yaml
from virtaama.project.settings import files_in

PROPOSALS = "proposals"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenModel:
    """The files that were written, and what of the model they do not tell."""

    files: tuple[Path, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The files of a proposal, the names of its concepts, what was left out, and how it differs from the model."""

    files: tuple[Path, ...]
    concepts: tuple[str, ...]
    known: tuple[str, ...]  # those the model has, too
    differing: tuple[str, ...]  # sentences
    left_out: tuple[str, ...]


def export_model(
    project: Path, model: Model, county: Text, publisher: Publisher, made: datetime, to: Path, *, plain: bool
) -> WrittenModel:
    """Write a library and its profile as JSON-LD. `plain`: what the standards have no words for is left out.

    Raises ProblemsFound with whatever the platform would refuse.
    """
    if problems := tuple(too_long(model)):
        raise ProblemsFound(problems)
    written = _written(project)
    told = Told(model=model, publisher=publisher, county=county, made=made, written={} if plain else written)
    contents = {
        f"{publisher.prefix}.jsonld": library_of(told),
        f"{publisher.prefix}{PROFILE}.jsonld": profile_of(told),
    }
    to.mkdir(parents=True, exist_ok=True)
    for name, text in contents.items():
        (to / name).write_text(text, encoding="utf-8")
    return WrittenModel(
        files=tuple(to / name for name in contents), left_out=without_words(written) if plain else ()
    )


def import_model(
    project: Path, model: Model, files: Sequence[Path], to: Path | None, *, plain: bool
) -> Proposal:
    """Write the concepts files describe as a proposal beside the model: below proposals/, or in the folder named.

    What is written passes `virtaama check` together with the code lists of the project. Raises ProblemsFound where
    it would not, NotReady where the folder is there: nothing is overwritten.
    """
    # Imported here: what reads linked data is slow to start.
    from virtaama.interchange.model_in import read_model

    folder = to or project / PROPOSALS / files[0].name.partition(".")[0]
    if folder.exists():
        raise NotReady(
            f"{folder} is there already; nothing was written.\n  Move it away, or name another with --to."
        )
    lists = frozenset(codes.name for codes in model.code_lists)
    found = read_model({file.name: file.read_text(encoding="utf-8") for file in files}, lists, plain=plain)
    opening = (
        f"# Proposed from {', '.join(file.name for file in files)}{': ' if found.titles else ''}"
        f"{'; '.join(found.titles)}.\n# Read it through, and move what is wanted into the model.\n"
    )
    contents = {
        f"{kind}/{folder.name}.yaml": opening + as_yaml({member: entries})
        for kind, member, entries in (
            ("concepts", "concepts", found.concepts),
            ("derived", "derived", found.derived),
            ("codes", "code_lists", found.code_lists),
        )
        if entries
    }
    around = dict(files_in(project, "codes", "calendars"))
    proposed = parse_model({**around, **contents})
    names = tuple(concept.name for concept in proposed.every_concept)
    known = tuple(concept.name for concept in model.every_concept if concept.name in names)
    written = []
    for name, text in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return Proposal(
        files=tuple(written),
        concepts=names,
        known=known,
        differing=_differing(model, proposed, known),
        left_out=found.left_out,
    )


def _written(project: Path) -> dict[str, Mapping[str, Any]]:
    """Every concept as its file has it."""
    found: dict[str, Mapping[str, Any]] = {}
    for kind in ("concepts", "derived"):
        for file, text in files_in(project, kind):
            root, _ = KINDS[kind].read(file, text)
            whole = root.plain() if root else None
            if isinstance(whole, dict):
                found |= whole.get(kind, {})
    return found


def _differing(model: Model, proposed: Model, known: tuple[str, ...]) -> tuple[str, ...]:
    """How concepts that both have differ, as `virtaama plan` says it."""
    before, now = (
        Model(
            version=version,
            concepts=tuple(concept for concept in each.concepts if concept.name in known),
            code_lists=(),
            systems=(),
            mappings=(),
            derived=tuple(made for made in each.derived if made.concept.name in known),
        )
        for version, each in (("before", model), ("now", proposed))
    )
    return tuple(words(change) for change in compare(before, now))
