"""Regular expressions as DuckDB reads them (RE2), written for Java where they mean the same."""

from __future__ import annotations

from virtaama.sql.spark.fence import NotSpelled

_ADVICE = "Write plain characters, classes such as [0-9], groups, | * + ? {n,m}, ^ and $."
_BLANKS = "\\t\\n\\f\\r "


def for_java(pattern: str) -> str:
    """The same pattern for Java: `.` is any character but a line feed, `$` the very end, `\\s` five blanks.

    Raises NotSpelled at what the two read differently.
    """
    written: list[str] = []
    in_class = False
    place = 0
    while place < len(pattern):
        character = pattern[place]
        following = pattern[place + 1 : place + 2]
        if character == "\\":
            written.append(_escaped(following, in_class))
            place += 2
            continue
        if in_class:
            if character == "[" or (character == "&" and following == "&"):
                raise NotSpelled(f"'{character}' inside […] of the pattern '{pattern}'", _ADVICE)
            in_class = character != "]" or pattern[place - 1] == "["
            written.append(character)
        elif character == "(" and following == "?" and pattern[place + 2 : place + 3] != ":":
            raise NotSpelled(f"'(?' in the pattern '{pattern}'", _ADVICE)
        elif character in "*+?}" and following == "+":
            raise NotSpelled(f"'{character}+' in the pattern '{pattern}'", _ADVICE)
        else:
            in_class = character == "["
            written.append({".": "[^\\n]", "$": "\\z"}.get(character, character))
        place += 1
    return "".join(written)


def _escaped(character: str, in_class: bool) -> str:
    if character == "s":
        return _BLANKS if in_class else f"[{_BLANKS}]"
    if character == "S" and not in_class:
        return f"[^{_BLANKS}]"
    if character in "dDwWtnrf" or (character and not character.isalnum()):
        return f"\\{character}"
    raise NotSpelled(f"'\\{character}' in a pattern", _ADVICE)
