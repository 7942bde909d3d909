"""One thing to do to the warehouse, as a value. A plan is a tuple of these; readers run, explain or compare it.

Steps about a delivery do not name it: the same steps serve every delivery of a feed, and the delivery
is bound when they run (see `Arrival.values`). They work on tables of the connection: `stage` (the
delivery's rows for one source), `judged`, `repeated`, `met` and, when history is mended, `affected`.

What is odd about a row is counted once, where the first source that reads the row is loaded: `judged`
holds the rows that another source of the same delivery has counted before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from virtaama.model.concepts import CodeList
from virtaama.vault.tables import CodeTable, History, Hub, Reference, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A delivery as the warehouse sees it. History is ordered by (extracted, number)."""

    number: int
    feed: str
    extracted: datetime
    file: str  # as delivered
    rows: int

    @property
    def position(self) -> tuple[datetime, int]:
        return self.extracted, self.number

    @property
    def values(self) -> dict[str, object]:
        """What steps about this delivery bind, beside `file`, the path of its rows."""
        return {
            "batch": self.number,
            "extracted": self.extracted,
            "late_before": _month_before(self.extracted),
        }


def _month_before(extracted: datetime) -> datetime:
    """The first moment of the month before the one a delivery closes: what happened earlier is late.

    A delivery of March is extracted when March is over; it may tell of February, not of January.
    """
    closed = extracted - timedelta(microseconds=1)
    first = datetime(closed.year, closed.month, 1)
    return (first - timedelta(days=1)).replace(day=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable:
    """Make a table, where there is none of the name."""

    name: str
    columns: tuple[tuple[str, str], ...]  # with the engine type


@dataclass(frozen=True, slots=True, kw_only=True)
class AddColumn:
    """Widen a table; rows that are there hold null."""

    table: str
    column: str
    kind: str  # engine type


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyHistory:
    """Take everything out of a table whose source is about to be read again from the lake."""

    history: History


@dataclass(frozen=True, slots=True, kw_only=True)
class FillCodes:
    """Write the codes of a list anew. Binds one list per column, in the order of the code table."""

    table: CodeTable
    codes: CodeList


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyCodes:
    """Take the codes of a list out before they are written anew."""

    table: CodeTable


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRows:
    """Read the delivery's rows that describe the concept; every expression is evaluated here, once."""

    source: Source
    row_order: str
    after_judged: bool  # rows may have been judged before, by an earlier source of the feed


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteJudged:
    """Remember the rows this source judges, for the sources after it. The first begins a new delivery."""

    source: Source
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FindRepeated:
    """Find the keys the delivery holds more than once, and whether it has rows without a key.

    Where it finds nothing, CountRows and KeepLastRow have nothing to do.
    """

    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRows:
    """Count rows without a key, rows repeated as they are, and rows that contradict another of their key."""

    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepLastRow:
    """Leave one row a key, the last by the feed's order, and no row without a key."""

    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class FindAffected:
    """Find the keys whose history a late delivery touches: its own, and in a full delivery the absent."""

    source: Source
    full: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetLater:
    """Take out what later deliveries said of the affected keys; they are read again after this one."""

    source: Source
    history: History


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAffected:
    """Leave only the affected keys of a delivery that is read again."""

    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class FindMet:
    """Find the keys of the delivery that this source has named before.

    Where it finds none, InsertChanges and CountCorrections have nothing to do.
    """

    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCheck:
    """An attribute whose values must stand in a code list; `dated` where codes of the list begin or end.

    `new_rows` leaves out rows where an earlier source has judged the same expression by the same list.
    """

    attribute: str
    table: CodeTable
    dated: bool
    new_rows: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CountContent:
    """Count deletions, late rows, codes that are unknown or had ended on the day of the event, and several for one.

    `rows` is false where an earlier source has judged every row: then codes are all that is left.
    `time` names the attributes that place a row in time; empty for what does not happen but lasts.
    """

    source: Source
    rows: bool
    time: tuple[str, ...]
    late: bool
    codes: tuple[CodeCheck, ...]
    one_each: tuple[Reference, ...]  # what no two instances may refer to together


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertHub:
    """Add the keys the hub has not met before."""

    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertReferenced:
    """Add the keys rows point to, where their hub has not met them before."""

    source: Source
    reference: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class DateBack:
    """Let a hub know that it could have met keys earlier than it did. `column` is where the stage has them."""

    hub: Hub
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertNew:
    """Add the rows of keys the source has not named before."""

    source: Source
    history: History


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertChanges:
    """Add the rows that differ from what the source last said of their key."""

    source: Source
    history: History


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAbsent:
    """Mark as deleted what the source held until now and does not name in a full delivery."""

    source: Source
    history: History
    only_affected: bool
    counted: bool  # what disappears is a finding


@dataclass(frozen=True, slots=True, kw_only=True)
class CountCorrections:
    """Count keys met before that came with other content; after the rows are in."""

    source: Source
    check: str  # correction | change


TableStep = CreateTable | AddColumn | EmptyHistory | EmptyCodes | FillCodes
Count = CountRows | CountContent | CountCorrections
Step = (
    TableStep
    | StageRows
    | NoteJudged
    | FindRepeated
    | CountRows
    | KeepLastRow
    | FindAffected
    | ForgetLater
    | KeepAffected
    | FindMet
    | CountContent
    | InsertHub
    | InsertReferenced
    | DateBack
    | InsertNew
    | InsertChanges
    | EndAbsent
    | CountCorrections
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Steps, and the delivery they read."""

    arrival: Arrival
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLoad:
    """All that one delivery does to the warehouse: one transaction.

    More than one reading means that it came late: what followed it is read again for the keys it touches.
    """

    arrival: Arrival
    readings: tuple[Reading, ...]
