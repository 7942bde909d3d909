"""What a warehouse says of itself: the model its tables are made for, and which of its sources are whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp

from virtaama.engines.port import Engine
from virtaama.model.model import Model
from virtaama.model.record import model_of, record_of
from virtaama.problems import NotReady
from virtaama.sql.build import bound, column, insert, select, table
from virtaama.vault.columns import DEPLOYED, FILLED
from virtaama.vault.design import design
from virtaama.vault.fingerprints import fingerprint

_DEPLOYED = ("version", "applied_at", "record")
_FILLED = ("source", "fingerprint")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """The model a warehouse is made for, and since when."""

    model: Model
    since: datetime


def deployed(engine: Engine) -> Deployed | None:
    """The deployed model; None where the warehouse is empty or older than this record."""
    if not engine.columns(DEPLOYED):
        return None
    rows = engine.rows(select(*_DEPLOYED).from_(table(DEPLOYED)))
    return Deployed(model=model_of(rows[0]["record"]), since=rows[0]["applied_at"]) if rows else None


def filled(engine: Engine) -> dict[str, str]:
    """The fingerprint of each source that is whole."""
    if not engine.columns(FILLED):
        return {}
    rows = engine.rows(select(*_FILLED).from_(table(FILLED)))
    return {row["source"]: row["fingerprint"] for row in rows}


def refuse_unfinished(engine: Engine, model: Model) -> None:
    """Raise NotReady where the tables are not those of the model, or not all of them are whole."""
    now = deployed(engine)
    whole = filled(engine)
    prints = {source.id: fingerprint(model, source) for source in design(model).sources}
    if now is None or now.model.version != model.version or prints != whole:
        raise NotReady(
            "The warehouse does not hold yet what the model says.\n"
            "  Run `virtaama load` first; `virtaama plan` says what it will do."
        )


def note_deployed(engine: Engine, model: Model, moment: datetime, whole: tuple[tuple[str, str], ...]) -> None:
    """Note that the tables are made for a model now, and which sources are whole."""
    engine.run(exp.Delete(this=table(DEPLOYED)))
    values = {"version": model.version, "applied_at": moment, "record": record_of(model)}
    engine.run(_noting(DEPLOYED, _DEPLOYED), values)
    engine.run(exp.Delete(this=table(FILLED)))
    for source, known in whole:
        note_filled(engine, source, known)


def note_filled(engine: Engine, source: str, fingerprint: str) -> None:
    """Note that a source is whole."""
    this = exp.Where(this=column("source").eq(bound("source")))
    engine.run(exp.Delete(this=table(FILLED), where=this), {"source": source})
    engine.run(_noting(FILLED, _FILLED), {"source": source, "fingerprint": fingerprint})


def _noting(name: str, columns: tuple[str, ...]) -> exp.Insert:
    return insert(name, columns, select(*(bound(each) for each in columns)))
