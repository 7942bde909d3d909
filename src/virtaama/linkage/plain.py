"""Values as they are compared: names without what is written now so and now so."""

from __future__ import annotations

import unicodedata

_APART = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ß": "ss", "æ": "ae", "þ": "th", "ı": "i"})


def plain_name(text: str) -> str:
    """A name in small letters of a–z (or of its own alphabet), words apart by one space; accents and signs are gone.

    >>> plain_name("Järvi-O'Neill  ")
    'jarvi oneill'
    """
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_APART))
    kept = (c if c.isalpha() else " " if c in "-/., " or c.isspace() else "" for c in folded)
    return " ".join("".join(kept).split())


def swapped(day: str) -> str | None:
    """A day (2019-03-05) with day and month the other way round; None where there is no such day."""
    year, month, number = day.split("-")
    return f"{year}-{number}-{month}" if int(number) <= 12 and number != month else None
