"""What the data is expected to be: rules with a threshold, an owner and words for when they do not hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from virtaama.model.concepts import Text
from virtaama.problems import Place


class Severity(StrEnum):
    """What follows when an expectation does not hold."""

    NOTE = "note"  # it is written down
    WARN = "warn"  # its owner is told
    STOP = "stop"  # what it concerns keeps its previous publication


class Unit(StrEnum):
    """What is measured, and what `at_most` is a number of."""

    SHARE = "share"  # of the rows looked at, 0 to 1
    COUNT = "count"  # of rows
    INDEX = "index"  # population stability index
    DAYS = "days"  # past the day something was due


class Rhythm(StrEnum):
    """How often a feed is expected. A period is delivered when a delivery describes its end."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Required:
    """A field, attribute or relationship has a value."""

    field: str


@dataclass(frozen=True, slots=True)
class Unique:
    """No two rows have the same values here. Rows with a null among them are not looked at."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """What a relationship points to is known: some source describes it.

    Of a relationship of a concept to itself, the way along it ends: instances in a circle, or below one, do not fit.
    """

    relationship: str


@dataclass(frozen=True, slots=True)
class Range:
    """A value is no less and no more than this; empty is open. Null is not looked at.

    Bounds are numbers or days as they are written. `extracted` stands for the moment the delivery
    describes: nothing that has happened lies after it.
    """

    field: str
    least: str = ""
    most: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """The whole of a text matches a regular expression. Null is not looked at."""

    field: str
    matches: str


@dataclass(frozen=True, slots=True)
class Codes:
    """A value is one of a code list. Null is not looked at."""

    field: str
    code_list: str


@dataclass(frozen=True, slots=True)
class Holds:
    """A condition over one row is true. Rows for which it is null are not looked at."""

    condition: str


@dataclass(frozen=True, slots=True)
class Fresh:
    """Every period has been delivered so many days after its end."""

    every: Rhythm
    within: int


@dataclass(frozen=True, slots=True)
class Volume:
    """A delivery has so many rows: absolutely, or as a multiple of the median of the deliveries before it."""

    least: float | None
    most: float | None
    of_median: tuple[float, float] | None
    against: int


@dataclass(frozen=True, slots=True)
class Drift:
    """Values are spread as in the deliveries before: categories by their shares, numbers by deciles."""

    field: str
    against: int


RowCheck = Required | Unique | Reference | Range | Pattern | Codes | Holds
Check = RowCheck | Fresh | Volume | Drift

AGAINST = 12
"""How many earlier deliveries volume and drift are held against where nothing else is said."""

DRIFTED = 0.25
"""The population stability index beyond which a change calls for action (Yurdakul and Naranjo 2020)."""

EXTRACTED = "extracted"
"""The bound of a range that stands for the moment a delivery describes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A rule about the rows of a concept or of the deliveries of a feed.

    `where` says which rows are looked at. It holds when what is measured is no more than `at_most`, in
    `unit`; of a volume, when it lies between its bounds.
    """

    name: str
    subject: str  # a concept, or the id of a feed
    of_feed: bool
    check: Check
    severity: Severity
    owner: str
    message: Text  # what is said when it does not hold
    at_most: float
    unit: Unit
    place: Place
    where: str = ""

    @property
    def id(self) -> str:
        return f"{self.subject}.{self.name}"

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields, attributes or relationships it names; none where it looks at whole rows."""
        match self.check:
            case Required(field) | Range(field) | Pattern(field) | Codes(field) | Drift(field):
                return (field,)
            case Unique(fields):
                return fields
            case Reference(relationship):
                return (relationship,)
            case Holds() | Fresh() | Volume():
                return ()

    @property
    def kind(self) -> str:
        """required, unique, reference, range, pattern, codes, holds, fresh, volume or drift."""
        return type(self.check).__name__.lower()
