"""Collecting: sources that are asked rather than waited for. What they give goes the way of every delivery."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

from virtaama.identities.store import Identities
from virtaama.keyring import Keyring
from virtaama.lake.batches import Batch
from virtaama.lake.files import Lake
from virtaama.lake.ledger import Ledger
from virtaama.lake.not_taken import Refused
from virtaama.loading.deliveries import Delivered
from virtaama.loading.difference import difference
from virtaama.loading.land import Landing, LandReport, Progress
from virtaama.loading.pseudonymise import Pseudonymiser
from virtaama.loading.recognition import mark_of, mark_of_text
from virtaama.model.collect import Collect, FromDatabase, kind_of
from virtaama.model.feeds import Feed
from virtaama.problems import DeliveryRefused
from virtaama.sources.collecting import Collected, Collector, NotCollected, Position, Surroundings
from virtaama.sources.database import asking as database
from virtaama.sources.fhir_bulk import export as fhir_bulk
from virtaama.sources.pxweb import asking as pxweb
from virtaama.sources.sotkanet import asking as sotkanet

# What knows erased rows again is brought in where anything was erased.
if TYPE_CHECKING:
    from virtaama.loading.erased import Erased

COLLECTORS: dict[str, Collector] = {
    "database": database.collect,
    "fhir_bulk": fhir_bulk.collect,
    "pxweb": pxweb.collect,
    "sotkanet": sotkanet.collect,
}
_KEY = b"virtaama rows of a source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a project reaches when it collects."""

    project: Path
    folder: Path  # for what is fetched until it has landed; as sensitive as what is delivered
    cache: Path
    hosts: frozenset[str]


def collect_feeds(
    feeds: Sequence[Feed],
    lake: Lake,
    ledger: Ledger,
    keyring: Keyring,
    identities: Identities,
    reach: Reach,
    now: datetime,
    progress: Progress = lambda done, total, file: None,
    *,
    memory: str = "2GB",
    wait: Callable[[float], None] | None = None,
    turn: Callable[[], AbstractContextManager[None]] = nullcontext,
    erased: Erased | None = None,
) -> LandReport:
    """Ask the sources of the feeds that are collected. One collection at a time: the caller sees to that.

    Sources may take hours: the project's lock is held, by `turn`, only while a delivery lands.

    A batch and the position its connector has come to are recorded together: a crash in between makes the
    next run ask for the same again, and what was recorded is not asked for twice. A source that does not
    answer does not hold up the others. What was `erased` does not land again.
    """
    asked = [feed for feed in feeds if feed.collect is not None]

    def keep(feed: Feed, position: Position) -> None:
        with turn():
            ledger.move_position(feed.id, position, now)

    landed: list[Batch] = []
    refused: list[Refused] = []
    unchanged = 0
    done = 0
    with _empty(reach.folder):
        landing = Landing(
            lake=lake,
            ledger=ledger,
            pseudonymiser=Pseudonymiser(keyring, identities),
            below=reach.folder,
            now=now,
            erased=erased,
        )
        around = Surroundings(
            folder=reach.folder,
            cache=reach.cache,
            project=reach.project,
            hosts=reach.hosts,
            now=now,
            digest=digest_with(keyring),
            keep=keep,
        )
        if wait is not None:
            around = replace(around, wait=wait)
        for together in _together(asked):
            progress(done, len(asked), together[0].id)
            positions = {feed.id: ledger.position(feed.id) for feed in together}
            for met in COLLECTORS[_kind(together[0])](together, positions, around):
                with turn():
                    # Between two turns somebody may have been erased: who comes again is another.
                    landing.pseudonymiser.remember_nobody()
                    became = _take(landing, met, memory)
                match became:
                    case Batch():
                        landed.append(became)
                        progress(done, len(asked), became.file)
                    case Refused():
                        refused.append(became)
                    case None:
                        unchanged += 1
            done += len(together)
    progress(done, len(asked), "")
    return LandReport(
        landed=tuple(landed),
        repeats=(),
        refused=tuple(refused),
        unchanged=unchanged,
        rejected=sum(batch.rejected for batch in landed),
    )


@contextmanager
def _empty(folder: Path) -> Iterator[None]:
    """The folder, for its owner only, without what a run that died left in it; gone in the end."""
    rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield
    finally:
        rmtree(folder, ignore_errors=True)


def digest_with(keyring: Keyring) -> Callable[[bytes], str]:
    """A digest of 96 bits that nobody without the key can make: rows of a source may name persons."""
    key = hashlib.blake2b(_KEY, key=keyring.derived("rows of a source")).digest()

    def digest(row: bytes) -> str:
        return hashlib.blake2b(row, key=key, digest_size=12).hexdigest()

    return digest


def _together(feeds: Sequence[Feed]) -> Iterator[tuple[Feed, ...]]:
    """Feeds of one system that are fetched in the same way are fetched together."""

    def way(feed: Feed) -> tuple[str, str]:
        return feed.system, _kind(feed)

    for _, same in groupby(sorted(feeds, key=way), key=way):
        yield tuple(same)


def _kind(feed: Feed) -> str:
    collect: Collect | None = feed.collect
    assert collect is not None
    return kind_of(collect)


def _take(landing: Landing, met: Collected | NotCollected, memory: str) -> Batch | Refused | None:
    """What was fetched, as a batch, with the position; None where it says nothing new."""
    # Named by where it came from: a later success mends an earlier refusal.
    delivered = Delivered(
        feed=met.feed,
        order=0,
        file=f"{_kind(met.feed)}:{met.feed.name}",
        extracted=landing.now.replace(tzinfo=None),
        dated=False,
    )
    if isinstance(met, NotCollected):
        return landing.refuse(delivered, "", met.refusal)
    ledger = landing.ledger
    before = ledger.position(met.feed.id)
    known = {name: before[name] for name in ("content", "identity") if name in before}
    if met.file is None:
        if (moved := {**known, **met.position}) != before:
            ledger.move_position(met.feed.id, moved, landing.now)
        return None
    keyring = landing.pseudonymiser.keyring
    content = mark_of(met.file, keyring)
    if met.complete and content == before.get("content"):
        return None
    # The same bytes after something else are something else: where it began is part of what it is.
    begun = json.dumps([before.get("identity", ""), content])
    identity = mark_of_text(begun, keyring)
    moved = {**met.position, "content": content, "identity": identity}
    delivered = replace(delivered, extracted=met.extracted)
    batches = ledger.batches(met.feed.id)
    collect = met.feed.collect
    compared = collect if isinstance(collect, FromDatabase) and collect.compare else None
    names = compared.compare if compared else ()
    try:
        with landing.prepared(met.file, delivered, names) as prepared:
            if compared:
                paths = [landing.lake.verified_path(batch) for batch in batches]
                prepared = difference(prepared, paths, met.feed, compared, memory)
                if not prepared.rows and not prepared.rejected:
                    ledger.move_position(met.feed.id, moved, landing.now)
                    return None
            with ledger.together():
                batch = landing.record(delivered, identity, prepared, batches)
                ledger.move_position(met.feed.id, moved, landing.now)
            return batch
    except DeliveryRefused as refusal:
        return landing.refuse(delivered, identity, refusal)
