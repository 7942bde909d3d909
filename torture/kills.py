"""R1, R2, R18: killed at any point of landing, loading and publishing, and begun again until all is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree, rmtree

from torture import clinic
from torture.outcome import Difference, Outcome, difference
from torture.processes import Killer

DONE = (0, 3)  # 3: a delivery was refused, the others have landed
PATIENCE = 8  # kills of one command before it is let live

Say = Callable[[str], None]


@dataclass(slots=True)
class Kills:
    """What was done, and what came of it."""

    kills: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)  # killed at this call: before, inside, after
    runs: int = 0
    rows: int = 0
    lost: int = 0
    doubled: int = 0
    where: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.kills.total()


def undisturbed(base: Path, killer: Killer) -> Outcome:
    """The outcome every disturbed run is compared with. `base` becomes the project all runs begin from."""
    killer.apart(lambda: bool(clinic.make(base)))
    folder = base.with_name("undisturbed")
    copytree(base, folder)
    for wave in clinic.waves():
        clinic.deliver(folder, wave)
        for command in ("land", "load"):
            assert killer.run(command, "--project", str(folder)).code in DONE
    return killer.outcome(folder)


def killed(base: Path, expected: Outcome, killer: Killer, wanted: int, say: Say = lambda text: None) -> Kills:
    """Carry all waves through, again and again, until so many processes have been killed."""
    told = Kills()
    while told.total < wanted:
        folder = base.with_name(f"killed-{told.runs}")
        copytree(base, folder)
        for wave in clinic.waves():
            clinic.deliver(folder, wave)
            for command in ("land", "load"):
                _until_done(command, folder, killer, told, wanted)
        found = killer.outcome(folder)
        compared(told, difference(expected, found))
        told.runs += 1
        told.rows += found.rows()
        rmtree(folder)
        say(f"{told.total} kills, {told.runs} runs, {told.lost} lost, {told.doubled} doubled")
    return told


def compared(told: Kills, found: Difference) -> None:
    told.lost += found.lost
    told.doubled += found.doubled
    told.where += found.where


def _until_done(command: str, folder: Path, killer: Killer, told: Kills, wanted: int) -> None:
    for attempt in range(PATIENCE + 1):
        kill = attempt < PATIENCE and told.total < wanted
        ended = killer.run(command, "--project", str(folder), kill=kill)
        if not ended.killed:
            assert ended.code in DONE, f"{command} ended with {ended.code}"
            return
        told.kills[ended.killed] += 1
        told.calls[ended.call] += 1
