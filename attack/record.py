"""P2: an audit log changed in every way its files can be, found by the separate program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from attack.outcome import Row, Should
from tests.privacy.tampering import KINDS, found_of, kept_log

ENTRIES = 400


def rows(folder: Path, times: int) -> Iterator[Row]:
    """Each kind of change so many times, each time in another way."""
    made = kept_log(folder / "made", ENTRIES)
    for kind in KINDS:
        found = found_of(made, kind, times, folder / "attempts")
        what = f"audit log: {kind.replace('_', ' ')}, found by the separate program"
        yield Row(id="P2", what=what, tried=times, got=found, should=Should.ALL)
