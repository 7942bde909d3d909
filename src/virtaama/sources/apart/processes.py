"""The processes that read: one from which readers are split off, and the readers that wait for work.

They are started when something is first to be read, are kept for the next delivery, and end with this process.
"""

from __future__ import annotations

import atexit
import os
import select
import signal
import socket
import subprocess  # nosec B404 # our own program
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import virtaama
from virtaama.privacy.pseudonyms import without_codes
from virtaama.problems import DeliveryRefused, NoRoom
from virtaama.sources.apart.messages import BEGIN, END, ORDER, Told, answered, tell

STUCK: Final = 600.0
"""Seconds after which a reader that says nothing is ended, however little of a processor it had."""
KEPT: Final = 4
"""Readers that wait for more from the folders they see."""
_PATIENCE: Final = 120.0  # seconds until a process is there, or gone
_WORDS: Final = 2_000  # characters of a reason that are passed on
_SURROUNDINGS: Final = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH")
"""What readers are told of their surroundings: no secret may be among it."""
_LEAN: Final = {
    # One heap, and no threads: what a library reserves for others counts as taken.
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


class Folder:
    """A folder that is held, so that another of its name is told from it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def is_at(self, path: Path) -> bool:
        return os.path.samestat(os.fstat(self._held), path.stat())

    def close(self) -> None:
        os.close(self._held)


@dataclass(slots=True)
class Reader:
    """A process that reads what lies below one folder. Once a file was not read to its end, it reads no other."""

    origin: Origin
    number: int
    line: socket.socket = field(repr=False)
    folder: Folder
    over: bool = False

    def ask(self, told: Told) -> tuple[dict[str, Any], list[bytearray]]:
        """What the reader answers; DeliveryRefused in its words, or where it was ended."""
        try:
            tell(self.line, told)
            words, parts = answered(self.line)
        except TimeoutError:
            self.end()
            raise too_slow() from None
        except (EOFError, OSError, ValueError, RecursionError):
            raise broken_off(self.end()) from None
        if "refused" in words:
            self.end()
            raise DeliveryRefused(without_codes(str(words["refused"])[:_WORDS]))
        if "fault" in words:
            self.end()
            raise not_read(without_codes(str(words["fault"])[:_WORDS]))
        return words, parts

    def waits(self) -> bool:
        """Whether it is there and has nothing to say: the system may have ended it meanwhile."""
        return not select.select([self.line], [], [], 0)[0]

    def end(self) -> int:
        """End the process; how it ended, where it had done so itself: as `subprocess` tells it."""
        if self.over:
            return 0
        self.let_go()
        return self.origin.end(self.number)

    def let_go(self) -> None:
        """Say nothing to it any more: it ends when it sees that."""
        self.over = True
        self.line.close()
        self.folder.close()


class Origin:
    """The process readers are split off from: it has brought in what reading needs, and nothing else."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._control, theirs = socket.socketpair()
        self._control.settimeout(_PATIENCE)
        with theirs:
            self._process = subprocess.Popen(  # nosec B603 # our own program, its arguments constants
                [sys.executable, "-P", "-m", "virtaama.sources.apart"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=surroundings(),
                start_new_session=True,  # who ends the loader by a key ends it, and it ends them
            )

    def reader(self, folder: Path) -> Reader:
        """A new reader, that sees what is below a folder. Raises OSError, EOFError where this process is gone."""
        line, theirs = socket.socketpair()
        try:
            with theirs:
                number = self._order(BEGIN, 0, theirs.fileno())
            line.settimeout(STUCK)
            tell(line, folder)
        except (OSError, EOFError):
            line.close()
            raise
        return Reader(self, number, line, Folder(folder))

    def end(self, reader: int) -> int:
        """End a reader; how it ended."""
        with suppress(OSError, EOFError):
            return self._order(END, reader)
        return -signal.SIGKILL

    def close(self) -> None:
        """End the process, and with it its readers."""
        self.let_go()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def let_go(self) -> None:
        """Say nothing to it any more."""
        self._control.close()

    def _order(self, kind: bytes, number: int, *descriptors: int) -> int:
        with self._turn:
            socket.send_fds(self._control, [ORDER.pack(kind, number)], descriptors)
            told = self._control.recv(ORDER.size, socket.MSG_WAITALL)
        if len(told) < ORDER.size:
            raise EOFError
        answer: int = ORDER.unpack(told)[1]
        return answer


def surroundings() -> dict[str, str]:
    """The variables readers have: where the program lies, the language and the time zone."""
    told = {name: os.environ[name] for name in _SURROUNDINGS if name in os.environ}
    ours = [str(Path(virtaama.__path__[0]).resolve().parent)]
    more = [str(Path(path).resolve()) for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    return {**told, **_LEAN, "PYTHONPATH": os.pathsep.join(dict.fromkeys(ours + more))}


# One origin for this process, and readers that wait for work.
_ORIGIN: list[Origin] = []
_IDLE: list[Reader] = []
_GUARD = threading.Lock()


def take(folder: Path) -> Reader:
    """A reader that sees what is below a folder: one that waits, or a new one. NoRoom where none can be started."""
    with _GUARD:
        for idle in [idle for idle in _IDLE if idle.folder.is_at(folder)]:
            _IDLE.remove(idle)
            if idle.waits():
                return idle
            idle.end()
        for is_last in (False, True):
            if not _ORIGIN:
                _ORIGIN.append(Origin())
            try:
                return _ORIGIN[0].reader(folder)
            except (OSError, EOFError):  # somebody has ended it
                _ORIGIN.pop().close()
                _let_go_of_readers()
                if is_last:
                    raise NoRoom(
                        "the process that reads deliveries cannot be started.\n"
                        "  See that the system has memory left and lets this user start processes."
                    ) from None
    raise AssertionError


def give_back(reader: Reader) -> None:
    """Keep a reader that has read a file to its end; the one that has waited longest makes room."""
    with _GUARD:
        _IDLE.append(reader)
        ended = [_IDLE.pop(0)] if len(_IDLE) > KEPT else []
    for each in ended:
        each.end()


def end_all() -> None:
    """End every process that reads. The next delivery starts them anew."""
    with _GUARD:
        _let_go_of_readers()
        while _ORIGIN:
            _ORIGIN.pop().close()


def _let_go_of_readers() -> None:
    while _IDLE:
        _IDLE.pop().let_go()


def _begin_anew() -> None:
    """A process that was split off from this one has no readers of its own."""
    global _GUARD
    _GUARD = threading.Lock()
    _let_go_of_readers()
    while _ORIGIN:
        _ORIGIN.pop().let_go()


atexit.register(end_all)
os.register_at_fork(after_in_child=_begin_anew)


def too_slow() -> DeliveryRefused:
    return DeliveryRefused(
        "reading the file takes longer than a file of its size can need, so it was broken off.\n"
        "  Look at how it is made; a delivery that is right may be split. Nothing of it was kept."
    )


def broken_off(code: int) -> DeliveryRefused:
    """The process that read it is gone: by its limits, or by what it read."""
    if code == -signal.SIGXCPU:
        return too_slow()
    how = signal.Signals(-code).name if code < 0 else f"exit {code}"
    return DeliveryRefused(
        f"the process that read the file ended ({how}): the file asks for more memory or depth than is allowed, or is\n"
        "  damaged. Look at how it is made, and have it delivered again. Nothing of it was kept."
    )


def not_read(fault: str) -> DeliveryRefused:
    return DeliveryRefused(
        f"the file could not be read ({fault}).\n"
        "  Have it delivered again, in the form that is described. Nothing of it was kept."
    )
