"""One command of the real command line, in a process that may die at a chosen point.

`python -m torture.child '<death as JSON>' land --project FOLDER`. No line of the product is changed: Python
tells a hook of every call the product makes, and the hook counts those that change something.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import asdict, dataclass
from types import FrameType
from typing import Any

from virtaama.cli.main import run
from virtaama.engines.duckdb import DuckDB

# Calls after which a file may be other than before.
_NAMES = """
begin commit rollback execute executemany executescript replace rename unlink fsync write_table write_text close
mkdir symlink link touch write
"""
CHANGING = frozenset(_NAMES.split())


@dataclass(frozen=True, slots=True)
class Death:
    """Where a process dies: at the n-th changing call, before it begins, after it returned, or inside it.

    It tells its parent the name of the call. Inside: it goes on, and the parent kills it `delay` seconds later.
    """

    call: int
    place: str  # before | after | inside
    delay: float = 0.0
    only: str = ""  # of calls of this name alone
    pipe: int = -1

    def text(self) -> str:
        return json.dumps(asdict(self))


class Fate:
    """Counts calls that change something, and brings a death about."""

    def __init__(self, death: Death) -> None:
        self._death = death
        self._left = death.call

    def meet(self, name: str, event: str) -> None:
        """A call of this name begins (`c_call`) or has returned (`c_return`)."""
        death = self._death
        if event != ("c_return" if death.place == "after" else "c_call"):
            return
        if name not in CHANGING or (death.only and name != death.only):
            return
        self._left -= 1
        if self._left:
            return
        os.write(death.pipe, name.encode())
        if death.place != "inside":
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(self, frame: FrameType, event: str, called: Any) -> None:
        """What Python tells of every call: those of built-in functions by the product are met."""
        if event.startswith("c_") and "virtaama" in frame.f_code.co_filename:
            self.meet(getattr(called, "__name__", ""), event)


class Told:
    """A connection of the engine; Python does not tell of its calls by itself."""

    def __init__(self, connection: Any, fate: Fate) -> None:
        self._connection = connection
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._connection, name)
        if name not in CHANGING:
            return member

        def called(*arguments: Any, **options: Any) -> Any:
            self._fate.meet(name, "c_call")
            result = member(*arguments, **options)
            self._fate.meet(name, "c_return")
            return result

        return called


def main(death: Death | None, arguments: list[str]) -> int:
    """Run a command; the exit code, if it lives."""
    if death:
        fate = Fate(death)
        begin = DuckDB.__init__

        def told(self: DuckDB, connection: Any, **options: Any) -> None:
            begin(self, Told(connection, fate), **options)  # type: ignore[arg-type]

        DuckDB.__init__ = told  # type: ignore[method-assign]
        sys.setprofile(fate.hook)
    try:
        return run(arguments)
    finally:
        sys.setprofile(None)


if __name__ == "__main__":
    chosen = json.loads(sys.argv[1])
    sys.exit(main(Death(**chosen) if chosen else None, sys.argv[2:]))
