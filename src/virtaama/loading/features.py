"""From the warehouse to feature tables: the rows of each day from what was known when it was over."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlglot import exp

from virtaama.engines.port import Engine
from virtaama.lake.batches import Batch
from virtaama.lake.coverage import feed_coverages, in_succession
from virtaama.lake.marts import About, FeatureDay, FeatureMart
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.feature_tables import FeatureTable, Use
from virtaama.metrics.periods import last_day
from virtaama.metrics.plan import parts_of
from virtaama.metrics.question import Grain, Missing
from virtaama.metrics.render.features import (
    Then,
    concepts_of_states,
    concepts_of_uses,
    feature_rows,
    window,
)
from virtaama.metrics.render.trees import Stars
from virtaama.model.dependencies import feeds_counted, needed_for
from virtaama.model.feeds import Delivery
from virtaama.model.lineage import described_by
from virtaama.model.model import Model
from virtaama.sql.build import drop_table, select, table, temporary_table
from virtaama.vault.derive import as_of, end_of, order_now, star
from virtaama.vault.endings import NO_ENDINGS, Endings, ending_name, endings_of
from virtaama.vault.protection import people_under_order, protected_name
from virtaama.vault.tables import VaultDesign

THEN, NOW = "then_", "now_"
MANY = 2
"""Days from which on it pays to put history in order once, as measured: docs/explanation/data-vault.md."""

Progress = Callable[[int, int, str], None]
"""Told before each day: how many are done, of how many, and the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build did."""

    days: int
    written: int  # days made anew; the others were made from the same before
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureBuild:
    """One feature table over one state of the warehouse. `batches` are those the warehouse holds."""

    table: FeatureTable
    model: Model
    design: VaultDesign
    catalogue: Catalogue
    batches: tuple[Batch, ...]
    protected: str = ""  # a digest of who has a protection order: where it changes, every day is made anew

    def days(self) -> tuple[date, ...]:
        """The days of the calendar that the deliveries tell of: from the first to the last that is over."""
        if not self.batches:
            return ()
        first = min(batch.extracted for batch in self.batches)
        last = max(batch.extracted for batch in self.batches)
        # A delivery extracted in the first moment of a day tells of the day before.
        day = timedelta(days=1)
        return self.model.calendar(self.table.calendar).days((first - day).date(), (last - day).date())

    def query(self, day: date, endings: Endings = NO_ENDINGS) -> exp.Query:
        """The rows of a day: columns from deliveries extracted until it was over, outcomes from all."""
        stars = self._stars
        query = feature_rows(self.table, day, self.absent(day), self.catalogue, stars)
        after = concepts_of_uses(self.table.outcomes, self.catalogue, stars.now)
        for person in people_under_order(self.model):
            for place in (stars.then, stars.now):
                name = place.table(protected_name(person)).name
                query = query.with_(name, as_=order_now(self.model, self.design, person), copy=False)
        for name in self._before():
            view = as_of(self.model, self.design, name, end_of(day), made=stars.then.table, endings=endings)
            query = query.with_(f"{THEN}{name}", as_=view, copy=False)
        for name in self._in_order(after):
            query = query.with_(
                f"{NOW}{name}", as_=star(self.model, self.design, name, stars.now.table), copy=False
            )
        return query

    def endings(self, days: Collection[date]) -> dict[str, exp.Select]:
        """What is to be kept, by history, while the rows of these days are made; nothing for few of them.

        It puts history in order once, where each day would do it for itself.
        """
        if len(days) < MANY:
            return {}
        told = (name for name in self._before() if self.model.derived_as(name) is None)
        found: dict[str, exp.Select] = {}
        for name in told:
            found |= endings_of(self.model, self.design, name)
        return found

    def absent(self, day: date) -> dict[str, str]:
        """The uses no row of a day can have a value in, because deliveries do not cover their days."""
        looks = (*((use, True) for use in self.table.uses), *((use, False) for use in self.table.outcomes))
        found = {use.name: self._absence(use, day, back) for use, back in looks}
        return {name: reason for name, reason in found.items() if reason}

    def made_from(self, day: date) -> str:
        """A digest of everything the rows of a day depend on."""
        uses = (*self.table.uses, *self.table.outcomes)
        parts = (part for use in uses for part in parts_of(self.catalogue.fact(use.fact), self.catalogue))
        feeds = described_by(self.model, (self.table.of, *(part.of for part in parts)))
        until = datetime.max if self.table.outcomes else end_of(day)
        told = [batch for batch in self.batches if batch.feed in feeds and batch.extracted <= until]
        said: Iterable[object] = (
            self.model.version,
            self.catalogue.version,
            self.table,
            self.protected,
            day,
            *((batch.number, batch.parquet_sha256, batch.extracted) for batch in told),
        )
        return hashlib.sha256("\n".join(map(repr, said)).encode()).hexdigest()

    @property
    def _stars(self) -> Then:
        return Then(
            then=Stars(self.model, schema="", prefix=THEN), now=Stars(self.model, schema="", prefix=NOW)
        )

    def _before(self) -> tuple[str, ...]:
        """The concepts looked at as they were, each after what it needs."""
        then = self._stars.then
        uses = concepts_of_uses(self.table.uses, self.catalogue, then)
        return self._in_order((*concepts_of_states(self.table, self.catalogue, then), *uses))

    def _in_order(self, concepts: tuple[str, ...]) -> tuple[str, ...]:
        """The concepts and all they are computed from, each after what it needs."""
        whole = (name for concept in concepts for name in (*needed_for(self.model, concept), concept))
        return tuple(dict.fromkeys(whole))

    def _absence(self, use: Use, day: date, back: bool) -> str:
        """Why deliveries do not cover the days of a use; empty where they do.

        When a feed begins and how often it comes is told by all deliveries, how far it has come by those
        extracted until the day was over.
        """
        first, last = window(use, day, back)
        known = end_of(day) if back else datetime.max
        if end_of(last) > max(batch.extracted for batch in self.batches):
            return Missing.NOT_DELIVERED
        parts = parts_of(self.catalogue.fact(use.fact), self.catalogue)
        feeds = {feed for part in parts for feed in feeds_counted(self.model, part.of)}
        full = frozenset(feed.id for feed in self.model.feeds if feed.delivery is Delivery.FULL)
        until = feed_coverages((b for b in self.batches if b.extracted <= known), full)
        whole = [found for feed, found in feed_coverages(self.batches, full).items() if feed in feeds]
        for coverage in in_succession(whole, self.model):
            ends = [until[feed].last for feed in self._succeeded(coverage.feed) if feed in until]
            if not ends or (coverage.monthly and last > last_day(max(ends), Grain.MONTH)):
                return Missing.NOT_DELIVERED
            if coverage.monthly and first < coverage.first:
                return Missing.NO_DATA
        return ""

    def _succeeded(self, feed: str) -> tuple[str, ...]:
        """A feed and those it took the place of."""
        before = self.model.feed(feed).replaces
        return (feed, *(name for each in before for name in self._succeeded(each)))


def build_features(
    engine: Engine, build: FeatureBuild, mart: FeatureMart, moment: datetime, progress: Progress
) -> Built:
    """Make the rows of every day whose inputs have changed, keep the others, drop days no longer kept.

    After a failure the mart holds what it held before.
    """
    about = mart.about()
    before = {each.day: each for each in about.days} if about else {}
    days = {day: build.made_from(day) for day in build.days()}
    stale = [day for day in days if day not in before or before[day].made_from != days[day]]
    kept: list[FeatureDay] = []
    with _kept_endings(engine, build.endings(stale)) as endings:
        for done, (day, made_from) in enumerate(days.items()):
            progress(done, len(days), str(day))
            if day not in stale:
                kept.append(before[day])
                continue
            query = build.query(day, endings)
            kept.append(mart.store(day, made_from, lambda path, query=query: engine.write(query, path)))  # type: ignore[misc]
    mart.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mart.finish(
        About(
            name=build.table.name,
            built=moment,
            model_version=build.model.version,
            catalogue_version=build.catalogue.version,
            days=tuple(kept),
        )
    )
    return Built(days=len(days), written=len(stale), rows=sum(each.rows for each in kept))


@contextmanager
def _kept_endings(engine: Engine, queries: Mapping[str, exp.Select]) -> Iterator[Endings]:
    """Temporary tables, dropped at the end."""
    try:
        for history, query in queries.items():
            engine.run(temporary_table(ending_name(history), query))
        yield frozenset(queries)
    finally:
        for history in queries:
            engine.run(drop_table(ending_name(history)))


def applied_batches(engine: Engine, batches: Iterable[Batch]) -> tuple[Batch, ...]:
    """Those of the batches that the warehouse holds."""
    if not engine.columns("applied"):
        return ()
    applied = set(engine.read(select("batch").from_(table("applied"))).column("batch").to_pylist())
    return tuple(batch for batch in batches if batch.number in applied)
