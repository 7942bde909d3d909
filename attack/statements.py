"""S5: text at every place where it comes near SQL, tried with atheris; what changed the shape of a statement."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from attack.outcome import Row, Should
from tests.privacy.injection import CRUEL, PLACES, SLOW, changes_shape

TOGETHER = 20
QUOTED, PLACED, EXPRESSIONS = 1_000_000, 20_000, 20_000


def rows(folder: Path, share: float) -> Iterator[Row]:
    """Names and values as they are quoted; whole statements; and what the model takes for an expression."""
    quoted = max(1, round(QUOTED * share / TOGETHER))
    placed, expressions = (max(1, round(number * share)) for number in (PLACED, EXPRESSIONS))
    for kind, runs, each, what in (
        ("quoting", quoted, TOGETHER, "texts quoted as a name and as a value: more than that"),
        ("places", placed, 1, f"texts at {len(PLACES) - len(SLOW)} places of SQL: statements changed"),
        ("expressions", expressions, 1, "texts as expressions of the model: taken, and more than a value"),
    ):
        yield Row(id="S5", what=what, tried=runs * each, got=fuzzed(kind, runs, folder), should=Should.NONE)
    # A text makes all the statements of a warehouse there: a tenth of a second each.
    tried = [(place, text) for place in SLOW for text in CRUEL]
    got = sum(changes_shape(place, text) for place, text in tried)
    yield Row(
        id="S5", what="names in a model: a warehouse changed", tried=len(tried), got=got, should=Should.NONE
    )


def fuzzed(kind: str, runs: int, folder: Path) -> int:
    """How many texts of a run changed a statement. RuntimeError where the run did not come to its end."""
    folder.mkdir(parents=True, exist_ok=True)
    found = folder / f"{kind}.found"
    done = subprocess.run(  # noqa: S603 – our own program, its arguments ours
        [sys.executable, "-m", "attack.fuzz_statements", kind, str(runs), str(found)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    if done.returncode != 0 or f"Done {runs} runs" not in done.stderr:
        raise RuntimeError(f"the fuzzer stopped before its end:\n{done.stderr[-2000:]}")
    return len(found.read_text(encoding="utf-8").splitlines()) if found.exists() else 0
