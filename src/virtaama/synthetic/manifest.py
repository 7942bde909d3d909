"""What was planted in the invented files: the numbers a careful reader must arrive at."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum


class Flaw(StrEnum):
    """The kinds of flaw. No row carries more than one of them."""

    REPEATED_ROW = "repeated_row"  # a line that already stands in the same file
    REPEATED_DELIVERY = "repeated_delivery"  # the bytes of another file under a new name
    LATE_ROW = "late_row"  # first delivered two or more months after it happened
    CORRECTION = "correction"  # an id met in an earlier file, delivered again with other content
    DELETION = "deletion"  # an id met in an earlier file, delivered again as deleted
    UNKNOWN_CODE = "unknown_code"  # a code its list has never had
    ENDED_CODE = "ended_code"  # a code whose validity ended before the event
    IMPOSSIBLE_DATE = "impossible_date"  # a day the calendar does not have
    WRONG_ENCODING = "wrong_encoding"  # lines that cannot be read in the declared encoding
    RENAMED_COLUMN = "renamed_column"  # files whose header has the column under its other name
    BAD_IDENTITY = "bad_identity"  # an identity code whose check character is wrong
    SEVERAL_CLIENT_NUMBERS = "several_client_numbers"  # persons with more than one client number


@dataclass(frozen=True, slots=True, order=True)
class Planted:
    """How many times a flaw stands in a file (relative to the deliveries folder)."""

    kind: Flaw
    feed: str
    file: str
    count: int


class Manifest:
    """Counts by flaw, feed and file. Filled while a county is invented; complete when the files are."""

    def __init__(self, planted: Iterable[Planted] = ()) -> None:
        self._counts: dict[tuple[Flaw, str, str], int] = {}
        for line in planted:
            self.record(line.kind, line.feed, line.file, line.count)

    def record(self, kind: Flaw, feed: str, file: str, count: int) -> None:
        """Add to the count of a flaw in a file. Nothing is kept of a count of zero."""
        if count:
            self._counts[kind, feed, file] = self._counts.get((kind, feed, file), 0) + count

    def as_rows(self) -> tuple[Planted, ...]:
        """Every count, in the order of kind, feed and file."""
        return tuple(
            sorted(Planted(kind, feed, file, count) for (kind, feed, file), count in self._counts.items())
        )

    def total(self, kind: Flaw, feed: str | None = None) -> int:
        """How many times a flaw was planted in all files, or in those of one feed."""
        return sum(row.count for row in self.as_rows() if row.kind == kind and feed in (None, row.feed))

    def as_json(self) -> str:
        """The manifest as text that `from_json` reads back."""
        return json.dumps({"planted": [asdict(row) for row in self.as_rows()]}, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        return cls(
            Planted(Flaw(row["kind"]), row["feed"], row["file"], row["count"])
            for row in json.loads(text)["planted"]
        )
