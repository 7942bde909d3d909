"""Whether a file has its shape: the quick answer for files that have it, so that no library is started for them.

What is wrong with a file, and in which words, is said by JSON Schema itself; see `shape`. Only a yes counts here:
what this page does not know, or is not sure of, does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

_KINDS: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
# Each holds of values of its own kind only, as in JSON Schema: a number is of any length.
_RULES: Mapping[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "minLength": ("string", lambda value, least: len(value) >= least),
    "pattern": ("string", lambda value, pattern: re.search(pattern, value) is not None),
    "format": ("string", lambda value, name: name == "date" and _is_day(value)),
    "minimum": ("number", lambda value, least: value >= least),
    "maximum": ("number", lambda value, most: value <= most),
    "multipleOf": (
        "number",
        lambda value, of: of == 1 and (isinstance(value, int) or value.is_integer()),
    ),
    "minItems": ("array", lambda value, least: len(value) >= least),
    "maxItems": ("array", lambda value, most: len(value) <= most),
    "uniqueItems": (
        "array",
        lambda value, _: all(item not in value[:place] for place, item in enumerate(value)),
    ),
    "items": ("array", lambda value, each: all(fits(item, each) for item in value)),
    "minProperties": ("object", lambda value, least: len(value) >= least),
    "required": ("object", lambda value, names: all(name in value for name in names)),
    "propertyNames": ("object", lambda value, each: all(fits(name, each) for name in value)),
}
_SAY_NOTHING = ("$schema", "title", "description")
_OF_MEMBERS = ("properties", "additionalProperties")


def fits(value: Any, schema: Mapping[str, Any]) -> bool:
    """True where a value surely fits; False where it does not, or where that is for JSON Schema to say."""
    return all(_holds(value, keyword, wanted) for keyword, wanted in schema.items()) and _members_fit(
        value, schema
    )


def _holds(value: Any, keyword: str, wanted: Any) -> bool:
    if keyword in _SAY_NOTHING or keyword in _OF_MEMBERS:
        return True
    if keyword == "type":
        return any(_KINDS[kind](value) for kind in ([wanted] if isinstance(wanted, str) else wanted))
    if keyword == "enum":
        return isinstance(value, str) and value in wanted
    if keyword not in _RULES:
        return False
    kind, rule = _RULES[keyword]
    return not _KINDS[kind](value) or rule(value, wanted)


def _members_fit(value: Any, schema: Mapping[str, Any]) -> bool:
    if not isinstance(value, dict):
        return True
    known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    for name, member in value.items():
        wanted = known.get(name, others)
        if wanted is False or (wanted is not True and not fits(member, wanted)):
            return False
    return True


def _is_day(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return False
    try:
        return date.fromisoformat(text) is not None
    except ValueError:
        return False
