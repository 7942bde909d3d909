"""What a process cost: wall and CPU seconds, and the most memory its tree held at once.

CPU seconds are those of the process and of every child it waited for. Memory is the resident set summed over
the living tree, looked at twenty times a second; a page that two processes share counts twice. A server that is
no child (PostgreSQL) is named by its process id and measured beside.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_EVERY = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    wall: float
    cpu: float
    peak_megabytes: float
    said: str  # the last line on standard output


class Failed(Exception):
    """A measured process ended badly; the message is the end of what it said."""


def measured(command: Sequence[str], *, cwd: Path | None = None, server: int = 0) -> Cost:
    """Run a command to its end. `server` is a process whose tree works for it."""
    before = _spent(server)
    started = time.perf_counter()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    peak = 0.0
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=output, stderr=subprocess.STDOUT)
        ended = 0
        while not ended:
            now = _resident(process.pid) + (_resident(server) if server else 0)
            peak = max(peak, now, _highest(process.pid))
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if not ended:
                time.sleep(_EVERY)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().strip()
    if process.returncode:
        raise Failed(f"{' '.join(command)}\n{said[-3000:]}")
    return Cost(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime + _spent(server) - before,
        peak_megabytes=peak,
        said=said.splitlines()[-1] if said else "",
    )


def python(module: str, *arguments: object, server: int = 0) -> Cost:
    """A module of ours in a process of its own."""
    return measured([sys.executable, "-m", module, *map(str, arguments)], server=server)


def told(cost: Cost) -> dict[str, object]:
    """What a module of ours said in its last line."""
    found = json.loads(cost.said)
    assert isinstance(found, dict)
    return found


def _tree(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (fields := _fields(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def _resident(root: int) -> float:
    """Megabytes."""
    pages = 0
    for pid in _tree(root):
        try:
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except (OSError, IndexError):  # it has ended meanwhile
            continue
    return pages * _PAGE / 1024 / 1024


def _highest(pid: int) -> float:
    """Megabytes one process has held at most since its program began; what no look in between can miss."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def _spent(root: int) -> float:
    """CPU seconds of a tree: of those alive, and of those the root has waited for."""
    if not root:
        return 0.0
    ticks = 0
    for pid in _tree(root):
        fields = _fields(pid)
        ticks += sum(int(field) for field in fields[11 : 15 if pid == root else 13])
    return ticks / _TICK


def _fields(pid: int) -> list[str]:
    """Of /proc/<pid>/stat, after the name: state, parent, …"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
