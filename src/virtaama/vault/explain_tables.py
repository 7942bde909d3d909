"""A step on tables in plain words."""

from __future__ import annotations

from typing import assert_never

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


def explain_table_step(step: TableStep) -> str:
    """One sentence without its full stop."""
    match step:
        case CreateTable(name=name, columns=columns):
            return f"create table {name} ({', '.join(column for column, _ in columns)})"
        case DropTable(name=name):
            return f"drop table {name}"
        case RenameTable(name=name, to=to):
            return f"rename table {name} to {to}"
        case RenameColumn(table=name, column=was, to=to):
            return f"rename column {was} of {name} to {to}"
        case EmptyCodes(table=codes):
            return f"take the codes out of {codes.name}"
        case FillCodes(table=codes, codes=list):
            number = len(list.codes)
            return (
                f"write the {number} {'code' if number == 1 else 'codes'} of list {list.name} to {codes.name}"
            )
        case KeepNamedKeys(hub=hub):
            return f"leave in {hub.name} only the keys some source names"
        case _:
            assert_never(step)
