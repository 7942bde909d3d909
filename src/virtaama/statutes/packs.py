"""A reference pack: dated data with legal basis and source, in one file, of one edition.

A pack is a set of tables; a row of a table is a provision. What tables a pack has, and what it becomes when it is
read, is its kind. Kinds are code, since what is done with a rule is; the rules are data.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Generic, TypeVar

from virtaama.model.concepts import Text
from virtaama.model.documents import Entry
from virtaama.model.shape import Schema
from virtaama.problems import Place, Problem
from virtaama.statutes.provisions import AProvision, Provision, Source, Standing

Content = TypeVar("Content")


WHOLE_FILE: Final = Place("")
"""Where a check finds something that no row is to blame for; who reads the file knows its name."""


def _nothing(_: Any) -> Iterator[Problem]:
    return iter(())


def _always(_: Any, __: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Generic[AProvision]):
    """One table of a kind of packs: the shape of a row, and the provision it is read into.

    `read` is handed a row of the right shape with the members every provision has; it raises ValueError with what is
    wrong where the shape alone does not tell. Two rows with the same `key` must not hold on the same day, unless
    `clash` says that they are about different things.
    """

    name: str
    about: str
    members: Schema
    required: tuple[str, ...]
    read: Callable[[Entry, Standing], AProvision]
    key: Callable[[AProvision], Hashable]
    clash: Callable[[AProvision, AProvision], bool] = _always


Rows = Mapping[str, tuple[Any, ...]]
"""The provisions of a pack by the name of their table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[Content]):
    """What packs of a name hold. `make` puts the rows of all tables together; `check` looks at the whole."""

    name: str
    about: str
    tables: tuple[Table[Any], ...]
    make: Callable[[Rows], Content]
    check: Callable[[Content], Iterator[Problem]] = _nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row as it is written, for people to read, with the provision it is."""

    values: tuple[tuple[str, str], ...]
    provision: Provision


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack(Generic[Content]):
    """One edition of a pack. `own` where it is of the project's folder rather than of the package."""

    name: str
    edition: date
    title: Text
    sources: tuple[Source, ...]
    content: Content
    lines: tuple[tuple[str, tuple[Line, ...]], ...]  # by table
    place: Place
    own: bool = False
