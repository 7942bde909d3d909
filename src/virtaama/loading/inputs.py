"""What each mart is made from, by name and digest: equal inputs, equal rows, so it need not be made again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

from sqlglot import exp

from virtaama.lake.batches import Batch
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.plan import MetricPlan, definition_of
from virtaama.model.digest import digest
from virtaama.model.model import Model
from virtaama.sql.spelling import spelled
from virtaama.vault.tables import Hub, Source, VaultDesign

Inputs = dict[str, str]

# The code that decides what the rows of a mart are: after an upgrade everything is made once more.
_MAKERS = ("engines", "metrics", "sql", "vault")


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

    def star(self, query: exp.Query, concept: str) -> Inputs:
        """What the star of a concept is made from: its statement, and the feeds behind the tables it reads.

        Empty where it reads a table that is not known: nothing can be said then.
        """
        sources = self._sources_read(query, concept)
        if sources is None:
            return {}
        feeds = sorted({source.mapping.feed for source in sources})
        keys = [hub.business_key for source in sources for hub in _hubs(source)]
        told = [self.model.feed(feed) for feed in feeds]
        said = [source.mapping for source in sources]
        return {
            "platform": platform(),
            "model": digest(spelled(query), said, told, keys),
            **{f"batches of {feed}": self._batches(feed) for feed in feeds},
        }

    def _sources_read(self, query: exp.Query, concept: str) -> list[Source] | None:
        by_table: dict[str, list[Source]] = {}
        for source in self.design.sources:
            for history in source.histories:
                by_table.setdefault(history.name, []).append(source)
            for hub in _hubs(source):
                by_table.setdefault(hub.name, []).append(source)
        if self.design.sources_of(concept):
            # Its hub only repeats the keys its own sources name, whoever else refers to them.
            by_table[self.design.hub(concept).name] = []
        of_its_own = {cte.alias for cte in query.find_all(exp.CTE)}
        names = {table.name for table in query.find_all(exp.Table) if not table.db} - of_its_own
        if not names <= by_table.keys() or any(table.db for table in query.find_all(exp.Table)):
            return None
        read = {source.name + source.hub.name: source for name in names for source in by_table[name]}
        return [read[name] for name in sorted(read)]

    def _batches(self, feed: str) -> str:
        own = sorted(
            (a.batch.number, a.batch.parquet_sha256, a.batch.extracted, a.note)
            for a in self.applied
            if a.batch.feed == feed
        )
        return f"{len(own)}, {digest(own)}"


def _hubs(source: Source) -> Iterable[Hub]:
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
