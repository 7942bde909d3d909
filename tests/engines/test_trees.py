"""A tree, its circles and chains are the same on both engines."""

from __future__ import annotations

from sqlglot import exp

from virtaama.engines.port import Engine
from virtaama.sql.build import parsed
from virtaama.vault.hierarchy import lasts, levels

UNITS = """
SELECT * FROM (VALUES
    ('top', NULL), ('mid', 'top'), ('low', 'mid'), ('own', 'own'), ('a', 'b'), ('b', 'a'), ('c', 'a'),
    ('lost', 'nobody')
) AS v("unit_key", "above_key")
"""
LEVELS = {
    1: {"top": "top", "mid": "top", "low": "top", "own": "own", "lost": "nobody"},
    2: {"mid": "mid", "low": "mid", "lost": "lost"},
    3: {"low": "low"},
}
LASTS = {
    "top": "top",
    "mid": "top",
    "low": "top",
    "own": "own",
    "a": "a",
    "b": "a",
    "c": "a",
    "lost": "nobody",
}


def test_levels_and_lasts(engine: Engine) -> None:
    rows = parsed(UNITS)
    assert isinstance(rows, exp.Query)
    for level, expected in LEVELS.items():
        found = engine.read(levels(rows, "unit_key", "above_key", level)).to_pylist()
        assert {row["descendant"]: row["at_level"] for row in found if row["at_level"]} == expected
        assert {row["descendant"] for row in found if row["astray"]} == {"a", "b", "c"}
    found = engine.read(lasts(rows, "unit_key", "above_key")).to_pylist()
    assert {row["descendant"]: row["at_level"] for row in found} == LASTS
