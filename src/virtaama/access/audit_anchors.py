"""Anchors: the head of the audit log, kept outside, so that a cut end or a log made anew is noticed.

An anchor is a file of its own in a folder nobody can write over: number and seal of the newest entry and the
moment, sealed over the anchor before with the key of the log.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import BEGINNING
from virtaama.problems import Damaged, NotReady

HOURLY = timedelta(hours=1)
TOO_OLD = timedelta(hours=2)
"""An hourly anchor that is older than this did not come when it should have."""

_ENDING = ".anchor"
_FORM = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """What the log's newest entry was at a moment."""

    number: int
    head: str  # the seal of that entry
    moment: datetime
    before: str  # the seal of the anchor before
    seal: str


@dataclass(frozen=True, slots=True)
class Anchors:
    """The folder of anchors of one log."""

    folder: Path
    key: bytes

    def all(self) -> tuple[Anchor, ...]:
        """Every anchor, the oldest first; Damaged where one is not what was written or one before it is missing."""
        before = BEGINNING
        found = []
        for path in self._files():
            anchor = self._read(path)
            if anchor.before != before:
                raise Damaged(f"{path}: the anchor before this one is missing.")
            found.append(anchor)
            before = anchor.seal
        return tuple(found)

    def newest(self) -> Anchor | None:
        for name in reversed(self._names()):  # there are many after some years, and pages ask for the last
            path = self.folder / name
            if path.stat().st_size:
                return self._read(path)
        return None

    def add(self, log: AuditLog, moment: datetime) -> Anchor:
        """Write the head of the log down. Damaged where the log no longer holds what was anchored last.

        NotReady where the folder is not there: it is never made, because a place that is not mounted would be
        a folder like any other.
        """
        with self._alone(log):
            return self._add(log, moment)

    def add_if_due(self, log: AuditLog, moment: datetime) -> Anchor | None:
        """The same where the newest is an hour old; of several who call at once one writes."""
        with self._alone(log):
            newest = self.newest()
            if newest is not None and moment - newest.moment < HOURLY:
                return None
            return self._add(log, moment)

    def differing(self, log: AuditLog) -> Iterator[str]:
        """What the log no longer holds of what was anchored, in words."""
        try:
            anchors = self.all()
        except Damaged as damage:
            yield str(damage)
            return
        for anchor in anchors:
            if wrong := _differs(log, anchor):
                yield wrong
                return  # those after it say the same

    def _add(self, log: AuditLog, moment: datetime) -> Anchor:
        newest = self.newest()
        if newest is not None and (wrong := _differs(log, newest)):
            raise Damaged(
                f"{log.path}: {wrong}.\n  Look into it; see docs/how-to/audit.md. Nothing was anchored."
            )
        number, head = log.head()
        told = (newest.seal if newest else BEGINNING, number, head, moment.astimezone(UTC).isoformat())
        seal = _seal(self.key, told)
        names = ("before", "number", "head", "moment")
        text = json.dumps({"form": _FORM, **dict(zip(names, told, strict=True)), "seal": seal})
        path = self.folder / f"{moment.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{number}{_ENDING}"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o440)
        with os.fdopen(descriptor, "wb") as file:
            file.write(f"{text}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return self._read(path)

    def _files(self) -> list[Path]:
        """All but those that were broken off while they were written, the oldest first."""
        return [path for name in self._names() if (path := self.folder / name).stat().st_size]

    def _names(self) -> list[str]:
        try:
            with os.scandir(self.folder) as found:
                return sorted(entry.name for entry in found if entry.name.endswith(_ENDING))
        except (FileNotFoundError, NotADirectoryError):
            raise NotReady(
                f"{self.folder}: the folder for anchors of the audit log is not there.\n"
                "  Is the place mounted? Make the folder once, where nobody can write over what is in it."
            ) from None

    def _read(self, path: Path) -> Anchor:
        try:
            told = json.loads(path.read_text(encoding="ascii"))
            anchor = Anchor(
                number=told["number"],
                head=told["head"],
                moment=datetime.fromisoformat(told["moment"]),
                before=told["before"],
                seal=told["seal"],
            )
            seal = _seal(self.key, (told["before"], told["number"], told["head"], told["moment"]))
        except (ValueError, KeyError, TypeError):
            raise Damaged(f"{path}: this anchor of the audit log cannot be read.") from None
        if not hmac.compare_digest(seal, anchor.seal):
            raise Damaged(f"{path}: this anchor of the audit log was changed after it was written.")
        return anchor

    @contextmanager
    def _alone(self, log: AuditLog) -> Iterator[None]:
        descriptor = os.open(log.path.with_suffix(".anchoring"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _seal(key: bytes, told: tuple[str, int, str, str]) -> str:
    text = json.dumps(["anchor", *told], separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _differs(log: AuditLog, anchor: Anchor) -> str:
    if anchor.number == 0:
        return ""
    found = log.read("SELECT seal FROM record WHERE number = ?", (anchor.number,))
    if not found:
        last, _ = log.head()
        return f"the log ends with entry {last}, and on {anchor.moment:%Y-%m-%d %H:%M} UTC it held {anchor.number}"
    if found[0][0] != anchor.head:
        return f"entry {anchor.number} is not the one that was anchored on {anchor.moment:%Y-%m-%d %H:%M} UTC"
    return ""
