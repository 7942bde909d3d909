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
    row_hash,
    select,
    subquery,
    table,
    temporary_table,
    union_all,
)
from virtaama.vault.keys import hash_key, standardised
from virtaama.vault.render.names import (
    ARRIVING,
    CONTENT,
    FILE,
    HASH,
    JUDGED,
    LINE,
    ORDINAL,
    RANK,
    STAGE,
    count_rows,
    descending,
    engine_type,
    known,
    part_name,
    referenced,
    staged,
    unknown,
)
from virtaama.vault.steps import FindDiffering, FindReferenced, NoteJudged, Shape, StageContent, StageRows
from virtaama.vault.tables import Column, Hub, Reference, Source

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
    shaped: list[exp.Expr] = [named(_hashed("key", source.hub), key)]
    shaped += [column(part_name("key", part)) for part in source.hub.business_key]
    shaped += [column(reference.column) for reference in source.references]
    shaped += _contents(source)
    shaped += [column(name) for name in ("deleted", ORDINAL, LINE, RANK)]
    rows = select(*shaped).from_(subquery(_mapped(source, step.row_order, step.shape), "mapped"))
    for reference in source.references:
        rows = _looked_up(rows, reference)
    if step.only_differing:
        rows = _differing_rows(rows, source)
    if step.only_affected:
        kept_rows = select(exp.Star()).from_(subquery(rows, "keyed"))
        rows = join(kept_rows, table("affected"), key, "SEMI")
    return temporary_table(STAGE, _with_judged(rows, step.after_judged))


def stage_content(step: StageContent) -> exp.Create:
    source, content = step.source, step.content
    kept: list[exp.Expr] = [column(part_name("key", part)) for part in source.hub.business_key]
    wanted = {check.attribute for check in content.codes} | set(content.time)
    kept += [alias for alias in _contents(source) if alias.alias_or_name in wanted]
    if content.one_each:
        kept.append(named(_hashed("key", source.hub), source.hub.hash_key))
        kept += [named(_hashed(r.relationship, r.hub), r.column) for r in content.one_each]
    kept += [column(name) for name in ("deleted", ORDINAL, LINE)]
    rows = select(*kept).from_(subquery(_mapped(source, "", step.shape), "mapped"))
    return temporary_table(CONTENT, _with_judged(rows, step.after_judged))


