"""The histories of a snapshot: added to by what was loaded since the one before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from virtaama.engines.port import Engine
from virtaama.loading.history import BEFORE, HistoryMart, added_since, history_marts
from virtaama.loading.inputs import Warehouse
from virtaama.loading.marts_made import MartsMade

MOST_FILES = 24
"""A mart that was added to so often is written whole again."""


def publish_histories(
    engine: Engine,
    marts: MartsMade,
    warehouse: Warehouse,
    concepts: frozenset[str],
    held: frozenset[str],
    begin: Callable[[str], None],
) -> None:
    """The histories of concepts, for questions about the past; those of what is `held` stay as they were."""

    def is_there(name: str) -> bool:
        return bool(engine.columns(name))

    for mart in history_marts(warehouse, sorted(concepts), is_there):
        if held & {source.hub.concept for source in mart.sources}:
            marts.take_over(mart.name)
        else:
            begin(mart.table)
            _publish_history(engine, marts, warehouse, mart)


def _publish_history(engine: Engine, marts: MartsMade, warehouse: Warehouse, mart: HistoryMart) -> None:
    before = marts.before.get(mart.name)
    new = added_since(mart, before.inputs, warehouse) if before else None
    if before is None or new is None or len(before.files) > MOST_FILES or not marts.take_over(mart.name):
        marts.write(mart.name, mart.whole(), mart.inputs)
        return
    engine.view(BEFORE, before.paths(marts.snapshot.folder))
    rows = mart.added(new) if new else None
    if rows is None:
        marts.made[mart.name] = replace(before, inputs=mart.inputs)
        return
    part = f"{mart.name}.{marts.snapshot.number}"
    count = engine.write(rows, marts.snapshot.path(part))
    marts.made[mart.name] = replace(
        before,
        rows=before.rows + count,
        files=before.files + marts.snapshot.files(part),
        inputs=mart.inputs,
    )
