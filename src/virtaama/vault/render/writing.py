"""Writing: keys to hubs, and to histories what is new or has changed."""

from __future__ import annotations

from sqlglot import exp

from virtaama.sql.build import (
    all_of,
    any_of,
    bound,
    column,
    function,
    insert,
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
    SUPERSEDED_BY,
    arriving,
    later_than_first,
    newest,
    over,
    part_name,
    referenced,
    row_columns,
    staged,
    within,
)
from virtaama.vault.render.siblings import SIBLINGS, absent_siblings
from virtaama.vault.steps import InsertChanges
from virtaama.vault.tables import History, Hub, Reference, Source

_BEFORE = -1  # the place of what history says already, before all deliveries at hand


def insert_hub(source: Source) -> exp.Insert:
    hub, key = source.hub, source.hub.hash_key
    parts = [part_name("key", part) for part in hub.business_key]
    once = join(staged(key, *parts, source=source, beside="several"), table(hub.name), key, "ANTI")
    any_of_key = [named(exp.AnyValue(this=column(part)), part) for part in parts]
    again = join(staged(key, *any_of_key, source=source, among="several"), table(hub.name), key, "ANTI")
    return insert(hub.name, _hub_columns(hub), union_all([once, again.group_by(column(key))]))


def insert_referenced(reference: Reference) -> exp.Insert:
    hub, met = reference.hub, referenced(reference)
    columns = _hub_columns(hub)
    unmet = join(select(*columns).from_(table(met)), table(hub.name), hub.hash_key, "ANTI")
    # A row that another of its key has replaced points nowhere.
    pointed = exp.In(
        this=column(hub.hash_key), query=exp.Subquery(this=select(reference.column).from_(table(STAGE)))
    )
    return insert(hub.name, columns, unmet.where(pointed))


def insert_new(source: Source, history: History) -> exp.Insert:
    rows = staged(*row_columns(history), source=source, beside="moving")
    return insert(history.name, row_columns(history), arriving(rows))


def insert_changes(step: InsertChanges) -> exp.Insert:
    history, key = step.history, step.history.hash_key
    said = [key, ORDINAL, *history.content, "deleted"]
    told: list[exp.Query] = [
        select(*said).from_(table("before")),
        staged(*said, source=step.source, among="moving"),
    ]
    if step.full:
        told.append(_absent(history, told))
    elif step.source.parent:
        told.append(absent_siblings(step.source, history, told))
    priors = {name: f"prior__{name}" for name in (ORDINAL, "deleted", *history.content)}
    lags = [named(over(function("LAG", column(name)), key, ORDINAL), prior) for name, prior in priors.items()]
    compared = select(*said, *lags).from_(subquery(union_all(told), "told"))
    changed = [
        exp.NullSafeNEQ(this=column(name), expression=column(priors[name]))
        for name in ("deleted", *history.content)
    ]
    first = exp.Is(this=column(priors[ORDINAL]), expression=exp.null())
    # What stood before has no delivery at hand, so the join leaves it out.
    rows = arriving(select(*row_columns(history)).from_(subquery(compared, "compared")))
    written = insert(history.name, row_columns(history), rows.where(any_of([first, *changed])))
    return _with(written, "before", _before(step))


def _before(step: InsertChanges) -> exp.Select:
    """What history says now, of the keys a row or its absence may change."""
    history = step.history
    last = newest(history, named(exp.Literal.number(_BEFORE), ORDINAL), *history.content, "deleted")
    return join(last, table(step.among), history.hash_key, "SEMI") if step.among else last


def _absent(history: History, told: list[exp.Query]) -> exp.Select:
    """A deletion in the first full delivery that leaves out a key the one before it named."""
    key = history.hash_key
    present = select(key, ORDINAL).from_(subquery(union_all([query.copy() for query in told]), "present"))
    following = over(
        exp.Lead(this=column(ORDINAL), offset=exp.Literal.number(1), default=bound("arrivals", "INTEGER")),
        key,
        ORDINAL,
    )
    placed = present.select(named(following, "following"))
    after = exp.Add(this=column(ORDINAL), expression=exp.Literal.number(1))
    nothing = (named(exp.null(), name) for name in history.content)
    return (
        select(key, named(after, ORDINAL), *nothing, named(exp.true(), "deleted"))
        .from_(subquery(placed, "placed"))
        .where(column("following") > after.copy())
    )


def _with(written: exp.Insert, name: str, query: exp.Query) -> exp.Insert:
    body = written.expression
    written.set("expression", body.with_(name, as_=query))
    return written


# A late delivery: what followed it is read again


def find_affected(source: Source, full: bool) -> exp.Create:
    key = source.hub.hash_key
    keys: list[exp.Query] = [select(key).from_(table(STAGE))]
    if full:
        keys += [
            select(key).from_(table(history.name)).where(exp.not_(later_than_first()))
            for history in source.histories
        ]
    if source.parent:
        known_then = select(key).from_(table(source.histories[0].name)).where(exp.not_(later_than_first()))
        keys.append(select(key).from_(subquery(join(known_then, table(SIBLINGS), key, "SEMI"), "known_then")))
    return temporary_table("affected", select(key).distinct().from_(subquery(union_all(keys), "keys")))


def supersede(history: History) -> exp.Insert:
    rows = select(*row_columns(history), bound("first_batch", "INTEGER")).from_(table(history.name))
    return insert(
        history.superseded,
        [*row_columns(history), SUPERSEDED_BY],
        rows.where(_superseded(history)),
    )


def forget_superseded(history: History) -> exp.Delete:
    return exp.Delete(this=table(history.name), where=exp.Where(this=_superseded(history)))


def forget_returned(history: History) -> exp.Delete:
    # A delivery says one thing of a key: the same key and delivery are the same row.
    place = [column(history.hash_key), column("batch")]
    held = select(history.hash_key, "batch").from_(table(history.name)).where(later_than_first())
    returned = exp.In(this=exp.Tuple(expressions=place), query=exp.Subquery(this=held))
    by_this = column(SUPERSEDED_BY).eq(bound("first_batch", "INTEGER"))
    return exp.Delete(this=table(history.superseded), where=exp.Where(this=all_of([by_this, returned])))


def _superseded(history: History) -> exp.Expr:
    return all_of([later_than_first(), within(history.hash_key, "affected")])


def _hub_columns(hub: Hub) -> list[str]:
    return [hub.hash_key, *(part.name for part in hub.business_key)]
