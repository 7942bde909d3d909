"""Everything that can go wrong, measured. Run by `make torture`; writes docs/reliability.md.

Each experiment is a process of its own, for processes are killed by forking them, and a process that forks must have
no threads of the engine's.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from torture import damage, erasures, forms, kills, limits, orders, power, together
from torture.outcome import Outcome, apart
from torture.page import Row, table, write
from torture.processes import ROOT, Killer

PAGE = ROOT / "docs" / "reliability.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where the experiments stand: a folder of their own, a fresh project, a finished one, what it should say."""

    folder: Path
    base: Path
    finished: Path
    expected: Outcome
    killer: Killer
    share: float  # of the full number of repetitions

    def times(self, whole: int) -> int:
        return max(3, round(whole * self.share))


def r1(ground: Ground) -> tuple[str, str, int]:
    told = kills.killed(ground.base, ground.expected, ground.killer, ground.times(1_000), _say)
    places = ", ".join(f"{count} {kind}" for kind, count in sorted(told.kills.items()))
    inside = told.calls["commit"]
    return (
        f"kill -9 of `land` and `load` ({told.total} kills: {places}; {inside} of them at a COMMIT), "
        f"restarted until done, {told.runs} runs of 26 batches",
        f"{told.rows:,} rows compared: {told.lost} lost, {told.doubled} doubled",
        told.lost + told.doubled,
    )


def r3(ground: Ground) -> tuple[str, str, int]:
    if not power.may_lose_power(ground.folder / "disk"):
        return "nothing: file systems cannot be mounted here", "not shown", 0
    told = power.lose_power(ground.base, ground.expected, ground.killer, ground.times(150))
    inside = ", ".join(f"{count} inside `{name}`" for name, count in sorted(told.while_running.items()))
    after = ", ".join(f"{count} after `{name}`" for name, count in sorted(told.after_done.items()))
    return (
        f"power lost ({told.total} times: {inside}; {after} had ended): a disk that has what was synced and nothing "
        f"else (ext4, ordered and writeback), run on; {told.runs} runs of 26 batches",
        f"{told.rows:,} rows compared: {told.lost} lost, {told.doubled} doubled; "
        f"{told.forgotten} rows forgotten of what had been done",
        told.lost + told.doubled + told.forgotten,
    )


def r4(ground: Ground) -> tuple[str, str, int]:
    tmpfs = damage.may_mount(ground.folder / "probe")
    told = damage.full_disks(ground.base, ground.expected, ground.killer, ground.times(80), tmpfs=tmpfs)
    full = told.outcomes["full"]
    return (
        f"disk full at chance points of `land` and `load` "
        f"({'a small file system' if tmpfs else 'a limit on the size of files'}), room made, run again",
        f"{full} full disks said so (exit code 8), {told.outcomes['went through']} commands had room; "
        f"{len(told.wrong)} tables other than undisturbed, or ends not said",
        len(told.wrong),
    )


def r5(ground: Ground) -> tuple[str, str, int]:
    told = damage.torn_logs(ground.base, ground.expected, ground.killer, ground.times(120))
    return "log of the warehouse cut, flipped, zeroed; then `land` and `load`", _told(told), len(told.wrong)


def r6(ground: Ground) -> tuple[str, str, int]:
    told = apart(lambda: damage.flipped_warehouses(ground.finished, ground.killer.chance, ground.times(200)))
    return "one bit flipped in the file of the warehouse, all of it read", _told(told), len(told.wrong)


def r7(ground: Ground) -> tuple[str, str, int]:
    told = apart(lambda: damage.damaged_lake(ground.finished, ground.killer.chance, ground.times(400)))
    return "a file of the lake flipped or cut, then asked for", _told(told), len(told.wrong)


def r8(ground: Ground) -> tuple[str, str, int]:
    number = ground.times(100_000)
    told = apart(lambda: orders.unreadable_rows(ground.folder / "rows", number, number))
    return (
        f"{told.bad:,} rows unreadable in seven ways among {told.good:,} good ones, one CSV delivery",
        f"{told.landed:,} good rows landed, {told.set_aside:,} set aside; "
        f"{len(told.wrong)} lost or with another line, bytes or reason",
        len(told.wrong),
    )


def r10(ground: Ground) -> tuple[str, str, int]:
    times = ground.times(15)
    files, recorded, added = apart(lambda: orders.repeats(ground.base, times))
    return (
        f"{files} deliveries again under other names",
        f"{recorded} on record as repeats, {added} rows added",
        abs(files - recorded) + abs(added),
    )


def r11(ground: Ground) -> tuple[str, str, int]:
    orders_tried = ground.times(100)
    different, landings = apart(lambda: orders.all_orders(ground.base, orders_tried))
    return (
        f"{orders_tried} chance orders of the same 25 deliveries, in {landings} landings, late by up to a year",
        f"{different - 1} warehouses other than the first (hash of every table, batch numbers left out)",
        different - 1,
    )


def r12(ground: Ground) -> tuple[str, str, int]:
    told = together.rivals(ground.base, ground.expected, ground.killer, ground.times(100))
    codes = ", ".join(f"{count} × {codes}" for codes, count in told.codes.most_common())
    return (
        f"{told.pairs} times two `land` or two `load` at once",
        f"exit codes {codes}; {len(told.wrong)} wrong",
        len(told.wrong),
    )


def r13(ground: Ground) -> tuple[str, str, int]:
    return _readers(together.readers(ground.base, ground.killer, ground.times(40)), "")


def r14(ground: Ground) -> tuple[str, str, int]:
    told = together.readers(ground.base, ground.killer, ground.times(120), kills=ground.times(100))
    kills = ", ".join(f"{count} `{command}`" for command, count in sorted(told.kills.items()))
    return _readers(told, f", and {told.kills.total()} are killed ({kills})")


