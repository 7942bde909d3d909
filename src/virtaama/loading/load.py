"""Deliveries from the lake into the warehouse: one transaction each, in the order of history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeGuard

from sqlglot import exp

from virtaama.engines.port import Engine, WrongType
from virtaama.lake.batches import Batch
from virtaama.lake.files import Lake
from virtaama.lake.ledger import Ledger, QualityLine
from virtaama.model.model import Model
from virtaama.problems import Damaged, Place, Problem, ProblemsFound
from virtaama.sql.build import bound, column, insert, select, table
from virtaama.vault.columns import APPLIED
from virtaama.vault.design import design
from virtaama.vault.evolve import plan_again, plan_codes, plan_tables
from virtaama.vault.plan import plan_load
from virtaama.vault.render import CODE_COLUMNS, render
from virtaama.vault.steps import (
    Arrival,
    BatchLoad,
    CountContent,
    CountCorrections,
    CountRows,
    EndAbsent,
    FillCodes,
    FindMet,
    FindRepeated,
    InsertChanges,
    InsertHub,
    InsertNew,
    InsertReferenced,
    KeepLastRow,
    StageRows,
    Step,
    TableStep,
)

_ADDS_ROWS = (InsertHub, InsertReferenced, InsertNew, InsertChanges, EndAbsent)
# What has nothing to do where an earlier step of the same reading found nothing.
_NEEDS: dict[type, type] = {
    CountRows: FindRepeated,
    KeepLastRow: FindRepeated,
    InsertChanges: FindMet,
    CountCorrections: FindMet,
}
_NOTE = ("batch", "feed", "model_version", "applied_at", "rows_in", "rows_new")

Progress = Callable[[int, int, str], None]
"""Told after each batch: how many are done, of how many, and the file that was loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a run of `load` did."""

    batches: int
    rows_in: int
    rows_new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """Everything `load` would do now."""

    tables: tuple[TableStep, ...]
    again: tuple[BatchLoad, ...]  # loaded before, read again because the model asks for more of it
    batches: tuple[BatchLoad, ...]


def plan(model: Model, ledger: Ledger, engine: Engine) -> LoadPlan:
    """What `load` would do to this warehouse now; changes nothing.

    Raises Damaged when the warehouse holds batches the ledger does not know, ProblemsFound when its
    tables cannot be brought to the model.
    """
    wanted = design(model)
    tables = plan_tables(wanted, engine.columns)
    done = _applied(engine)
    if not done or any(version != model.version for version in done.values()):
        tables += plan_codes(model, wanted)
    batches = ledger.batches()
    _refuse_unknown(frozenset(done), batches)
    arrivals = tuple(_arrival(batch) for batch in batches)
    emptied, again = plan_again(model, wanted, tables, arrivals, frozenset(done))
    return LoadPlan(
        tables=tables + emptied,
        again=again,
        batches=plan_load(model, wanted, arrivals, frozenset(done)),
    )


def load(
    model: Model,
    ledger: Ledger,
    lake: Lake,
    engine: Engine,
    *,
    now: Callable[[], datetime],
    progress: Progress | None = None,
) -> Loaded:
    """Bring every batch of the ledger that is not applied yet into the warehouse.

    Each batch is one transaction with its note in `applied`; after a crash run it again. The bytes of a
    batch are checked against the ledger before they are read, else Damaged. Findings are recorded just
    before the batch commits and replaced when it is loaded again.
    """
    todo = plan(model, ledger, engine)
    batches = {batch.number: batch for batch in ledger.batches()}
    statements = _Statements()
    with engine.transaction():
        for step in todo.tables:
            engine.run(render(step), _codes(step) if isinstance(step, FillCodes) else None)
        for batch_load in todo.again:
            _apply(batch_load, batches, lake, engine, statements)
    rows_in = rows_new = 0
    for done, batch_load in enumerate(todo.batches, start=1):
        batch = batches[batch_load.arrival.number]
        with engine.transaction():
            added, findings = _apply(batch_load, batches, lake, engine, statements)
            engine.run(
                statements.note,
                {
                    "batch": batch.number,
                    "feed": batch.feed,
                    "model_version": model.version,
                    "applied_at": now(),
                    "rows_in": batch.rows,
                    "rows_new": added,
                },
            )
            ledger.replace_findings(batch.number, findings)
        rows_in += batch.rows
        rows_new += added
        if progress:
            progress(done, len(todo.batches), batch.file)
    return Loaded(batches=len(todo.batches), rows_in=rows_in, rows_new=rows_new)


class _Statements:
    """Statements of steps, each written once: a feed's steps serve all its batches."""

    def __init__(self) -> None:
        self._of: dict[int, tuple[Step, exp.Expr]] = {}
        self.note = insert(APPLIED, _NOTE, select(*(bound(name) for name in _NOTE)))

    def of(self, step: Step) -> exp.Expr:
        # By identity: a step is a deep value, and plans share the steps of a feed.
        if id(step) not in self._of:
            self._of[id(step)] = (step, render(step))
        return self._of[id(step)][1]


