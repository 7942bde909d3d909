"""What an attack got, beside what it should get."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Should(StrEnum):
    """What is right."""

    NONE = "none"
    ALL = "all"
    SHOWN = "for comparison"  # what would be got without the protection


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An attack: of so many that were tried, how many it got, or had found."""

    id: str  # of the tests it belongs to
    what: str
    tried: int
    got: int
    should: Should

    @property
    def is_right(self) -> bool:
        match self.should:
            case Should.NONE:
                return self.got == 0
            case Should.ALL:
                return self.got == self.tried > 0
            case _:
                return True


def table(rows: Iterable[Row]) -> str:
    """The rows as a table of Markdown; what is not right is bold."""
    lines = ["| | What was attacked | Tried | Got | Should be |", "|---|---|--:|--:|---|"]
    for row in rows:
        got = f"{row.got:,}" if row.is_right else f"**{row.got:,}**"
        lines.append(f"| {row.id} | {row.what} | {row.tried:,} | {got} | {row.should} |")
    return "\n".join(lines)
