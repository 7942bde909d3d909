"""A pack from the text of its file: typed provisions, or every problem of it with its line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import Any

from virtaama.model.documents import Entry, did_you_mean, read_document
from virtaama.problems import Place, Problem, ProblemsFound
from virtaama.statutes.pack_shape import STANDING, shape_of
from virtaama.statutes.packs import Content, Kind, Line, Pack, Table
from virtaama.statutes.provisions import Provision, Source, Standing


def name_in(file: str, text: str) -> tuple[str, Place]:
    """Which pack a file says it is, and where; ProblemsFound where it says nothing of the kind."""
    root, problems = read_document(file, text)
    if root is None:
        raise ProblemsFound(problems or (_unnamed(Place(file)),))
    named = root.member("pack")
    if named is None or not named.scalar:
        raise ProblemsFound((_unnamed(root.place),))
    return named.scalar, named.place


def parse_pack(kind: Kind[Content], file: str, text: str, *, own: bool = False) -> Pack[Content]:
    """The pack that a file of its kind describes.

    Raises ProblemsFound with every problem of it, each with its line and what would be right.
    """
    root, problems = shape_of(kind).read(file, text)
    if root is None or problems:
        raise ProblemsFound(problems or (_unnamed(Place(file)),))
    reading = _Reading(root)
    rows = {table.name: tuple(reading.rows(table)) for table in kind.tables}
    for table in kind.tables:
        reading.problems += _at_once(table, [line.provision for line in rows[table.name]])
    if reading.problems:
        raise ProblemsFound(tuple(reading.problems))
    content = kind.make({name: tuple(line.provision for line in lines) for name, lines in rows.items()})
    if wrong := tuple(kind.check(content)):
        raise ProblemsFound(tuple(p if p.place.file else replace(p, place=root.place) for p in wrong))
    return Pack(
        name=kind.name,
        edition=date.fromisoformat(root.text("edition")),
        title=root.words("title"),
        sources=tuple(reading.sources.values()),
        content=content,
        lines=tuple(rows.items()),
        place=root.place,
        own=own,
    )


class _Reading:
    """The rows of a file whose shape is right, and what is wrong with them."""

    def __init__(self, root: Entry) -> None:
        self._root = root
        self.problems: list[Problem] = []
        self.sources: Mapping[str, Source] = {
            key: Source(
                key=key,
                title=entry.text("title"),
                taken=date.fromisoformat(entry.text("taken")),
                url=entry.text("url"),
                licence=entry.text("licence"),
            )
            for key, entry in root.within("sources")
        }
        self._every = root.member("every")

    def rows(self, table: Table[Any]) -> Iterator[Line]:
        for entry in self._root.list(table.name):
            standing = self._standing(entry)
            if standing is None:
                continue
            try:
                provision = table.read(entry, standing)
            except ValueError as error:
                self.problems.append(Problem(entry.place, f"{table.name}: {error}."))
                continue
            yield Line(values=tuple(_values(entry)), provision=provision)

    def _standing(self, entry: Entry) -> Standing | None:
        """From when, until when and by what a row holds; None where that is wrong, and noted."""
        first, last = self._said(entry, "from"), self._said(entry, "until")
        key = self._said(entry, "source")
        wrong = tuple(self._wrong(entry, first, last, key))
        self.problems += wrong
        if wrong:
            return None
        return Standing(
            valid_from=date.fromisoformat(first),
            valid_until=date.fromisoformat(last) if last else None,
            source=self.sources[key],
            section=self._said(entry, "section"),
            place=entry.place,
        )

    def _wrong(self, entry: Entry, first: str, last: str, key: str) -> Iterator[Problem]:
        if not first:
            advice = "Write from: with the first day it holds, here or once for all rows in `every`."
            yield Problem(entry.place, "this row does not say from which day it holds.", advice)
        elif last and last < first:
            yield Problem(entry.place, f"this row holds from {first} until {last}, which is no day.")
        if not key:
            advice = f"Write source: with one of {', '.join(self.sources)}, here or once in `every`."
            yield Problem(entry.place, "this row does not say by which source it holds.", advice)
        elif key not in self.sources:
            what = f"'{key}' is not among `sources`."
            yield Problem(entry.place, what, did_you_mean(key, tuple(self.sources)))

    def _said(self, entry: Entry, name: str) -> str:
        return entry.text(name) or (self._every.text(name) if self._every else "")


def _values(entry: Entry) -> Iterator[tuple[str, str]]:
    for name, value in entry.members():
        if name not in STANDING:
            yield name, _written(value)


def _written(entry: Entry) -> str:
    """A value in one line."""
    if entry.is_mapping:
        return "; ".join(f"{name}: {_written(value)}" for name, value in entry.members())
    return entry.scalar or ", ".join(_written(item) for item in entry.items())


def _at_once(table: Table[Any], provisions: list[Any]) -> Iterator[Problem]:
    """Two rows about the same thing that hold on the same day."""
    by_key: dict[Hashable, list[Provision]] = defaultdict(list)
    for provision in provisions:
        by_key[table.key(provision)].append(provision)
    for alike in by_key.values():
        for first, second in combinations(alike, 2):
            if first.meets(second) and table.clash(first, second):
                day, other = max(first.valid_from, second.valid_from), first.place.line
                what = f"two rows of {table.name} about the same hold on {day}; the other is on line {other}."
                yield Problem(second.place, what, "End one with until: on the day before the other begins.")


def _unnamed(place: Place) -> Problem:
    return Problem(
        place, "the file does not say which pack it is.", "Write pack: with its name on the first line."
    )
