"""The deliveries of an invented county on disk, and what was planted in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from virtaama.problems import NotReady
from virtaama.synthetic.county import CountySize
from virtaama.synthetic.invent import invent
from virtaama.synthetic.manifest import Manifest, Planted

INVENTED_FILE = "invented.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """What was invented: its size, and every flaw planted in it."""

    size: CountySize
    planted: tuple[Planted, ...]


def read_invented(deliveries: Path) -> Invented | None:
    """What lies in the deliveries folder; None when it was not invented or not finished."""
    path = deliveries / INVENTED_FILE
    if not path.is_file():
        return None
    text = path.read_text(encoding="utf-8")
    size = json.loads(text)["size"]
    return Invented(
        size=CountySize(**{**size, "until": tuple(size["until"])}),
        planted=Manifest.from_json(text).as_rows(),
    )


def write_invented(
    deliveries: Path, size: CountySize, month_done: Callable[[int, int, str], None]
) -> Invented:
    """Write the files of an invented county; the list of what was planted comes last.

    NotReady where deliveries lie that were not invented with the same size and seed: real and invented
    deliveries are never mixed.
    """
    there = read_invented(deliveries)
    if there is not None and there.size == size:
        return there
    if there is not None or any(deliveries.iterdir()):
        raise NotReady(
            f"{deliveries}: deliveries are here already, and invented ones are never mixed with others.\n"
            "  Make a new project for them: virtaama new FOLDER --county"
        )
    manifest = Manifest()
    months_done = 0

    def count(done: int) -> None:
        nonlocal months_done
        months_done = done

    for file in invent(size, manifest=manifest, months_done=count):
        month_done(months_done, size.months, file.path)
        path = deliveries / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    planted = manifest.as_rows()
    record = {"size": asdict(size), "planted": [asdict(row) for row in planted]}
    (deliveries / INVENTED_FILE).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return Invented(size=size, planted=planted)
