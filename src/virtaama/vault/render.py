"""From a step to its statement."""

from __future__ import annotations

from typing import assert_never

from sqlglot import exp

from virtaama.model.mappings import Expression
from virtaama.sql.build import (
    all_of,
    any_of,
    bound,
    cast,
    column,
    column_type,
    create_table,
    function,
    insert,
    join,
    named,
    parsed,
    select,
    subquery,
    table,
    temporary_table,
    text,
    union_all,
)
from virtaama.sql.spelling import COLUMN_TYPES
from virtaama.vault.keys import hash_key, standardised
from virtaama.vault.steps import (
    AddColumn,
    CodeCheck,
    CountContent,
    CountCorrections,
    CountRows,
    CreateTable,
    DateBack,
    EmptyCodes,
    EmptyHistory,
    EndAbsent,
    FillCodes,
    FindAffected,
    FindMet,
    FindRepeated,
    ForgetLater,
    InsertChanges,
    InsertHub,
    InsertNew,
    InsertReferenced,
    KeepAffected,
    KeepLastRow,
    NoteJudged,
    StageRows,
    Step,
)
from virtaama.vault.tables import Column, History, Hub, Reference, Source

CODE_COLUMNS = ("code", "label_fi", "label_sv", "label_en", "valid_from", "valid_until")

_LINE = "row__line"  # where a row stands in its delivery
_JUDGED = "row__judged"  # an earlier source of the delivery has counted what is odd about the row
_RANK = "row__rank"  # the feed's own order of two rows of a key
_NEW = exp.not_(column(_JUDGED))


def render(step: Step) -> exp.Expr:
    """The statement of a step. Counts are queries of (check, detail, count); all else changes tables."""
    match step:
        case CreateTable(name=name, columns=columns):
            return create_table(name, columns)
        case AddColumn(table=name, column=added, kind=kind):
            return _add_column(name, added, kind)
        case EmptyCodes(table=codes):
            return exp.Delete(this=table(codes.name))
        case EmptyHistory(history=history):
            return exp.Delete(this=table(history.name))
        case FillCodes(table=codes):
            lists = (function("UNNEST", bound(name)) for name in CODE_COLUMNS)
            return insert(codes.name, CODE_COLUMNS, select(*lists))
        case StageRows():
            return _stage(step)
        case NoteJudged(first=first):
            lines = select(_LINE).from_(table("stage"))
            return temporary_table("judged", lines) if first else insert("judged", [_LINE], lines)
        case FindRepeated(source=source):
            return _find_repeated(source)
        case CountRows(source=source):
            return _count_rows(source)
        case KeepLastRow(source=source):
            return _keep_last_row(source)
        case FindAffected(source=source, full=full):
            return _find_affected(source, full)
        case ForgetLater(history=history):
            return exp.Delete(
                this=table(history.name),
                where=exp.Where(
                    this=all_of(
                        [
                            _later("extracted", "batch"),
                            _within(history.hash_key, "affected"),
                        ]
                    )
                ),
            )
        case KeepAffected(source=source):
            elsewhere = exp.not_(_within(source.hub.hash_key, "affected"))
            return exp.Delete(this=table("stage"), where=exp.Where(this=elsewhere))
        case FindMet(source=source):
            key = source.hub.hash_key
            known = select(key).distinct().from_(table(source.histories[0].name))
            return temporary_table("met", join(known, table("stage"), key, "SEMI"))
        case CountContent():
            return _count_content(step)
        case InsertHub(source=source):
            return _insert_hub(source)
        case InsertReferenced(reference=reference):
            return _insert_referenced(reference)
        case DateBack(hub=hub, column=key):
            return _date_back(hub, key)
        case InsertNew(history=history):
            return _insert_new(history)
        case InsertChanges(history=history):
            return _insert_changes(history)
        case EndAbsent(history=history, only_affected=only_affected):
            return _end_absent(history, only_affected)
        case CountCorrections():
            return _count_corrections(step)
        case _:
            assert_never(step)


def engine_type(column: Column) -> str:
    return COLUMN_TYPES[column.type]


def newest(history: History, *columns: str) -> exp.Select:
    """The last row of every key; the caller narrows the rows before the last one is taken."""
    return select(history.hash_key, *columns).from_(table(history.name)).qualify(_is_last(history.hash_key))


# Reading a delivery


