"""A full delivery beside the one before it: what is the same in both is not looked at again."""

from __future__ import annotations

from sqlglot import exp

from virtaama.sql.build import (
    any_of,
    column,
    join,
    named,
    select,
    subquery,
    table,
    temporary_table,
    union_all,
)
from virtaama.vault.render.names import (
    HASHES,
    STAGE,
    count_rows,
    known,
    part_name,
)
from virtaama.vault.render.reading import hashed, mapped_rows
from virtaama.vault.steps import FindDiffering
from virtaama.vault.tables import Source


def find_differing(step: FindDiffering) -> exp.Create:
    """Keys of rows that are on one side only or not the same on both, and keys a delivery repeats."""
    source = step.source
    parts = key_parts(source)
    now, before = (
        subquery(
            select(*parts, *HASHES).from_(
                subquery(mapped_rows(source, "", step.shape, before=name == "before"), "mapped")
            ),
            name,
        )
        for name in ("now", "before")
    )
    same_key = [column(part, "now").eq(column(part, "before")) for part in parts]
    either = [
        named(exp.Coalesce(this=column(part, "now"), expressions=[column(part, "before")]), part)
        for part in parts
    ]
    differs = [
        exp.NullSafeNEQ(this=column(name, "now"), expression=column(name, "before")) for name in HASHES
    ]
    differing = select(*either).from_(now).join(before, on=exp.and_(*same_key), join_type="FULL")
    repeated = select(*parts).from_(now.copy()).group_by(*map(column, parts))
    repeated = repeated.having(count_rows() > exp.Literal.number(1))
    keys = subquery(union_all([differing.where(any_of(differs)), repeated]), "keys")
    return temporary_table("differing", select(*parts).distinct().from_(keys))


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
