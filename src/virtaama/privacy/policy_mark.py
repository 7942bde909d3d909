"""A mark of the leave an answer was given under, for whatever keeps answers: a key without it is no key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Set
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Final

from virtaama.privacy.policy import Allowed, Asker, Role

LENGTH: Final = 32  # hexadecimal digits


def mark_of(allowed: Allowed) -> str:
    """The same for the same asker, purpose and rules, and another where any of what they hold differs.

    Every field counts, also those a leave, a role or an asker will get later. Tells nothing of what it is made of
    to those who could not guess it.
    """
    return _digest(allowed)


def mark_of_reader(asker: Asker, role: Role | None) -> str:
    """The same for what is told without a question: by who reads it, and what their role may."""
    return _digest([asker, role])


def _digest(value: object) -> str:
    text = json.dumps(_plain(value), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def _plain(value: object) -> object:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case date():
            return {"day": value.isoformat()}
        case Set():
            return {"any of": sorted(json.dumps(_plain(item), sort_keys=True) for item in value)}
        case tuple() | list():
            return [_plain(item) for item in value]
        case dict():
            return {"by": sorted([json.dumps(_plain(k)), _plain(v)] for k, v in value.items())}
        case _ if is_dataclass(value):
            held = {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
            return {type(value).__name__: held}
    raise TypeError(f"{type(value).__name__} cannot be part of a mark")
