"""The stars of a snapshot, and what is held back of them because something grave does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlglot import exp

from virtaama.engines.port import Engine
from virtaama.lake.batches import Batch
from virtaama.lake.coverage import FeedCoverage, last_whole_month
from virtaama.loading import meta
from virtaama.loading.inputs import Inputs, Warehouse
from virtaama.loading.marts_made import MartsMade
from virtaama.loading.published_protection import (
    is_withheld_alike,
    publish_care,
    publish_protected,
    withheld_now,
)
from virtaama.loading.recording import RECORDED, Counting
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.question import Level
from virtaama.metrics.render.trees import Stars
from virtaama.model.columns import star_columns
from virtaama.model.dependencies import needed_for, publication_order
from virtaama.model.derived import Derived
from virtaama.model.model import Model
from virtaama.problems import Problem, ProblemsFound
from virtaama.quality.held import HeldBack
from virtaama.quality.judge import Occasion
from virtaama.quality.reading import recording
from virtaama.quality.results import Result, fingerprint
from virtaama.sql.build import cast, column, select, subquery, table
from virtaama.sql.build import named as sql_named
from virtaama.vault.derive import Made

STAR = "published_"
"""What the stars of the snapshot are called while figures are made from them."""

Star = Callable[[str, Made], exp.Query]
"""The current state of a concept as a query; the stars of the concepts it is computed from are made before."""

Judge = Callable[[tuple[Result, ...]], HeldBack]
"""Told what came of what is expected of concepts; says what is held back."""


@dataclass
class PublishedStars:
    """The stars made so far: with what, and which concepts stay as they were last published."""

    engine: Engine
    marts: MartsMade
    warehouse: Warehouse
    star: Star
    catalogue: Catalogue
    held: frozenset[str]
    judge: Judge
    at: Occasion
    begin: Callable[[str], None]
    held_back: HeldBack = field(default_factory=HeldBack)

    @property
    def model(self) -> Model:
        return self.warehouse.model

    def make(self, feeds: dict[str, FeedCoverage], applied: tuple[Batch, ...]) -> None:
        """Every star, and how each concept is recorded; what is held back is put back as it was."""
        publish_protected(self.engine, self.marts, self.warehouse, STAR)
        for concepts in self._in_steps():
            for concept in concepts:
                self.begin(concept)
                self._make(concept)
            self._hold_back(concepts, feeds, applied)
            self._make_again(concepts)

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
                self.marts.discard(f"star/{concept}")
                self._make(concept)

    def _make(self, concept: str) -> None:
        name = f"star/{concept}"
        # Only these columns, whatever the query has: what names a person is none of them.
        columns = [column for column, _ in star_columns(self.model.concept(concept))]
        query = select(*columns).from_(subquery(self.star(concept, star_made), "star"))
        made_from = self.warehouse.star(query, self._stars())
        if concept in self.held:
            if not self._stays(concept):
                self.marts.write(name, query.where(exp.false()))
        elif not (self.marts.is_unchanged(name, made_from) and self.marts.take_over(name)):
            self.marts.write(name, query, made_from)
        self.engine.view(f"{STAR}{concept}", self.marts.paths(name))
        publish_care(self.marts, self.warehouse, concept, star_made)
        if derived := self.model.derived_as(concept):
            self._refuse_repeated(derived)

    def _stars(self) -> dict[str, Inputs]:
        """What the stars that are there were made from: one that was put back, from what it was made from then."""
        return {star_made(name).name: inputs for name, inputs in self.marts.stars().items()}

    def _stays(self, concept: str) -> bool:
        """The star as it was last published, without what is withheld by now; False where it never was."""
        name = f"star/{concept}"
        if is_withheld_alike(self.marts, self.model, concept, star_made):
            return self.marts.take_over(name)
        if not self.marts.take_over(name):
            return False
        self.marts.discard(name)
        self.marts.write(name, withheld_now(self.model, concept, self._before(name), star_made))
        return True

    def _before(self, name: str) -> exp.Select:
        """The rows of a mart of the snapshot before."""
        assert self.marts.earlier is not None
        self.engine.view("published_before", self.marts.before[name].paths(self.marts.earlier))
        return select(exp.Star()).from_(table("published_before"))

    def _refuse_repeated(self, derived: Derived) -> None:
        """A rule that makes two instances of one key would count them twice wherever it is followed."""
        key = column(f"{derived.name}_key")
        once = exp.Count(this=exp.Distinct(expressions=[key]))
        [(rows, keys)] = meta.rows(
            self.engine, select(exp.Count(this=exp.Star()), once).from_(star_made(derived.name))
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
            made_from = self.warehouse.star(counted.counted, self._stars())
            if made_from:
                made_from["expected"] = " ".join(map(fingerprint, counted.every_expectation))
            if self.marts.is_unchanged(name, made_from) and self.marts.take_over(name):
                continue
            results += counting.count(counted)
            self.marts.write(name, counted.mart(table(RECORDED)), made_from)
        self.held_back = self.judge(tuple(results))
        # Of what is made later the last verdict is not of now: it is judged when it is made.
        failing = self.held_back.concepts.keys() & set(concepts)
        for concept in failing:
            self._put_back(concept)
        self.held |= failing

    def _put_back(self, concept: str) -> None:
        """The star as it was last published, in the columns of now; empty where it never was."""
        name = f"star/{concept}"
        if name in self.marts.taken_over:
            return
        wanted = star_columns(self.model.concept(concept))
        self.marts.discard(name)
        rows: exp.Query
        if self.marts.take_over(name):
            found = self.engine.read(self._before(name).limit(0)).column_names
            alike = is_withheld_alike(self.marts, self.model, concept, star_made)
            if alike and set(found) == {column for column, _ in wanted}:
                self.engine.view(f"{STAR}{concept}", self.marts.paths(name))
                return
            self.marts.discard(name)
            earlier = select(
                *(
                    column if column in found else sql_named(cast(exp.null(), kind), column)
                    for column, kind in wanted
                )
            ).from_(table("published_before"))
            rows = withheld_now(self.model, concept, earlier, star_made)
        else:
            nothing = (sql_named(cast(exp.null(), kind), column) for column, kind in wanted)
            rows = select(*nothing).where(exp.false())
        self.marts.write(name, rows)
        self.engine.view(f"{STAR}{concept}", self.marts.paths(name))


def _months_told(feeds: dict[str, FeedCoverage]) -> tuple[date, date] | None:
    """The first and the last month deliveries tell of."""
    if not feeds:
        return None
    return min(feed.first for feed in feeds.values()), last_whole_month(feeds.values())


def star_made(concept: str) -> exp.Table:
    """The star of a concept, as a table of the engine."""
    return table(f"{STAR}{concept}")
