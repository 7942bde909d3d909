"""A warehouse brought from the model it was made for to another: what will be done, and the doing of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp

from virtaama.engines.port import Engine
from virtaama.loading.deployed import deployed, filled, note_deployed, note_filled
from virtaama.loading.reconcile import NotOurs
from virtaama.model.changes import Change
from virtaama.model.compare import compare
from virtaama.model.model import Model
from virtaama.problems import WouldLose
from virtaama.sql.build import column, named, parsed, select, table
from virtaama.vault.design import design
from virtaama.vault.evolve import Evolution, Refill, plan_evolution
from virtaama.vault.losses import Held, losses
from virtaama.vault.plan import plan_refill
from virtaama.vault.render.tables import CODE_COLUMNS, render_table_step
from virtaama.vault.steps import Arrival, BatchLoad
from virtaama.vault.table_steps import FillCodes


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedLoss:
    """What would leave the warehouse: how many values or rows of a table, and since when it holds them."""

    name: str  # what it is accepted by
    table: str
    column: str  # empty where whole rows go
    count: int
    since: datetime
    feed: str
    deliveries: int  # of the feed; they stay in the lake

    def __str__(self) -> str:
        what = "values" if self.column else "rows"
        return (
            f"{self.name}: {_number(self.count)} {what} of {self.table} since {self.since:%Y-%m-%d}; "
            f"the lake keeps the {_number(self.deliveries)} deliveries of {self.feed}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRefill:
    """A source to be read again from the lake, and the deliveries it is read from."""

    refill: Refill
    loads: tuple[BatchLoad, ...]
    deliveries: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EvolutionPlan:
    """Everything a changed model asks of the warehouse; nothing where it is there already."""

    changes: tuple[Change, ...]
    losses: tuple[CountedLoss, ...]
    evolution: Evolution
    refills: tuple[PlannedRefill, ...]
    deploys: bool  # the record of the model changes, if only by a remark in its files

    @property
    def is_empty(self) -> bool:
        return not (self.deploys or self.refills)


def plan_model(
    model: Model, engine: Engine, arrivals: Iterable[Arrival], applied: Collection[int]
) -> EvolutionPlan:
    """What brings the warehouse to the model. Raises NotOurs where nobody knows which model it has."""
    now = deployed(engine)
    if now is None and applied:
        raise NotOurs("it does not say which model it was made for")
    old = now.model if now else None
    in_warehouse = [arrival for arrival in arrivals if arrival.number in applied]
    fed = frozenset(arrival.feed for arrival in in_warehouse)
    evolution = plan_evolution(old, model, filled(engine), fed)
    changes = compare(old, model) if old else ()
    wanted = design(model)
    refills = []
    for refill in evolution.refills:
        read = [arrival for arrival in in_warehouse if arrival.feed == refill.source.mapping.feed]
        refills.append(
            PlannedRefill(
                refill=refill,
                loads=plan_refill(model, wanted, refill.source, read),
                deliveries=len(read),
                rows=sum(arrival.rows for arrival in read),
            )
        )
    held = ((loss.name, each) for loss in (losses(old, model, changes) if old else ()) for each in loss.held)
    counted = (_counted(name, each, engine, in_warehouse) for name, each in held)
    return EvolutionPlan(
        changes=changes,
        losses=tuple(loss for loss in counted if loss),
        evolution=evolution,
        refills=tuple(refills),
        deploys=old is None or old.version != model.version or bool(evolution.steps),
    )


def refuse_losses(plan: EvolutionPlan, accepted: Collection[str]) -> None:
    """Raise WouldLose where something would leave the warehouse that nobody has accepted by its name."""
    lost = [loss for loss in plan.losses if loss.name not in accepted]
    if lost:
        names = " ".join(f"--accept-loss {name}" for name in dict.fromkeys(loss.name for loss in lost))
        lines = "\n".join(f"  {loss}" for loss in lost)
        raise WouldLose(
            f"The model no longer holds what the warehouse does:\n{lines}\n"
            f"Nothing was changed. If that is meant: virtaama load {names}"
        )


def evolve(
    model: Model,
    plan: EvolutionPlan,
    engine: Engine,
    fill: Callable[[BatchLoad], object],
    now: Callable[[], datetime],
) -> None:
    """Change the tables in one transaction, then fill each source that needs it in one of its own.

    Where it is interrupted, planning and doing it again goes on with the sources that are not whole.
    """
    if plan.deploys:
        with engine.transaction():
            for step in plan.evolution.steps:
                engine.run(render_table_step(step), _codes(step) if isinstance(step, FillCodes) else None)
            note_deployed(engine, model, now(), plan.evolution.filled)
    for planned in plan.refills:
        with engine.transaction():
            for load in planned.loads:
                fill(load)
            for prune in planned.refill.hubs:
                engine.run(render_table_step(prune))
            note_filled(engine, planned.refill.source.id, planned.refill.fingerprint)


def _counted(name: str, held: Held, engine: Engine, arrivals: list[Arrival]) -> CountedLoss | None:
    rows = select(named(exp.Count(this=exp.Star()), "rows"), named(parsed("min(extracted)"), "since"))
    rows = rows.from_(table(held.table))
    if held.column:
        rows = rows.where(exp.not_(column(held.column).is_(exp.null())))
    [found] = engine.rows(rows)
    if not found["rows"]:
        return None
    return CountedLoss(
        name=name,
        table=held.table,
        column=held.column,
        count=found["rows"],
        since=found["since"],
        feed=held.feed,
        deliveries=sum(arrival.feed == held.feed for arrival in arrivals),
    )


def _codes(step: FillCodes) -> dict[str, object]:
    rows = [
        (c.code, c.labels.fi, c.labels.sv, c.labels.en, c.valid_from, c.valid_until) for c in step.codes.codes
    ]
    columns = zip(*rows, strict=True) if rows else ([] for _ in CODE_COLUMNS)
    return {name: list(values) for name, values in zip(CODE_COLUMNS, columns, strict=True)}


def _number(value: int) -> str:
    return f"{value:,}".replace(",", " ")
