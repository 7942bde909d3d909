"""The members of one thing in two models, held against each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from enum import Enum
from typing import Any

from virtaama.model.changes import Change, Changed, Reworded, Thing
from virtaama.model.record import meaning_of

_WORDING = ("labels", "definition", "unit", "source", "retention", "protection")
_UNTOLD = ("name", "place", "was", "also", "replaces")


def member_changes(thing: Thing, was: Any, now: Any, *, apart: Sequence[str] = ()) -> Iterator[Change]:
    """What is other in two dataclasses of one kind. `apart` names members that are compared elsewhere."""
    other = [
        field.name
        for field in fields(now)
        if field.name not in (*_UNTOLD, *apart)
        and meaning_of(getattr(was, field.name)) != meaning_of(getattr(now, field.name))
    ]
    for name in other:
        if name not in _WORDING:
            before, after = _said(getattr(was, name)), _said(getattr(now, name))
            yield Changed(thing=thing, member=name, was=before, now=after, place=now.place)
    if reworded := tuple(name for name in other if name in _WORDING):
        yield Reworded(thing=thing, members=reworded, place=now.place)


def _said(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Enum():
            return str(value.value)
        case str() | int() | float():
            return str(value)
        case tuple() if all(isinstance(item, str) for item in value):
            return ", ".join(map(str, value))
        case _:
            return meaning_of(value)
