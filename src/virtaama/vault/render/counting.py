"""Counting what is odd about deliveries: queries of (batch, check, detail, count)."""

from __future__ import annotations

from sqlglot import exp

from virtaama.sql.build import (
    column,
    function,
    join,
    named,
    parsed,
    select,
    subquery,
    table,
    text,
    union_all,
)
from virtaama.vault.render.names import (
    ARRIVING,
    NEW,
    ORDINAL,
    STAGE,
    arriving,
    content_of,
    known,
    staged,
    unknown,
)
from virtaama.vault.render.names import (
    count_rows as number_of_rows,
)
from virtaama.vault.steps import CodeCheck, CountChanges, CountContent
from virtaama.vault.tables import Reference, Source


def count_rows(source: Source) -> exp.Query:
    key, concept = source.hub.hash_key, source.hub.concept
    no_key = select(ORDINAL).from_(table(STAGE)).where(unknown(key), NEW)
    said = exp.Tuple(expressions=[column(name) for name in ("deleted", *content_of(source))])
    contents = exp.Count(this=exp.Distinct(expressions=[said if content_of(source) else column("deleted")]))
    per_key = (
        staged(
            ORDINAL,
            key,
            named(number_of_rows(), "rows"),
            named(contents, "contents"),
            source=source,
            among="several",
        )
        .where(NEW)
        .group_by(column(ORDINAL), column(key))
        .having(exp.GT(this=number_of_rows(), expression=exp.Literal.number(1)))
    )
    surplus = column("rows") - column("contents")
    other = column("contents") - exp.Literal.number(1)
    return union_all(
        [
            _counted("no_key", concept, no_key),
            _counted("repeated_row", concept, per_key, surplus),
            _counted("same_key_different_content", concept, per_key.copy(), other),
        ]
    )


def count_content(step: CountContent) -> exp.Query:
    concept, key = step.source.hub.concept, step.source.hub.hash_key
    alive = exp.not_(column("deleted"))
    counts: list[exp.Query] = []
    if step.rows:
        deletions = select(ORDINAL).from_(table(step.of)).where(column("deleted"), NEW)
        counts.append(_counted("deletion", concept, deletions))
    moment = _moment(step)
    if step.rows and step.late and moment is not None:
        happened = select(key, ORDINAL, named(moment, "moment")).from_(table(step.of)).where(alive, NEW)
        late = arriving(select(key, ORDINAL).from_(subquery(happened, "happened")))
        late = late.where(column("moment") < column("late_before"))
        first_told = join(
            select(ORDINAL).from_(subquery(late, "late")), table("told"), (key, ORDINAL), "ANTI"
        )
        counts.append(_counted("late_row", concept, first_told))
    if step.rows:
        counts += [_several(step, reference) for reference in step.one_each]
    for check in step.codes:
        counts += _codes(step, check, moment)
    return union_all(counts)


def count_changes(step: CountChanges) -> exp.Query:
    source, key = step.source, step.source.hub.hash_key
    said = [
        _arriving_rows(history.name, key).where(exp.not_(column("deleted"))) for history in source.histories
    ]
    changed = select(key, ORDINAL).distinct().from_(subquery(union_all(said), "said"))
    told = join(changed, table("told"), (key, ORDINAL), "SEMI")
    new = subquery(select(key, ORDINAL).from_(table(STAGE)).where(NEW), "new")
    changes = join(select(ORDINAL).from_(subquery(told, "changed")), new, (key, ORDINAL), "SEMI")
    queries = [changes]
    checks = [step.check]
    if step.full or source.parent:
        gone = _arriving_rows(source.histories[0].name, key).where(column("deleted"))
        queries.append(
            join(select(ORDINAL).from_(subquery(gone, "gone")), table(STAGE), (key, ORDINAL), "ANTI")
        )
        checks.append("disappeared")
    if step.first_only:
        queries = [query.where(column(ORDINAL).eq(exp.Literal.number(0))) for query in queries]
    return union_all(
        [_counted(check, source.hub.concept, query) for check, query in zip(checks, queries, strict=True)]
    )


