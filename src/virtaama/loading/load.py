"""Deliveries from the lake into the warehouse: what is loaded together is one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlglot import exp

from virtaama.engines.port import Engine, WrongType
from virtaama.lake.batches import Batch
from virtaama.lake.files import Lake
from virtaama.lake.ledger import Ledger, QualityLine
from virtaama.loading.contract import contract_of
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
    CountChanges,
    CountContent,
    CountRows,
    FillCodes,
    FindDiffering,
    FindMoving,
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
    TableStep,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """Everything `load` would do now."""

    tables: tuple[TableStep, ...]
    again: tuple[BatchLoad, ...]  # loaded before, read again because the model asks for more of it
    batches: tuple[BatchLoad, ...]


def plan(model: Model, ledger: Ledger, lake: Lake, engine: Engine) -> LoadPlan:
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
    arrivals = tuple(_arrival(batch, model, lake) for batch in batches)
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

    Batches that are loaded together are one transaction with their notes in `applied`; after a crash run
    it again. The bytes of a batch are checked against the ledger before they are read, else Damaged.
    Findings are recorded just before the batches commit and replaced when they are loaded again.
    """
    todo = plan(model, ledger, lake, engine)
    batches = {batch.number: batch for batch in ledger.batches()}
    statements = _Statements()
    with engine.transaction():
        for step in todo.tables:
            engine.run(render(step), _codes(step) if isinstance(step, FillCodes) else None)
        for batch_load in todo.again:
            _apply(batch_load, batches, lake, engine, statements)
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
    return Loaded(batches=total, rows_in=rows_in, rows_new=rows_new)


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
                counts = engine.read(statements.of(step), values).to_pylist()
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
    if isinstance(step, InsertChanges | CountChanges) and step.full:
        # Absence speaks too; of deliveries laid side by side it is known whether any key is gone.
        return found[FindMoving] + found.get(FindTouched, 1) > 0
    if isinstance(step, KeepLastRow) and step.of != "stage":
        return True
    needed = _NEEDS.get(type(step))
    return needed is None or found[needed] > 0


def _unfitting(step: Step, reading: Reading) -> ProblemsFound:
    source = step.source if isinstance(step, StageRows) else None
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


def _arrival(batch: Batch, model: Model, lake: Lake) -> Arrival:
    """Only of what was landed under another description of its feed are the columns looked at."""
    known = {feed.id: feed for feed in model.feeds}.get(batch.feed)
    as_today = known is None or not batch.contract or batch.contract == contract_of(known)
    return Arrival(
        number=batch.number,
        feed=batch.feed,
        extracted=batch.extracted,
        file=batch.file,
        rows=batch.rows,
        columns=None if as_today else lake.columns(batch),
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
