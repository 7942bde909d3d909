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
    unknown,
)
from virtaama.vault.render.reading import hashed, mapped_rows
from virtaama.vault.steps import FindDiffering
from virtaama.vault.tables import Source

_SEVERAL = "several_now"


def find_differing(step: FindDiffering) -> exp.Create:
    """Keys of rows that are on one side only or not the same on both, and keys a delivery repeats."""
    source = step.source
    parts = key_parts(source)

    def side(name: str, *columns: str) -> exp.Select:
        rows = mapped_rows(source, "", step.shape, before=name == "before")
        return select(*parts, *columns).from_(subquery(rows, "mapped"))

    if step.same:
        odd = any_of([count_rows() > exp.Literal.number(1), *(unknown(part) for part in parts)])
        return temporary_table("differing", side("now").group_by(*map(column, parts)).having(odd))
    several = side("now").group_by(*map(column, parts)).having(count_rows() > exp.Literal.number(1))
    # They differ anyway. Side by side, each row of such a key would meet every other: a unit named by a
    # hundred thousand visits in both deliveries would make ten thousand million pairs.
    now, before = (
        subquery(side(name, *HASHES).join(table(_SEVERAL), using=_named(parts), join_type="ANTI"), name)
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
    keys = subquery(
        union_all([differing.where(any_of(differs)), select(*parts).from_(table(_SEVERAL))]), "keys"
    )
    distinct = select(*parts).distinct().from_(keys)
    return temporary_table("differing", distinct.with_(_SEVERAL, as_=several))


def find_touched(source: Source) -> exp.Create:
    """Keys whose last word counts: those met, and those the delivery before named and this one does not."""
    key, parts = source.hub.hash_key, key_parts(source)
    differing = select(named(hashed("key", source.hub), key)).from_(table("differing"))
    differing = differing.where(*(known(part) for part in parts))
    gone = join(select(key).from_(subquery(differing, "differing")), table(STAGE), key, "ANTI")
    return temporary_table("touched", union_all([select(key).from_(table("met")), gone]))


def only_differing(rows: exp.Select, source: Source) -> exp.Select:
    """Rows of a mapping whose keys differ: narrowed first, so that what follows is done for these alone."""
    parts = key_parts(source)
    # A key with a missing part is no key; its rows are found by it all the same, to be counted.
    same = [exp.NullSafeEQ(this=column(part, "rows"), expression=column(part, "differing")) for part in parts]
    everything = exp.Column(this=exp.Star(), table=exp.to_identifier("rows", quoted=True))
    return (
        exp.Select(expressions=[everything])
        .from_(subquery(rows, "rows"))
        .join(table("differing"), on=exp.and_(*same), join_type="SEMI")
    )


def _named(parts: list[str]) -> list[int | str | exp.Expr]:
    return [exp.to_identifier(part, quoted=True) for part in parts]


def key_parts(source: Source) -> list[str]:
    return [part_name("key", part) for part in source.hub.business_key]
