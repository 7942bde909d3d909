"""What the door to persons takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from virtaama.access.answers import Snapshot
from virtaama.model.concepts import Text
from virtaama.statutes.access_rights import Service

Value = str | int | float | bool | date | datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonQuestion:
    """Whom somebody asks for, by their key or by a client number, and why.

    `break_glass`: also where the person is outside their scope; the reason must then be a written one.
    """

    person: bytes | None = None
    number: str = ""
    reason: str
    break_glass: bool = False

    def __post_init__(self) -> None:
        if (self.person is None) == (not self.number):
            raise ValueError("a person is asked for by a key or by a client number")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedColumn:
    name: str
    labels: Text
    codes: Mapping[str, Text]  # words for its values, where they are codes
    withheld: bool = False  # under a protection order: every value is left out


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRow:
    when: Value
    service: Service | None
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSection:
    """Rows of one part of a record, the newest first. `own_only`: of one's own services or units alone."""

    name: str
    labels: Text
    columns: tuple[OpenedColumn, ...]
    rows: tuple[OpenedRow, ...]
    more: bool  # older rows are left out: they are many
    of_services: bool  # whether its rows belong to services
    own_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What the asker's work does not open of anybody; says nothing of this person."""

    sections: tuple[Text, ...]
    services: tuple[Service, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedPerson:
    """One person's record as far as it is opened, and the number of the entry that says so."""

    sections: tuple[OpenedSection, ...]
    left_out: LeftOut
    protected: bool
    broke_glass: bool
    reason: str
    moment: datetime
    snapshot: Snapshot
    record: int

    @property
    def is_empty(self) -> bool:
        return not any(section.rows for section in self.sections)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotOpened:
    """Nobody is found in the asker's care: whether there is such a person is not said."""

    may_break_glass: bool
    record: int
