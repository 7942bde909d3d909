"""Rounding, the last step: the same count becomes the same number wherever it stands.

To the nearest multiple where an audit has looked at the exact counts before. By lot where none has, for those
who may ask one question after another: many sums of counts rounded to the nearest fit together in one way only
now and then, and then they tell exact counts. A lot that nobody can foresee leaves twice the room.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from math import floor

from virtaama.privacy.disclosure.tables import Key


def rounded(value: float, base: int) -> float:
    """A count to the nearest multiple of a base, halves upwards; as it is where there is no base."""
    return float(base * floor(value / base + 0.5)) if base > 1 else value


@dataclass(frozen=True, slots=True)
class Lots:
    """Rounds counts up or down by lots drawn once and for all for each count, under a secret key.

    The nearer a count is to a multiple the likelier it becomes that one, so that sums of many stay right.
    """

    key: bytes = field(repr=False)

    def rounded(self, value: float, base: int, count: Key) -> float:
        """A count, known by where it stands, to the multiple of a base below or above it; a multiple stays."""
        if base <= 1:
            return value
        below = base * floor(value / base)
        return float(below + base if (value - below) / base > self._lot(count) else below)

    def _lot(self, count: Key) -> float:
        """A number from 0 to just below 1."""
        drawn = hmac.new(self.key, "\0".join(count).encode(), hashlib.sha256).digest()
        return (int.from_bytes(drawn[:6], "big") + 0.5) / 2**48
