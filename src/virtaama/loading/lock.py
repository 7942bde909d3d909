"""One process at a time lands or loads a project."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from virtaama.problems import Busy


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock file while inside; Busy when another process holds it. Released even by a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                f"{path}: another process is landing or loading this project. Try again when it has finished."
            ) from None
        yield


@contextmanager
def in_turn(path: Path, patience: float = 3600.0) -> Iterator[None]:
    """Hold the lock file while inside; wait up to `patience` seconds for another process, then Busy."""
    until = time.monotonic() + patience
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(only_one(path))
                break
            except Busy:
                if time.monotonic() >= until:
                    raise
                time.sleep(0.5)
        yield
