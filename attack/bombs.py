"""S15: small files that ask for much, landed one by one; how long each took, and how much memory."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from shutil import rmtree
from time import sleep

from attack.outcome import Row, Should
from tests.privacy.bombs import BOMBS, READ, delivered
from tests.unit.loading.deliveries import Landing
from virtaama.sources.apart.processes import end_all

SECONDS, MEGABYTES = 5.0, 512.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one bomb brought about."""

    refused: bool  # or set aside
    kept: int  # rows in the lake
    seconds: float  # of processors
    megabytes: float


def rows(folder: Path) -> Iterator[Row]:
    """How many were refused in time, within memory, and left nothing."""
    measured: dict[str, Measured] = {}
    for name in BOMBS:
        measured[name] = exploded(name, folder / "bomb")
        found = measured[name]
        became = "refused" if found.refused else "read" if name in READ else "NOT REFUSED"
        sys.stderr.write(f"S15 {name}: {became}, {found.seconds:.1f} s, {found.megabytes:.0f} MB\n")
    worst, largest = (max(getattr(each, of) for each in measured.values()) for of in ("seconds", "megabytes"))
    taken_for_good = [
        found for name, found in measured.items() if name not in READ and (not found.refused or found.kept)
    ]
    for what, wrong in (
        ("landed a row, or were not noticed", taken_for_good),
        (
            f"took more than {SECONDS:.0f} processor seconds; the longest {worst:.1f}",
            [m for m in measured.values() if m.seconds > SECONDS],
        ),
        (
            f"took more than {MEGABYTES:.0f} MB, the loader included; the most {largest:.0f}",
            [m for m in measured.values() if m.megabytes > MEGABYTES],
        ),
    ):
        yield Row(
            id="S15",
            what=f"bombs among deliveries: {what}",
            tried=len(measured),
            got=len(wrong),
            should=Should.NONE,
        )


def exploded(name: str, folder: Path) -> Measured:
    """One bomb, landed by a process of its own."""
    rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    done = subprocess.run(  # noqa: S603 – our own program
        [sys.executable, "-m", "attack.bombs", name, str(folder)], capture_output=True, text=True, check=True
    )
    rmtree(folder)
    return Measured(**json.loads(done.stdout))


def main(name: str, folder: Path) -> None:
    described, _ = delivered(BOMBS[name], folder)
    landing = Landing(folder, (described,))
    most = [0.0]
    watching = threading.Thread(target=watch, args=(most,), daemon=True)
    watching.start()
    begun = taken()
    report = landing.land()
    end_all()
    seconds = taken() - begun
    kept = sum(batch.rows for batch in report.landed)
    told = {
        "refused": bool(report.refused or report.rejected),
        "kept": kept,
        "seconds": seconds,
        "megabytes": most[0],
    }
    sys.stdout.write(json.dumps(told))


def taken() -> float:
    """Processor seconds of this process and of those it started, whatever else the machine does."""
    return sum(sum(getrusage(of)[:2]) for of in (RUSAGE_SELF, RUSAGE_CHILDREN))


def watch(most: list[float]) -> None:
    """The most memory this process and those it started hold together."""
    own = Path("/proc/self").resolve().name
    while True:
        held = sum(map(memory_of, [own, *children_of(own)]))
        most[0] = max(most[0], held / 1e6)
        sleep(0.01)


def children_of(process: str) -> list[str]:
    found: list[str] = []
    for task in Path(f"/proc/{process}/task").iterdir():
        try:
            found += (task / "children").read_text(encoding="ascii").split()
        except OSError:
            continue
    return found


def memory_of(process: str) -> int:
    """Bytes held by a process and nobody else; libraries that all share are counted once, with their first."""
    try:
        told = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0
    return (int(told[1]) - int(told[2])) * 4096


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
