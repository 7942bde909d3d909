"""Commands as processes of their own, let live or killed."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from torture.child import Death, main
from torture.outcome import Found, Outcome, apart, outcome
from virtaama.cli.main import run

ROOT = Path(__file__).parents[1]
LONGEST = 120.0  # seconds a command may take


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its exit code, or how it was killed (`time`, `before`, `after`, `inside`)."""

    code: int
    killed: str = ""
    call: str = ""  # the changing call it was killed at


@dataclass(frozen=True, slots=True)
class Killer:
    """Starts commands and kills them by chance.

    `fork` starts them from this process, much faster than anew; then this process must have no threads. Without
    it each is begun anew, but what is let live is run in this process.
    """

    chance: random.Random
    fork: bool
    seconds: float = 1.5  # a command that lives takes about so long
    calls: int = 400  # and makes about so many changing calls

    def apart(self, work: Callable[[], Found]) -> Found:
        """Do something, where this process may have no threads in another one."""
        return apart(work) if self.fork else work()

    def outcome(self, folder: Path) -> Outcome:
        return self.apart(lambda: outcome(folder))

    def run(self, *arguments: str, kill: bool = False, seconds: float | None = None) -> Ended:
        """Run a command; kill it at a chance point where asked. It may be done before."""
        if not kill:
            return self._live(arguments, None, None) if self.fork else Ended(run(list(arguments)))
        kind = self.chance.choice(("time", "before", "after", "inside", "inside"))
        if kind == "time":
            return self._live(arguments, None, self.chance.uniform(0, seconds or self.seconds))
        delay = self.chance.uniform(0, 0.006) if kind == "inside" else 0.0
        if self.chance.random() < 0.4:
            return self._live(arguments, Death(self.chance.randrange(1, 6), kind, delay, only="commit"), None)
        # Half of them early: a command that goes on has little left to do.
        calls = self.chance.choice((self.calls, self.calls // 8))
        return self._live(arguments, Death(self.chance.randrange(1, calls), kind, delay), None)

    def fresh(self, *arguments: str) -> Ended:
        """Run a command, in a process of its own in any case."""
        return self._live(arguments, None, None)

    def start(self, *arguments: str) -> int:
        """Start a command and do not wait for it; its process id."""
        read, write = os.pipe()
        pid = self._start(arguments, None, read, write)
        os.close(read)
        os.close(write)
        return pid

    def _live(self, arguments: tuple[str, ...], death: Death | None, after: float | None) -> Ended:
        read, write = os.pipe()
        if death:
            death = replace(death, pipe=write)
        pid = self._start(arguments, death, read, write)
        os.close(write)
        call = ""
        try:
            if after is not None:
                ready = select.select([read], [], [], after)[0]  # closed when it has ended by itself
                if not ready:
                    os.kill(pid, signal.SIGKILL)
            elif death and (call := os.read(read, 100).decode()) and death.place == "inside":
                time.sleep(death.delay)
                os.kill(pid, signal.SIGKILL)
            status = self._wait(pid)
        finally:
            os.close(read)
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL, f"died of signal {os.WTERMSIG(status)}"
            return Ended(-signal.SIGKILL, death.place if death else "time", call)
        return Ended(os.WEXITSTATUS(status))

    def _start(self, arguments: tuple[str, ...], death: Death | None, read: int, write: int) -> int:
        if not self.fork:
            command = [sys.executable, "-m", "torture.child", death.text() if death else "null", *arguments]
            path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
            quiet = subprocess.DEVNULL
            process = subprocess.Popen(
                command, env={**os.environ, "PYTHONPATH": path}, stdout=quiet, stderr=quiet, pass_fds=(write,)
            )
            process.returncode = 0  # waited for here, not by the object
            return process.pid
        pid = os.fork()
        if pid:
            return pid
        try:
            os.close(read)
            quiet_file = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet_file, 1)
            os.dup2(quiet_file, 2)
            os._exit(main(death, list(arguments)))
        except BaseException:
            os._exit(1)

    def _wait(self, pid: int) -> int:
        deadline = time.monotonic() + LONGEST
        while time.monotonic() < deadline:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return status
            time.sleep(0.002)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise AssertionError(f"a command took more than {LONGEST:.0f} s")
