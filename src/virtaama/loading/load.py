"""Deliveries from the lake into the warehouse: what is loaded together is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlglot import exp

from virtaama.engines.port import Engine, WrongType
from virtaama.lake.batches import Batch
from virtaama.lake.files import Lake
from virtaama.lake.ledger import Ledger
from virtaama.lake.noticed import QualityLine
from virtaama.loading.contract import contract_of
from virtaama.loading.evolve import EvolutionPlan, evolve, plan_model, refuse_losses
from virtaama.model.model import Model
from virtaama.problems import Damaged, Place, Problem, ProblemsFound
from virtaama.sql.build import bound, insert, select, table
from virtaama.vault.columns import APPLIED
from virtaama.vault.design import design
from virtaama.vault.plan import plan_load
from virtaama.vault.render import render
from virtaama.vault.steps import (
    Arrival,
    BatchLoad,
    CountChanges,
    CountContent,
    CountRows,
    FindDiffering,
    FindMoving,
    FindParents,
    FindRepeated,
    FindSeveral,
    FindTold,
    FindTouched,
    InsertChanges,
    InsertHub,
    InsertNew,
    InsertReferenced,
    KeepLastRow,
    Reading,
    StageRows,
    Step,
)

_ADDS_ROWS = (InsertHub, InsertReferenced, InsertNew, InsertChanges)
# What has nothing to do where an earlier step of the same reading found nothing.
_NEEDS: dict[type, type] = {
    FindRepeated: FindSeveral,
    CountRows: FindSeveral,
    KeepLastRow: FindSeveral,
    InsertChanges: FindMoving,
    CountChanges: FindTold,
}
_NOTE = ("batch", "feed", "model_version", "applied_at", "rows_in", "parquet_sha256")

Progress = Callable[[int, int, str], None]
"""Told after each load: how many batches are done, of how many, and the file that was loaded last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a run of `load` did."""

    batches: int
    rows_in: int
    rows_new: int
    rows_again: int = 0  # read again from the lake because the model changed


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """Everything `load` would do now."""

    model: EvolutionPlan  # what comes first: tables as the model wants them
    batches: tuple[BatchLoad, ...]

    @property
    def is_empty(self) -> bool:
        return self.model.is_empty and not self.batches


def plan(model: Model, ledger: Ledger, lake: Lake, engine: Engine) -> LoadPlan:
    """What `load` would do to this warehouse now; changes nothing.

    Raises Damaged when the warehouse holds batches the ledger does not know, NotOurs when it does not say
    which model it was made for.
    """
    done = _applied(engine)
    batches = ledger.batches()
    _refuse_unknown(done, batches)
    arrivals = tuple(arrival_of(batch, model, lake) for batch in batches)
    return LoadPlan(
        model=plan_model(model, engine, arrivals, done),
        batches=plan_load(model, design(model), arrivals, done),
    )


def load(
    model: Model,
    ledger: Ledger,
    lake: Lake,
    engine: Engine,
    *,
    now: Callable[[], datetime],
    progress: Progress | None = None,
    accepted: Collection[str] = (),
    planned: LoadPlan | None = None,
) -> Loaded:
    """Bring every batch of the ledger that is not applied yet into the warehouse.

    Batches that are loaded together are one transaction with their notes in `applied`; after a crash run
    it again. The bytes of a batch are checked against the ledger before they are read, else Damaged.
    Findings are recorded just before the batches commit and replaced when they are loaded again.
    Where the model has changed the warehouse is brought to it first; `accepted` names what it may lose by
    that, else WouldLose. `planned` is what `plan` has just said, where it was asked.
    """
    todo = planned or plan(model, ledger, lake, engine)
    batches = {batch.number: batch for batch in ledger.batches()}
    statements = _Statements()
    refuse_losses(todo.model, accepted)

    def fill(batch_load: BatchLoad) -> object:
        return _apply(batch_load, batches, lake, engine, statements)

    evolve(model, todo.model, engine, fill, now)
    done = rows_in = rows_new = 0
    total = sum(len(batch_load.arrivals) for batch_load in todo.batches)
    for batch_load in todo.batches:
        loaded = [batches[arrival.number] for arrival in batch_load.arrivals]
        with engine.transaction():
            added, findings = _apply(batch_load, batches, lake, engine, statements)
            for batch in loaded:
                engine.run(statements.note, _note(batch, model, now()))
            for batch in loaded:
                ledger.replace_findings(batch.number, _summed(findings.get(batch.number, [])))
        done += len(loaded)
        rows_in += batch_load.rows
        rows_new += added
        if progress:
            progress(done, total, loaded[-1].file)
    rows_again = sum(refill.rows for refill in todo.model.refills)
    return Loaded(batches=total, rows_in=rows_in, rows_new=rows_new, rows_again=rows_again)


def _note(batch: Batch, model: Model, moment: datetime) -> dict[str, object]:
    return {
        "batch": batch.number,
        "feed": batch.feed,
        "model_version": model.version,
        "applied_at": moment,
        "rows_in": batch.rows,
        "parquet_sha256": batch.parquet_sha256,
    }


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
) -> tuple[int, dict[int, list[QualityLine]]]:
    """Run a load; return how many rows it added and, for each batch, what was found in it."""
    added = 0
    findings: dict[int, list[QualityLine]] = {}
    numbers = {arrival.number for reading in batch_load.readings for arrival in reading.files}
    files = {number: str(lake.verified_path(batches[number])) for number in sorted(numbers)}
    for reading in batch_load.readings:
        values = reading.values(files)
        found: dict[type, int] = {}
        for step in reading.steps:
            if not _has_work(step, found):
                continue
            if isinstance(step, CountRows | CountContent | CountChanges):
                counts = engine.rows(statements.of(step), values)
                for line in (line for line in counts if line["count"]):
                    batch = batches[line["batch"]]
                    findings.setdefault(batch.number, []).append(_finding(batch, line))
                continue
            try:
                changed = engine.run(statements.of(step), values)
            except WrongType:
                raise _unfitting(step, reading) from None
            found[type(step)] = changed
            if isinstance(step, FindDiffering) and not changed:
                break  # the same as before, row by row
            if isinstance(step, _ADDS_ROWS):
                added += changed
    return added, findings


def _has_work(step: Step, found: dict[type, int]) -> bool:
    if isinstance(step, InsertChanges | CountChanges) and (step.full or step.source.parent):
        # Absence speaks too; of deliveries laid side by side it is known whether any key is gone.
        return found[FindMoving] + found.get(FindTouched, 1) > 0
    if isinstance(step, KeepLastRow) and step.of != "stage":
        return True
    needed = _NEEDS.get(type(step))
    return needed is None or found[needed] > 0


def _unfitting(step: Step, reading: Reading) -> ProblemsFound:
    source = step.source if isinstance(step, StageRows | FindParents) else None
    concept = f" of '{source.hub.concept}'" if source else ""
    first, *others = (arrival.file for arrival in reading.arrivals)
    files = f"{first} or one of {len(others)} deliveries after it" if others else first
    place = source.mapping.place if source else Place(first)
    what = f"an expression{concept} gives a value that is not of its attribute's type, in {files}."
    return ProblemsFound(
        (Problem(place, what, "Use TRY_CAST, or CASE for the values that are meant otherwise."),)
    )


def _finding(batch: Batch, line: dict[str, Any]) -> QualityLine:
    return QualityLine(
        feed=batch.feed,
        batch=batch.number,
        check=line["check"],
        detail=line["detail"],
        count=line["count"],
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


def arrival_of(batch: Batch, model: Model, lake: Lake) -> Arrival:
    """A batch as the warehouse sees it.

    Only of what was landed under another description of its feed are the columns looked at.
    """
    known = {feed.id: feed for feed in model.feeds}.get(batch.feed)
    as_today = known is None or not batch.contract or batch.contract == contract_of(known)
    return Arrival(
        number=batch.number,
        feed=batch.feed,
        extracted=batch.extracted,
        file=batch.file,
        rows=batch.rows,
        columns=None if as_today else lake.columns(batch),
        sha256=batch.parquet_sha256,
    )


def _applied(engine: Engine) -> frozenset[int]:
    """The batches the warehouse holds."""
    if not engine.columns(APPLIED):
        return frozenset()
    rows = engine.rows(select("batch").from_(table(APPLIED)))
    return frozenset(row["batch"] for row in rows)


def _refuse_unknown(done: frozenset[int], batches: tuple[Batch, ...]) -> None:
    unknown = sorted(done - {batch.number for batch in batches})
    if unknown:
        named = ", ".join(str(number) for number in unknown[:5]) + (" …" if len(unknown) > 5 else "")
        raise Damaged(
            f"The warehouse holds batches the ledger does not know: {named}.\n"
            "  Ledger and warehouse come from different moments. Bring both back from the same safe copy."
        )
