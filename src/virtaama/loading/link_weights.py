"""Weights of pairs by Splink: in a DuckDB in memory, without a network, a temporary file or a chart.

What is compared is in the clear here and nowhere else. Splink writes the statements it runs into its log; that is
kept still, so that no value comes into ours.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from virtaama.linkage.definitions import LEVELS, PARTS, Comparison, Kind, Level, Linkage
from virtaama.sources.reading import literal

KEY = "unique_id"
SAID = "said_same"
"""What an instance says to be the same as, where a rule goes through that: the key of one it is linked to."""

_LEAST = 1e-7  # no level is impossible: one that was never met while learning is only very rare

_CONDITIONS = {
    Kind.NAME: {
        Level.SAME: "{l} = {r}",
        Level.NEAR: "jaro_winkler_similarity({l}, {r}) >= 0.92",
        Level.ALIKE: "jaro_winkler_similarity({l}, {r}) >= 0.85",
    },
    Kind.GIVEN_NAMES: {
        Level.SAME: "{l} = {r}",
        Level.FIRST: "starts_with({l}, {r} || ' ') OR starts_with({r}, {l} || ' ')",
        # A slip of the pen, or another spelling of the first name; where the first is the same, others that are not
        # are no slip.
        Level.NEAR: "damerau_levenshtein({l}, {r}) <= 2 OR ({l_first} <> {r_first} AND (jaro_winkler_similarity({l}, "
        "{r}) >= 0.92 OR (jaro_winkler_similarity({l_first}, {r_first}) >= 0.88 AND ({l} = {l_first} OR {r} = "
        "{r_first}))))",
        Level.PART: "{l_first} = {r_first} OR ends_with({l}, ' ' || {r}) OR ends_with({r}, ' ' || {l})",
    },
    Kind.DAY: {
        Level.SAME: "{l} = {r}",
        Level.SWAPPED: "{l_swapped} = {r}",
        Level.NEAR: "damerau_levenshtein({l}, {r}) <= 1",
        Level.ALIKE: "{l_month} = {r_month}",
    },
    Kind.CODE: {Level.SAME: "{l} = {r}"},
}


@contextmanager
def quiet_splink(memory: str, threads: int | None) -> Iterator[Any]:
    """Splink on an engine of its own; what does not fit into memory fails, nothing is spilled in the clear."""
    # Brought in where somebody links: it takes half a second.
    from splink import DuckDBAPI

    logger = logging.getLogger("splink")
    before = logger.level, logger.propagate
    logger.setLevel(logging.CRITICAL)
    logger.propagate = False
    try:
        with duckdb.connect(config={"python_enable_replacements": "false"}) as connection:
            connection.execute(f"SET memory_limit = {literal(memory)}")
            connection.execute("SET temp_directory = ''")
            connection.execute("SET enable_external_access = false")
            if threads:
                connection.execute(f"SET threads = {threads:d}")
            yield DuckDBAPI(connection)
    finally:
        logger.setLevel(before[0])
        logger.propagate = before[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Two instances by their keys, with the weight (base 2) that they are the same and how far each value agrees."""

    of: str
    to: str
    weight: float
    said: bool  # that it is the same
    why: Mapping[str, Level]


def weighed(api: Any, of: pa.Table, to: pa.Table, linkage: Linkage) -> list[Weighed]:
    """Pairs that share what makes them candidates and weigh enough for people, or are said to be the same.

    `of` and `to` have the columns of `columns_of`. In the order of their keys.
    """
    if not len(of) or not len(to):
        return []
    linker = _linker(api, of, to, linkage, _settings(linkage, len(to)))
    found = linker.inference.predict(warning_mode="never")
    levels = ", ".join(_quoted(f"gamma_{each.name}") for each in linkage.comparisons)
    rows = api.duckdb_con.execute(
        f"SELECT unique_id_l, unique_id_r, match_weight, coalesce({SAID}_l = unique_id_r, FALSE), {levels} "  # nosec B608 # names of comparisons in the model, which have no quotes
        f"FROM {found.physical_name} WHERE match_weight >= ? OR {SAID}_l = unique_id_r "
        "ORDER BY unique_id_l, unique_id_r",
        [linkage.review],
    ).fetchall()
    return [
        Weighed(
            of=of_key,
            to=to_key,
            weight=round(weight, 2),
            said=said,
            why={
                each.name: _level(each, int(gamma))
                for each, gamma in zip(linkage.comparisons, gammas, strict=True)
            },
        )
        for of_key, to_key, weight, said, *gammas in rows
    ]