def _stage(step: StageRows) -> exp.Create:
    source, mapping = step.source, step.source.mapping
    deleted = parsed(mapping.deleted.sql) if mapping.deleted else exp.false()
    kept = _unless_deleted if mapping.deleted else column

    read: list[exp.Alias] = [
        named(exp.func("COALESCE", exp.paren(deleted), exp.false()), "deleted"),
        named(column("file_row_number"), _LINE),
        named(
            parsed(step.row_order) if step.row_order else column("file_row_number"),
            _RANK,
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
    judged = exp.In(this=column(_LINE), query=exp.Subquery(this=select(_LINE).from_(table("judged"))))
    seen: exp.Expr = judged if step.after_judged else exp.false()
    shaped += [column("deleted"), named(seen, _JUDGED), column(_LINE), column(_RANK)]

    file = exp.func(
        "READ_PARQUET",
        bound("file"),
        exp.EQ(this=exp.column("file_row_number"), expression=exp.true()),
    )
    rows = select(*read).from_(exp.Table(this=file))
    if mapping.where:
        rows = rows.where(exp.paren(parsed(mapping.where.sql)))
    standard = [
        named(standardised(column(name), kinds[name]), name) if name in kinds else column(name)
        for name in rows.named_selects
    ]
    keyed = select(*standard).from_(subquery(rows, "delivered"))
    return temporary_table("stage", select(*shaped).from_(subquery(keyed, "standard")))


def part_name(prefix: str, part: Column) -> str:
    """Where the stage keeps a part of a business key: `key__…` its own, `<relationship>__…` of another."""
    return f"{prefix}__{part.name}"


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


def _find_repeated(source: Source) -> exp.Create:
    key = source.hub.hash_key
    several = exp.Count(this=exp.Star()) > exp.Literal.number(1)
    odd = any_of([several, _unknown(key)])
    keys = select(key).from_(table("stage")).group_by(column(key)).having(odd)
    return temporary_table("repeated", keys)


def _count_rows(source: Source) -> exp.Query:
    key, concept = source.hub.hash_key, source.hub.concept
    no_key = _count("no_key", concept, exp.Count(this=exp.Star())).from_(table("stage"))
    no_key = no_key.where(_unknown(key), _NEW)
    said = exp.Tuple(expressions=[column(name) for name in ("deleted", *_content(source))])
    contents = exp.Count(this=exp.Distinct(expressions=[said if _content(source) else column("deleted")]))
    per_key = join(
        select(key, named(exp.Count(this=exp.Star()), "rows"), named(contents, "contents")).from_(
            table("stage")
        ),
        table("repeated"),
        key,
        "SEMI",
    )
    per_key = per_key.where(_NEW).group_by(column(key))
    surplus = exp.Sum(this=column("rows") - column("contents"))
    other = exp.Sum(this=column("contents") - exp.Literal.number(1))
    return union_all(
        [
            no_key,
            _count("repeated_row", concept, surplus).from_(subquery(per_key, "keys")),
            _count("same_key_different_content", concept, other).from_(subquery(per_key.copy(), "keys")),
        ]
    )


def _keep_last_row(source: Source) -> exp.Delete:
    key = source.hub.hash_key
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column(key)],
        order=exp.Order(expressions=[_descending(_RANK), _descending(_LINE)]),
    )
    ranked = join(
        select(_LINE, named(place, "place")).from_(table("stage")),
        table("repeated"),
        key,
        "SEMI",
    )
    surplus = select(_LINE).from_(subquery(ranked, "ranked")).where(column("place") > exp.Literal.number(1))
    earlier = exp.In(this=column(_LINE), query=exp.Subquery(this=surplus))
    return exp.Delete(this=table("stage"), where=exp.Where(this=any_of([_unknown(key), earlier])))


# Counting what is odd


def _count_content(step: CountContent) -> exp.Query:
    source, concept = step.source, step.source.hub.concept
    alive = exp.not_(column("deleted"))
    counts: list[exp.Query] = []
    if step.rows:
        deletions = _count("deletion", concept, exp.Count(this=exp.Star())).from_(table("stage"))
        counts.append(deletions.where(column("deleted"), _NEW))
    moment = _moment(step)
    if step.rows and step.late and moment is not None:
        late = exp.LT(this=moment, expression=bound("late_before", "TIMESTAMP"))
        rows = _count("late_row", concept, exp.Count(this=exp.Star())).from_(table("stage"))
        rows = rows.where(alive, _NEW, late)
        counts.append(join(rows, table("met"), source.hub.hash_key, "ANTI"))
    if step.rows:
        counts += [_count_several(source, reference) for reference in step.one_each]
    for check in step.codes:
        counts += _count_codes(step, check, moment)
    return union_all(counts)


