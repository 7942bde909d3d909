"""What is noted while something others wrote is read: nothing is dropped, and nothing assumed, in silence."""

from __future__ import annotations

from collections import Counter
from typing import TypeVar

Value = TypeVar("Value")


class Notes:
    def __init__(self) -> None:
        self._left_out: dict[str, None] = {}
        self._assumed: Counter[str] = Counter()

    def leave_out(self, what: str) -> None:
        self._left_out[what] = None

    def assume(self, what: str, value: Value) -> Value:
        """The value, with a note that nobody said so."""
        self._assumed[what] += 1
        return value

    def told(self) -> tuple[str, ...]:
        return (
            *self._left_out,
            *(
                f"not said there, and assumed: {what}" + (f" ({count} times)" if count > 1 else "")
                for what, count in self._assumed.items()
            ),
        )
