"""What can become of a model, and how it is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from virtaama.problems import Place


class Kind(StrEnum):
    """What in a model can change."""

    CONCEPT = "concept"
    ATTRIBUTE = "attribute"
    RELATIONSHIP = "relationship"
    SYSTEM = "system"
    FEED = "feed"
    FIELD = "field"
    MAPPING = "mapping"
    CODE_LIST = "code list"
    PART = "part"  # whatever else a model holds


@dataclass(frozen=True, slots=True)
class Thing:
    """Something with a name, and what it belongs to: attribute `language` of `resident`."""

    kind: Kind
    name: str
    of: str = ""

    @property
    def path(self) -> str:
        """How it is named on a command line: `resident.language`."""
        return f"{self.of}.{self.name}" if self.of else self.name

    def __str__(self) -> str:
        if self.kind is Kind.MAPPING:
            return f"mapping of {self.of} to {self.name}"
        return f"{self.kind} '{self.name}'" + (f" of {self.of}" if self.of else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    thing: Thing
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """`hint` names what was added and reads the same fields: it may be the same thing under other names."""

    thing: Thing
    place: Place
    hint: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    thing: Thing  # under its new name
    was: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    thing: Thing  # under its former name
    into: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    thing: Thing  # under its new name
    of: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One member of a thing says something else: its type, its sensitivity, an expression."""

    thing: Thing
    member: str
    was: str
    now: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Reworded:
    """Labels, definitions, units and the like: nothing the warehouse holds."""

    thing: Thing
    members: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Reissued:
    """A code list with other codes. Tuples of codes, in the order of the list."""

    thing: Thing
    added: tuple[str, ...]
    removed: tuple[str, ...]
    redated: tuple[str, ...]  # in force on other days
    reworded: tuple[str, ...]
    regrouped: tuple[str, ...]  # part of another code
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """A feed took the place of another: both are kept, the newer speaks where both know something."""

    thing: Thing  # the newer feed
    of: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Reordered:
    """The mappings of a concept stand in another order: another source wins where they disagree."""

    thing: Thing
    now: tuple[str, ...]
    place: Place


Change = Added | Removed | Renamed | Split | Merged | Changed | Reworded | Reissued | Replaced | Reordered


def words(change: Change) -> str:
    """One sentence without its full stop."""
    match change:
        case Added(thing=thing):
            return f"{thing} is new"
        case Removed(thing=thing, hint=hint):
            return f"{thing} is gone{_may_be(thing.name, hint)}"
        case Renamed(thing=thing, was=was):
            of = f" of {thing.of}" if thing.of else ""
            return f"{thing.kind} '{was}'{of} is called '{thing.name}' now"
        case Split(thing=thing, into=into):
            return f"{thing} is split into {_listed(into)}"
        case Merged(thing=thing, of=of):
            return f"{thing} is merged from {_listed(of)}"
        case Changed(thing=thing, member=member, was=was, now=now):
            return f"{member} of {thing}: {now or 'nothing'}, was {was or 'nothing'}"
        case Reworded(thing=thing, members=members):
            return f"{thing} has other {_joined(members)}"
        case Reissued():
            return _reissued(change)
        case Replaced(thing=thing, of=of):
            return f"{thing} takes the place of {_listed(of)}; the history of both is kept"
        case Reordered(thing=thing, now=now):
            return f"where sources of {thing} disagree, the first of these counts: {', '.join(now)}"
        case _:
            assert_never(change)


def _may_be(name: str, hint: tuple[str, ...]) -> str:
    match hint:
        case ():
            return ""
        case (lone,):
            return f"; if it is '{lone}' under a new name, write `was: {name}` there"
        case _:
            return f"; if it lives on in {_listed(hint)}, write `was: {name}` at each"


def _reissued(change: Reissued) -> str:
    parts = [
        f"{_codes(found)} {what}"
        for found, what in (
            (change.added, "new"),
            (change.removed, "gone"),
            (change.redated, "in force on other days"),
            (change.reworded, "with other words"),
            (change.regrouped, "part of another code"),
        )
        if found
    ]
    return f"{change.thing} is issued anew: {'; '.join(parts) or 'in another order'}"


def _codes(codes: tuple[str, ...]) -> str:
    shown = ", ".join(codes[:5]) + (", …" if len(codes) > 5 else "")
    return f"{len(codes)} {'code' if len(codes) == 1 else 'codes'} ({shown})"


def _listed(names: Iterable[str]) -> str:
    return _joined([f"'{name}'" for name in names])


def _joined(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