def _count_several(source: Source, reference: Reference) -> exp.Query:
    """How many are referred to by more than one instance of the delivery."""
    instances = exp.Count(this=exp.Distinct(expressions=[column(source.hub.hash_key)]))
    met = (
        select(reference.column)
        .from_(table("stage"))
        .where(exp.not_(column("deleted")), _known(reference.column))
        .group_by(column(reference.column))
        .having(exp.GT(this=instances, expression=exp.Literal.number(1)))
    )
    detail = f"{source.hub.concept}.{reference.relationship}"
    return _count("several_numbers", detail, exp.Count(this=exp.Star())).from_(subquery(met, "numbered"))


def _moment(step: CountContent) -> exp.Expr | None:
    keys = {part.name for part in step.source.hub.business_key}
    held = [column(f"key__{name}" if name in keys else name) for name in step.time]
    moments = [exp.cast(name, "TIMESTAMP") for name in held]
    return exp.func("COALESCE", *moments) if len(moments) > 1 else moments[0] if moments else None


def _count_codes(step: CountContent, check: CodeCheck, moment: exp.Expr | None) -> list[exp.Query]:
    keys = {part.name for part in step.source.hub.business_key}
    value = column(f"key__{check.attribute}" if check.attribute in keys else check.attribute)
    detail = f"{step.source.hub.concept}.{check.attribute}"
    dated = check.dated and moment is not None
    day = exp.cast(moment.copy(), "DATE") if dated and moment is not None else exp.cast(exp.null(), "DATE")
    used = (
        select(
            named(value, "code"),
            named(day, "day"),
            named(exp.Count(this=exp.Star()), "rows"),
        )
        .from_(table("stage"))
        .where(exp.not_(column("deleted")), _known(value.name))
        .group_by(exp.Literal.number(1), exp.Literal.number(2))
    )
    if check.new_rows:
        used = used.where(_NEW)
    unknown = _count("unknown_code", detail, exp.Sum(this=column("rows"))).from_(subquery(used, "used"))
    unknown = join(unknown, table(check.table.name), "code", "ANTI")
    if not dated:
        return [unknown]
    held = parsed(
        "used.day IS NULL OR (used.day >= coalesce(list.valid_from, used.day)"
        " AND used.day <= coalesce(list.valid_until, used.day))"
    )
    judged = (
        select(
            named(exp.column("rows", table="used"), "rows"),
            named(function("BOOL_OR", held), "valid"),
        )
        .from_(subquery(used.copy(), "used"))
        .join(table(check.table.name, "list"), using=[exp.to_identifier("code")])
        .group_by(
            exp.column("code"),
            exp.column("day", table="used"),
            exp.column("rows", table="used"),
        )
    )
    ended = _count("ended_code", detail, exp.Sum(this=column("rows"))).from_(subquery(judged, "judged"))
    return [unknown, ended.where(exp.not_(column("valid")))]


def _count_corrections(step: CountCorrections) -> exp.Query:
    key = step.source.hub.hash_key
    said = union_all(
        [
            select(key)
            .from_(table(history.name))
            .where(column("batch").eq(bound("batch")), exp.not_(column("deleted")))
            for history in step.source.histories
        ]
    )
    keys = exp.Count(this=exp.Distinct(expressions=[column(key)]))
    rows = _count(step.check, step.source.hub.concept, keys).from_(subquery(said, "said"))
    new = subquery(select(key).from_(table("stage")).where(_NEW), "new")
    return join(join(rows, table("met"), key, "SEMI"), new, key, "SEMI")


def _count(check: str, detail: str, number: exp.Expr) -> exp.Select:
    return select(
        named(text(check), "check"),
        named(text(detail), "detail"),
        named(
            exp.cast(exp.func("COALESCE", number, exp.Literal.number(0)), "BIGINT"),
            "count",
        ),
    )


# Writing


def _insert_hub(source: Source) -> exp.Insert:
    hub = source.hub
    parts = [column(part_name("key", part)) for part in hub.business_key]
    unmet = join(
        select(hub.hash_key, *parts, *_stamp()).from_(table("stage")),
        table(hub.name),
        hub.hash_key,
        "ANTI",
    )
    return insert(hub.name, _hub_columns(hub), unmet)


def _insert_referenced(reference: Reference) -> exp.Insert:
    hub = reference.hub
    parts = [part_name(reference.relationship, part) for part in hub.business_key]
    keys = (
        select(
            named(column(reference.column), hub.hash_key),
            *(named(exp.func("ANY_VALUE", column(part)), part) for part in parts),
        )
        .from_(table("stage"))
        .where(_known(reference.column))
        .group_by(exp.Literal.number(1))
    )
    unmet = select(hub.hash_key, *parts, *_stamp()).from_(subquery(keys, "keys"))
    return insert(hub.name, _hub_columns(hub), join(unmet, table(hub.name), hub.hash_key, "ANTI"))


