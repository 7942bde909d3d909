"""A digest of what a description means: equal where nothing but words and places differ."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date

_WORDS = frozenset({"place", "labels", "definition", "legal_basis", "source", "owner"})


def digest(*values: object) -> str:
    """16 hex digits over values of any depth: dataclasses, mappings, sequences, sets, dates, text, numbers."""
    text = json.dumps([_plain(value) for value in values], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: object) -> object:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case date():
            return value.isoformat()
        case tuple() | list():
            return [_plain(item) for item in value]
        case Set():
            return sorted(json.dumps(_plain(item), sort_keys=True) for item in value)
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case _ if is_dataclass(value):
            held = {f.name: getattr(value, f.name) for f in fields(value) if f.name not in _WORDS}
            return {name: _plain(item) for name, item in held.items()}
    raise TypeError(f"{type(value).__name__} has no digest")
