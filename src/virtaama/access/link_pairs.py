"""What the door to pairs takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from virtaama.lake.link_record import Decision, Verdict
from virtaama.linkage.definitions import Level, Linkage
from virtaama.model.concepts import Text
from virtaama.privacy.policy import LinkingAllowed

STATES: Final = ("waiting", "linked", "not_same", "unsure", "undone")
MOST_WORDS: Final = 500  # characters of a note
SAID_BY_PEOPLE: Final[Mapping[Verdict, tuple[Verdict, ...]]] = {
    Verdict.PROPOSED: (Verdict.LINKED, Verdict.NOT_SAME, Verdict.UNSURE),
    Verdict.UNSURE: (Verdict.LINKED, Verdict.NOT_SAME),
    Verdict.LINKED: (Verdict.UNDONE,),
    Verdict.NOT_SAME: (Verdict.PROPOSED,),
    Verdict.UNDONE: (Verdict.PROPOSED,),
    Verdict.WITHDRAWN: (),
}
"""What people may say of a pair as it stands. `proposed` puts it back among those that wait."""


class NoteRefused(ValueError):
    """A note is missing where one is needed, or holds a personal identity code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFilters:
    """Which pairs are looked at; what is empty does not narrow."""

    state: str = "waiting"  # one of STATES, or empty
    by: str = ""  # rule, model or person
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLine:
    """A pair without anything that is compared of it."""

    number: int  # that of what was said first
    linkage: Linkage
    newest: Decision
    state: str
    others: int  # pairs of the same instance that wait too


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    lines: tuple[PairLine, ...]
    counts: Mapping[str, int]  # by state, whatever the filters
    next: int | None  # the pair to decide first
    record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One side of a pair. `repr` shows nothing: what it holds names a person."""

    name: str = field(repr=False)  # the business key where it names a record; empty for a person
    values: Mapping[str, str | None] = field(repr=False)  # by comparison
    protected: bool = False


class Looks(Protocol):
    """Reads one instance of a linkage, names in the clear. Needs the leave."""

    def __call__(self, allowed: LinkingAllowed, linkage: Linkage, concept: str, key: str) -> Shown | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A comparison with both values; `level` says how far they agree."""

    labels: Text
    of: str | None = field(repr=False)
    to: str | None = field(repr=False)
    level: Level | None
    withheld: bool
    codes: Mapping[str, Text] = field(default_factory=dict)  # words for values that are codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said of a pair, by whom and when. `who` and `note` are empty where nobody did."""

    verdict: Verdict
    decided_by: str
    rule: Text | None
    who: str
    note: str = field(repr=False)
    moment: datetime
    weight: float | None
    settings: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedPair:
    number: int
    linkage: Linkage
    name: str = field(repr=False)
    held: tuple[Held, ...]  # empty where either side is there no more
    gone: bool
    protected: bool
    newest: Decision
    history: tuple[Said, ...]  # the newest first
    may: tuple[Verdict, ...]
    linked_to_another: bool
    waiting: tuple[int, ...]  # other pairs of the same instance
    record: int
