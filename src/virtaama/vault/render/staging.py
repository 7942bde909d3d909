"""Reading deliveries: their rows for one source, typed, keyed, and one a key and delivery."""

from __future__ import annotations

from sqlglot import exp

from virtaama.model.mappings import Expression
from virtaama.sql.build import (
    any_of,
    bound,
    cast,
    column,
    function,
    insert,
    join,
    named,
    parsed,
    select,
    subquery,
    table,
    temporary_table,
    union_all,
)
from virtaama.vault.keys import hash_key, standardised
from virtaama.vault.render.names import (
    ARRIVING,
    FILE,
    JUDGED,
    LINE,
    ORDINAL,
    RANK,
    STAGE,
    count_rows,
    descending,
    engine_type,
    part_name,
    staged,
    unknown,
)
from virtaama.vault.steps import NoteJudged, Shape, StageRows
from virtaama.vault.tables import Column, Hub, Source

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
    source, mapping = step.source, step.source.mapping
    deleted = parsed(mapping.deleted.sql) if mapping.deleted else exp.false()
    kept = _unless_deleted if mapping.deleted else column

    read: list[exp.Alias] = [
        named(exp.func("COALESCE", exp.paren(deleted), exp.false()), "deleted"),
        named(column(ORDINAL), ORDINAL),
        named(column("file_row_number"), LINE),
        named(
            parsed(step.row_order) if step.row_order else column("file_row_number"),
            RANK,
        ),
    ]
    shaped: list[exp.Expr] = []
    attributes = dict(mapping.attributes)
    targets = {target.relationship: target.key for target in mapping.targets}

    read += _key_parts("key", source.hub, mapping.key)
    kinds = {part_name("key", part): part.type for part in source.hub.business_key}
    shaped.append(named(_hashed("key", source.hub), source.hub.hash_key))
    shaped += [column(part_name("key", part)) for part in source.hub.business_key]
    for reference in source.references:
        prefix = reference.relationship
        read += _key_parts(prefix, reference.hub, targets[reference.relationship])
        kinds |= {part_name(prefix, part): part.type for part in reference.hub.business_key}
        points = _hashed(prefix, reference.hub)
        whole = exp.case().when(exp.not_(column("deleted")), points) if mapping.deleted else points
        shaped.append(named(whole, reference.column))
        shaped += [column(part_name(prefix, part)) for part in reference.hub.business_key]
    for satellite in source.satellites:
        for payload in satellite.payload:
            read.append(named(_typed(attributes[payload.name], payload), payload.name))
            shaped.append(named(kept(payload.name), payload.name))
    shaped += [column("deleted"), column(ORDINAL), column(LINE), column(RANK)]

    delivered = select(exp.Star()).from_(subquery(_delivered(step.shape), "files"))
    places = subquery(select(FILE, ORDINAL).from_(table(ARRIVING)), "places")
    rows = select(*read).from_(subquery(join(delivered, places, FILE, "INNER"), "delivered"))
    if mapping.where:
        rows = rows.where(exp.paren(parsed(mapping.where.sql)))
    standard = [
        named(standardised(column(name), kinds[name]), name) if name in kinds else column(name)
        for name in rows.named_selects
    ]
    keyed = select(*standard).from_(subquery(rows, "mapped"))
    whole_rows = select(*shaped).from_(subquery(keyed, "standard"))
    if step.only_affected:
        kept_rows = select(exp.Star()).from_(subquery(whole_rows, "keyed"))
        whole_rows = join(kept_rows, table("affected"), source.hub.hash_key, "SEMI")
    return temporary_table(STAGE, _with_judged(whole_rows, step.after_judged))


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


def _delivered(shape: Shape | None) -> exp.Select:
    """The rows of the files at hand, with the file each comes from and its number in it."""
    options: list[exp.Expr] = [
        exp.EQ(this=exp.column("file_row_number"), expression=exp.true()),
        exp.EQ(this=exp.column("filename"), expression=exp.Literal.string(FILE)),
    ]
    if shape is None:
        return select(exp.Star()).from_(
            exp.Table(this=exp.func("READ_PARQUET", bound("files"), *options)),
        )
    options.append(exp.EQ(this=exp.column("union_by_name"), expression=exp.true()))
    fields = (
        named(cast(exp.null() if name in shape.absent else column(name), kind), name)
        for name, kind in shape.types
    )
    return select(*fields, FILE, "file_row_number").from_(
        exp.Table(this=exp.func("READ_PARQUET", bound("files"), *options))
    )


def _key_parts(prefix: str, hub: Hub, expressions: tuple[Expression, ...]) -> list[exp.Alias]:
    return [
        named(_typed(expression, part), part_name(prefix, part))
        for expression, part in zip(expressions, hub.business_key, strict=True)
    ]


def _hashed(prefix: str, hub: Hub) -> exp.Expr:
    return hash_key([(column(part_name(prefix, part)), part.type) for part in hub.business_key])


def _typed(expression: Expression, wanted: Column) -> exp.Expr:
    return cast(parsed(expression.sql), engine_type(wanted))


def _unless_deleted(name: str) -> exp.Expr:
    return exp.case().when(exp.not_(column("deleted")), column(name))


def note_judged(step: NoteJudged) -> exp.Expr:
    lines = select(ORDINAL, LINE).from_(table(STAGE))
    return temporary_table("judged", lines) if step.first else insert("judged", [ORDINAL, LINE], lines)


def find_several(source: Source) -> exp.Create:
    key = source.hub.hash_key
    several = any_of([count_rows() > exp.Literal.number(1), unknown(key)])
    keys = select(key).from_(table(STAGE)).group_by(column(key)).having(several)
    return temporary_table("several", keys)


def find_repeated(source: Source) -> exp.Create:
    key = source.hub.hash_key
    keys = staged(key, ORDINAL, source=source, among="several").group_by(column(key), column(ORDINAL))
    return temporary_table("repeated", keys.having(count_rows() > exp.Literal.number(1)))


def keep_last_row(source: Source) -> exp.Delete:
    key = source.hub.hash_key
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column(key), column(ORDINAL)],
        order=exp.Order(expressions=[descending(RANK), descending(LINE)]),
    )
    repeated = select(key).distinct().from_(table("repeated"))
    ranked = join(
        select(ORDINAL, LINE, named(place, "place")).from_(table(STAGE)),
        subquery(repeated, "repeated"),
        key,
        "SEMI",
    )
    surplus = (
        select(ORDINAL, LINE).from_(subquery(ranked, "ranked")).where(column("place") > exp.Literal.number(1))
    )
    earlier = exp.In(
        this=exp.Tuple(expressions=[column(ORDINAL), column(LINE)]), query=exp.Subquery(this=surplus)
    )
    return exp.Delete(this=table(STAGE), where=exp.Where(this=any_of([unknown(key), earlier])))


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