def find_referenced(step: FindReferenced) -> exp.Create:
    """Hashed once for each instance pointed to, not for each row that points."""
    hub, prefix = step.reference.hub, step.reference.relationship
    parts = [part_name(prefix, part) for part in hub.business_key]
    rows = _mapped(step.source, "", step.shape)
    pointing = select(*parts).distinct().from_(subquery(rows, "mapped"))
    pointing = pointing.where(exp.not_(column("deleted")), *(known(part) for part in parts))
    if step.only_differing:
        pointing = _differing_rows(pointing, step.source)
    names = [named(column(part), own.name) for part, own in zip(parts, hub.business_key, strict=True)]
    hashed = named(_hashed(prefix, hub), hub.hash_key)
    return temporary_table(
        referenced(step.reference), select(hashed, *names).from_(subquery(pointing, "pointing"))
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


def _mapped(source: Source, row_order: str, shape: Shape | None, before: bool = False) -> exp.Select:
    """Every row with its expressions evaluated and its keys standardised; who reads it chooses columns.

    `before` reads the delivery before the one at hand.
    """
    mapping = source.mapping
    deleted = parsed(mapping.deleted.sql) if mapping.deleted else exp.false()
    read: list[exp.Alias] = [
        named(exp.func("COALESCE", exp.paren(deleted), exp.false()), "deleted"),
        named(column("file_row_number"), LINE),
        named(parsed(row_order) if row_order else column("file_row_number"), RANK),
    ]
    if not before:
        read.append(named(column(ORDINAL), ORDINAL))
    fields = sorted(_fields_of(source))
    read += [named(row_hash(map(column, fields), salt), f"{HASH}{salt}") for salt in (1, 2)]
    attributes = dict(mapping.attributes)
    targets = {target.relationship: target.key for target in mapping.targets}
    read += _key_parts("key", source.hub, mapping.key)
    kinds = {part_name("key", part): part.type for part in source.hub.business_key}
    for reference in source.references:
        prefix = reference.relationship
        read += _key_parts(prefix, reference.hub, targets[prefix])
        kinds |= {part_name(prefix, part): part.type for part in reference.hub.business_key}
    for satellite in source.satellites:
        read += [
            named(_typed(attributes[payload.name], payload), payload.name) for payload in satellite.payload
        ]
    rows = select(*read).from_(subquery(_placed(shape, before), "delivered"))
    if mapping.where:
        rows = rows.where(exp.paren(parsed(mapping.where.sql)))
    standard = [
        named(standardised(column(name), kinds[name]), name) if name in kinds else column(name)
        for name in rows.named_selects
    ]
    return select(*standard).from_(subquery(rows, "read"))


def _placed(shape: Shape | None, before: bool) -> exp.Select:
    if before:
        return _delivered(shape, "before")
    delivered = select(exp.Star()).from_(subquery(_delivered(shape, "files"), "files"))
    places = subquery(select(FILE, ORDINAL).from_(table(ARRIVING)), "places")
    return join(delivered, places, FILE, "INNER")


def _fields_of(source: Source) -> set[str]:
    """The fields a row's meaning depends on."""
    mapping = source.mapping
    expressions = [*mapping.key, *(e for _, e in mapping.attributes)]
    expressions += [e for target in mapping.targets for e in target.key]
    expressions += [e for e in (mapping.where, mapping.deleted) if e]
    return {found.name for e in expressions for found in parsed(e.sql).find_all(exp.Column)}


def _contents(source: Source) -> list[exp.Expr]:
    """Payload columns: nothing of a row that says its instance was deleted."""
    names = [payload.name for satellite in source.satellites for payload in satellite.payload]
    if not source.mapping.deleted:
        return [column(name) for name in names]
    return [named(exp.case().when(exp.not_(column("deleted")), column(name)), name) for name in names]


# A full delivery beside the one before it: what is the same in both is not looked at again


def find_differing(step: FindDiffering) -> exp.Create:
    source = step.source
    parts = _parts(source)
    sides = [
        select(*parts, f"{HASH}1", f"{HASH}2", named(exp.Literal.number(side), "side")).from_(
            subquery(_mapped(source, "", step.shape, before=side == 2), "mapped")
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
    key, parts = source.hub.hash_key, _parts(source)
    differing = select(named(_hashed("key", source.hub), key)).from_(table("differing"))
    differing = differing.where(*(known(part) for part in parts))
    gone = join(select(key).from_(subquery(differing, "differing")), table(STAGE), key, "ANTI")
    return temporary_table("touched", union_all([select(key).from_(table("met")), gone]))


def _differing_rows(rows: exp.Select, source: Source) -> exp.Select:
    parts = _parts(source)
    names = [named(column(part), f"differing__{part}") for part in parts]
    differing = subquery(select(*names, named(exp.true(), "differs")).from_(table("differing")), "differing")
    same = [column(part, "mapped").eq(column(f"differing__{part}", "differing")) for part in parts]
    rows = rows.join(differing, on=exp.and_(*same), join_type="LEFT")
    return rows.where(
        any_of([known("differs"), *(exp.Is(this=column(p, "mapped"), expression=exp.null()) for p in parts)])
    )


def _parts(source: Source) -> list[str]:
    return [part_name("key", part) for part in source.hub.business_key]


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


def _delivered(shape: Shape | None, files: str) -> exp.Select:
    """The rows of the files bound by a name, with the file each comes from and its number in it."""
    options: list[exp.Expr] = [
        exp.EQ(this=exp.column("file_row_number"), expression=exp.true()),
        exp.EQ(this=exp.column("filename"), expression=exp.Literal.string(FILE)),
    ]
    if shape is None:
        return select(exp.Star()).from_(
            exp.Table(this=exp.func("READ_PARQUET", bound(files), *options)),
        )
    options.append(exp.EQ(this=exp.column("union_by_name"), expression=exp.true()))
    fields = (
        named(cast(exp.null() if name in shape.absent else column(name), kind), name)
        for name, kind in shape.types
    )
    return select(*fields, FILE, "file_row_number").from_(
        exp.Table(this=exp.func("READ_PARQUET", bound(files), *options))
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


def note_judged(step: NoteJudged) -> exp.Expr:
    lines = select(ORDINAL, LINE).from_(table(step.of))
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