def _date_back(hub: Hub, key: str) -> exp.Update:
    within = select(key).from_(table("stage")).where(_known(key))
    return exp.Update(
        this=table(hub.name),
        expressions=[
            column("first_extracted").eq(bound("extracted", "TIMESTAMP")),
            column("first_batch").eq(bound("batch")),
        ],
        where=exp.Where(
            this=all_of(
                [
                    _later("first_extracted", "first_batch"),
                    exp.In(this=column(hub.hash_key), query=exp.Subquery(this=within)),
                ]
            )
        ),
    )


def _insert_new(history: History) -> exp.Insert:
    key = history.hash_key
    rows = select(key, *history.content, *_stamp(), "deleted").from_(table("stage"))
    return insert(history.name, _history_columns(history), join(rows, table("met"), key, "ANTI"))


def _insert_changes(history: History) -> exp.Insert:
    key, content = history.hash_key, history.content
    said = join(select(key, *content, "deleted").from_(table("stage")), table("met"), key, "SEMI")
    before = join(newest(history, *content, "deleted"), table("met"), key, "SEMI")
    columns = [column(name, "said") for name in (key, *content)]
    rows = select(*columns, *_stamp(), column("deleted", "said")).from_(subquery(said, "said"))
    changed = [
        exp.NullSafeNEQ(this=column(name, "said"), expression=column(name, "before"))
        for name in ("deleted", *content)
    ]
    compared = join(rows, subquery(before, "before"), key, "LEFT").where(any_of(changed))
    return insert(history.name, _history_columns(history), compared)


def _end_absent(history: History, only_affected: bool) -> exp.Insert:
    key = history.hash_key
    last = join(newest(history, "deleted"), table("stage"), key, "ANTI")
    if only_affected:
        last = join(last, table("affected"), key, "SEMI")
    nothing = [exp.null() for _ in history.content]
    ended = select(key, *nothing, *_stamp(), exp.true()).from_(subquery(last, "last"))
    return insert(
        history.name,
        _history_columns(history),
        ended.where(exp.not_(column("deleted"))),
    )


def _find_affected(source: Source, full: bool) -> exp.Create:
    key = source.hub.hash_key
    keys: list[exp.Query] = [select(key).from_(table("stage"))]
    if full:
        keys += [
            select(key).from_(table(history.name)).where(exp.not_(_later("extracted", "batch")))
            for history in source.histories
        ]
    return temporary_table("affected", select(key).distinct().from_(subquery(union_all(keys), "keys")))


def _add_column(name: str, added: str, kind: str) -> exp.Alter:
    definition = exp.ColumnDef(this=exp.to_identifier(added, quoted=True), kind=column_type(kind))
    return exp.Alter(this=table(name), kind="TABLE", actions=[definition])


def _stamp() -> list[exp.Expr]:
    return [bound("extracted", "TIMESTAMP"), bound("batch", "INTEGER")]


def _hub_columns(hub: Hub) -> list[str]:
    return [
        hub.hash_key,
        *(part.name for part in hub.business_key),
        "first_extracted",
        "first_batch",
    ]


def _history_columns(history: History) -> list[str]:
    return [history.hash_key, *history.content, "extracted", "batch", "deleted"]


def _content(source: Source) -> list[str]:
    return [name for history in source.histories for name in history.content]


def _later(extracted: str, batch: str) -> exp.Expr:
    """True for what has a later place in history than the delivery at hand."""
    moment = bound("extracted", "TIMESTAMP")
    same = exp.and_(column(extracted).eq(moment), column(batch) > bound("batch", "INTEGER"))
    return exp.paren(exp.or_(column(extracted) > moment.copy(), same))


def _is_last(key: str) -> exp.Expr:
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column(key)],
        order=exp.Order(expressions=[_descending("extracted"), _descending("batch")]),
    )
    return place.eq(exp.Literal.number(1))


def _descending(name: str) -> exp.Ordered:
    return exp.Ordered(this=column(name), desc=True, nulls_first=False)


def _within(key: str, keys: str) -> exp.Expr:
    return exp.In(this=column(key), query=exp.Subquery(this=select(key).from_(table(keys))))


def _known(name: str) -> exp.Expr:
    return exp.not_(_unknown(name))


def _unknown(name: str) -> exp.Expr:
    return exp.Is(this=column(name), expression=exp.null())
