"""One thing to do to the warehouse, as a value. A plan is a tuple of these; readers run, explain or compare it.

Steps about deliveries do not name them: the same steps serve every delivery of a feed, one or many
at once, and the deliveries are bound when they run (see `Reading.values`). They work on tables of the
connection: `arriving` (the deliveries at hand, each with its place in their order), `stage` (their rows
for one source), `several` (keys with more than one row), `repeated` (keys with more than one row in one
delivery), `met` (keys the source named before), `moving` (all keys that may change what history says),
`parents` and `siblings` (of deliveries that are complete for each parent they name),
`differing` and `touched` (of a full delivery beside the one before it), `referenced__…` (keys pointed to),
`told` (rows whose key was named by an earlier delivery), `judged` and, when history is mended, `affected`.

What is odd about a row is counted once, where the first source that reads the row is loaded: `judged`
holds the rows that another source of the same delivery has counted before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from virtaama.vault.tables import CodeTable, History, Reference, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A delivery as the warehouse sees it. History is ordered by (extracted, number); numbers grow as deliveries land.

    `columns` names the columns of its rows where they were landed under another description of the feed
    than today's; None where they are those of today.
    """

    number: int
    feed: str
    extracted: datetime
    file: str  # as delivered
    rows: int
    columns: frozenset[str] | None = None
    sha256: str = ""  # of its rows as they lie in the lake; empty where it is not known

    @property
    def position(self) -> tuple[datetime, int]:
        return self.extracted, self.number


