"""Deliveries that are complete for each parent they name: what a parent had, and is absent, has ended."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from virtaama.sql.build import column, join, named, select, subquery, table, temporary_table, union_all
from virtaama.vault.render.names import ORDINAL, STAGE, known, part_name, staged
from virtaama.vault.render.reading import named_values
from virtaama.vault.steps import FindParents, FindSiblings
from virtaama.vault.tables import History, Source

PARENTS = "parents"
SIBLINGS = "siblings"

_FIRST = "first__ordinal"
_LAST = "last__ordinal"


def find_parents(step: FindParents) -> exp.Create:
    parts = _parts(step.source)
    values = named_values(step.source, step.source.parent, step.shape)
    rows = select(*parts, ORDINAL).distinct().from_(subquery(values, "given"))
    return temporary_table(PARENTS, rows.where(*(known(part) for part in parts)))


def find_siblings(step: FindSiblings) -> exp.Create:
    source, key = step.source, step.source.hub.hash_key
    keyed = [named(column(part.name), part_name("key", part)) for part in source.parent]
    parts = _parts(source)
    met = select(key, *keyed).from_(table(source.hub.name))
    at_hand = join(
        select(key, *parts).from_(subquery(met, "met_ever")),
        subquery(select(*parts).distinct().from_(table(PARENTS)), PARENTS),
        parts,
        "SEMI",
    )
    by_this = join(
        select(key, *parts).from_(subquery(at_hand, "at_hand")),
        table(source.histories[0].name),
        key,
        "SEMI",
    )
    if step.only_affected:
        by_this = join(
            select(key, *parts).from_(subquery(by_this, "by_this")), table("affected"), key, "SEMI"
        )
    return temporary_table(SIBLINGS, by_this)


def named_again_later(source: Source) -> exp.Select:
    """Keys at hand whose parent a later delivery at hand names: they may be absent from it."""
    key, parts = source.hub.hash_key, _parts(source)
    last = named(exp.Max(this=column(ORDINAL)), _LAST)
    lasts = select(*parts, last).from_(table(PARENTS)).group_by(*map(column, parts))
    rows = join(
        select(column(key)).from_(table(STAGE)),
        subquery(lasts, "lasts"),
        parts,
        "INNER",
    )
    return rows.where(column(ORDINAL) < column(_LAST))


def absent_siblings(source: Source, history: History, told: Sequence[exp.Query]) -> exp.Select:
    """A deletion in each delivery that names a parent and leaves out a key told of it until then.

    Only the first of several in a row differs from what was said before it.
    """
    key, parts = history.hash_key, _parts(source)
    present = select(key, ORDINAL).from_(subquery(union_all([query.copy() for query in told]), "present"))
    first = named(exp.Min(this=column(ORDINAL)), _FIRST)
    firsts = select(key, first).from_(subquery(present, "placed")).group_by(column(key))
    of_parent = exp.Union(
        this=select(key, *parts).from_(table(SIBLINGS)),
        expression=staged(key, *parts, source=source, among="moving"),
        distinct=True,
    )
    owned = join(
        select(key, *parts, _FIRST).from_(subquery(of_parent, "of_parent")),
        subquery(firsts, "firsts"),
        key,
        "INNER",
    )
    expected = join(
        select(key, ORDINAL).from_(subquery(owned, "owned")),
        table(PARENTS),
        parts,
        "INNER",
    ).where(column(ORDINAL) > column(_FIRST))
    nothing = (named(exp.null(), name) for name in history.content)
    absent = select(key, ORDINAL, *nothing, named(exp.true(), "deleted")).from_(
        subquery(expected, "expected")
    )
    return join(absent, subquery(present.copy(), "there"), (key, ORDINAL), "ANTI")


def _parts(source: Source) -> list[str]:
    return [part_name("key", part) for part in source.parent]