def learned(
    api: Any, of: pa.Table, to: pa.Table, linkage: Linkage, *, pairs: float = 1e7
) -> dict[str, dict[Level, tuple[float, float]]]:
    """How likely each level is among the same and among others.

    m is counted from instances sources tell to be the same: `of` holds in the column `told` the key of the
    one in `to`, `to` its own. u comes from pairs drawn by chance, the same ones for the same keys.
    """
    settings = _settings(linkage, len(to), known=False)
    linker = _linker(api, of, to, linkage, settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=pairs, seed=1)
    linker.training.estimate_m_from_label_column("told")
    model = linker.misc.save_model_to_json()
    never = 0.5 / max(len(of), 1)  # what was not met among so many may be as frequent as that
    found: dict[str, dict[Level, tuple[float, float]]] = {}
    for said in model["comparisons"]:
        comparison = linkage.comparison(said["output_column_name"])
        given = [each for each in said["comparison_levels"] if not each.get("is_null_level")]
        found[comparison.name] = {
            level: (_least(each.get("m_probability"), never), _least(each.get("u_probability"), _LEAST))
            for level, each in zip(LEVELS[comparison.kind], given, strict=True)
        }
    return found


def columns_of(linkage: Linkage) -> tuple[str, ...]:
    """The columns of either table: the key, what is compared, and the parts that make candidates."""
    parts = {f"{each.name}__{part}" for each in linkage.comparisons for part in PARTS[each.kind]}
    return (KEY, SAID, *(each.name for each in linkage.comparisons), *sorted(parts))


def _linker(api: Any, of: pa.Table, to: pa.Table, linkage: Linkage, settings: Mapping[str, Any]) -> Any:
    from splink import Linker

    frames = [
        api.register(of, dataset_display_name="a_of"),
        api.register(to, dataset_display_name="b_to"),
    ]
    return Linker(frames, dict(settings), log_level=None)


def _settings(linkage: Linkage, to: int, *, known: bool = True) -> dict[str, Any]:
    return {
        "link_type": "link_only",
        "unique_id_column_name": KEY,
        "linker_uid": "virtaama",
        # Of all pairs each instance makes, one at most is the same.
        "probability_two_random_records_match": linkage.weights.same / max(to, 2),
        "comparisons": [_comparison(each, linkage, known) for each in linkage.comparisons],
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": rule, "sql_dialect": "duckdb"} for rule in _blocking(linkage)
        ],
        "retain_matching_columns": True,  # the levels are retained with them
        "retain_intermediate_calculation_columns": False,
        "additional_columns_to_retain": [SAID],
    }


def _comparison(comparison: Comparison, linkage: Linkage, known: bool) -> dict[str, Any]:
    left, right = (_quoted(f"{comparison.name}_{side}") for side in "lr")
    names = {"l": left, "r": right}
    for part in PARTS[comparison.kind]:
        names |= {f"{side}_{part}": _quoted(f"{comparison.name}__{part}_{side}") for side in "lr"}
    levels: list[dict[str, Any]] = [
        {
            "sql_condition": f"{left} IS NULL OR {right} IS NULL",
            "label_for_charts": Level.MISSING.value,
            "is_null_level": True,
        }
    ]
    for level in LEVELS[comparison.kind]:
        condition = _CONDITIONS[comparison.kind].get(level)
        told: dict[str, Any] = {
            "sql_condition": condition.format_map(names) if condition else "ELSE",
            "label_for_charts": level.value,
        }
        if known:
            m, u = linkage.weights.levels[comparison.name][level]
            told |= {"m_probability": m, "u_probability": u}
        levels.append(told)
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def _blocking(linkage: Linkage) -> list[str]:
    """What brings two together: what the linkage names, what its rules need, and what instances say."""
    shared: list[Sequence[str]] = [candidate.shared for candidate in linkage.candidates]
    shared += [rule.agree for rule in linkage.rules if rule.agree]
    rules = [" AND ".join(_shared(name) for name in names) for names in shared]
    if any(rule.through for rule in linkage.rules):
        rules.append(f'l."{SAID}" = r."{KEY}"')
    return list(dict.fromkeys(rules))


def _shared(name: str) -> str:
    whole, _, part = name.partition(".")
    left = _quoted(f"{whole}__{part}" if part else whole)
    right = _quoted(whole if part == "swapped" else f"{whole}__{part}" if part else whole)
    return f"l.{left} = r.{right}"


def _level(comparison: Comparison, gamma: int) -> Level:
    levels = LEVELS[comparison.kind]
    return Level.MISSING if gamma < 0 else levels[len(levels) - 1 - gamma]


def _least(share: object, least: float) -> float:
    value = float(share) if isinstance(share, int | float) else least
    return value if math.isfinite(value) and value > least else least


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
