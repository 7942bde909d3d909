"""A reader as the portal is one: asks for published figures without a pause until it is told to stop.

`python -m torture.reader FOLDER` says "ready" after its first answer, asks until its standard input closes,
and then prints what it met as JSON.
"""

from __future__ import annotations

import hashlib
import json
import select
import sys
import time
from pathlib import Path

from torture.outcome import asked
from virtaama.problems import NotReady
from virtaama.project.project import Project


def read(folder: Path) -> dict[str, object]:
    """Ask until standard input closes; requests, errors, and what each snapshot said."""
    door = Project.open(folder).door()
    requests = errors = backwards = newest = 0
    kinds: dict[str, int] = {}
    said: dict[int, set[str]] = {}
    slowest = 0.0
    while not select.select([sys.stdin], [], [], 0)[0]:
        began = time.monotonic()
        try:
            number, figures = asked(door)
        except NotReady:
            if newest:
                errors += 1
                kinds["NotReady"] = kinds.get("NotReady", 0) + 1
            continue
        except Exception as error:
            errors += 1
            kinds[type(error).__name__] = kinds.get(type(error).__name__, 0) + 1
            continue
        if not requests:
            print("ready", flush=True)
        requests += 1
        slowest = max(slowest, time.monotonic() - began)
        backwards += number < newest
        newest = max(newest, number)
        said.setdefault(number, set()).add(hashlib.sha256(repr(figures).encode()).hexdigest())
        time.sleep(0.01)
    return {
        "requests": requests,
        "errors": errors,
        "kinds": kinds,
        "backwards": backwards,
        "said": {number: sorted(hashes) for number, hashes in said.items()},
        "slowest": slowest,
    }


if __name__ == "__main__":
    print(json.dumps(read(Path(sys.argv[1]))))