def _month_before(extracted: datetime) -> datetime:
    """The first moment of the month before the one a delivery closes: what happened earlier is late.

    A delivery of March is extracted when March is over; it may tell of February, not of January.
    """
    closed = extracted - timedelta(microseconds=1)
    first = datetime(closed.year, closed.month, 1)
    return (first - timedelta(days=1)).replace(day=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameArrivals:
    """Write down the deliveries at hand and their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldField:
    """A field of a feed with its engine type, and the columns it is found in: under its own name or former ones.

    The first that has a value counts; without a column it is null.
    """

    name: str
    kind: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How rows that were landed under older descriptions of their feed are brought to today's."""

    fields: tuple[HeldField, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindDiffering:
    """Find the keys that a full delivery does not say the same of, once, as the one before it.

    Where it finds none, the steps after it have nothing to do. Deliveries that are the `same` byte for byte
    need no comparison: only what is odd in itself is found.
    """

    source: Source
    shape: Shape | None
    same: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FindReferenced:
    """Find the instances that rows point to, and their keys."""

    source: Source
    reference: Reference
    only_differing: bool = False
    shape: Shape | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRows:
    """Read the rows that describe the concept, with their keys."""

    source: Source
    row_order: str
    after_judged: bool  # rows may have been judged before, by an earlier source of the feed
    only_affected: bool = False
    only_differing: bool = False
    shape: Shape | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteJudged:
    """Remember the rows this source judges, for the sources after it. The first begins a new load."""

    of: str  # the table they stand in
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FindSeveral:
    """Find the keys with more than one row, and whether there are rows without a key.

    Where it finds nothing, FindRepeated, CountRows and KeepLastRow have nothing to do.
    """

    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class FindRepeated:
    """Find the keys that one delivery holds more than once."""

    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRows:
    """Count rows without a key, rows repeated as they are, and rows that contradict another of their key."""

    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepLastRow:
    """Leave one row a key and delivery, the last by the feed's order, and no row without a key."""

    source: Source
    of: str = "stage"  # the table they stand in


@dataclass(frozen=True, slots=True, kw_only=True)
class FindParents:
    """Find the parents that deliveries name: values of the key parts they are complete for.

    Every row names its parent, also one the mapping leaves out or one without a whole key.
    """

    source: Source
    shape: Shape | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindSiblings:
    """Find the keys this source has named before under a parent at hand: absence may end them."""

    source: Source
    only_affected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FindAffected:
    """Find the keys whose history a late delivery touches: its own, and those whose absence from it speaks."""

    source: Source
    full: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Supersede:
    """Move what later deliveries said of the affected keys out of history: they are read again.

    It is kept aside with the number of the late delivery, for who asks what was known before it landed.
    """

    history: History


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetSuperseded:
    """Take those rows out of history, after they were kept aside."""

    history: History


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetReturned:
    """Leave nothing aside that history holds again after the late delivery."""

    history: History


@dataclass(frozen=True, slots=True, kw_only=True)
class FindMet:
    """Find the keys at hand that this source has named before."""

    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class FindMoving:
    """Find the keys that need a look at what was said before: those met, and those with several rows.

    Also those whose absence from a later one at hand would speak: in `full` deliveries and of named parents.
    """

    source: Source
    full: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FindTouched:
    """Find the keys whose last word counts: those met, and those only the delivery before names."""

    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class FindTold:
    """Find the rows whose key an earlier delivery named, be it loaded before or at hand."""

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
    of: str = "stage"  # the table they stand in


@dataclass(frozen=True, slots=True, kw_only=True)
class StageContent:
    """Read what CountContent looks at, of every row: most rows of a full delivery are not staged."""

    source: Source
    content: CountContent
    row_order: str
    after_judged: bool
    shape: Shape | None


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
class InsertNew:
    """Add the rows of keys that are named for the first time, and once: history has nothing to compare."""

    source: Source
    history: History


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertChanges:
    """Add the rows that differ from what was last said of their key, each compared with the one before it in time.

    In `full` deliveries absence speaks too: a key that was named until then is marked as deleted. So it does
    where the source is complete for a parent and a delivery names the parent.
    """

    source: Source
    history: History
    full: bool
    among: str  # the keys whose last word is looked at: a table of them, or empty for all of the history


@dataclass(frozen=True, slots=True, kw_only=True)
class CountChanges:
    """Count keys named before that came with other content and, where absence speaks, keys that disappeared.

    `first_only` leaves out deliveries that are read again after a late one.
    """

    source: Source
    check: str  # correction | change
    full: bool
    first_only: bool


Count = CountRows | CountContent | CountChanges
Step = (
    NameArrivals
    | FindDiffering
    | FindReferenced
    | StageRows
    | StageContent
    | NoteJudged
    | FindSeveral
    | FindRepeated
    | CountRows
    | KeepLastRow
    | FindParents
    | FindSiblings
    | FindAffected
    | Supersede
    | ForgetSuperseded
    | ForgetReturned
    | FindMet
    | FindMoving
    | FindTouched
    | FindTold
    | CountContent
    | InsertHub
    | InsertReferenced
    | InsertNew
    | InsertChanges
    | CountChanges
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Steps, and the deliveries they read, in the order of history.

    `before` is the delivery that history reflects, where a full one is laid beside it and is another.
    """

    arrivals: tuple[Arrival, ...]
    steps: tuple[Step, ...]
    before: Arrival | None = None

    @property
    def files(self) -> tuple[Arrival, ...]:
        """Every delivery whose rows are read."""
        return (*self.arrivals, *((self.before,) if self.before else ()))

    def values(self, files: Mapping[int, str]) -> dict[str, object]:
        """What the steps bind. `files` tells where the rows of each delivery lie, by its number."""
        first = self.arrivals[0]
        paths = [files[arrival.number] for arrival in self.arrivals]
        return {
            "files": paths,
            "before": [files[self.before.number]] if self.before else [],
            "batches": [arrival.number for arrival in self.arrivals],
            "moments": [arrival.extracted for arrival in self.arrivals],
            "late_before": [_month_before(arrival.extracted) for arrival in self.arrivals],
            "ordinals": list(range(len(self.arrivals))),
            "arrivals": len(self.arrivals),
            "first_extracted": first.extracted,
            "first_batch": first.number,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLoad:
    """What deliveries of one feed do to the warehouse together: one transaction.

    Where a reading has more deliveries than these, they came late: what followed is read again for the
    keys they touch.
    """

    arrivals: tuple[Arrival, ...]
    readings: tuple[Reading, ...]

    @property
    def rows(self) -> int:
        return sum(arrival.rows for arrival in self.arrivals)
