"""The rows of deliveries as a mapping reads them: expressions evaluated, keys standardised."""

from __future__ import annotations

from collections.abc import Collection

from sqlglot import exp

from virtaama.model.mappings import Expression
from virtaama.sql.build import (
    bound,
    cast,
    column,
    column_type,
    join,
    named,
    parsed,
    row_hash,
    select,
    subquery,
    table,
)
from virtaama.vault.keys import hash_key, standardised
from virtaama.vault.render.names import (
    ARRIVING,
    FILE,
    HASHES,
    LINE,
    ORDINAL,
    RANK,
    engine_type,
    part_name,
)
from virtaama.vault.steps import HeldField, Shape
from virtaama.vault.tables import Column, Hub, Source

# The place in the file decides alone. One byte a row, for the stage of a large delivery hardly fits in memory.
_IN_PLACE = cast(exp.Literal.number(0), "TINYINT")


def named_values(source: Source, parts: Collection[Column], shape: Shape | None) -> exp.Select:
    """Parts of the key as every row of the deliveries gives them, also those rows the mapping leaves out.

    What is not of the part's type is null: such a row may be left out for that.
    """
    given = zip(source.mapping.key, source.hub.business_key, strict=True)
    typed = [
        named(
            exp.TryCast(this=exp.paren(parsed(each.sql)), to=column_type(engine_type(part))),
            part_name("key", part),
        )
        for each, part in given
        if part in parts
    ]
    rows = select(*typed, ORDINAL).from_(subquery(_placed(shape, before=False), "delivered"))
    names = [part_name("key", part) for part in parts]
    standard = [
        named(standardised(column(name), part.type), name) for name, part in zip(names, parts, strict=True)
    ]
    return select(*standard, ORDINAL).from_(subquery(rows, "read"))


def mapped_rows(source: Source, row_order: str, shape: Shape | None, before: bool = False) -> exp.Select:
    """Every row with its expressions evaluated and its keys standardised; who reads it chooses columns.

    `before` reads the delivery before the one at hand.
    """
    mapping = source.mapping
    deleted = parsed(mapping.deleted.sql) if mapping.deleted else exp.false()
    read: list[exp.Alias] = [
        named(exp.func("COALESCE", exp.paren(deleted), exp.false()), "deleted"),
        named(column("file_row_number"), LINE),
        named(parsed(row_order) if row_order else _IN_PLACE.copy(), RANK),
    ]
    if not before:
        read.append(named(column(ORDINAL), ORDINAL))
    fields = sorted(_fields_of(source))
    # Two, in either order: rows that meet in the one do not meet in the other.
    read += [
        named(row_hash(map(column, order)), name)
        for name, order in zip(HASHES, (fields, reversed(fields)), strict=True)
    ]
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


def keyed_rows(source: Source, shape: Shape | None, also: Collection[str]) -> exp.Select:
    """Of every row a mapping takes: where it stands, the keys of what it describes and of what that refers to.

    Columns: FILE, LINE, the hash key of the concept, that of each relationship, and the fields named in `also`.
    """
    mapping, hub = source.mapping, source.hub
    targets = {target.relationship: target.key for target in mapping.targets}
    parts = _key_parts("key", hub, mapping.key)
    kinds = {part_name("key", part): part.type for part in hub.business_key}
    for reference in source.references:
        parts += _key_parts(reference.relationship, reference.hub, targets[reference.relationship])
        kinds |= {part_name(reference.relationship, part): part.type for part in reference.hub.business_key}
    where = [column(FILE), named(column("file_row_number"), LINE), *map(column, also)]
    rows = select(*where, *parts).from_(subquery(_delivered(shape, "files"), "delivered"))
    if mapping.where:
        rows = rows.where(exp.paren(parsed(mapping.where.sql)))
    standard = [
        named(standardised(column(name), kinds[name]), name) if name in kinds else column(name)
        for name in rows.named_selects
    ]
    keys = [named(hashed("key", hub), hub.hash_key)]
    keys += [named(hashed(r.relationship, r.hub), r.column) for r in source.references]
    return select(FILE, LINE, *also, *keys).from_(
        subquery(select(*standard).from_(subquery(rows, "read")), "keyed")
    )


def field_rows(shape: Shape | None, fields: Collection[str]) -> exp.Select:
    """Of every row of a feed: where it stands, and some of its fields. Columns: FILE, LINE and the fields."""
    return select(FILE, named(column("file_row_number"), LINE), *fields).from_(
        subquery(_delivered(shape, "files"), "delivered")
    )


def _placed(shape: Shape | None, before: bool) -> exp.Select:
    if before:
        return _delivered(shape, "before")
    delivered = select(exp.Star()).from_(subquery(_delivered(shape, "files"), "files"))
    places = subquery(select(FILE, ORDINAL).from_(table(ARRIVING)), "places")
    return join(delivered, places, FILE, "INNER")


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
    fields = (named(_held(field), field.name) for field in shape.fields)
    return select(*fields, FILE, "file_row_number").from_(
        exp.Table(this=exp.func("READ_PARQUET", bound(files), *options))
    )


def _held(field: HeldField) -> exp.Expr:
    values = [cast(column(name), field.kind) for name in field.columns]
    if not values:
        return cast(exp.null(), field.kind)
    return values[0] if len(values) == 1 else exp.func("COALESCE", *values)


def _fields_of(source: Source) -> set[str]:
    """The fields a row's meaning depends on."""
    mapping = source.mapping
    expressions = [*mapping.key, *(e for _, e in mapping.attributes)]
    expressions += [e for target in mapping.targets for e in target.key]
    expressions += [e for e in (mapping.where, mapping.deleted) if e]
    return {found.name for e in expressions for found in parsed(e.sql).find_all(exp.Column)}


def payload_columns(source: Source) -> list[exp.Expr]:
    """Payload columns: nothing of a row that says its instance was deleted."""
    names = [payload.name for satellite in source.satellites for payload in satellite.payload]
    if not source.mapping.deleted:
        return [column(name) for name in names]
    return [named(exp.case().when(exp.not_(column("deleted")), column(name)), name) for name in names]


def _key_parts(prefix: str, hub: Hub, expressions: tuple[Expression, ...]) -> list[exp.Alias]:
    return [
        named(_typed(expression, part), part_name(prefix, part))
        for expression, part in zip(expressions, hub.business_key, strict=True)
    ]


def hashed(prefix: str, hub: Hub) -> exp.Expr:
    return hash_key([(column(part_name(prefix, part)), part.type) for part in hub.business_key])


def _typed(expression: Expression, wanted: Column) -> exp.Expr:
    return cast(parsed(expression.sql), engine_type(wanted))
