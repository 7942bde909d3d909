"""Letters and blanks, one by one: what engines make of them by functions of their own differs."""

from __future__ import annotations

from functools import cache

# What `trim` without characters takes away on DuckDB: the space separators of Unicode.
SPACES = "".join(map(chr, (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)))

LATIN_GREEK_CYRILLIC = (*range(0x41, 0x2B0), *range(0x370, 0x530), *range(0x1E00, 0x2000))


@cache
def upper_letters() -> tuple[str, str]:
    """Small letters of Latin, Greek and Cyrillic, and the capital of each: one character for one."""
    capitals: dict[str, tuple[str, ...]] = {
        letter: (letter.upper(), letter.title()) for letter in map(chr, LATIN_GREEK_CYRILLIC)
    }
    return _pairs(capitals | {"ß": ("ẞ",)})


@cache
def lower_letters() -> tuple[str, str]:
    """Capital letters of Latin, Greek and Cyrillic, and the small one of each."""
    small: dict[str, tuple[str, ...]] = {
        letter: (letter.lower(),) for letter in map(chr, LATIN_GREEK_CYRILLIC)
    }
    return _pairs(small | {"İ": ("i",)})


def _pairs(turned: dict[str, tuple[str, ...]]) -> tuple[str, str]:
    one_for_one = [
        (letter, others[0])
        for letter, ways in turned.items()
        if (others := [way for way in ways if len(way) == 1]) and others[0] != letter
    ]
    return "".join(a for a, _ in one_for_one), "".join(b for _, b in one_for_one)
