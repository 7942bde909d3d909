"""A model as text and back: what is kept of a model that was deployed, so that it can be compared later.

The text is JSON. Members that have their default are left out, and a member nobody knows any more is passed
over, so that what one version of Virtaama wrote the next can read. Anything frozen may stand in a model:
dataclasses, tuples, texts, numbers, truths, days, and words from closed lists.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from virtaama.model.model import Model
from virtaama.problems import Place

_KIND = "is"  # which of several dataclasses a value is


def record_of(model: Model) -> str:
    """The model as text: the same model gives the same text."""
    return json.dumps(_plain(model), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def meaning_of(value: object) -> str:
    """Text that is the same for two parts of a model that say the same, wherever they stand in its files."""
    return json.dumps(_plain(value, placed=False), ensure_ascii=False, sort_keys=True)


def model_of(record: str) -> Model:
    """The model a text was made from."""
    model = _read(Model, json.loads(record))
    assert isinstance(model, Model)
    return model


def _plain(value: object, *, placed: bool = True) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return value.value
        case str():
            return str(value)
        case date() | datetime():
            return value.isoformat()
        case Decimal():
            return str(value)
        case tuple() | list():
            return [_plain(item, placed=placed) for item in value]
        case frozenset():
            return sorted(_plain(item, placed=placed) for item in value)
        case Mapping():
            return [[_plain(k, placed=placed), _plain(v, placed=placed)] for k, v in value.items()]
        case _ if is_dataclass(value) and not isinstance(value, type):
            given = {field.name: getattr(value, field.name) for field in fields(value)}
            told = {
                field.name: _plain(given[field.name], placed=placed)
                for field in fields(value)
                if not _is_default(field, given[field.name])
                and (placed or not isinstance(given[field.name], Place))
            }
            return {_KIND: type(value).__name__} | told
        case _:
            raise TypeError(f"a model holds no {type(value).__name__}")


def _is_default(field: Field[Any], value: object) -> bool:
    if field.default_factory is not MISSING:
        return bool(field.default_factory() == value)
    return field.default is not MISSING and bool(field.default == value)


def _read(kind: Any, written: Any) -> Any:
    origin = get_origin(kind)
    if origin in (types.UnionType, Union):
        return None if written is None else _read(_chosen(get_args(kind), written), written)
    if origin is tuple:
        held = get_args(kind)
        if len(held) == 2 and held[1] is Ellipsis:
            return tuple(_read(held[0], item) for item in written)
        return tuple(_read(each, item) for each, item in zip(held, written, strict=True))
    if origin is frozenset:
        return frozenset(_read(get_args(kind)[0], item) for item in written)
    if origin is not None and issubclass(origin, Mapping):
        of, to = get_args(kind)
        return {_read(of, k): _read(to, v) for k, v in written}
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        known = {field.name for field in fields(kind)}
        given = {name: _read(hints[name], value) for name, value in written.items() if name in known}
        return kind(**given)
    if kind in (date, datetime):
        return kind.fromisoformat(written)
    if isinstance(kind, type) and issubclass(kind, Enum | Decimal | float):
        return kind(written)
    return written


def _chosen(kinds: tuple[Any, ...], written: Any) -> Any:
    """Which of several kinds a text holds."""
    if isinstance(written, dict):
        return next(kind for kind in kinds if getattr(kind, "__name__", "") == written[_KIND])
    plain = [kind for kind in kinds if kind is not type(None) and not is_dataclass(kind)]
    return next((kind for kind in plain if type(written) is kind), plain[0])


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
