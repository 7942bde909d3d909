"""Sets of descriptions that were made: each a numbered folder with a manifest, whole or not there."""

from __future__ import annotations

import difflib
import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from virtaama.descriptions.document import Document
from virtaama.descriptions.forms import as_plain, lines_of
from virtaama.lake.files import sync
from virtaama.problems import Damaged

MANIFEST = "manifest.json"
FACTS = "facts.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedSet:
    """A set that was made. `documents`: name → title, by language; `files`: place below the folder → SHA-256."""

    number: int
    made: date
    model_version: str
    folder: Path
    documents: Mapping[str, Mapping[str, str]]
    files: Mapping[str, str]

    def read(self, place: str) -> bytes:
        """The bytes of a file of the set; KeyError where it has none of that name, Damaged where it changed."""
        expected = self.files[place]
        try:
            content = (self.folder / place).read_bytes()
        except FileNotFoundError:
            content = b""
        if hashlib.sha256(content).hexdigest() != expected:
            raise Damaged(
                f"{self.folder / place}: is not what was written.\n  Make it anew: `virtaama describe`."
            )
        return content


@dataclass(frozen=True, slots=True)
class Revised:
    """What a description says otherwise now than when it was made, line by line."""

    name: str
    gone: tuple[str, ...]
    new: tuple[str, ...]


def write_set(
    shelf: Path,
    folder: Path | None,
    *,
    made: date,
    model_version: str,
    documents: Mapping[str, tuple[Document, ...]],
    files: Mapping[str, bytes],
) -> DescribedSet:
    """Write a set: the next of the shelf, all of it or nothing; or the same files to another folder."""
    number = max((each.number for each in made_sets(shelf)), default=0) + 1
    told = {
        "number": number,
        "made": made.isoformat(),
        "model_version": model_version,
        "documents": {
            language: {document.name: document.title for document in found}
            for language, found in documents.items()
        },
        "files": {place: hashlib.sha256(content).hexdigest() for place, content in files.items()},
    }
    finished = folder or shelf / str(number)
    unfinished = finished if folder else shelf / f"{number}.unfinished"
    if not folder:
        shutil.rmtree(unfinished, ignore_errors=True)
    for place, content in {**files, MANIFEST: f"{json.dumps(told, indent=1)}\n".encode()}.items():
        path = unfinished / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        sync(path)
    if not folder:
        unfinished.rename(finished)
        sync(shelf)
    return _read(finished)


def made_sets(shelf: Path) -> tuple[DescribedSet, ...]:
    """The sets that were made, the oldest first."""
    found = [path for path in shelf.iterdir() if path.name.isdigit()] if shelf.is_dir() else []
    return tuple(_read(path) for path in sorted(found, key=lambda path: int(path.name)))


def newest(shelf: Path) -> DescribedSet | None:
    return next(reversed(made_sets(shelf)), None)


def revised(told: DescribedSet, documents: tuple[Document, ...]) -> tuple[Revised, ...]:
    """What the documents say otherwise than the set: those that were in it, and say something else."""
    found = []
    for document in documents:
        place = f"{document.language}/{document.name}.json"
        if place not in told.files:
            continue
        was, now = lines_of(json.loads(told.read(place))), lines_of(as_plain(document))
        compared = [line for line in difflib.ndiff(was, now) if line[0] in "-+"]
        if compared:
            gone = tuple(line[2:] for line in compared if line[0] == "-")
            found.append(Revised(document.name, gone, tuple(line[2:] for line in compared if line[0] == "+")))
    return tuple(found)


def _read(folder: Path) -> DescribedSet:
    path = folder / MANIFEST
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return DescribedSet(
            number=told["number"],
            made=date.fromisoformat(told["made"]),
            model_version=told["model_version"],
            folder=folder,
            documents=told["documents"],
            files=told["files"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        raise Damaged(f"{path}: cannot be read.\n  Move {folder} away and run `virtaama describe`.") from None
