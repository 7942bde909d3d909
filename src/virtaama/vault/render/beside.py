"""A full delivery beside the one before it: what is the same in both is not looked at again."""

from __future__ import annotations

from sqlglot import exp

from virtaama.sql.build import (
    any_of,
    column,
    function,
    join,
    named,
    select,
    subquery,
    table,
    temporary_table,
    union_all,
)
from virtaama.vault.render.names import (
    HASH,
    STAGE,
    count_rows,
    known,
    part_name,
    unknown,
)
from virtaama.vault.render.reading import hashed, mapped_rows
from virtaama.vault.steps import FindDiffering
from virtaama.vault.tables import Source


def find_differing(step: FindDiffering) -> exp.Create:
    source = step.source
    parts = key_parts(source)
    sides = [
        select(*parts, f"{HASH}1", f"{HASH}2", named(exp.Literal.number(side), "side")).from_(
            subquery(mapped_rows(source, "", step.shape, before=side == 2), "mapped")
        )
        for side in (1, 2)
    ]
    # Once on each side, and the same: anything else is worth a look, repeated keys above all.
    folded = {"side": 3, f"{HASH}1": 0, f"{HASH}2": 0}
    differs = [
        exp.NEQ(this=function("BIT_XOR", column(name)), expression=exp.Literal.number(value))
        for name, value in folded.items()
    ]
    differs.append(exp.NEQ(this=count_rows(), expression=exp.Literal.number(2)))
    keys = select(*parts).from_(subquery(union_all(sides), "sides")).group_by(*map(column, parts))
    return temporary_table("differing", keys.having(any_of([*differs, *(unknown(part) for part in parts)])))


def find_touched(source: Source) -> exp.Create:
    """Keys whose last word counts: those met, and those the delivery before named and this one does not."""
    key, parts = source.hub.hash_key, key_parts(source)
    differing = select(named(hashed("key", source.hub), key)).from_(table("differing"))
    differing = differing.where(*(known(part) for part in parts))
    gone = join(select(key).from_(subquery(differing, "differing")), table(STAGE), key, "ANTI")
    return temporary_table("touched", union_all([select(key).from_(table("met")), gone]))


def only_differing(rows: exp.Select, source: Source) -> exp.Select:
    parts = key_parts(source)
    names = [named(column(part), f"differing__{part}") for part in parts]
    differing = subquery(select(*names, named(exp.true(), "differs")).from_(table("differing")), "differing")
    same = [column(part, "mapped").eq(column(f"differing__{part}", "differing")) for part in parts]
    rows = rows.join(differing, on=exp.and_(*same), join_type="LEFT")
    return rows.where(
        any_of([known("differs"), *(exp.Is(this=column(p, "mapped"), expression=exp.null()) for p in parts)])
    )


def key_parts(source: Source) -> list[str]:
    return [part_name("key", part) for part in source.hub.business_key]
