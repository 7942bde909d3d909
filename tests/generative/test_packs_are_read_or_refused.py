"""Whatever is written into a pack, it is read or refused with its problems: nothing else comes of it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.generative.examples import examples
from virtaama.problems import Problem, ProblemsFound
from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.kinds import KINDS
from virtaama.statutes.pack_parse import parse_pack
from virtaama.statutes.packs import Kind

ODD: list[Any] = [
    "", "x", "-1", "0", "0.5", "1e999", "-1e999", "nan", "inf", 0, -1, 0.5, 1e300, 10**400, True, None, [], {}, [[]],
    "9999-12-31", "0001-01-01", "2024-02-30", "02-29", "12-31", "0 days", "999999999999 months", "Ä", "\n", "*", ":",
]  # fmt: skip


def small(kind: Kind[Any]) -> dict[str, Any]:
    """A shipped pack with the first rows of its tables."""
    file = f"{kind.name}.yaml"
    whole = yaml.load(shipped_statutes()._shipped[file], Loader=yaml.BaseLoader)
    for table in kind.tables:
        whole[table.name] = whole[table.name][:4]
    assert isinstance(whole, dict)
    return whole


PACKS = {kind.name: small(kind) for kind in KINDS}


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to everything that could be written otherwise."""
    if isinstance(value, dict):
        return [way, *(found for name in value for found in places(value[name], (*way, name)))]
    if isinstance(value, list):
        return [way, *(found for number, each in enumerate(value) for found in places(each, (*way, number)))]
    return [way]


def otherwise(value: Any, way: tuple[Any, ...], said: Any) -> Any:
    if not way:
        return said
    first, *rest = way
    changed = {**value} if isinstance(value, dict) else [*value]
    changed[first] = otherwise(value[first], tuple(rest), said)
    return changed


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@settings(deadline=None, max_examples=examples(8), suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_pack_is_read_or_refused(kind: Kind[Any], data: st.DataObject) -> None:
    pack = PACKS[kind.name]
    for _ in range(data.draw(st.integers(1, 2))):
        way = data.draw(st.sampled_from(places(pack)[1:]))
        pack = otherwise(pack, way, data.draw(st.sampled_from(ODD)))
        if not isinstance(pack, dict):
            break
    text = yaml.safe_dump(pack, allow_unicode=True)
    problems: tuple[Problem, ...] = ()
    try:
        parse_pack(kind, "own.yaml", text)
    except ProblemsFound as found:
        problems = found.problems
    assert all(problem.place.file == "own.yaml" for problem in problems)
