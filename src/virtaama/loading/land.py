"""Landing: every delivery is recognised, read, made safe and kept, or refused with its reason."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from virtaama.identities.store import Identities
from virtaama.keyring import Keyring
from virtaama.lake.batches import Batch
from virtaama.lake.files import Lake
from virtaama.lake.ledger import Ledger
from virtaama.lake.not_taken import Refused, Repeat
from virtaama.loading.contract import contract_of
from virtaama.loading.deliveries import Delivered, discover, opened, outer
from virtaama.loading.prepare import Prepared, Stopped, prepare
from virtaama.loading.pseudonymise import Pseudonymiser
from virtaama.loading.recognition import mark_of
from virtaama.model.feeds import Feed
from virtaama.privacy.pseudonyms import without_codes
from virtaama.problems import DeliveryRefused

# What knows erased rows again is brought in where anything was erased.
if TYPE_CHECKING:
    from virtaama.loading.erased import Erased

TOGETHER = 20  # deliveries that are recorded in one go; a crash makes the next run land so many again at most

NAMED_AFTER_A_PERSON = DeliveryRefused(
    "the name of the file holds a personal identity code, and names of files are on record.\n"
    "  Have it delivered under another name. Nothing of it was read."
)

Progress = Callable[[int, int, str], None]  # deliveries done, deliveries in all, the file at hand


@dataclass(frozen=True, slots=True, kw_only=True)
class LandReport:
    """What one landing did. `unchanged` counts deliveries that had landed before under the same name."""

    landed: tuple[Batch, ...]
    repeats: tuple[Repeat, ...]
    refused: tuple[Refused, ...]
    unchanged: int
    rejected: int


def land_deliveries(
    feeds: Sequence[Feed],
    deliveries: Path,
    lake: Lake,
    ledger: Ledger,
    keyring: Keyring,
    identities: Identities,
    now: datetime,
    progress: Progress = lambda done, total, file: None,
    *,
    only: Container[str] | None = None,
    erased: Erased | None = None,
) -> LandReport:
    """Land what has not landed, in the order (extracted, feed, file); the caller holds the project's lock.

    With `only` no other file of the folder is looked at. What was `erased` does not land again.

    One delivery is one batch, recorded after its rows are on disk. A delivery that is refused does not stop
    the others. A crash in between loses nothing: what was not recorded is landed again by the next run.
    """
    waiting = [
        delivered
        for delivered in discover(feeds, deliveries, now)
        if only is None or outer(delivered.file) in only
    ]
    landed: list[Batch] = []
    repeats: list[Repeat] = []
    refused: list[Refused] = []
    unchanged = 0
    door = Landing(
        lake=lake,
        ledger=ledger,
        pseudonymiser=Pseudonymiser(keyring, identities),
        below=deliveries,
        now=now,
        erased=erased,
    )
    for start in range(0, len(waiting), TOGETHER):
        with ledger.together():
            for done, delivered in enumerate(waiting[start : start + TOGETHER], start):
                progress(done, len(waiting), without_codes(delivered.file))
                match _take(door, deliveries, delivered):
                    case Batch() as batch:
                        landed.append(batch)
                    case Repeat() as repeat:
                        repeats.append(repeat)
                    case Refused() as refusal:
                        refused.append(refusal)
                    case None:
                        unchanged += 1
    progress(len(waiting), len(waiting), "")
    return LandReport(
        landed=tuple(landed),
        repeats=tuple(repeats),
        refused=tuple(refused),
        unchanged=unchanged,
        rejected=sum(batch.rejected for batch in landed),
    )


def _take(landing: Landing, deliveries: Path, delivered: Delivered) -> Batch | Repeat | Refused | None:
    """What a delivered file became; None when it had landed before under the same name."""
    sha256 = ""
    if (name := without_codes(delivered.file)) != delivered.file:
        return landing.refuse(replace(delivered, file=name), sha256, NAMED_AFTER_A_PERSON)
    try:
        with opened(deliveries, delivered) as path:
            written = _written(path)
            sha256 = mark_of(path, landing.pseudonymiser.keyring)
            batches = landing.ledger.batches(delivered.feed.id)
            if known := [batch for batch in batches if batch.sha256 == sha256]:
                if any(batch.file == delivered.file for batch in known):
                    return None
                if not _returns(delivered, known, batches):
                    return landing.repeat(known[-1], delivered)
            with landing.prepared(path, delivered) as prepared:
                if _written(path) != written:
                    raise DeliveryRefused(
                        "the file changed while it was read.\n"
                        "  It lands when it is complete: have it put in place by renaming it."
                    )
                return landing.record(delivered, sha256, prepared, batches)
    except DeliveryRefused as refusal:
        return landing.refuse(delivered, sha256, refusal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """What a delivery goes through on its way into the lake, wherever it came from."""

    lake: Lake
    ledger: Ledger
    pseudonymiser: Pseudonymiser
    below: Path  # where deliveries lie: all that the process sees by which they are read
    now: datetime
    erased: Erased | None = None  # what is not to land again

    @contextmanager
    def prepared(self, path: Path, delivered: Delivered, met: Sequence[str] = ()) -> Iterator[Prepared]:
        """A delivery that was read and made safe to keep, for as long as the block; DeliveryRefused with the reason.

        Of the columns `met` all rows are there. The caller holds the project's lock.
        """
        with self.lake.workspace() as folder:
            yield prepare(
                path,
                delivered,
                self.pseudonymiser,
                folder,
                below=self.below,
                met=met,
                erased=self.erased,
            )

    def record(
        self,
        delivered: Delivered,
        sha256: str,
        prepared: Prepared,
        batches: Sequence[Batch],
    ) -> Batch:
        """Keep its rows, then put it on record. `batches` are those of its feed so far."""
        extent = self.pseudonymiser.identities.extent()
        self.ledger.note_identities(extent.identity, extent.persons, extent.forgotten)
        again = sum(batch.sha256 == sha256 for batch in batches)
        relative = self.lake.path_of(delivered.feed.id, sha256, again=again)
        digest = self.lake.store(relative, prepared.write)
        with self.ledger.together():
            batch = self.ledger.record_batch(
                feed=delivered.feed.id,
                file=delivered.file,
                sha256=sha256,
                parquet=relative,
                parquet_sha256=digest,
                extracted=_in_sequence(delivered, batches),
                landed=self.now,
                rows=prepared.rows,
                contract=contract_of(delivered.feed),
                rejected=prepared.rejected,
                drift=prepared.drift,
            )
            if prepared.left_out:
                self.ledger.erasures.note_left_out(batch.number, prepared.left_out)
        return batch

    def repeat(self, known: Batch, delivered: Delivered) -> Repeat | None:
        if not self.ledger.record_repeat(known.number, delivered.file, self.now):
            return None
        return Repeat(batch=known.number, feed=known.feed, file=delivered.file, met=self.now)

    def refuse(self, delivered: Delivered, sha256: str, refusal: DeliveryRefused) -> Refused:
        reason = f"{delivered.file}: {refusal}"
        self.ledger.record_refused(
            feed=delivered.feed.id,
            file=delivered.file,
            sha256=sha256,
            refused=self.now,
            reason=reason,
            drift=refusal.events if isinstance(refusal, Stopped) else (),
        )
        return Refused(
            feed=delivered.feed.id, file=delivered.file, sha256=sha256, refused=self.now, reason=reason
        )


def _returns(delivered: Delivered, known: Sequence[Batch], batches: Sequence[Batch]) -> bool:
    """Whether a delivery whose absences speak says again what it had said of another moment: not a repeat.

    What lies between the two moments may land later, so it does not count. Where only the clock tells
    the moment, everything has landed in its order: then it counts.
    """
    if not delivered.feed.absence_speaks:
        return False
    if delivered.dated:
        return all(batch.extracted != delivered.extracted for batch in known)
    return any(known[-1].extracted < batch.extracted < delivered.extracted for batch in batches)


def _written(path: Path) -> tuple[int, int]:
    """What changes when somebody writes to the file."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _in_sequence(delivered: Delivered, batches: Sequence[Batch]) -> datetime:
    """The moment a delivery describes; where only the clock says it, never before what came before.

    Clocks are set back, and time zones change: then the sequence of landing holds.
    """
    if delivered.dated or not batches:
        return delivered.extracted
    return max(delivered.extracted, batches[-1].extracted)
