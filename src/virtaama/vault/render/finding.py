"""Finding keys: those with several rows, those met before, those that may change what history says."""

from __future__ import annotations

from sqlglot import exp

from virtaama.sql.build import (
    any_of,
    bound,
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
    ORDINAL,
    STAGE,
    count_rows,
    staged,
    unknown,
)
from virtaama.vault.render.siblings import SIBLINGS, named_again_later
from virtaama.vault.tables import Source


def find_several(source: Source) -> exp.Create:
    key = source.hub.hash_key
    several = any_of([count_rows() > exp.Literal.number(1), unknown(key)])
    keys = select(key).from_(table(STAGE)).group_by(column(key)).having(several)
    return temporary_table("several", keys)


def find_repeated(source: Source) -> exp.Create:
    key = source.hub.hash_key
    keys = staged(key, ORDINAL, source=source, among="several").group_by(column(key), column(ORDINAL))
    return temporary_table("repeated", keys.having(count_rows() > exp.Literal.number(1)))


def find_met(source: Source) -> exp.Create:
    key = source.hub.hash_key
    named_before = select(key).distinct().from_(table(source.histories[0].name))
    return temporary_table("met", join(named_before, table(STAGE), key, "SEMI"))


def find_moving(source: Source, full: bool) -> exp.Create:
    key = source.hub.hash_key
    keys: list[exp.Query] = [
        select(key).from_(table("met")),
        select(key).from_(table("several")).where(exp.not_(unknown(key))),
    ]
    if full:
        # What a delivery before the last names may be absent from the last.
        last = bound("arrivals", "INTEGER") - exp.Literal.number(1)
        keys.append(select(key).from_(table(STAGE)).where(column(ORDINAL) < last))
    if source.parent:
        keys += [select(key).from_(table(SIBLINGS)), named_again_later(source)]
    return temporary_table("moving", select(key).distinct().from_(subquery(union_all(keys), "keys")))


def find_told(source: Source) -> exp.Create:
    """Of a key that was met, every row; of another with several rows, those after its first delivery."""
    key = source.hub.hash_key
    firsts = staged(
        key, named(exp.Min(this=column(ORDINAL)), "first__ordinal"), source=source, among="several"
    )
    firsts = firsts.group_by(column(key))
    met = staged(key, ORDINAL, source=source, among="met")
    later = join(
        select(column(key), column(ORDINAL)).from_(table(STAGE)),
        subquery(firsts, "firsts"),
        key,
        "INNER",
    ).where(column(ORDINAL) > column("first__ordinal"))
    return temporary_table("told", exp.Union(this=met, expression=later, distinct=True))
