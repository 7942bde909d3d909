"""A description as a value: what it says in one language, in parts that any form can be made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Blank:
    """What only people know: a question, and the member of organisation.yaml its answer is written to."""

    question: str
    where: str


Cell = str | Blank


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: Cell


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: the first cell of a row names it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


Part = Heading | Paragraph | Listing | Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One description in one language. `name` names its file; `basis` is what asks for it."""

    name: str
    language: str
    title: str
    basis: str
    county: str
    made: date
    parts: tuple[Part, ...]

    @property
    def blanks(self) -> tuple[Blank, ...]:
        """What people still have to answer, each question once, in the order met."""
        return tuple(dict.fromkeys(_blanks(self.parts)))


def _blanks(parts: tuple[Part, ...]) -> Iterator[Blank]:
    for part in parts:
        match part:
            case Paragraph(text=cell):
                cells: tuple[Cell, ...] = (cell,)
            case Listing(items=items):
                cells = items
            case Grid(rows=rows):
                cells = tuple(cell for row in rows for cell in row)
            case Heading():
                continue
        yield from (cell for cell in cells if isinstance(cell, Blank))
