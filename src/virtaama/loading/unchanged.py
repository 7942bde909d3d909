"""Whether what a warehouse says of everybody else is what it said before: table by table, without those who are gone.

The same rows are left out before and after: those of the instances that go, and those of instances other persons are
named with too, whose history may rightly be another. What nothing that stays says or refers to goes with them: a hub
repeats the keys that histories name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlglot import exp

from virtaama.engines.port import Engine
from virtaama.loading.table_hash import hash_of_rows
from virtaama.sql.build import (
    all_of,
    bound,
    cast,
    column,
    drop_table,
    function,
    named,
    select,
    subquery,
    table,
    temporary_table,
    union_all,
)
from virtaama.vault.render.names import known
from virtaama.vault.tables import Hub, VaultDesign

_LEFT_OUT = "left__out__"
_NO_KEY = "0" * 32

Keys = Mapping[str, Iterable[str]]
"""Keys of instances by concept, of 32 hexadecimal digits."""


def hashes_of_others(engine: Engine, design: VaultDesign, left_out: Keys) -> dict[str, str]:
    """The hash of each table that holds what was delivered, without these instances."""
    for hub in design.hubs:
        # One that is no key comes first: an empty list has no type.
        keys = [_NO_KEY, *sorted(left_out.get(hub.concept, ()))]
        values = select(named(cast(function("UNNEST", bound("keys")), "UUID"), "key"))
        engine.run(temporary_table(f"{_LEFT_OUT}{hub.concept}", values), {"keys": keys})
    try:
        return {**_histories(engine, design), **_hubs(engine, design)}
    finally:
        for hub in design.hubs:
            engine.run(drop_table(f"{_LEFT_OUT}{hub.concept}"))


def _histories(engine: Engine, design: VaultDesign) -> dict[str, str]:
    found: dict[str, str] = {}
    for source in design.sources:
        for history in source.histories:
            for name in (history.name, history.superseded):
                rows = select(exp.Star()).from_(table(name))
                rows = rows.where(_stays(source.hub.hash_key, source.hub.concept))
                found[name] = _hash(engine, name, rows)
    return found


def _hubs(engine: Engine, design: VaultDesign) -> dict[str, str]:
    found: dict[str, str] = {}
    for hub in design.hubs:
        said = list(_named(design, hub))
        rows = select(exp.Star()).from_(table(hub.name))
        if said:
            keys = select("key").from_(subquery(union_all(said), "said"))
            rows = rows.where(exp.In(this=column(hub.hash_key), query=exp.Subquery(this=keys)))
        found[hub.name] = _hash(engine, hub.name, rows)
    return found


def _named(design: VaultDesign, hub: Hub) -> Iterable[exp.Select]:
    """The keys of a hub that histories name which stay: their own, and those they refer to."""
    for source in design.sources:
        for history in source.histories:
            for name in (history.name, history.superseded):
                own = select(named(column(source.hub.hash_key), "key")).from_(table(name))
                stays = _stays(source.hub.hash_key, source.hub.concept)
                if source.hub == hub:
                    yield own.where(stays)
        for reference in source.references:
            if reference.hub == hub and source.link:
                for name in (source.link.name, source.link.superseded):
                    rows = select(named(column(reference.column), "key")).from_(table(name))
                    yield rows.where(
                        all_of([known(reference.column), _stays(source.hub.hash_key, source.hub.concept)])
                    )


def _stays(key: str, concept: str) -> exp.Expr:
    left_out = select("key").from_(table(f"{_LEFT_OUT}{concept}"))
    return exp.not_(exp.In(this=column(key), query=exp.Subquery(this=left_out)))


def _hash(engine: Engine, name: str, rows: exp.Select) -> str:
    return hash_of_rows(engine, engine.columns(name), subquery(rows, "staying"))
