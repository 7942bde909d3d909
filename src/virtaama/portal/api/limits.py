"""How often one may ask. Counted in each worker of the portal by itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from threading import Lock
from time import monotonic

WINDOW = 60.0  # seconds
MOST_KNOWN = 10_000  # whom it remembers at once


@dataclass(slots=True)
class Limit:
    """So many requests of one name in any minute."""

    per_minute: int
    clock: Callable[[], float] = monotonic
    _seen: dict[str, deque[float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def wait(self, name: str) -> int:
        """Count a request; the whole seconds to wait where it is one too many, else 0."""
        with self._lock:
            now = self.clock()
            if name not in self._seen and len(self._seen) >= MOST_KNOWN:
                self._forget(now)
            seen = self._seen.setdefault(name, deque())
            while seen and seen[0] <= now - WINDOW:
                seen.popleft()
            if len(seen) >= self.per_minute:
                return max(1, ceil(seen[0] + WINDOW - now))
            seen.append(now)
            return 0

    def _forget(self, now: float) -> None:
        """Whoever did not ask in the last minute; the longest silent where all did."""
        self._seen = {name: seen for name, seen in self._seen.items() if seen and seen[-1] > now - WINDOW}
        while len(self._seen) >= MOST_KNOWN:
            del self._seen[min(self._seen, key=lambda name: self._seen[name][-1])]


READERS = Limit(240)
"""Of each reader who is signed in."""

STRANGERS = Limit(60)
"""Of each address, whose requests were not accepted."""
