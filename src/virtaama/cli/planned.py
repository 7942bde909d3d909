"""A plan in words for people, and as JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from virtaama.cli.words import counted, number
from virtaama.loading.evolve import PlannedRefill
from virtaama.loading.load import LoadPlan
from virtaama.model.changes import words
from virtaama.vault.explain import explain_load
from virtaama.vault.explain_tables import explain_table_step, explain_table_steps
from virtaama.vault.steps import BatchLoad
from virtaama.vault.table_steps import CreateTable, DropTable, FillCodes

_SHOWN = 12  # tables of a new warehouse are counted where they are more


NOTICED_BEFORE = "stays as it was counted; `virtaama rebuild` counts it by the model of now"


def counts_otherwise(plan: LoadPlan) -> bool:
    """Whether the deliveries that are loaded would be noticed otherwise by the model of now."""
    model = plan.model
    written = any(isinstance(step, FillCodes) for step in model.evolution.steps)
    return bool(model.changes) and (bool(model.refills) or written)


def in_words(plan: LoadPlan, speed: float | None, *, steps: bool) -> Iterator[str]:
    """What changed, what is done for it, what leaves the warehouse, and what is loaded; a line each.

    `speed`: rows a second, as measured here; None where nothing was. `steps`: every step of every load.
    """
    model = plan.model
    if model.changes:
        yield "What changed in the model:"
        yield from (f"  {change.place}: {words(change)}" for change in model.changes)
    if model.evolution.steps or model.refills:
        yield "What is done for it:" if model.changes else "What is done first:"
        yield from _on_tables(plan, steps)
        for refill in model.refills:
            yield f"  {_refill(refill, speed)}"
            if steps:
                yield from (f"    {line}" for load in refill.loads for line in explain_load(load))
    if model.changes:
        yield "What leaves the warehouse:" if model.losses else "What leaves the warehouse: nothing"
        yield from (f"  {loss}" for loss in model.losses)
    if counts_otherwise(plan):
        yield f"What was noticed before: {NOTICED_BEFORE}"
    if plan.batches:
        yield "What is loaded:" if model.changes else "What is loaded then:"
    for batch in plan.batches:
        heading, *lines = explain_load(batch)
        yield f"  {heading}"
        if steps:
            yield from (f"    {line}" for line in lines)


def in_total(plan: LoadPlan, speed: float | None) -> str:
    """The plan in a sentence, with how long it may take."""
    rows = _rows(plan)
    again = f", {counted(len(plan.model.refills), 'source')} to read again" if plan.model.refills else ""
    batches = sum(len(batch.arrivals) for batch in plan.batches)
    return (
        f"{counted(len(plan.model.evolution.steps), 'step')} on tables{again}, "
        f"{counted(batches, 'batch', 'batches')} to load: {counted(rows, 'row')}{_duration(rows, speed)}."
    )


def as_json(plan: LoadPlan, speed: float | None) -> str:
    """The plan for machines. Seconds are null where nothing was measured here."""
    model = plan.model

    def seconds(rows: int) -> float | None:
        return round(rows / speed, 1) if speed else None

    return json.dumps(
        {
            "changes": [
                {"change": type(change).__name__, "place": str(change.place), "words": words(change)}
                | {key: value for key, value in asdict(change).items() if key != "place"}
                for change in model.changes
            ],
            "steps": [
                {"step": type(step).__name__, "words": explain_table_step(step)}
                for step in model.evolution.steps
            ],
            "refills": [
                {
                    "source": refill.refill.source.id,
                    "concept": refill.refill.source.hub.concept,
                    "feed": refill.refill.source.mapping.feed,
                    "deliveries": refill.deliveries,
                    "rows": refill.rows,
                    "seconds": seconds(refill.rows),
                }
                for refill in model.refills
            ],
            "losses": [asdict(loss) for loss in model.losses],
            "batches": [
                {"batch": arrival.number, "feed": arrival.feed, "file": arrival.file, "rows": arrival.rows}
                for batch in plan.batches
                for arrival in batch.arrivals
            ],
            "rows": _rows(plan),
            "seconds": seconds(_rows(plan)),
        },
        ensure_ascii=False,
        indent=2,
        default=str,
    )


def _on_tables(plan: LoadPlan, every: bool) -> Iterator[str]:
    steps = plan.model.evolution.steps
    if every:
        yield from (f"  {explain_table_step(step)}" for step in steps)
        return
    created = {step.name for step in steps if isinstance(step, CreateTable)}
    if len(created) <= _SHOWN:
        yield from (f"  {line}" for line in explain_table_steps(steps))
        return
    anew = created & {step.name for step in steps if isinstance(step, DropTable)}
    others = [
        step for step in steps if not (isinstance(step, CreateTable | DropTable) and step.name in created)
    ]
    yield from (f"  {line}" for line in explain_table_steps(others))
    if anew:
        yield f"  make {counted(len(anew), 'table')} anew"
    if new := len(created) - len(anew):
        yield f"  create {counted(new, 'table')}"


def _refill(planned: PlannedRefill, speed: float | None) -> str:
    source = planned.refill.source
    return (
        f"read {source.hub.concept.replace('_', ' ')} again from {source.mapping.feed}: "
        f"{number(planned.deliveries)} {'delivery' if planned.deliveries == 1 else 'deliveries'}, "
        f"{number(planned.rows)} rows{_duration(planned.rows, speed)}"
    )


def _rows(plan: LoadPlan) -> int:
    return sum(refill.rows for refill in plan.model.refills) + sum(_read(batch) for batch in plan.batches)


def _read(batch: BatchLoad) -> int:
    return sum(arrival.rows for arrival in batch.arrivals)


def _duration(rows: int, speed: float | None) -> str:
    if not rows:
        return ""
    if not speed:
        return ", nobody knows how long: nothing has been loaded here yet"
    seconds = rows / speed
    if seconds < 90:
        return f", about {max(1, round(seconds))} s"
    return f", about {round(seconds / 60)} min" if seconds < 5400 else f", about {seconds / 3600:.1f} h"
