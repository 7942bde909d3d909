"""Pseudonyms for one use alone: who has two extracts of different domains cannot tell who is the same in both.

Pure: the key is given.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Domain:
    """A use of its own, such as an extract for one study. `number` is that of the key; `key` is never printed."""

    name: str
    number: int
    key: bytes = field(repr=False)

    @classmethod
    def under(cls, key: bytes, number: int, name: str) -> Domain:
        """The domain of a name; each has a key of its own, computed from the one that is given."""
        return cls(name, number, hmac.digest(key, f"virtaama domain {name}".encode(), "sha256"))

    def pseudonym(self, key: bytes) -> str:
        """What the instance with this key in the warehouse is called: the number of the key and 32 hex digits.

        128 bits of an HMAC-SHA256: it cannot be turned back, nor tried out without the key.
        """
        return f"{self.number}-{hmac.digest(self.key, key, 'sha256')[:16].hex()}"
