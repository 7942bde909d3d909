"""Deliveries that are complete for each parent they name, slow and obvious: dicts and lists, no SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.generative.interpreter import History, State, cleaned, say


@dataclass(frozen=True)
class Row:
    visit: str | None
    code: str | None
    certainty: str | None
    who: str | None
    state: str | None  # P: deleted; X: no row of the concept, though it names its parent

    @property
    def key(self) -> str:
        """The two parts of the key, or nothing."""
        visit, code = cleaned(self.visit), cleaned(self.code)
        return f"{visit}/{code}" if visit and code and self.state != "X" else ""

    def parent(self, of: str) -> str | None:
        return cleaned(self.visit if of == "VISIT" else self.code)


@dataclass(frozen=True)
class Delivery:
    number: int
    extracted: datetime
    rows: tuple[Row, ...]


@dataclass
class Warehouse:
    keys: set[str] = field(default_factory=set)
    professionals: set[str] = field(default_factory=set)
    certainties: History = field(default_factory=dict)
    made_by: History = field(default_factory=dict)

    def living(self, moment: datetime) -> dict[str, str | None]:
        """What is known to hold, with its certainty, as deliveries extracted until a moment tell."""
        last = {
            key: states[-1]
            for key, told in self.certainties.items()
            if (states := [state for extracted, _, state in told if extracted <= moment])
        }
        return {key: state.value for key, state in last.items() if not state.deleted}


def interpret(deliveries: Sequence[Delivery], parent: str) -> Warehouse:
    """The warehouse these deliveries amount to, whatever order they came in. `parent`: VISIT or CODE."""
    warehouse = Warehouse()
    parent_of: dict[str, str | None] = {}
    for delivery in sorted(deliveries, key=lambda d: (d.extracted, d.number)):
        last = {row.key: row for row in delivery.rows if row.key}
        stamp = (delivery.extracted, delivery.number)
        for key, row in last.items():
            deleted = row.state == "P"
            who = None if deleted else cleaned(row.who)
            warehouse.keys.add(key)
            warehouse.professionals |= {who} if who else set()
            parent_of[key] = row.parent(parent)
            say(warehouse.certainties, key, stamp, State(None if deleted else row.certainty, deleted))
            say(warehouse.made_by, key, stamp, State(who, deleted))
        named = {row.parent(parent) for row in delivery.rows} - {None}
        for key in set(warehouse.keys) - set(last):
            if parent_of[key] in named:
                say(warehouse.certainties, key, stamp, State(None, True))
                say(warehouse.made_by, key, stamp, State(None, True))
    return warehouse
