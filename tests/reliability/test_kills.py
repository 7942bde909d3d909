"""Processes killed, and processes that meet: no row lost, none doubled, no half answer.

`make torture` does it for long. One process runs it all: it kills others by forking them, and must have no
threads of the engine's.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(900)  # seconds, on a machine that is busy with other things; some ten on one that is not
def test_kills_rivals_and_readers_lose_double_and_tear_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "torture", "--share", "0.008", "--only", "R1", "R12", "R14"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))},
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stdout + done.stderr
    assert done.returncode == 0, told
    [kills] = re.findall(r"^R1, R2: .*\((\d+) kills: .* rows compared: 0 lost, 0 doubled", told, re.M)
    assert int(kills) >= 8
    [rivals] = re.findall(r"^R12: (\d+) times two .*; 0 wrong", told, re.M)
    assert int(rivals) >= 3
    [answers] = re.findall(
        r"^R14: .*: ([\d,]+) answers from \d+ snapshots: 0 errors, 0 torn, 0 steps back", told, re.M
    )
    assert int(answers.replace(",", "")) >= 3
