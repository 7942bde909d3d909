"""The marts of history: the tables of the vault through which metrics look back.

They hold what `vault.derive.as_of` reads: what was true at a moment, and what was known. What names a person is
left out of them. A delivery later than all before it changes no row that is there, so its rows are added in a
file of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp

from virtaama.loading.inputs import Inputs, Warehouse, hubs_of, platform
from virtaama.model.concepts import Sensitivity
from virtaama.model.digest import digest
from virtaama.sql.build import column, join, select, subquery, table, union_all
from virtaama.sql.queries import tables_of
from virtaama.vault.derive import as_of
from virtaama.vault.render.names import SUPERSEDED_BY
from virtaama.vault.tables import History, Hub, Satellite, Source

BEFORE = "history_before"
"""The table the rows already published are known as when more are added."""

_ANY = datetime(2000, 1, 1)
_BATCHES = "batches of "


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryMart:
    """One table of the vault, with what it is made from.

    `named_by` are the histories whose keys a hub is narrowed to: those of its own concept, so that others
    that only refer to it do not change the mart.
    """

    table: str
    key: str
    columns: tuple[str, ...]
    sources: tuple[Source, ...]
    inputs: Inputs
    named_by: tuple[History, ...] = ()

    @property
    def name(self) -> str:
        return f"history/{self.table}"

    def whole(self) -> exp.Select:
        return self._rows(None)

    def added(self, batches: list[int]) -> exp.Select | None:
        """The rows these batches brought, if they are later than all before; None where there can be none.

        `batches` are in the order of history: one that landed after a later one may have taken rows of it out.
        """
        if self.named_by:
            return join(self._rows(batches), table(BEFORE), self.key, "ANTI")
        if SUPERSEDED_BY in self.columns and batches == sorted(batches):
            return None
        return self._rows(batches)

    def _rows(self, batches: list[int] | None) -> exp.Select:
        rows = select(*self.columns).from_(table(self.table))
        if not self.named_by:
            return _of(rows, batches)
        keys = [_of(select(self.key).from_(table(history.name)), batches) for history in self.named_by]
        return join(rows, subquery(union_all(keys), "named"), self.key, "SEMI")


def history_marts(
    warehouse: Warehouse, concepts: Iterable[str], is_there: Callable[[str], bool]
) -> Iterator[HistoryMart]:
    """Every table that must be read to see these concepts at another moment, as far as it is there."""
    model, vault = warehouse.model, warehouse.design
    read = {name for c in concepts for name in tables_of(as_of(model, vault, c, _ANY, known=1))}
    names = {name for name in read if is_there(name)}
    for source in vault.sources:
        for history in source.histories:
            columns = (history.hash_key, *_open(history), "extracted", "batch", "deleted")
            if history.name in names:
                yield _mart(warehouse, history.name, columns, (source,))
            if history.superseded in names:
                yield _mart(warehouse, history.superseded, (*columns, SUPERSEDED_BY), (source,))
    for hub in vault.hubs:
        if hub.name in names:
            yield _hub(warehouse, hub)


def added_since(mart: HistoryMart, earlier: Inputs, warehouse: Warehouse) -> list[int] | None:
    """The batches a mart has more than when it was made from `earlier`, where they are later than all of those.

    None where something else is different: the mart must be made whole again.
    """
    if mart.inputs == earlier:
        return []
    if mart.inputs.keys() != earlier.keys() or not (mart.named_by or "batch" in mart.columns):
        return None
    new: list[int] = []
    for name, value in mart.inputs.items():
        if earlier[name] == value:
            continue
        since = warehouse.since(name.removeprefix(_BATCHES), earlier[name]) if _BATCHES in name else None
        if since is None:
            return None
        new += since
    return new


def _hub(warehouse: Warehouse, hub: Hub) -> HistoryMart:
    columns = (hub.hash_key, *(part.name for part in hub.business_key))
    own = warehouse.design.sources_of(hub.concept)
    referring = tuple(s for s in warehouse.design.sources if hub in [r.hub for r in s.references])
    return _mart(warehouse, hub.name, columns, own or referring, tuple(s.histories[0] for s in own))


def _mart(
    warehouse: Warehouse,
    name: str,
    columns: tuple[str, ...],
    sources: tuple[Source, ...],
    named_by: tuple[History, ...] = (),
) -> HistoryMart:
    feeds = sorted({source.mapping.feed for source in sources})
    said = [(s.mapping, warehouse.model.feed(s.mapping.feed), *hubs_of(s)) for s in sources]
    return HistoryMart(
        table=name,
        key=columns[0],
        columns=columns,
        sources=sources,
        inputs={
            "platform": platform(),
            "model": digest(name, columns, said),
            **{f"{_BATCHES}{feed}": warehouse.batches(feed) for feed in feeds},
        },
        named_by=named_by,
    )


def _open(history: History) -> tuple[str, ...]:
    """The content anybody may see."""
    guarded = isinstance(history, Satellite) and history.sensitivity is Sensitivity.DIRECT
    return () if guarded else history.content


def _of(rows: exp.Select, batches: list[int] | None) -> exp.Select:
    return rows if batches is None else rows.where(column("batch").isin(*batches))
