"""What can be wrong, and how we say it: what, where, what would be right, what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in the files of a project something stands. `line` counts from 1; 0 means the whole file."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong. Never holds personal data."""

    place: Place
    what: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" + (f"\n  {self.advice}" if self.advice else "")


class VirtaamaError(Exception):
    """The family of errors a person can act on. Each carries the exit code of the command it ends."""

    exit_code: ClassVar[int] = 1


class ProblemsFound(VirtaamaError):
    """The files of a project do not hold together; every problem is listed. Nothing was changed."""

    exit_code = 2

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = tuple(sorted(set(problems)))
        count = len(self.problems)
        lines = [str(problem) for problem in self.problems]
        closing = f"{count} problem{'' if count == 1 else 's'}. Nothing was changed."
        super().__init__("\n".join([*lines, closing]))


class DeliveryRefused(VirtaamaError):
    """A delivery as a whole was not taken in: its columns changed or too much of it was unreadable."""

    exit_code = 3


class Busy(VirtaamaError):
    """Another process is loading the same project; try again when it has finished."""

    exit_code = 4


class NotAllowed(VirtaamaError):
    """The asker has no right to this question for this purpose. The refusal is on record."""

    exit_code = 5


class Damaged(VirtaamaError):
    """A stored file is not what the ledger says it is. Nothing was read from it."""

    exit_code = 6


class NotReady(VirtaamaError):
    """Something that must come first has not happened: no project, no key, no published snapshot."""

    exit_code = 7


class NoRoom(VirtaamaError):
    """The disk is full, or a step needs more memory than it may have. What was finished is not lost."""

    exit_code = 8


class NotAsExpected(VirtaamaError):
    """An expectation whose failure counts does not hold. Everything was checked and is on record."""

    exit_code = 9


class EngineFailed(VirtaamaError):
    """The engine could not do what it was asked. What it said is kept back: it may quote a value."""

    exit_code = 10


class WouldLose(VirtaamaError):
    """A changed model would take something out of the warehouse that nobody has accepted. Nothing was changed."""

    exit_code = 11


class EnginesDiffer(VirtaamaError):
    """The same lake gave different tables or figures on two engines. What differs is listed."""

    exit_code = 12


class NotRecorded(VirtaamaError):
    """The audit log cannot be written. Nothing is shown that is not on record."""

    exit_code = 13


class NotErased(VirtaamaError):
    """An erasure is not proven: something is still there. Running it again goes on where it stopped."""

    exit_code = 15


class NotProtected(VirtaamaError):
    """A release would let hidden figures be worked out. Nothing was written; the question is on record."""

    exit_code = 14
