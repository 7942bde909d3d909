"""Every pack the package ships is there, right, sourced, and in the reference."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest

from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.kinds import KINDS
from virtaama.statutes.packs import Kind


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_ships_a_pack_whose_sources_are_all_used(kind: Kind[Any]) -> None:
    pack = shipped_statutes().pack(kind)
    assert not pack.own
    rows = [line.provision for _, lines in pack.lines for line in lines]
    assert rows
    assert {row.source.key for row in rows} == {source.key for source in pack.sources}
    assert all(source.taken <= pack.edition for source in pack.sources)


def test_no_pack_lies_there_that_nobody_reads() -> None:
    folder = files("virtaama") / "content" / "statutes"
    assert {file.name for file in folder.iterdir()} == {f"{kind.name}.yaml" for kind in KINDS}
