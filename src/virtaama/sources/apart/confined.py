"""What is taken from a process before it reads what others wrote.

Limits of memory, of open files and of what it may write hold on every Unix. On Linux 5.13 and newer Landlock takes
its files from it, later also its network; where the kernel has none, the process keeps what its user may see.
Landlock as linux/landlock.h has it: https://docs.kernel.org/userspace-api/landlock.html, taken 2026-11-26.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from math import ceil
from pathlib import Path
from typing import Final

MEMORY: Final = 440 << 20
"""Bytes a reader may write to, its stack and what it shares with the process it was split off from included. With
the code of its libraries, which all processes share, it stays below 512 MB."""
WRITTEN: Final = 160 << 20
"""Bytes a file may have that a reader writes: the pieces it holds in memory, a long line among them."""
FILES: Final = 64
"""Files a reader has open at once."""

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every kind of processor
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many rights over files a version of Landlock knows: all of them are taken."""
_BELOW: Final = 1
_NETWORK, _SCOPES = 0b11, 0b11  # to bind and to connect; abstract sockets and signals
_NO_NEW_PRIVILEGES, _DIE_WITH_PARENT, _KILLED = 38, 1, 9
_OF_THE_SYSTEM: Final = (
    *("/usr", "/lib", "/lib64", "/etc/localtime", "/etc/timezone"),
    *("/dev/null", "/dev/urandom"),
)


def limit() -> None:
    """Take from this process, for good, what memory, files and core dumps it has over what reading needs."""
    most = {
        resource.RLIMIT_CORE: 0,  # a dump would hold what was read
        resource.RLIMIT_DATA: MEMORY,
        resource.RLIMIT_FSIZE: WRITTEN,
        resource.RLIMIT_NOFILE: FILES,
    }
    for what, count in most.items():
        _, hard = resource.getrlimit(what)
        count = count if hard == resource.RLIM_INFINITY else min(count, hard)
        resource.setrlimit(what, (count, count))


def allow(seconds: float) -> None:
    """Let this process have so many processor seconds from now on; more of them end it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = ceil(used.ru_utime + used.ru_stime + seconds)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(
        resource.RLIMIT_CPU, (until if hard == resource.RLIM_INFINITY else min(until, hard), hard)
    )


def see_only(folders: Iterable[Path]) -> bool:
    """Let this process read below these folders, and the code it runs, and open nothing else; false where none can.

    What it has open stays open.
    """
    if sys.platform != "linux":
        return False
    system = ctypes.CDLL(None, use_errno=True)
    version = system.syscall(_CREATE, None, 0, 1)
    if version < 1:
        return False
    rights = (1 << max(count for since, count in _RIGHTS.items() if since <= version)) - 1
    taken = [rights, *([_NETWORK] if version >= 4 else []), *([_SCOPES] if version >= 6 else [])]
    asked = struct.pack(f"{len(taken)}Q", *taken)
    rules = system.syscall(_CREATE, asked, len(asked), 0)
    if rules < 0:
        return False
    try:
        code = {Path(sys.prefix), Path(sys.base_prefix), *map(Path, sys.path), *map(Path, _OF_THE_SYSTEM)}
        for path in {*code, *folders}:
            with suppress(OSError):  # what is not there needs no right
                _allow_below(system, rules, path)
        system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return bool(system.syscall(_RESTRICT, rules, 0) == 0)
    finally:
        os.close(rules)


def end_with_parent() -> None:
    """Let the system end this process when the one it was split off from ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, _KILLED, 0, 0, 0)


def _allow_below(system: ctypes.CDLL, rules: int, path: Path) -> None:
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        allowed = _READ_FILE | (_READ_FOLDER if path.is_dir() else 0)
        system.syscall(_ADD, rules, _BELOW, struct.pack("=Qi", allowed, opened), 0)
    finally:
        os.close(opened)
