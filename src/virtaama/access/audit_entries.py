"""What an entry of the audit log says, and the seal over it.

An entry tells who asked, what, with which data of which providers, for which purpose, what was decided, and
about whom the answer told. The form of the seal is written down in docs/reference/audit-log.md: a program
that is not ours must be able to check it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from virtaama.privacy.leaves import Asker

FORM: Final = 2
"""The form in which entries are written and sealed. Entries of form 1 say neither data nor about whom."""

BEGINNING: Final = "0" * 64
"""What the first entry is sealed over."""

KEY_BYTES: Final = 16


class Act(StrEnum):
    """What was done."""

    ASK = "ask"  # figures
    OPEN = "open"  # rows about single persons, or rows as they were delivered
    PERSON = "person"  # one person's record, in the asker's care
    BREAK_GLASS = "break_glass"  # one person's record, outside it, for a written reason
    BUILD = "build"  # a table with rows about single persons was made
    RELEASE = "release"  # anonymous figures were made to be given away
    PAGE = "page"  # a page that holds no figures
    REPORT = "report"  # to a person, about who has seen them
    LOOK = "look"  # into this log
    REVIEW = "review"  # a mark on an entry of this log
    LINK = "link"  # was said of two records that may be about the same person
    INCIDENT = "incident"  # something was written about an incident
    ERASE = "erase"  # data about persons was destroyed
    SIGN_IN = "sign_in"  # a session of the portal began
    SIGN_OUT = "sign_out"  # and ended


class About(StrEnum):
    """About whom an answer told."""

    UNTOLD = ""  # entries of form 1 do not say
    NOBODY = "nobody"
    PERSON = "person"
    ROSTER = "roster"  # several persons, in a file of their own
    UNKNOWN = "unknown"  # rows about persons, but nobody knows whom


@dataclass(frozen=True, slots=True, kw_only=True)
class Persons:
    """About whom an answer tells: person keys of 16 bytes each, in order, one after the other.

    `unknown` counts rows that may be about a person nobody can name: a row that could not be read.
    """

    keys: bytes = b""
    unknown: int = 0

    @classmethod
    def of(cls, keys: Iterable[bytes], unknown: int = 0) -> Persons:
        """Each key once, in order."""
        return cls(keys=b"".join(sorted(set(keys))), unknown=unknown)

    def __len__(self) -> int:
        return len(self.keys) // KEY_BYTES

    @property
    def about(self) -> About:
        match len(self):
            case 0:
                return About.UNKNOWN if self.unknown else About.NOBODY
            case 1:
                return About.PERSON
            case _:
                return About.ROSTER


NOBODY: Final = Persons()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Who asked what for which purpose, with which data, about whom, and what was decided."""

    number: int
    moment: datetime
    asker: str
    role: str
    purpose: str
    question: str  # as JSON
    decision: str  # allowed | refused: <reason>
    snapshot: int | None
    rows: int  # figures or rows that were shown
    form: int = FORM
    act: str = Act.ASK  # empty in form 1
    data: tuple[str, ...] = ()  # metrics, concepts or feature tables
    providers: tuple[str, ...] = ()  # source systems whose data it is
    about: About = About.NOBODY
    person: bytes | None = None  # the key of the one person
    roster: str | None = None  # SHA-256 of the file that holds the keys of several
    persons: int = 0
    unknown: int = 0  # rows that may be about a person nobody can name
    regards: int | None = None  # the entry a mark is about

    @property
    def allowed(self) -> bool:
        return self.decision == ALLOWED

    @property
    def asker_name(self) -> str:
        """What the asker was called then; empty where the entry does not say."""
        found = json.loads(self.question).get(_NAME, "")
        return found if isinstance(found, str) else ""

    @property
    def who(self) -> str:
        """The asker as told to a person: the name with the identifier (703/2023 10 §), or the identifier alone."""
        return f"{self.asker_name} ({self.asker})" if self.asker_name else self.asker


_NAME: Final = "asker's name"


def asked_by(asker: Asker, question: Mapping[str, object]) -> str:
    """The question of an entry about persons, with what the asker is called, as JSON."""
    named = {_NAME: asker.name} if asker.name else {}
    return json.dumps({**question, **named}, ensure_ascii=False)


ALLOWED: Final = "allowed"

COLUMNS: Final = (
    "number, moment, asker, role, purpose, question, decision, snapshot, rows, form, act, data, providers, "
    "about, person, roster, persons, unknown, regards"
)

Stored = tuple[Any, ...]
"""An entry as its row in the table, in the order of COLUMNS."""


def stored(entry: Entry) -> Stored:
    return (
        entry.number,
        entry.moment.isoformat(),
        entry.asker,
        entry.role,
        entry.purpose,
        entry.question,
        entry.decision,
        entry.snapshot,
        entry.rows,
        entry.form,
        str(entry.act),
        listed(entry.data),
        listed(entry.providers),
        str(entry.about),
        entry.person,
        entry.roster,
        entry.persons,
        entry.unknown,
        entry.regards,
    )


def entry_of(row: Stored) -> Entry:
    values = dict(zip(COLUMNS.split(", "), row, strict=True))
    return Entry(
        **{
            **values,
            "moment": datetime.fromisoformat(values["moment"]),
            "data": tuple(json.loads(values["data"])),
            "providers": tuple(json.loads(values["providers"])),
            "about": About(values["about"]),
        }
    )


def listed(texts: Iterable[str]) -> str:
    return json.dumps(list(texts), ensure_ascii=False)


def seal(row: Stored, before: str, key: bytes) -> str:
    """The seal over an entry and the seal before it; of no use for a row that says more than its form can."""
    form = row[9]
    if form == FORM:
        told = [before, *row]
        if isinstance(told[15], bytes):
            told[15] = told[15].hex()
        text = json.dumps(told, separators=(",", ":"))
    elif form == 1 and row[10:] == _UNTOLD:
        names = COLUMNS.split(", ")[:9]
        text = json.dumps([before, dict(zip(names, row, strict=False))], sort_keys=True)
    else:
        return ""  # no seal of ours
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


_UNTOLD: Final = ("", "[]", "[]", "", None, None, 0, 0, None)
