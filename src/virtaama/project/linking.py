"""Linking, wired: linkages run over the warehouse of a project, and their links delivered to its lake."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from virtaama.engines.port import Engine
from virtaama.lake.batches import Batch
from virtaama.lake.link_record import LinkRecord
from virtaama.linkage.definitions import Level, Linkage
from virtaama.loading.deployed import refuse_unfinished
from virtaama.loading.features import applied_batches
from virtaama.loading.link_records import Reader, compared
from virtaama.loading.link_run import Linked, LinkRun
from virtaama.loading.link_weights import learned, quiet_splink
from virtaama.loading.lock import only_one
from virtaama.problems import NotReady
from virtaama.project.mended import Done, mended
from virtaama.project.on_record import now, on_record
from virtaama.project.parts import Parts
from virtaama.project.told import Notice, Progress, silent
from virtaama.project.warehouse import opened
from virtaama.project.work import load_now

if TYPE_CHECKING:
    from virtaama.access.link_review import LinkReview
    from virtaama.access.look_ups import Counts

LEARNED_FROM_AT_LEAST = 100
"""Instances sources tell of; from fewer nothing is learned."""


def linking_key(parts: Parts) -> bytes:
    """Marks of what was compared, and what reviewers note, are closed with it."""
    return parts.keyring.derived("linking")


@contextmanager
def link_record(parts: Parts) -> Iterator[LinkRecord]:
    record = LinkRecord.open(parts.settings.links)
    try:
        yield record
    finally:
        record.close()


def link(parts: Parts, notice: Notice, progress: Progress = silent) -> dict[str, Linked]:
    """Find which records are about the same person; what came of each linkage, by its name.

    Links that were made or ended land as a feed. A warehouse that is not to be trusted is made again first, and
    `notice` told.
    """
    with only_one(parts.settings.lock):
        return _mended(parts, notice, lambda: _link(parts, parts.links, progress))


def learn(
    parts: Parts, linkage: Linkage, notice: Notice
) -> tuple[dict[str, dict[Level, tuple[float, float]]], int]:
    """Weights for a linkage, learned from what sources tell, and from how many records. NotReady from too few."""
    with only_one(parts.settings.lock):
        return _mended(parts, notice, lambda: _learn(parts, linkage))


def _mended(parts: Parts, notice: Notice, work: Callable[[], Done]) -> Done:
    return mended(parts.settings, parts.ledger, notice, work, partial(load_now, parts, silent))


def _link(parts: Parts, linkages: tuple[Linkage, ...], progress: Progress) -> dict[str, Linked]:
    done: dict[str, Linked] = {}
    with (
        on_record(parts.ledger, "link") as tell,
        link_record(parts) as record,
        opened(parts.settings, parts.ledger) as engine,
    ):
        refuse_unfinished(engine, parts.model)
        for place, linkage in enumerate(linkages):
            progress(place, len(linkages), linkage.name)
            deliveries = _deliveries(parts, engine, linkage)
            done[linkage.name] = LinkRun(
                linkage=linkage,
                reader=reader(parts, engine, linkage),
                record=record,
                lake=parts.lake,
                ledger=parts.ledger,
                read=_read(parts, deliveries),
                told=max((batch.extracted for batch in deliveries), default=now().replace(tzinfo=None)),
                key=linking_key(parts),
                now=now(),
                memory=parts.settings.memory,
                threads=parts.settings.threads,
            ).run()
        tell(
            {
                "looked_at": sum(each.looked_at for each in done.values()),
                "linked": sum(each.linked for each in done.values()),
                "proposed": sum(each.proposed for each in done.values()),
                "ended": sum(each.ended for each in done.values()),
            }
        )
    return done


def _learn(parts: Parts, linkage: Linkage) -> tuple[dict[str, dict[Level, tuple[float, float]]], int]:
    with on_record(parts.ledger, "link learn") as tell, opened(parts.settings, parts.ledger) as engine:
        refuse_unfinished(engine, parts.model)
        found = reader(parts, engine, linkage)
        told = found.told()
        if len(told) < LEARNED_FROM_AT_LEAST:
            raise NotReady(
                f"Sources tell of {len(told)} instances of '{linkage.of}' what they are the same as; weights are "
                f"learned from {LEARNED_FROM_AT_LEAST} at least.\n  Keep the weights there are."
            )
        with quiet_splink(parts.settings.memory, parts.settings.threads) as api:
            levels = learned(api, compared(told, linkage), compared(found.to(), linkage), linkage)
        tell({"learned_from": len(told)})
    return levels, len(told)


def link_review_of(parts: Parts, counts: Counts) -> LinkReview:
    """The door of the portal to pairs."""
    from virtaama.access.link_review import LinkReview
    from virtaama.access.link_values import PublishedPairs

    return LinkReview(
        linkages=parts.links,
        model=parts.model,
        roles=parts.roles,
        audit=parts.audit,
        record=partial(link_record, parts),
        looks=PublishedPairs(
            published=parts.settings.published,
            direct=parts.settings.direct,
            catalogue=parts.catalogue,
            model=parts.model,
            opener=lambda: parts.identities,
        ),
        notes=parts.keyring.box("notes on links"),
        look_ups=parts.look_ups(counts),
        clock=now,
    )


def reader(parts: Parts, engine: Engine, linkage: Linkage) -> Reader:
    """Opens names in memory, with the keys of the identity store."""
    return Reader(engine, parts.model, linkage, parts.identities)


def _deliveries(parts: Parts, engine: Engine, linkage: Linkage) -> tuple[Batch, ...]:
    """What either concept is made of, as far as the warehouse holds it."""
    concepts = (linkage.of, linkage.to)
    feeds = {mapping.feed for mapping in parts.model.mappings if mapping.concept in concepts}
    return tuple(b for b in applied_batches(engine, parts.ledger.batches()) if b.feed in feeds)


def _read(parts: Parts, deliveries: Iterable[Batch]) -> str:
    """Changes with every delivery, and with the model."""
    told = [parts.model.version, sorted(batch.number for batch in deliveries)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
