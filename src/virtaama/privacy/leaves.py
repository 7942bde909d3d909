"""The leave to do one thing: a value that only the function which decides on it can make."""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field
from typing import ClassVar, Final

from virtaama.model.concepts import Purpose

SEAL: Final = object()
"""What a leave is made with. Only modules of `privacy` that decide may name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, as the sign-in established. `municipalities` empty means the whole county.

    `units` are those they work at. `family_name` and `person`, their pseudonym as a resident, are what the sign-in
    tells of them; empty where it does not. They are looked at to flag openings, and written nowhere.
    """

    id: str
    role: str
    name: str = field(default="", repr=False)  # what the sign-in calls them; told to those they look at
    municipalities: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    family_name: str = field(default="", repr=False)
    person: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Who has it, and for what. Only the function it names makes it."""

    asker: Asker
    purpose: Purpose
    seal: InitVar[object]
    decided_by: ClassVar[str]

    def __post_init__(self, seal: object) -> None:
        if seal is not SEAL:
            raise TypeError(f"only {self.decided_by}() allows")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why a question is not answered."""

    reason: str
