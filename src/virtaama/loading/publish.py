"""From the loader's own warehouse to a published snapshot: a folder of Parquet marts that never changes again.

Readers never meet the warehouse. What has not changed since the last snapshot is taken over from it, what
has is written anew; which is which is told by the inputs of each mart. The snapshot appears whole or not at
all: its folder is renamed when everything is on disk, and CURRENT names it only after that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlglot import exp

from virtaama.engines.port import Engine
from virtaama.lake.batches import Batch
from virtaama.lake.coverage import feed_coverages
from virtaama.lake.published import Manifest
from virtaama.loading import meta
from virtaama.loading.inputs import Applied, Warehouse
from virtaama.loading.marts_made import MartsMade
from virtaama.loading.published_figures import PublishedFigures
from virtaama.loading.published_histories import publish_histories
from virtaama.loading.published_stars import STAR, Judge, PublishedStars, Star
from virtaama.loading.snapshots import NewSnapshot, last_published
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.plan import definition_of
from virtaama.metrics.reads import concepts_read
from virtaama.metrics.render.trees import Stars
from virtaama.model.feeds import Delivery
from virtaama.model.model import Model
from virtaama.quality.held import HeldBack
from virtaama.quality.judge import Occasion
from virtaama.sql.build import select, table
from virtaama.vault.design import design

Progress = Callable[[int, int, str], None]
"""Told before each step: how many are done, of how many, and what comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A snapshot that readers now see."""

    number: int
    folder: Path
    figures: int
    written: tuple[str, ...]  # the marts made anew
    taken_over: tuple[str, ...]  # the marts that are those of the snapshot before
    held: tuple[str, ...] = ()  # the metrics that stayed as they were, because something does not hold


def publish(
    engine: Engine,
    *,
    star: Star,
    model: Model,
    catalogue: Catalogue,
    batches: tuple[Batch, ...],
    folder: Path,
    county_code: str,
    moment: datetime,
    held: frozenset[str] = frozenset(),
    judge: Judge = lambda results: HeldBack(),
    run: int = 0,
    progress: Progress = lambda done, of, what: None,
) -> Publication:
    """Publish what the warehouse holds now.

    Batches that are not in the warehouse are left out of account. Concepts that are `held` stay as they
    were last published, and so do the figures that count them; so do those that `judge` names, when it is
    told what came of what is expected of concepts. After a failure readers still see what they saw before,
    and the next publication starts anew.
    """
    snapshot = NewSnapshot(folder)
    try:
        marts = MartsMade(engine, snapshot, last_published(folder))
        warehouse = Warehouse(model=model, design=design(model), applied=_applied(engine, batches))
        applied = tuple(one.batch for one in warehouse.applied)
        full = frozenset(feed.id for feed in model.feeds if feed.delivery is Delivery.FULL)
        feeds = feed_coverages(applied, full)
        begin = _Pace(len(model.every_concept) + len(catalogue.metrics) + 1, progress)

        made = PublishedStars(
            engine=engine,
            marts=marts,
            warehouse=warehouse,
            star=star,
            catalogue=catalogue,
            held=held,
            judge=judge,
            at=Occasion(moment, run),
            begin=begin,
        )
        made.make(feeds, applied)
        for code_list in model.code_lists:
            if engine.columns(f"ref_{code_list.name}"):
                codes = select(exp.Star()).from_(table(f"ref_{code_list.name}"))
                marts.write(f"ref/{code_list.name}", codes)

        stars = Stars(model, schema="", prefix=STAR)
        reads = {m.name: concepts_read(m, catalogue, stars) for m in catalogue.metrics}
        figures = PublishedFigures(
            engine=engine,
            marts=marts,
            model=model,
            catalogue=catalogue,
            stars=stars,
            feeds=feeds,
            county_code=county_code,
            begin=begin,
        )
        figures.make(made.held, reads)
        publish_histories(engine, marts, warehouse, frozenset[str]().union(*reads.values()), made.held, begin)

        begin("areas")
        for name, query in meta.marts(model, catalogue, stars, feeds, bool(engine.columns("applied"))):
            marts.write(f"meta/{name}", query)
        marts.write("meta/held", meta.held(model, made.held_back))
        finished = snapshot.finish(
            Manifest(
                number=snapshot.number,
                published=moment,
                model_version=model.version,
                catalogue_version=catalogue.version,
                last_delivery=max((batch.extracted for batch in applied), default=None),
                definitions={m.name: definition_of(m, catalogue) for m in catalogue.metrics},
                marts=tuple(marts.made.values()),
            )
        )
        begin.end()
    except BaseException:
        snapshot.abandon()
        raise
    return Publication(
        number=snapshot.number,
        folder=finished,
        figures=sum(mart.rows for mart in marts.made.values() if mart.kind == "figures"),
        written=tuple(name for name in marts.made if name not in marts.taken_over),
        taken_over=tuple(marts.taken_over),
        held=tuple(made.held_back.metrics),
    )


class _Pace:
    """Tells how far a publication is whenever a step begins."""

    def __init__(self, steps: int, progress: Progress) -> None:
        self._steps = steps
        self._progress = progress
        self._done = 0

    def __call__(self, what: str) -> None:
        self._progress(self._done, max(self._steps, self._done + 1), what)
        self._done += 1

    def end(self) -> None:
        self._progress(self._done, self._done, "")


def _applied(engine: Engine, batches: tuple[Batch, ...]) -> tuple[Applied, ...]:
    """The batches the warehouse holds, each with the note of its loading."""
    if not engine.columns("applied"):
        return ()
    query = select("batch", "model_version", "applied_at").from_(table("applied"))
    notes = {note[0]: note for note in meta.rows(engine, query)}
    return tuple(Applied(batch=b, note=notes[b.number]) for b in batches if b.number in notes)