def _arriving_rows(history: str, key: str) -> exp.Select:
    """Keys of the rows that deliveries at hand have put into a history."""
    places = subquery(select("batch", ORDINAL).from_(table(ARRIVING)), "places")
    return join(select(key, ORDINAL).from_(table(history)), places, "batch", "INNER")


def _several(step: CountContent, reference: Reference) -> exp.Query:
    """How many are referred to by more than one instance of a delivery."""
    source = step.source
    instances = exp.Count(this=exp.Distinct(expressions=[column(source.hub.hash_key)]))
    met = (
        select(ORDINAL, reference.column)
        .from_(table(step.of))
        .where(exp.not_(column("deleted")), known(reference.column))
        .group_by(column(ORDINAL), column(reference.column))
        .having(exp.GT(this=instances, expression=exp.Literal.number(1)))
    )
    return _counted("several_numbers", f"{source.hub.concept}.{reference.relationship}", met)


def _moment(step: CountContent) -> exp.Expr | None:
    keys = {part.name for part in step.source.hub.business_key}
    held = [column(f"key__{name}" if name in keys else name) for name in step.time]
    moments = [exp.cast(name, "TIMESTAMP") for name in held]
    return exp.func("COALESCE", *moments) if len(moments) > 1 else moments[0] if moments else None


def _codes(step: CountContent, check: CodeCheck, moment: exp.Expr | None) -> list[exp.Query]:
    keys = {part.name for part in step.source.hub.business_key}
    value = column(f"key__{check.attribute}" if check.attribute in keys else check.attribute)
    detail = f"{step.source.hub.concept}.{check.attribute}"
    dated = check.dated and moment is not None
    day = exp.cast(moment.copy(), "DATE") if dated and moment is not None else exp.cast(exp.null(), "DATE")
    used = (
        select(ORDINAL, named(value, "code"), named(day, "day"), named(number_of_rows(), "rows"))
        .from_(table(step.of))
        .where(exp.not_(column("deleted")), known(value.name))
        .group_by(*(exp.Literal.number(place) for place in (1, 2, 3)))
    )
    if check.new_rows:
        used = used.where(NEW)
    unknown_codes = join(
        select(ORDINAL, "rows").from_(subquery(used, "used")), table(check.table.name), "code", "ANTI"
    )
    counts: list[exp.Query] = [_counted("unknown_code", detail, unknown_codes, column("rows"))]
    if dated:
        held = parsed(
            "used.day IS NULL OR (used.day >= coalesce(list.valid_from, used.day)"
            " AND used.day <= coalesce(list.valid_until, used.day))"
        )
        grouped = [exp.column(name, table="used", quoted=True) for name in (ORDINAL, "day", "rows")]
        judged = (
            select(
                named(grouped[0], ORDINAL),
                named(grouped[2], "rows"),
                named(function("BOOL_OR", held), "valid"),
            )
            .from_(subquery(used.copy(), "used"))
            .join(table(check.table.name, "list"), using=[exp.to_identifier("code")])
            .group_by(exp.column("code"), *(name.copy() for name in grouped))
        )
        ended = select(ORDINAL, "rows").from_(subquery(judged, "judged")).where(exp.not_(column("valid")))
        counts.append(_counted("ended_code", detail, ended, column("rows")))
    return counts


def _counted(check: str, detail: str, rows: exp.Query, number: exp.Expr | None = None) -> exp.Select:
    """How many of something each delivery has: rows, or the sum of a number."""
    count = exp.Sum(this=number) if number else number_of_rows()
    counted = arriving(
        select(
            "batch",
            named(text(check), "check"),
            named(text(detail), "detail"),
            named(exp.cast(count, "BIGINT"), "count"),
        ).from_(subquery(rows, "odd"))
    )
    return counted.group_by(column("batch"))
