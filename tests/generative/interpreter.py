"""The rules of history, slow and obvious: dicts and lists, no SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WHITESPACE = " \t\n\v\f\r\u00a0\u2007\u202f\ufeff"


@dataclass(frozen=True)
class Row:
    id: str | None
    language: str | None
    home: str | None
    deleted: bool


@dataclass(frozen=True)
class Delivery:
    number: int
    extracted: datetime
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class State:
    """What a history table says of one key at one moment."""

    value: str | None
    deleted: bool


History = dict[str, list[tuple[datetime, int, State]]]


@dataclass
class Warehouse:
    people: set[str]
    homes: set[str]
    languages: History
    lives: History

    def living(self, moment: datetime | None) -> dict[str, str | None]:
        """Who is known to be alive, with the language, as deliveries extracted until a moment tell."""
        last = {
            key: states[-1]
            for key, told in self.languages.items()
            if (states := [state for extracted, _, state in told if moment is None or extracted <= moment])
        }
        return {key: state.value for key, state in last.items() if not state.deleted}


def cleaned(key: str | None) -> str | None:
    return (key.strip(WHITESPACE) or None) if key is not None else None


def interpret(deliveries: Sequence[Delivery], full: bool) -> Warehouse:
    """The warehouse these deliveries amount to, whatever order they came in."""
    warehouse = Warehouse(set(), set(), {}, {})
    for delivery in sorted(deliveries, key=lambda d: (d.extracted, d.number)):
        last = {key: row for row in delivery.rows if (key := cleaned(row.id)) is not None}
        stamp = (delivery.extracted, delivery.number)
        for key, row in last.items():
            home = None if row.deleted else cleaned(row.home)
            warehouse.people.add(key)
            if home is not None:
                warehouse.homes.add(home)
            say(warehouse.languages, key, stamp, State(None if row.deleted else row.language, row.deleted))
            say(warehouse.lives, key, stamp, State(home, row.deleted))
        if full:
            for history in (warehouse.languages, warehouse.lives):
                for key in set(history) - set(last):
                    say(history, key, stamp, State(None, True))
    return warehouse


def say(history: History, key: str, stamp: tuple[datetime, int], state: State) -> None:
    told = history.setdefault(key, [])
    if not told or told[-1][2] != state:
        told.append((*stamp, state))
