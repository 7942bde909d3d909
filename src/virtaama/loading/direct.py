"""What names persons, enciphered, made ready to be looked up by the door to persons."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from sqlglot import exp

from virtaama.engines.port import Engine
from virtaama.lake.direct_marts import GROUP, DirectFile, DirectMarts
from virtaama.model.model import Model
from virtaama.vault.design import design
from virtaama.vault.direct import direct


def publish_direct(
    engine: Engine, model: Model, wanted: Mapping[str, tuple[str, ...]], folder: Path, number: int
) -> tuple[DirectFile, ...]:
    """Write the enciphered values of some attributes of some concepts, as the warehouse holds them now.

    `number` is that of the publication they belong to. What was there before is deleted.
    """
    marts = DirectMarts(folder)
    designed = design(model)
    files = []
    for concept, attributes in wanted.items():
        query = direct(designed, concept, attributes)
        if query is not None:
            write = partial(_write, engine, query)
            files.append(marts.store(concept, attributes, number, write))
    marts.finish(tuple(files))
    return tuple(files)


def _write(engine: Engine, query: exp.Query, path: Path) -> int:
    return engine.write(query, path, group=GROUP)