def _apply(
    batch_load: BatchLoad,
    batches: dict[int, Batch],
    lake: Lake,
    engine: Engine,
    statements: _Statements,
) -> tuple[int, tuple[QualityLine, ...]]:
    added = 0
    findings: list[QualityLine] = []
    paths = {
        number: str(lake.verified_path(batches[number]))
        for number in sorted({reading.arrival.number for reading in batch_load.readings})
    }
    for reading in batch_load.readings:
        values = reading.arrival.values | {"file": paths[reading.arrival.number]}
        found: dict[type, int] = {}
        for step in reading.steps:
            needed = _NEEDS.get(type(step))
            if needed and not found[needed]:
                continue
            if isinstance(step, CountRows | CountContent | CountCorrections):
                counts = engine.read(statements.of(step), values).to_pylist()
                findings += [
                    _finding(batches[reading.arrival.number], **count) for count in counts if count["count"]
                ]
                continue
            try:
                changed = engine.run(statements.of(step), values)
            except WrongType:
                raise _unfitting(step, batches[reading.arrival.number]) from None
            found[type(step)] = changed
            if isinstance(step, _ADDS_ROWS):
                added += changed
            at_hand = reading.arrival == batch_load.arrival
            if at_hand and changed and _counts_absence(step):
                batch = batches[reading.arrival.number]
                findings.append(_finding(batch, "disappeared", step.source.hub.concept, changed))
    return added, _summed(findings)


def _unfitting(step: Step, batch: Batch) -> ProblemsFound:
    source = step.source if isinstance(step, StageRows) else None
    concept = f" of '{source.hub.concept}'" if source else ""
    place = source.mapping.place if source else Place(batch.file)
    what = f"an expression{concept} gives a value that is not of its attribute's type, in {batch.file}."
    return ProblemsFound(
        (Problem(place, what, "Use TRY_CAST, or CASE for the values that are meant otherwise."),)
    )


def _counts_absence(step: Step) -> TypeGuard[EndAbsent]:
    return isinstance(step, EndAbsent) and step.counted and step.history == step.source.histories[0]


def _finding(batch: Batch, check: str, detail: str, count: int) -> QualityLine:
    return QualityLine(
        feed=batch.feed,
        batch=batch.number,
        check=check,
        detail=detail,
        count=count,
        rows=batch.rows,
    )


def _summed(findings: list[QualityLine]) -> tuple[QualityLine, ...]:
    """Two sources of one feed may count the same thing of the same concept: one line, their sum."""
    lines: dict[tuple[str, str], QualityLine] = {}
    for line in findings:
        met = lines.get((line.check, line.detail))
        count = line.count + (met.count if met else 0)
        lines[line.check, line.detail] = QualityLine(
            feed=line.feed,
            batch=line.batch,
            check=line.check,
            detail=line.detail,
            count=count,
            rows=line.rows,
        )
    return tuple(lines.values())


def _arrival(batch: Batch) -> Arrival:
    return Arrival(
        number=batch.number, feed=batch.feed, extracted=batch.extracted, file=batch.file, rows=batch.rows
    )


def _applied(engine: Engine) -> dict[int, str]:
    """The batches the warehouse holds, each with the model version it was loaded under."""
    if not engine.columns(APPLIED):
        return {}
    rows = engine.read(select(column("batch"), column("model_version")).from_(table(APPLIED)))
    return {row["batch"]: row["model_version"] for row in rows.to_pylist()}


def _refuse_unknown(done: frozenset[int], batches: tuple[Batch, ...]) -> None:
    unknown = sorted(done - {batch.number for batch in batches})
    if unknown:
        named = ", ".join(str(number) for number in unknown[:5]) + (" …" if len(unknown) > 5 else "")
        raise Damaged(
            f"The warehouse holds batches the ledger does not know: {named}.\n"
            "  Ledger and warehouse come from different moments. Bring both back from the same safe copy."
        )


def _codes(step: FillCodes) -> dict[str, object]:
    rows = [
        (c.code, c.labels.fi, c.labels.sv, c.labels.en, c.valid_from, c.valid_until) for c in step.codes.codes
    ]
    columns = zip(*rows, strict=True) if rows else ([] for _ in CODE_COLUMNS)
    return {name: list(values) for name, values in zip(CODE_COLUMNS, columns, strict=True)}
