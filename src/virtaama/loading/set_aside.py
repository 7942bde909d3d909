"""Rows that are set aside while a delivery is read: sealed, put on disk until they are on record, and counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from virtaama.keyring import Keyring
from virtaama.lake.batches import Rejected
from virtaama.sources.reading import RejectedLine

_FIRST = 5  # lines that are named to people


class SetAside(Collection[Rejected]):
    """However many rows were rejected, in the order in which they came: those of a delivery, by their lines."""

    def __init__(self, path: Path, keyring: Keyring, feed: str) -> None:
        self._path = path
        self._keyring = keyring
        self._feed = feed
        self._file: BinaryIO | None = None
        self.counts: Counter[tuple[str, str]] = Counter()  # by reason and detail
        self._first: dict[str, list[int]] = {}

    def add(self, lines: Iterable[RejectedLine]) -> None:
        """Seal these; `raw` may name a person and is written in no other form."""
        for line in lines:
            if self._file is None:
                self._file = self._path.open("wb")
            sealed = self._keyring.seal(line.raw, self._feed)
            self._file.write(json.dumps([line.line, len(sealed), line.reason, line.detail]).encode() + b"\n")
            self._file.write(sealed)
            self.counts[line.reason, line.detail] += 1
            if len(first := self._first.setdefault(line.reason, [])) < _FIRST:
                first.append(line.line)

    def first(self, reason: str | None = None) -> list[int]:
        """The first few lines, of one reason or of all."""
        kinds = self._first.items()
        return sorted(line for kind, lines in kinds if reason in (None, kind) for line in lines)[:_FIRST]

    def close(self) -> None:
        """All are in: now they can be gone through."""
        if self._file is not None:
            self._file.close()

    def __len__(self) -> int:
        return self.counts.total()

    def __contains__(self, row: object) -> bool:
        return any(row == one for one in self)

    def __iter__(self) -> Iterator[Rejected]:
        if not self:
            return
        with self._path.open("rb") as file:
            while told := file.readline():
                line, size, reason, detail = json.loads(told)
                yield Rejected(line=line, raw=file.read(size), reason=reason, detail=detail)
