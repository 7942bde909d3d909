"""Names that files give to two things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from virtaama.problems import Place, Problem


class Described(Protocol):
    """Something a file describes by name."""

    @property
    def name(self) -> str: ...
    @property
    def place(self) -> Place: ...


def described_twice(what: str, found: Iterable[Described]) -> Iterator[Problem]:
    """Each that has the name of one before it."""
    first: dict[str, Place] = {}
    for each in found:
        if each.name in first:
            said = f"{what} '{each.name}' is already described at {first[each.name]}."
            yield Problem(each.place, said, "Give one of them another name.")
        first.setdefault(each.name, each.place)
