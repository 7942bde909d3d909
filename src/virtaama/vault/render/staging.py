"""The stage: the rows of the deliveries at hand for one source, with their keys."""

from __future__ import annotations

from sqlglot import exp

from virtaama.sql.build import (
    any_of,
    bound,
    cast,
    column,
    function,
    insert,
    join,
    named,
    select,
    subquery,
    table,
    temporary_table,
)
from virtaama.vault.render.beside import key_parts, only_differing
from virtaama.vault.render.names import (
    ARRIVING,
    CONTENT,
    FILE,
    JUDGED,
    LINE,
    ORDINAL,
    RANK,
    STAGE,
    count_rows,
    descending,
    known,
    part_name,
    referenced,
    unknown,
)
from virtaama.vault.render.reading import hashed, mapped_rows, payload_columns
from virtaama.vault.steps import FindReferenced, NoteJudged, StageContent, StageRows
from virtaama.vault.tables import Reference, Source

_ARRIVALS = (
    (FILE, "files", "VARCHAR"),
    (ORDINAL, "ordinals", "INTEGER"),
    ("batch", "batches", "INTEGER"),
    ("extracted", "moments", "TIMESTAMP"),
    ("late_before", "late_before", "TIMESTAMP"),
)


def name_arrivals() -> exp.Create:
    lists = (named(cast(function("UNNEST", bound(values)), kind), name) for name, values, kind in _ARRIVALS)
    return temporary_table(ARRIVING, select(*lists))


def stage(step: StageRows) -> exp.Create:
    source = step.source
    key = source.hub.hash_key
    shaped: list[exp.Expr] = [named(hashed("key", source.hub), key)]
    shaped += [column(part_name("key", part)) for part in source.hub.business_key]
    shaped += [column(reference.column) for reference in source.references]
    shaped += payload_columns(source)
    shaped += [column(name) for name in ("deleted", ORDINAL, LINE, RANK)]
    mapped = mapped_rows(source, step.row_order, step.shape)
    if step.only_differing:
        mapped = only_differing(mapped, source)
    rows = select(*shaped).from_(subquery(mapped, "mapped"))
    for reference in source.references:
        rows = _looked_up(rows, reference)
    if step.only_affected:
        kept_rows = select(exp.Star()).from_(subquery(rows, "keyed"))
        rows = join(kept_rows, table("affected"), key, "SEMI")
    return temporary_table(STAGE, _with_judged(rows, step.after_judged))


def stage_content(step: StageContent) -> exp.Create:
    source, content = step.source, step.content
    kept: list[exp.Expr] = [column(part_name("key", part)) for part in source.hub.business_key]
    wanted = {check.attribute for check in content.codes} | set(content.time)
    kept += [alias for alias in payload_columns(source) if alias.alias_or_name in wanted]
    if content.one_each:
        kept.append(named(hashed("key", source.hub), source.hub.hash_key))
        kept += [named(hashed(r.relationship, r.hub), r.column) for r in content.one_each]
    kept += [column(name) for name in ("deleted", ORDINAL, LINE, RANK)]
    rows = select(*kept).from_(subquery(mapped_rows(source, step.row_order, step.shape), "mapped"))
    return temporary_table(CONTENT, _with_judged(rows, step.after_judged))


def find_referenced(step: FindReferenced) -> exp.Create:
    """Hashed once for each instance pointed to, not for each row that points."""
    hub, prefix = step.reference.hub, step.reference.relationship
    parts = [part_name(prefix, part) for part in hub.business_key]
    rows = mapped_rows(step.source, "", step.shape)
    if step.only_differing:
        rows = only_differing(rows, step.source)
    pointing = select(*parts).distinct().from_(subquery(rows, "mapped"))
    pointing = pointing.where(exp.not_(column("deleted")), *(known(part) for part in parts))
    names = [named(column(part), own.name) for part, own in zip(parts, hub.business_key, strict=True)]
    with_key = named(hashed(prefix, hub), hub.hash_key)
    return temporary_table(
        referenced(step.reference), select(with_key, *names).from_(subquery(pointing, "pointing"))
    )


def _looked_up(rows: exp.Select, reference: Reference) -> exp.Select:
    met, hub = referenced(reference), reference.hub
    names = [named(column(hub.hash_key), reference.column)]
    names += [
        named(column(part.name), part_name(f"met__{reference.relationship}", part))
        for part in hub.business_key
    ]
    same = [
        column(part_name(reference.relationship, part), "mapped").eq(
            column(part_name(f"met__{reference.relationship}", part), met)
        )
        for part in hub.business_key
    ]
    there = [*same, exp.not_(column("deleted", "mapped"))]
    return rows.join(subquery(select(*names).from_(table(met)), met), on=exp.and_(*there), join_type="LEFT")


def _with_judged(rows: exp.Select, after_judged: bool) -> exp.Select:
    if not after_judged:
        return rows.select(named(exp.false(), JUDGED))
    seen = select(ORDINAL, LINE, named(exp.true(), JUDGED)).from_(table("judged"))
    judged = named(exp.func("COALESCE", column(JUDGED, "seen"), exp.false()), JUDGED)
    everything = exp.Column(this=exp.Star(), table=exp.to_identifier("rows", quoted=True))
    return (
        exp.Select(expressions=[everything, judged])
        .from_(subquery(rows, "rows"))
        .join(
            subquery(seen, "seen"),
            on=exp.and_(
                column(ORDINAL, "rows").eq(column(ORDINAL, "seen")),
                column(LINE, "rows").eq(column(LINE, "seen")),
            ),
            join_type="LEFT",
        )
    )


def note_judged(step: NoteJudged) -> exp.Expr:
    lines = select(ORDINAL, LINE).from_(table(step.of))
    return temporary_table("judged", lines) if step.first else insert("judged", [ORDINAL, LINE], lines)


def keep_last_row(source: Source, of: str) -> exp.Delete:
    """By the hash key in the stage, where FindRepeated has looked; elsewhere by the parts it is made of."""
    if of == STAGE:
        by = [source.hub.hash_key]
        repeated = select(*by).distinct().from_(table("repeated"))
    else:
        by = key_parts(source)
        repeated = select(*by).from_(table(of)).group_by(*map(column, (*by, ORDINAL)))
        repeated = repeated.having(count_rows() > exp.Literal.number(1))
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column(name) for name in (*by, ORDINAL)],
        order=exp.Order(expressions=[descending(RANK), descending(LINE)]),
    )
    ranked = join(
        select(ORDINAL, LINE, named(place, "place")).from_(table(of)),
        subquery(repeated, "repeated"),
        by,
        "SEMI",
    )
    surplus = (
        select(ORDINAL, LINE).from_(subquery(ranked, "ranked")).where(column("place") > exp.Literal.number(1))
    )
    earlier = exp.In(
        this=exp.Tuple(expressions=[column(ORDINAL), column(LINE)]), query=exp.Subquery(this=surplus)
    )
    return exp.Delete(this=table(of), where=exp.Where(this=any_of([*map(unknown, by), earlier])))
