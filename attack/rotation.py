"""P14: the keys of the identity store are changed, and the process that does it is killed, again and again."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from attack.outcome import Row, Should
from virtaama.identities.checking import damage
from virtaama.identities.rotation import key_states
from virtaama.identities.store import Identities
from virtaama.keyring import Keyring

# One change after another, in small pieces, told when the first is about to begin.
_CHANGES = """
import sys
from pathlib import Path
from attack.rotation import opened
from virtaama.identities.rotation import rotate
store = opened(Path(sys.argv[1])).store
print("begun", flush=True)
while True:
    rotate(store, at_once=int(sys.argv[2]))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Killed:
    """Kills of a change of keys, how many came while two keys were in use, and who was not found again."""

    kills: int
    under_way: int
    persons: int
    orphans: int


def opened(folder: Path) -> Identities:
    """The identity store of the project in a folder."""
    return Identities(folder / "identities", Keyring.open(folder / "keys"), datetime.now)


def killed_rotations(
    folder: Path, codes: Sequence[str], kills: int, chance: random.Random, at_once: int = 7
) -> Killed:
    """Kill so many changes of keys, and after each look everybody up and use the key of each."""
    before = _everybody(folder, codes)
    orphans = under_way = 0
    for _ in range(kills):
        with subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", _CHANGES, str(folder), str(at_once)], stdout=subprocess.PIPE
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"begun\n"
            time.sleep(chance.uniform(0, 0.4))
            child.send_signal(signal.SIGKILL)
        after = _everybody(folder, codes)
        orphans += sum(before[code] != after[code] for code in codes)
        with closing(opened(folder)) as identities:
            orphans += len(damage(identities.store))
            under_way += len(key_states(identities.store)) > 2
    return Killed(kills=kills, under_way=under_way, persons=len(before), orphans=orphans)


def _everybody(folder: Path, codes: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Everybody by their code: the surrogate it leads to, and a name closed under the person's own key.

    Somebody who is not found is made anew, and is another.
    """
    with closing(opened(folder)) as identities:
        persons = identities.persons(codes)
        keys = identities.data_keys(persons)
        return {
            code: (person, keys.encipher(person, "NAME", "Aho") if person in keys else "")
            for code, person in zip(codes, persons, strict=True)
        }


def rows(folder: Path, codes: Sequence[str], kills: int) -> Iterator[Row]:
    """P14 on a whole county."""
    outcome = killed_rotations(folder, codes, kills, random.Random(14), at_once=500)
    said = (
        f"persons lost or doubled by {kills} kills of a change of keys, {outcome.under_way} with two in use"
    )
    yield Row(id="P14", what=said, tried=outcome.persons * kills, got=outcome.orphans, should=Should.NONE)
