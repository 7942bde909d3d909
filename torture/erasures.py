"""P12: an erasure killed at any point and finished by running it again: nothing of whom it was about is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree, rmtree

from tests.erasable import LONG_DEAD, filled
from torture.clinic import identity
from torture.outcome import Outcome, difference
from torture.processes import Killer
from virtaama.project.erasing import whom
from virtaama.project.erasing.carried_out import files_to_search
from virtaama.project.erasing.planned import traces_of
from virtaama.project.erasing.search import search
from virtaama.project.erasing.whom import Whom
from virtaama.project.project import Project

PATIENCE = 4  # kills of one erasure before it is let live
ERASE = ("erase", "--due", "--yes", "--reason", "torture", "--legal-basis", "703/2023")
FINISH = ("erase", "--finish")

Say = Callable[[str], None]


@dataclass(slots=True)
class Erasures:
    """What was done, and what came of it."""

    kills: Counter[str] = field(default_factory=Counter)
    runs: int = 0
    searched: int = 0  # files
    found: int = 0  # that hold something of whom was erased
    wrong: list[str] = field(default_factory=list)  # tables other than after an erasure nobody disturbed


def killed(folder: Path, killer: Killer, wanted: int, say: Say = lambda text: None) -> Erasures:
    """Erase what is due, again and again from the beginning, until so many processes have been killed."""
    base = folder / "erasable"
    killer.apart(lambda: bool(filled(base)))
    who = killer.apart(lambda: whom.by_code(Project.open(base), identity(LONG_DEAD)))
    expected = _undisturbed(base, killer)
    told = Erasures()
    while told.kills.total() < wanted:
        place = folder / f"erased-{told.runs}"
        copytree(base, place)
        _until_done(place, killer, told, wanted)
        found = killer.outcome(place)
        files, hits = killer.apart(lambda place=place: _search(place, who))  # type: ignore[misc]
        told.searched += files
        told.found += hits
        told.wrong += difference(expected, found).where
        told.runs += 1
        rmtree(place)
        say(
            f"{told.kills.total()} kills, {told.runs} erasures, {told.found} found, {len(told.wrong)} tables wrong"
        )
    return told


def _undisturbed(base: Path, killer: Killer) -> Outcome:
    place = base.with_name("erased-undisturbed")
    copytree(base, place)
    ended = killer.run(*ERASE, "--project", str(place))
    assert ended.code == 0, f"the erasure ended with {ended.code}"
    found = killer.outcome(place)
    rmtree(place)
    return found


def _until_done(place: Path, killer: Killer, told: Erasures, wanted: int) -> None:
    """Begun, and finished however often that takes; what was killed before it began is begun once more."""
    command = ERASE
    for attempt in range(PATIENCE + 1):
        kill = attempt < PATIENCE and told.kills.total() < wanted
        ended = killer.run(*command, "--project", str(place), kill=kill)
        if not ended.killed:
            assert ended.code == 0, f"{command} ended with {ended.code}"
            break
        told.kills[ended.killed] += 1
        command = FINISH
    ended = killer.run(*ERASE, "--project", str(place))
    assert ended.code == 0, f"the last erasure ended with {ended.code}"


def _search(place: Path, who: Whom) -> tuple[int, int]:
    """How many files there are, and how many hold anything of a person by any name they had."""
    project = Project.open(place)
    files = list(files_to_search(project.settings))
    return len(files), sum(1 for _ in search(files, traces_of(project, who)))
