"""From a step on tables to its statement."""

from __future__ import annotations

from typing import assert_never

from sqlglot import exp

from virtaama.sql.build import (
    bound,
    column,
    create_table,
    function,
    insert,
    named,
    select,
    subquery,
    table,
    union_all,
)
from virtaama.vault.table_steps import (
    CreateTable,
    DropTable,
    EmptyCodes,
    FillCodes,
    KeepNamedKeys,
    RenameColumn,
    RenameTable,
    TableStep,
)

CODE_COLUMNS = ("code", "label_fi", "label_sv", "label_en", "valid_from", "valid_until")


def render_table_step(step: TableStep) -> exp.Expr:
    """The statement of a step."""
    match step:
        case CreateTable(name=name, columns=columns):
            return create_table(name, columns)
        case DropTable(name=name):
            return exp.Drop(tables=[table(name)], kind="TABLE", exists=True)
        case RenameTable(name=name, to=to):
            return exp.Alter(this=table(name), kind="TABLE", actions=[exp.AlterRename(this=table(to))])
        case RenameColumn(table=name, column=was, to=to):
            renamed = exp.RenameColumn(this=column(was), to=column(to))
            return exp.Alter(this=table(name), kind="TABLE", actions=[renamed])
        case EmptyCodes(table=codes):
            return exp.Delete(this=table(codes.name))
        case FillCodes(table=codes):
            lists = (function("UNNEST", bound(name)) for name in CODE_COLUMNS)
            return insert(codes.name, CODE_COLUMNS, select(*lists))
        case KeepNamedKeys():
            return _keep_named_keys(step)
        case _:
            assert_never(step)


def _keep_named_keys(step: KeepNamedKeys) -> exp.Delete:
    nobody = exp.Delete(this=table(step.hub.name))
    if not step.named_in:
        return nobody
    known = union_all(
        [
            select(named(column(key), "named"))
            .from_(table(name))
            .where(exp.not_(column(key).is_(exp.null())))
            for name, key in step.named_in
        ]
    )
    keys = exp.Subquery(this=select("named").from_(subquery(known, "known")))
    elsewhere = exp.not_(exp.In(this=column(step.hub.hash_key), query=keys))
    nobody.set("where", exp.Where(this=elsewhere))
    return nobody
