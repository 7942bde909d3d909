"""An erasure that is killed and run again leaves nothing behind. `make torture` does it for long.

One process runs it all: it kills others by forking them, and must have no threads of the engine's.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(900)  # seconds, on a machine that is busy with other things
def test_whenever_it_is_killed_it_is_finished_and_nothing_is_found() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "torture", "--share", "0.01", "--only", "P12"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))},
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    [kills] = re.findall(r"^P12: .*\((\d+) kills: ", told, re.M)
    assert int(kills) >= 3
    assert re.search(r"[1-9]\d* files searched: 0 hold anything .*; 0 tables other than undisturbed", told)
