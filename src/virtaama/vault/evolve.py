"""What brings a warehouse to another model, as steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from virtaama.model.model import Model
from virtaama.problems import Place, Problem, ProblemsFound
from virtaama.vault.columns import wanted_tables
from virtaama.vault.plan import plan_refill
from virtaama.vault.steps import (
    AddColumn,
    Arrival,
    BatchLoad,
    CreateTable,
    EmptyCodes,
    EmptyHistory,
    FillCodes,
    TableStep,
)
from virtaama.vault.tables import VaultDesign

Columns = Callable[[str], Sequence[tuple[str, str]]]


def plan_tables(design: VaultDesign, columns: Columns) -> tuple[TableStep, ...]:
    """Steps that bring the tables of a warehouse to the design; none where it is there already.

    `columns` tells what a table has now (nothing: there is no such table). Tables and payload columns
    may be added. Any other difference raises ProblemsFound: it would lose or bend history.
    """
    steps: list[TableStep] = []
    problems: list[Problem] = []
    for table in wanted_tables(design):
        found = dict(columns(table.name))
        if not found:
            steps.append(CreateTable(name=table.name, columns=table.columns))
            continue
        added = [(column, kind) for column, kind in table.columns if column not in found]
        if table.may_grow:
            steps += [AddColumn(table=table.name, column=c, kind=kind) for c, kind in added]
        other = [(c, kind) for c, kind in table.columns if found.get(c, kind) != kind]
        odd = [
            *(f"'{c}' is new" for c, _ in added if not table.may_grow),
            *(f"'{c}' is {found[c]} and would be {kind}" for c, kind in other),
            *(f"'{c}' is gone" for c in found if c not in dict(table.columns)),
        ]
        if odd:
            problems.append(
                Problem(
                    Place("model"),
                    f"table {table.name} of the warehouse does not fit the model: {', '.join(odd)}.",
                    "Move the warehouse file aside and load again: the lake keeps every delivery.",
                )
            )
    if problems:
        raise ProblemsFound(tuple(problems))
    return tuple(steps)


def plan_again(
    model: Model,
    design: VaultDesign,
    tables: Iterable[TableStep],
    arrivals: Iterable[Arrival],
    applied: frozenset[int],
) -> tuple[tuple[TableStep, ...], tuple[BatchLoad, ...]]:
    """What a changed table asks for: its source emptied, and all that was loaded from its feed read again.

    So a new attribute or mapping holds what the lake has, as if it had been in the model from the start.
    """
    changed = {step.name for step in tables if isinstance(step, CreateTable)}
    changed |= {step.table for step in tables if isinstance(step, AddColumn)}
    known = sorted((a for a in arrivals if a.number in applied), key=lambda arrival: arrival.position)
    emptied: list[TableStep] = []
    loads: list[BatchLoad] = []
    for source in design.sources:
        of_feed = [arrival for arrival in known if arrival.feed == source.mapping.feed]
        if not of_feed or not any(history.name in changed for history in source.histories):
            continue
        for history in source.histories:
            emptied += [EmptyHistory(table=history.name), EmptyHistory(table=history.superseded)]
        loads += plan_refill(model, design, source, of_feed)
    return tuple(emptied), tuple(loads)


def plan_codes(model: Model, design: VaultDesign) -> tuple[TableStep, ...]:
    """Steps that make the code tables say what the model says."""
    lists = ((table, model.code_list(table.code_list)) for table in design.code_tables)
    return tuple(
        step
        for table, codes in lists
        for step in (EmptyCodes(table=table), FillCodes(table=table, codes=codes))
    )
