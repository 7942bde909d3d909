"""What each mart is made from, by name and digest: equal inputs, equal rows, so it need not be made again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from pathlib import Path

from sqlglot import exp

from virtaama.lake.batches import Batch
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.left_over import left_over
from virtaama.metrics.plan import MetricPlan, definition_of, measures_of
from virtaama.model.digest import digest
from virtaama.model.model import Model
from virtaama.sql.spelling import spelled
from virtaama.vault.tables import Hub, Source, VaultDesign

Inputs = dict[str, str]

# The code that decides what the rows of a mart are: after an upgrade everything is made once more.
_MAKERS = ("engines", "metrics", "quality", "sql", "vault")


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A batch with the note of its loading."""

    batch: Batch
    note: tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Warehouse:
    """What the warehouse was made from."""

    model: Model
    design: VaultDesign
    applied: tuple[Applied, ...]

    def star(self, query: exp.Query, stars: Mapping[str, Inputs]) -> Inputs:
        """What the star of a concept is made from: its statement, and what is behind the tables it reads.

        `stars` are the inputs of the stars that are there as tables, by the names of these. Empty where a
        table is read of which nothing is known.
        """
        own = {cte.alias for cte in query.find_all(exp.CTE)}
        tables = [table for table in query.find_all(exp.Table) if table.name not in own]
        names = {table.name for table in tables}
        of_vault = self._sources_by_table()
        read_stars = {name: stars[name] for name in sorted(names & stars.keys())}
        if any(table.db for table in tables) or not names <= stars.keys() | of_vault.keys():
            return {}
        if not all(read_stars.values()):
            return {}
        read = {
            source.name + source.hub.name: source
            for name in names - stars.keys()
            for source in of_vault[name]
        }
        sources = [read[name] for name in sorted(read)]
        feeds = sorted({source.mapping.feed for source in sources})
        keys = [hub.business_key for source in sources for hub in hubs_of(source)]
        told = [self.model.feed(feed) for feed in feeds]
        said = [source.mapping for source in sources]
        return {
            "platform": platform(),
            "model": digest(spelled(query), said, told, keys),
            **{f"batches of {feed}": self.batches(feed) for feed in feeds},
            **{name: digest(inputs) for name, inputs in read_stars.items()},
        }

    def _sources_by_table(self) -> dict[str, list[Source]]:
        """The sources behind each table of the vault.

        The hub of a concept that has sources of its own only repeats the keys these name, whoever else
        refers to them.
        """
        found: dict[str, list[Source]] = {}
        for source in self.design.sources:
            for history in source.histories:
                found.setdefault(history.name, []).append(source)
                found.setdefault(history.superseded, []).append(source)
            for hub in hubs_of(source):
                own = self.design.sources_of(hub.concept)
                if not own or source in own:
                    found.setdefault(hub.name, []).append(source)
        return found

    def batches(self, feed: str) -> str:
        """How many batches of a feed are applied, with a digest of which; the latest in history is the last."""
        own = self._told(feed)
        return f"{len(own)}, {digest(own)}"

    def since(self, feed: str, earlier: str) -> list[int] | None:
        """The batches applied since `batches` said `earlier`, if all of them are later in history; else None."""
        own = self._told(feed)
        count = earlier.partition(",")[0]
        if not count.isdecimal() or earlier != f"{count}, {digest(own[: int(count)])}":
            return None
        return [number for _, number, *_ in own[int(count) :]]

    def _told(self, feed: str) -> list[tuple[datetime, int, str, tuple[object, ...]]]:
        own = [a for a in self.applied if a.batch.feed == feed]
        return sorted((a.batch.extracted, a.batch.number, a.batch.parquet_sha256, a.note) for a in own)


def hubs_of(source: Source) -> Iterable[Hub]:
    """The hub a source fills and those it refers to."""
    return (source.hub, *(reference.hub for reference in source.references))


def figures(
    plan: MetricPlan,
    catalogue: Catalogue,
    stars: Mapping[str, Inputs],
    months: tuple[date, ...],
    county: str,
) -> Inputs:
    """What the figures of a metric are made from. `stars` are the inputs of the marts they read."""
    if not all(stars.values()):
        return {}
    return {
        "platform": platform(),
        "definition": definition_of(plan.metric, catalogue),
        "guarded by": digest([left_over(measure, catalogue) for measure in measures_of(plan.metric)]),
        "county": county,
        "months": f"{plan.coverage.first} to {plan.coverage.last} of {months[0]} to {months[-1]}",
        **{f"star/{concept}": digest(inputs) for concept, inputs in sorted(stars.items())},
    }


@cache
def platform() -> str:
    """A digest of the code that makes marts."""
    found = hashlib.sha256()
    with resources.as_file(resources.files("virtaama")) as root:
        for package in _MAKERS:
            for path in sorted(Path(root / package).rglob("*.py")):
                found.update(path.read_bytes())
    return found.hexdigest()[:16]
