"""A step on tables in plain words."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
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
from virtaama.vault.tables import SUPERSEDED


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


def explain_table_steps(steps: Sequence[TableStep]) -> Iterator[str]:
    """The steps as one would tell them: a table dropped to be created is made anew, with what goes with it."""
    created = {step.name: step for step in steps if isinstance(step, CreateTable)}
    dropped = {step.name for step in steps if isinstance(step, DropTable)}
    filled = {step.table.name for step in steps if isinstance(step, FillCodes)}
    anew = created.keys() & dropped
    for step in steps:
        match step:
            case DropTable(name=name) if name in anew:
                continue
            case DropTable(name=name) | CreateTable(name=name) if _goes_with(name, dropped, created.keys()):
                continue
            case CreateTable(name=name, columns=columns) if name in anew:
                yield f"make {name} anew ({', '.join(column for column, _ in columns)})"
            case EmptyCodes(table=codes) if codes.name in filled:
                continue
            case _:
                yield explain_table_step(step)


def _goes_with(name: str, dropped: Container[str], created: Container[str]) -> bool:
    """Whether a table keeps the superseded rows of another of which the same is told."""
    of = name.removesuffix(SUPERSEDED)
    return of != name and (of in dropped) == (name in dropped) and (of in created) == (name in created)
