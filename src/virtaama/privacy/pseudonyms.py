"""What a personal identity code is.

A Finnish personal identity code is `ddmmyy`, a sign of the century, an individual number of three digits
and a check character. Since 2023 each century has several signs, and two living persons may have codes
that differ by the sign alone: the sign is part of the identity and is never folded into another.
"""

from __future__ import annotations

import re
from calendar import monthrange
from functools import cache

_CENTURIES = {
    **dict.fromkeys("+", 1800),
    **dict.fromkeys("-UVWXY", 1900),
    **dict.fromkeys("ABCDEF", 2000),
}
_CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_WITHIN = re.compile(r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]", re.ASCII | re.IGNORECASE)
_HIDDEN = "(identity code)"
_SHAPE = re.compile(r"(\d{2})(\d{2})(\d{2})([-+ABCDEFUVWXY])(\d{3})([0-9A-Y])", re.ASCII)


def normalise(code: str) -> str:
    """The code without white space and in capitals. Nothing else is changed."""
    return "".join(code.split()).upper()


def is_identity_code(code: str) -> bool:
    """Whether a normalised code has the shape, an existing day and the right check character.

    Individual numbers 002–899 belong to persons and 900–999 to temporary and invented ones; both pass.
    """
    parts = _SHAPE.fullmatch(code)
    if parts is None:
        return False
    day, month, year, sign, number, check = parts.groups()
    if int(number) < 2 or _CHECK_CHARACTERS[int(day + month + year + number) % 31] != check:
        return False
    return _is_day(_CENTURIES[sign] + int(year), int(month), int(day))


def without_codes(text: str) -> str:
    """The text with every right identity code in it made unreadable: for what is told of a delivery."""
    return _WITHIN.sub(lambda met: _HIDDEN if is_identity_code(normalise(met[0])) else met[0], text)


@cache  # persons are many, their days of birth few
def _is_day(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
