"""From the loader's own warehouse to a published snapshot: a folder of Parquet marts that never changes again.

Readers never meet the warehouse. What has not changed since the last snapshot is taken over from it, what
has is written anew; which is which is told by the inputs of each mart. The snapshot appears whole or not at
all: its folder is renamed when everything is on disk, and CURRENT names it only after that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from sqlglot import exp

from virtaama.engines.port import Engine
from virtaama.lake.batches import Batch
from virtaama.lake.coverage import (
    FeedCoverage,
    Span,
    coverage_of_fact,
    coverage_of_metric,
    feed_coverages,
    last_whole_month,
)
from virtaama.lake.published import Manifest, Mart
from virtaama.loading import inputs, meta
from virtaama.loading.figures import write_figures
from virtaama.loading.history import BEFORE, HistoryMart, added_since, history_marts
from virtaama.loading.inputs import Applied, Inputs, Warehouse
from virtaama.loading.recording import RECORDED, Counting
from virtaama.loading.snapshots import NewSnapshot, last_published
from virtaama.metrics.definitions import Catalogue, Fact, Metric
from virtaama.metrics.plan import (
    Coverage,
    MetricPlan,
    definition_of,
    prepared_breakdowns,
)
from virtaama.metrics.question import Level
from virtaama.metrics.reads import concepts_read
from virtaama.metrics.render.observations import calendar, span
from virtaama.metrics.render.trees import Stars
from virtaama.model.columns import star_columns
from virtaama.model.dependencies import needed_for, publication_order
from virtaama.model.derived import Derived
from virtaama.model.feeds import Delivery
from virtaama.model.model import Model
from virtaama.problems import Problem, ProblemsFound
from virtaama.quality.held import HeldBack
from virtaama.quality.judge import Occasion
from virtaama.quality.reading import recording
from virtaama.quality.results import Result, fingerprint
from virtaama.sql.build import cast, column, select, subquery, table
from virtaama.sql.build import named as sql_named
from virtaama.vault.derive import Made
from virtaama.vault.design import design

MOST_FILES = 24
"""A mart that was added to so often is written whole again."""

STAR = "published_"
"""What the stars of the snapshot are called while figures are made from them."""

Star = Callable[[str, Made], exp.Query]
"""The current state of a concept as a query; the stars of the concepts it is computed from are made before."""

Judge = Callable[[tuple[Result, ...]], HeldBack]
"""Told what came of what is expected of concepts; says what is held back."""

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
        making = _Making(
            engine=engine,
            snapshot=snapshot,
            warehouse=Warehouse(model=model, design=design(model), applied=_applied(engine, batches)),
            star=star,
            catalogue=catalogue,
            county_code=county_code,
            moment=moment,
            held=held,
            judge=judge,
            at=Occasion(moment, run),
            progress=progress,
        )
        return making.publish(last_published(folder))
    except BaseException:
        snapshot.abandon()
        raise


@dataclass
class _Making:
    """One publication: what it is made with, and the marts made so far."""

    engine: Engine
    snapshot: NewSnapshot
    warehouse: Warehouse
    star: Star
    catalogue: Catalogue
    county_code: str
    moment: datetime
    held: frozenset[str]
    judge: Judge
    at: Occasion
    progress: Progress
    held_back: HeldBack = field(default_factory=HeldBack)
    made_from: dict[str, Inputs] = field(default_factory=dict)  # of the stars as they would be now
    earlier: Path | None = None
    before: dict[str, Mart] = field(default_factory=dict)
    marts: dict[str, Mart] = field(default_factory=dict)
    taken_over: list[str] = field(default_factory=list)
    months: dict[str, Coverage | None] = field(default_factory=dict)  # of each fact
    done: int = 0

    @property
    def model(self) -> Model:
        return self.warehouse.model

    def publish(self, last: tuple[Path, Manifest] | None) -> Publication:
        if last:
            self.earlier, manifest = last
            self.before = {mart.name: mart for mart in manifest.marts}
        full = frozenset(feed.id for feed in self.model.feeds if feed.delivery is Delivery.FULL)
        applied = tuple(one.batch for one in self.warehouse.applied)
        feeds = feed_coverages(applied, full)
        for concepts in self._in_steps():
            for concept in concepts:
                self._begin(concept)
                self._publish_star(concept)
            self._hold_back(concepts, feeds, applied)
            self._make_again(concepts)
        for code_list in self.model.code_lists:
            if self.engine.columns(f"ref_{code_list.name}"):
                self._write(f"ref/{code_list.name}", select(exp.Star()).from_(table(f"ref_{code_list.name}")))
        stars = Stars(self.model, schema="", prefix=STAR)
        reads = {m.name: concepts_read(m, self.catalogue, stars) for m in self.catalogue.metrics}
        self._publish_figures(stars, feeds, reads)
        self._publish_histories(frozenset[str]().union(*reads.values()))
        self._begin("areas")
        for name, query in meta.marts(self.model, self.catalogue, stars, feeds, self._has_notes()):
            self._write(f"meta/{name}", query)
        self._write("meta/held", meta.held(self.model, self.held_back))
        finished = self.snapshot.finish(
            Manifest(
                number=self.snapshot.number,
                published=self.moment,
                model_version=self.model.version,
                catalogue_version=self.catalogue.version,
                last_delivery=max((batch.extracted for batch in applied), default=None),
                definitions={m.name: definition_of(m, self.catalogue) for m in self.catalogue.metrics},
                marts=tuple(self.marts.values()),
            )
        )
        self.progress(self.done, self.done, "")
        return Publication(
            number=self.snapshot.number,
            folder=finished,
            figures=sum(mart.rows for mart in self.marts.values() if mart.kind == "figures"),
            written=tuple(name for name in self.marts if name not in self.taken_over),
            taken_over=tuple(self.taken_over),
            held=tuple(self.held_back.metrics),
        )

    # Stars

    def _in_steps(self) -> Iterator[tuple[str, ...]]:
        """The concepts in the order they are made: derived ones after what they are made from was judged.

        Delivered ones are judged together, because they refer to each other.
        """
        step: list[str] = []
        for concept in publication_order(self.model):
            if step and self.model.derived_as(concept.name):
                yield tuple(step)
                step = []
            step.append(concept.name)
        yield tuple(step)

    def _make_again(self, concepts: tuple[str, ...]) -> None:
        """The stars with values computed from a concept that was put back: from what it is now."""
        put_back = self.held & set(concepts)
        for concept in concepts:
            if concept not in self.held and put_back & set(needed_for(self.model, concept)):
                name = f"star/{concept}"
                if name in self.taken_over:
                    self.taken_over.remove(name)
                self.snapshot.discard(name)
                self._publish_star(concept)

    def _publish_star(self, concept: str) -> None:
        name = f"star/{concept}"
        # Only these columns, whatever the query has: what names a person is none of them.
        columns = [column for column, _ in star_columns(self.model.concept(concept))]
        query = select(*columns).from_(subquery(self.star(concept, _made), "star"))
        made = {_made(mart.table).name: mart.inputs for mart in self.marts.values()}
        made_from = self.made_from[concept] = self.warehouse.star(query, made)
        if concept in self.held:
            if not self._take_over(name):
                self._write(name, query.where(exp.false()))
        elif not (self._is_unchanged(name, made_from) and self._take_over(name)):
            self._write(name, query, made_from)
        self.engine.view(f"{STAR}{concept}", self.marts[name].paths(self.snapshot.folder))
        if derived := self.model.derived_as(concept):
            self._refuse_repeated(derived)

    def _refuse_repeated(self, derived: Derived) -> None:
        """A rule that makes two instances of one key would count them twice wherever it is followed."""
        key = column(f"{derived.name}_key")
        once = exp.Count(this=exp.Distinct(expressions=[key]))
        [(rows, keys)] = meta.rows(
            self.engine, select(exp.Count(this=exp.Star()), once).from_(_made(derived.name))
        )
        if rows != keys:
            what = f"the rules of derived concept '{derived.name}' make {rows} instances of {keys} different keys."
            advice = f"Every key ({', '.join(derived.concept.key)}) has to be made once: group by it."
            raise ProblemsFound((Problem(derived.place, what, advice),))

    def _hold_back(
        self, concepts: tuple[str, ...], feeds: dict[str, FeedCoverage], applied: tuple[Batch, ...]
    ) -> None:
        """Count how concepts are recorded, and put back those of which something grave does not hold."""
        stars = Stars(self.model, schema="", prefix=STAR)
        counting = Counting(self.engine, stars, self.at)
        unit = next((d.concept for d in self.catalogue.dimensions if d.name == Level.UNIT), "")
        newest = max((batch.extracted for batch in applied), default=self.at.moment)
        by_table = {_made(name).name: made_from for name, made_from in self.made_from.items()}
        results: list[Result] = []
        for concept in concepts:
            counted = recording(
                self.model,
                self.warehouse.design,
                self.model.concept(concept),
                unit=unit,
                months=_months_told(feeds),
                newest=newest.replace(tzinfo=None).isoformat(sep=" "),
                stars=stars,
            )
            name = f"recording/{concept}"
            if counted is None:
                continue
            made_from = self.warehouse.star(counted.counted, by_table)
            if made_from:
                made_from["expected"] = " ".join(map(fingerprint, counted.every_expectation))
            if self._is_unchanged(name, made_from) and self._take_over(name):
                continue
            results += counting.count(counted)
            self._write(name, counted.mart(table(RECORDED)), made_from)
        self.held_back = self.judge(tuple(results))
        # Of what is made later the last verdict is not of now: it is judged when it is made.
        failing = self.held_back.concepts.keys() & set(concepts)
        for concept in failing:
            self._put_back(concept)
        self.held |= failing

    def _put_back(self, concept: str) -> None:
        """The star as it was last published, in the columns of now; empty where it never was."""
        name = f"star/{concept}"
        if name in self.taken_over:
            return
        wanted = star_columns(self.model.concept(concept))
        self.snapshot.discard(name)
        if self._take_over(name):
            paths = self.marts[name].paths(self.snapshot.folder)
            self.engine.view(f"{STAR}{concept}", paths)
            found = self.engine.read(select(exp.Star()).from_(_made(concept)).limit(0)).column_names
            if set(found) == {column for column, _ in wanted}:
                return
            self.taken_over.remove(name)
            self.snapshot.discard(name)
            assert self.earlier is not None
            self.engine.view("published_before", self.before[name].paths(self.earlier))
            rows = select(
                *(
                    column if column in found else sql_named(cast(exp.null(), kind), column)
                    for column, kind in wanted
                )
            ).from_(table("published_before"))
        else:
            nothing = (sql_named(cast(exp.null(), kind), column) for column, kind in wanted)
            rows = select(*nothing).where(exp.false())
        self._write(name, rows)
        self.engine.view(f"{STAR}{concept}", self.marts[name].paths(self.snapshot.folder))

    # Figures

    def _publish_figures(
        self, stars: Stars, feeds: dict[str, FeedCoverage], reads: dict[str, frozenset[str]]
    ) -> None:
        plans = [plan for metric in self.catalogue.metrics if (plan := self._plan(metric, stars, feeds))]
        if not plans:
            return
        months = calendar(Coverage(min(p.coverage.first for p in plans), max(p.coverage.last for p in plans)))
        stale: list[MetricPlan] = []
        made_from: dict[str, Inputs] = {}
        for plan in plans:
            name = f"figures/{plan.metric.name}"
            read = reads[plan.metric.name]
            of_stars = {concept: self.marts[f"star/{concept}"].inputs for concept in read}
            made_from[name] = inputs.figures(plan, self.catalogue, of_stars, months, self.county_code)
            if read & self.held or self._is_unchanged(name, made_from[name]):
                self._begin(plan.metric.name)
                if self._take_over(name) or read & self.held:
                    continue
            stale.append(plan)
        written = write_figures(
            self.engine,
            tuple(stale),
            months=months,
            catalogue=self.catalogue,
            stars=stars,
            county_code=self.county_code,
            path=lambda plan: self.snapshot.path(f"figures/{plan.metric.name}"),
            begin=self._begin,
        )
        for plan in stale:
            name = f"figures/{plan.metric.name}"
            covered = (plan.coverage.first, plan.coverage.last)
            self._keep(name, written[plan.metric.name], made_from[name], covered)

    # History

    def _publish_histories(self, concepts: frozenset[str]) -> None:
        def is_there(name: str) -> bool:
            return bool(self.engine.columns(name))

        for mart in history_marts(self.warehouse, sorted(concepts), is_there):
            if self.held & {source.hub.concept for source in mart.sources}:
                self._take_over(mart.name)
            else:
                self._begin(mart.table)
                self._publish_history(mart)

    def _plan(self, metric: Metric, stars: Stars, feeds: dict[str, FeedCoverage]) -> MetricPlan | None:
        """What can be computed of a metric: the months its facts have in common."""
        coverage = coverage_of_metric(
            metric, self.catalogue, lambda part: self._months_of(part, stars, feeds)
        )
        if coverage is None:
            return None
        breakdowns = prepared_breakdowns(metric, self.catalogue)
        return MetricPlan(metric=metric, breakdowns=breakdowns, coverage=coverage)

    def _months_of(self, part: Fact, stars: Stars, feeds: dict[str, FeedCoverage]) -> Coverage | None:
        def looked_at(part: Fact) -> Span:
            [(first, last, without_end)] = meta.rows(self.engine, span(part, stars))
            return first, last, without_end

        if part.name not in self.months:
            self.months[part.name] = coverage_of_fact(part, self.model, feeds, looked_at)
        return self.months[part.name]

    def _publish_history(self, mart: HistoryMart) -> None:
        before = self.before.get(mart.name)
        new = added_since(mart, before.inputs, self.warehouse) if before else None
        if before is None or new is None or len(before.files) > MOST_FILES or not self._take_over(mart.name):
            self._write(mart.name, mart.whole(), mart.inputs)
            return
        self.engine.view(BEFORE, before.paths(self.snapshot.folder))
        rows = mart.added(new) if new else None
        if rows is None:
            self.marts[mart.name] = replace(before, inputs=mart.inputs)
            return
        part = f"{mart.name}.{self.snapshot.number}"
        count = self.engine.write(rows, self.snapshot.path(part))
        self.marts[mart.name] = replace(
            before,
            rows=before.rows + count,
            files=before.files + self.snapshot.files(part),
            inputs=mart.inputs,
        )

    # Marts

    def _is_unchanged(self, name: str, made_from: Inputs) -> bool:
        """Whether the mart of the snapshot before was made from just these."""
        return bool(made_from) and name in self.before and self.before[name].inputs == made_from

    def _take_over(self, name: str) -> bool:
        """Use the mart of the snapshot before, if there is one and it is not damaged."""
        mart = self.before.get(name)
        if mart is None or self.earlier is None or not self.snapshot.take_over(mart, self.earlier):
            return False
        self.marts[name] = mart
        self.taken_over.append(name)
        return True

    def _write(self, name: str, query: exp.Query, made_from: Inputs | None = None) -> None:
        self._keep(name, self.engine.write(query, self.snapshot.path(name)), made_from or {}, None)

    def _keep(self, name: str, rows: int, made_from: Inputs, months: tuple[date, date] | None) -> None:
        files = self.snapshot.files(name)
        self.marts[name] = Mart(name=name, rows=rows, files=files, inputs=made_from, months=months)

    def _has_notes(self) -> bool:
        return bool(self.engine.columns("applied"))

    def _begin(self, what: str) -> None:
        steps = len(self.model.every_concept) + len(self.catalogue.metrics) + 1
        self.progress(self.done, max(steps, self.done + 1), what)
        self.done += 1


def _months_told(feeds: dict[str, FeedCoverage]) -> tuple[date, date] | None:
    """The first and the last month deliveries tell of."""
    if not feeds:
        return None
    return min(feed.first for feed in feeds.values()), last_whole_month(feeds.values())


def _made(concept: str) -> exp.Table:
    """The star of a concept, as a table of the engine."""
    return table(f"{STAR}{concept}")


def _applied(engine: Engine, batches: tuple[Batch, ...]) -> tuple[Applied, ...]:
    """The batches the warehouse holds, each with the note of its loading."""
    if not engine.columns("applied"):
        return ()
    query = select("batch", "model_version", "applied_at").from_(table("applied"))
    notes = {note[0]: note for note in meta.rows(engine, query)}
    return tuple(Applied(batch=b, note=notes[b.number]) for b in batches if b.number in notes)
