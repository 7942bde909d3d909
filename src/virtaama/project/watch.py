"""Watching: what is delivered is landed, loaded and published without anybody asking."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from virtaama.lake.ledger import Ledger
from virtaama.loading.inbox import Inbox
from virtaama.loading.lock import only_one
from virtaama.problems import Busy, Damaged, NotReady, ProblemsFound, VirtaamaError
from virtaama.project.parts import METRIC_FOLDER, MODEL_FOLDERS
from virtaama.project.project import Project

if TYPE_CHECKING:
    from virtaama.loading.land import LandReport

Tell = Callable[[str], None]
_ANCHOR_EVERY = 300.0  # seconds between two looks whether an anchor is due


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often is looked, in seconds, and when a file counts as whole. Sources are asked only with `collect`."""

    every: float = 2.0
    settle: float = 5.0
    marked: bool = False
    collect: float = 0.0  # seconds between two collections; 0 for none


@dataclass(slots=True)
class _Watch:
    """One watch over one project, from its start to its end."""

    project: Project
    rhythm: Rhythm
    inbox: Inbox
    tell: Tell
    files: object = None  # of the model, as they were when it was read
    problems: ProblemsFound | None = None  # of these files
    counts: dict[str, int] = field(default_factory=lambda: {"landed": 0, "refused": 0, "rows_set_aside": 0})
    said: str = ""
    collected: float | None = None
    anchored: float | None = None  # when it was last seen whether the audit log is anchored

    def look(self) -> bool:
        """One look, and what follows from it; whether anything was done."""
        self.read_again()
        project = self.project
        files = self.inbox.ready(project.model.feeds, time.monotonic())
        due = self._is_collection_due()
        if not files and not due:
            return False
        if files:
            self._count(project.land(only=files))
            self.inbox.take(files)
        if due:
            self._count(project.collect())
            self.collected = time.monotonic()
        self.bring_up()
        return True

    def read_again(self) -> None:
        """A model that was changed holds from the next delivery on."""
        files = _written(self.project.settings.folder)
        if files != self.files:
            self.files, self.problems = files, None
            self.project.ledger.close()
            try:
                self.project = Project.open(self.project.settings.folder)
                self.project.check()
            except ProblemsFound as problems:
                self.problems = problems
        if self.problems:
            raise self.problems

    def bring_up(self) -> None:
        """Load what has landed, publish what is loaded."""
        project = self.project
        loaded = project.load()
        if not project.is_published and project.ledger.batches():
            snapshot = project.publish()
            self.counts["snapshot"] = snapshot.number
            self.tell(f"{loaded.batches} batches loaded, snapshot {snapshot.number} published")

    def keep_anchored(self) -> None:
        """The head of the audit log is noted outside, hourly; what hinders it is said and tried again."""
        if self.anchored is not None and time.monotonic() - self.anchored < _ANCHOR_EVERY:
            return
        self.anchored = time.monotonic()
        try:
            self.project.anchor_if_due()
        except (NotReady, Damaged, OSError) as error:
            self.tell(f"The audit log was not anchored: {error}")

    def _is_collection_due(self) -> bool:
        if not self.rhythm.collect:
            return False
        return self.collected is None or time.monotonic() - self.collected >= self.rhythm.collect

    def _count(self, report: LandReport) -> None:
        self.counts["landed"] += len(report.landed)
        self.counts["refused"] += len(report.refused)
        self.counts["rows_set_aside"] += report.rejected
        for batch in report.landed:
            aside = f", {batch.rejected} set aside" if batch.rejected else ""
            self.tell(f"{batch.file}: {batch.rows} rows of {batch.feed}{aside}")
        for refused in report.refused:
            self.tell(refused.reason)

    def say_once(self, text: str) -> None:
        """What keeps it from working is said when it begins, not at every look."""
        if text != self.said:
            self.said = text
            self.tell(text)


def watch(project: Project, rhythm: Rhythm, stop: Event, tell: Tell) -> dict[str, int]:
    """Look at the deliveries until `stop` is set; then the step at hand is finished and counts are returned.

    One watch at a time (Busy). It holds the project's lock only while it works: other commands have their
    turn between two looks, and while they work the watch waits. A model with problems is said and waited for;
    any other error ends the watch. The watch is a run on record, with what it did so far.
    """
    ledger = Ledger.open(project.settings.ledger)
    inbox = Inbox(project.settings.deliveries, rhythm.settle, rhythm.marked)
    at_hand = _Watch(project, rhythm, inbox, tell)
    with only_one(project.settings.data / "watch.lock"):
        run = ledger.start_run("watch", _now())
        try:
            begun = False
            while not stop.is_set():
                try:
                    if not begun:  # what an earlier run left undone
                        at_hand.read_again()
                        at_hand.bring_up()
                        begun = True
                    if at_hand.look():
                        ledger.note_run(run, at_hand.counts)
                    at_hand.keep_anchored()
                    at_hand.said = ""
                except (Busy, ProblemsFound) as error:
                    at_hand.say_once(str(error))
                stop.wait(rhythm.every)
        except BaseException as error:
            what = str(error) if isinstance(error, VirtaamaError) else type(error).__name__
            ledger.finish_run(run, finished=_now(), ok=False, counts=at_hand.counts, error=what)
            raise
        ledger.finish_run(run, finished=_now(), ok=True, counts=at_hand.counts)
    return at_hand.counts


def _written(folder: Path) -> object:
    """Which files describe the project, and when they were written."""
    return sorted(
        (path.as_posix(), path.stat().st_mtime_ns, path.stat().st_size)
        for below in ("", *MODEL_FOLDERS, METRIC_FOLDER)
        for path in ((folder / below).rglob("*.yaml") if below else folder.glob("*.yaml"))
    )


def _now() -> datetime:
    return datetime.now().astimezone()
