"""What the door to the audit log takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from virtaama.access.asked_about import AskedAbout
from virtaama.access.audit_entries import Entry
from virtaama.access.held_back import HeldBack
from virtaama.access.seen import Seen
from virtaama.privacy.unusual import Volume

MARKS: Final = ("in_order", "to_look_into", "misuse")
MOST: Final = 5_000  # entries shown for one choice of filters
MOST_WORDS: Final = 500  # characters of a comment
LOOKED_AT: Final = 30  # days of which is told what stands out
COMPARED: Final = 180  # days these are compared with


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReport:
    """Who has seen one person, in a period, both days included. Holds neither identity code nor pseudonym."""

    asked: datetime
    first: date
    last: date
    reason: str  # why older data is told of than the law gives anyway
    seen: Seen
    record: int  # number of the entry that says that this was reported


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which entries are looked at; what is empty does not narrow. Both days are included."""

    first: date
    last: date
    asker: str = ""
    role: str = ""
    purpose: str = ""
    act: str = ""  # empty: every act but looking into the log
    decision: str = ""  # allowed | refused
    person: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What filters may be set to."""

    askers: tuple[str, ...]
    roles: tuple[str, ...]
    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What was found of an entry, by whom; the newest counts."""

    entry: int
    mark: str  # one of MARKS
    comment: str
    by: str
    moment: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Entries, the newest first, with their marks; `more` where there are others beyond MOST."""

    entries: tuple[Entry, ...]
    marks: Mapping[int, Mark]
    more: bool
    record: int  # number of the entry that says that these were looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class OneEntry:
    entry: Entry
    marks: tuple[Mark, ...]  # the newest first
    record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StandsOut:
    """Glass that was broken, look-ups held back, openings with flags, volumes, and persons opened when nobody works.

    The newest first; of broken glass, what nobody has reviewed comes first and stays for COMPARED days. `marks` are
    those on glass and flags.
    """

    glass: tuple[AskedAbout, ...]
    held_back: tuple[HeldBack, ...]
    flagged: tuple[AskedAbout, ...]
    marks: Mapping[int, Mark]
    volumes: tuple[Volume, ...]
    out_of_hours: tuple[Entry, ...]
    since: date
    record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorState:
    """Whether a cut end of the log would be noticed."""

    named: bool  # whether the settings name a place
    newest: datetime | None = None
    late: bool = False
    problem: bool = False  # the place is not there, or an anchor is not as it was written

    @property
    def is_well(self) -> bool:
        return self.named and self.newest is not None and not (self.late or self.problem)