def r15(ground: Ground) -> tuple[str, str, int]:
    told = limits.little_memory(ground.folder / "memory", ground.times(6_000_000))
    peaks = "; ".join(
        f"under `memory: {limit}` {', '.join(f'{name} {peak} MB' for name, peak in of.items())}"
        for limit, of in told.peaks.items()
    )
    return (
        f"{told.rows:,} rows landed, loaded and published under two limits",
        f"same lake, tables and figures: {told.same}; within the limit and 100 MB: {told.fits}; process {peaks}",
        int(not told.same) + int(not told.fits),
    )


def r16(ground: Ground) -> tuple[str, str, int]:
    told = apart(lambda: limits.backups(ground.finished, ground.times(300), ground.killer.chance))
    return (
        f"backup, destruction, restore, load; {told.damaged} backups with one file flipped, cut or zeroed",
        f"lake, tables and audit log the same; {told.undetected} damages undetected, {len(told.wrong)} wrong",
        told.undetected + len(told.wrong),
    )


def r17(ground: Ground) -> tuple[str, str, int]:
    tried, wrong = apart(lambda: orders.past_moments(ground.base, ground.times(20)))
    return "warehouse built anew as of past batches", f"{tried} moments, {wrong} other than then", wrong


def r18(ground: Ground) -> tuple[str, str, int]:
    killed, wrong = forms.migrations(ground.folder, ground.times(100), ground.killer.chance)
    return f"ledger of 0.1.0 brought up, {killed} kills", f"{wrong} times not whole", wrong


def r20(ground: Ground) -> tuple[str, str, int]:
    landed, wrong = apart(lambda: orders.clocks(ground.base, ground.times(100)))
    return (
        f"{landed} undated deliveries of one key while the clock jumps by hours and days, back and forth",
        f"{wrong} out of their sequence",
        wrong,
    )


def p12(ground: Ground) -> tuple[str, str, int]:
    killer = replace(ground.killer, seconds=4.0, calls=1_200)
    told = erasures.killed(ground.folder, killer, ground.times(200), _say)
    places = ", ".join(f"{count} {kind}" for kind, count in sorted(told.kills.items()))
    return (
        f"kill -9 of `erase --due` and `erase --finish` ({told.kills.total()} kills: {places}), run again until done, "
        f"{told.runs} erasures",
        f"{told.searched:,} files searched: {told.found} hold anything of whom was erased; "
        f"{len(told.wrong)} tables other than undisturbed",
        told.found + len(told.wrong),
    )


EXPERIMENTS: tuple[tuple[str, Callable[[Ground], tuple[str, str, int]]], ...] = (
    ("R1, R2", r1),
    ("R3", r3),
    ("R4", r4),
    ("R5", r5),
    ("R6", r6),
    ("R7", r7),
    ("R8", r8),
    ("R10", r10),
    ("R11", r11),
    ("R12", r12),
    ("R13", r13),
    ("R14", r14),
    ("R15", r15),
    ("R16", r16),
    ("R17", r17),
    ("R18", r18),
    ("R20", r20),
    ("P12", p12),
)


def _readers(told: together.Readers, more: str) -> tuple[str, str, int]:
    bad = told.errors + told.torn + told.backwards + len(told.wrong)
    return (
        f"2 readers ask while {told.loads} loads publish{more}",
        f"{told.requests:,} answers from {told.snapshots} snapshots: {told.errors} errors, {told.torn} torn, "
        f"{told.backwards} steps back; {len(told.wrong)} gaps in the end; slowest {told.slowest * 1000:.0f} ms",
        bad,
    )


def _told(told: damage.Damages) -> str:
    listed = "; ".join(f"{count} {what}" for what, count in sorted(told.outcomes.items()))
    return f"{listed}; {len(told.wrong)} undetected or wrong afterwards"


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


def measured(
    share: float, only: tuple[str, ...], without: tuple[str, ...], folder: Path, seed: int
) -> Iterator[Row]:
    """The rows of the experiments that were asked for, each when it is there."""
    killer = Killer(random.Random(seed), fork=True)
    expected = kills.undisturbed(folder / "base", killer)
    ground = Ground(
        folder=folder,
        base=folder / "base",
        finished=folder / "undisturbed",
        expected=expected,
        killer=killer,
        share=share,
    )
    for id, experiment in EXPERIMENTS:
        names = set(id.split(", "))
        if (only and not names & set(only)) or names & set(without):
            continue
        began = time.monotonic()
        try:
            done, found, bad = experiment(ground)
        except Exception:  # the others go on; what happened is told
            traceback.print_exc()
            done, found, bad = "broke off", "not shown", 1
        row = Row(id, done, found, bad, share, time.monotonic() - began)
        print(f"{id}: {done}: {found} ({row.seconds:.0f} s)", flush=True)
        yield row


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the full number of repetitions")
    parser.add_argument("--only", nargs="*", default=(), help="R1 R4 …: these alone")
    parser.add_argument("--without", nargs="*", default=(), help="R1 R15 …: all but these")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="write these rows into docs/reliability.md")
    given = parser.parse_args()
    rows: list[Row] = []
    order = [id for id, _ in EXPERIMENTS]
    known = {name for id in order for name in id.split(", ")}
    if unknown := sorted({*given.only, *given.without} - known):
        parser.error(f"no experiment is called {', '.join(map(repr, unknown))}: there are {', '.join(order)}")
    with tempfile.TemporaryDirectory(prefix="virtaama-torture-") as folder:
        for row in measured(given.share, tuple(given.only), tuple(given.without), Path(folder), given.seed):
            rows.append(row)
            if given.write:
                write(PAGE, [row], order)
    print(table(rows, order))
    return int(any(row.bad for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
