"""The deliveries folder as it fills: which files are whole and have not been taken yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from virtaama.loading.deliveries import DONE, files_there
from virtaama.model.feeds import Feed


@dataclass(frozen=True, slots=True)
class _State:
    size: int
    changed: int  # nanoseconds, as the file system has it


@dataclass(slots=True)
class Inbox:
    """Looks at the files of all feeds again and again. Remembers what it saw, in memory only.

    A file is whole when it has not changed for `settle` seconds, or when a marker lies beside it; with
    `marked` only then. A file that was taken and changes afterwards is met again.
    """

    deliveries: Path
    settle: float
    marked: bool = False
    _seen: dict[str, tuple[_State, float]] = field(default_factory=dict)
    _taken: dict[str, _State] = field(default_factory=dict)

    def ready(self, feeds: Sequence[Feed], second: float) -> frozenset[str]:
        """The files that are whole and were not taken, relative to the folder. `second` never goes back."""
        files = files_there(feeds, self.deliveries)
        found = frozenset(file for file in files if self._is_whole(file, second))
        self._seen = {file: seen for file, seen in self._seen.items() if file in files}
        self._taken = {file: state for file, state in self._taken.items() if file in files}
        return found

    def take(self, files: frozenset[str]) -> None:
        """These have been dealt with, as they were when last looked at."""
        for file in files:
            self._taken[file] = self._seen[file][0]

    @property
    def waiting(self) -> int:
        """How many files are there that are not whole yet, or have no marker."""
        return sum(self._taken.get(file) != state for file, (state, _) in self._seen.items())

    def _is_whole(self, file: str, second: float) -> bool:
        path = self.deliveries / file
        try:
            found = path.stat()
        except OSError:  # taken away between two looks
            self._seen.pop(file, None)
            return False
        state = _State(found.st_size, found.st_mtime_ns)
        before = self._seen.get(file)
        if before is None or before[0] != state:
            self._seen[file] = (state, second)
        if self._taken.get(file) == state:
            return False
        if path.with_name(path.name + DONE).exists():
            return True
        return not self.marked and second - self._seen[file][1] >= self.settle
