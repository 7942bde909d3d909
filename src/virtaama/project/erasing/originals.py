"""Delivered files that hold what is to be erased: those that have landed are destroyed whole, others come first.

Of a file that has landed everything readable is in the lake, and what could not be read is in quarantine, so nobody
else loses anything by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from virtaama.keyring import Keyring
from virtaama.lake.batches import Batch
from virtaama.lake.files import sync
from virtaama.lake.ledger import Ledger
from virtaama.loading.deliveries import Delivered, discover, opened, outer
from virtaama.loading.recognition import mark_of
from virtaama.model.feeds import Feed
from virtaama.project.copies import files_below
from virtaama.project.erasing.search import Traces, names_somebody
from virtaama.project.on_record import now


@dataclass(frozen=True, slots=True)
class Originals:
    """Files below the deliveries folder, by name: those to destroy, and those that have not landed as they are."""

    destroyed: tuple[str, ...]
    waiting: tuple[str, ...]


def originals(
    folder: Path,
    feeds: Iterable[Feed],
    ledger: Ledger,
    keyring: Keyring,
    gone_from: Collection[int],
    traces: Traces,
) -> Originals:
    """The files that name somebody, or that batches came from of which rows go."""
    delivered: dict[str, list[Delivered]] = defaultdict(list)
    for each in discover(tuple(feeds), folder, now()):
        delivered[outer(each.file)].append(each)
    known = _known(ledger)
    destroyed: list[str] = []
    waiting: list[str] = []
    for path in files_below(folder) if folder.is_dir() else []:
        name = path.relative_to(folder).as_posix()
        became = [known.get((each.feed.id, each.file), ()) for each in delivered[name]]
        went = any(batch.number in gone_from for batches in became for batch in batches)
        if not went and not names_somebody(path, traces):
            continue
        has_landed = bool(became) and all(
            _has_landed(folder, each, batches, keyring)
            for each, batches in zip(delivered[name], became, strict=True)
        )
        (destroyed if has_landed else waiting).append(name)
    return Originals(tuple(destroyed), tuple(waiting))


def destroy(folder: Path, names: Iterable[str]) -> int:
    """Take these files away; how many were there. What a run before took away already is no fault."""
    gone = 0
    for name in names:
        path = folder / name
        if path.exists():
            path.unlink()
            sync(path.parent)
            gone += 1
    return gone


def _known(ledger: Ledger) -> Mapping[tuple[str, str], tuple[Batch, ...]]:
    """What each file became, by feed and name: batches landed from it, and those it repeated."""
    batches = {batch.number: batch for batch in ledger.batches()}
    found: dict[tuple[str, str], list[Batch]] = defaultdict(list)
    for batch in batches.values():
        found[batch.feed, batch.file].append(batch)
    for repeat in ledger.repeats():
        found[repeat.feed, repeat.file].append(batches[repeat.batch])
    return {key: tuple(of) for key, of in found.items()}


def _has_landed(folder: Path, delivered: Delivered, batches: tuple[Batch, ...], keyring: Keyring) -> bool:
    if not batches:
        return False
    with opened(folder, delivered) as path:
        mark = mark_of(path, keyring)
    return any(batch.sha256 == mark for batch in batches)
