"""How values are spread in a delivery, and how far that is from the deliveries before it.

Measured by the population stability index: sum over the bins of (p - q) * ln(p / q), the Jeffreys
divergence between the shares p now and q before. A two-sample test would call every difference between
two large deliveries significant, however small (du Pisanie, Allison and Visagie, "A critical review of
existing and new population stability testing procedures in credit risk scoring", 2023, arXiv 2303.01227);
the index measures how large it is. In small deliveries chance alone makes it large: where nothing has
changed, the index divided by (1/n + 1/m) follows a chi-square distribution with one degree of freedom
fewer than there are bins (Yurdakul and Naranjo, "Statistical properties of the population stability
index", Journal of Risk Model Validation 14(4), 2020). So a delivery has drifted when its index is larger
than what is allowed *and* than chance makes it once in a thousand deliveries.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

Tally = Mapping[str, int]
"""How often each value stands in a delivery; null is no value. Numbers are cut to two digits."""

MOST_VALUES = 200  # of a tally: beyond, the rarest are taken together
OTHERS = "…"
DECILES = 10
CHANCE = 0.999
_SMOOTHING = 0.5  # to each bin: an empty one has no logarithm


@dataclass(frozen=True, slots=True)
class Drifted:
    """The index, the smallest index that is more than chance, and how many values were compared."""

    index: float
    by_chance: float
    values: int


def kept(counts: Tally) -> dict[str, int]:
    """A tally of at most MOST_VALUES values; which are kept does not depend on their order."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    tally = dict(ordered[:MOST_VALUES])
    if others := sum(count for _, count in ordered[MOST_VALUES:]):
        tally[OTHERS] = tally.get(OTHERS, 0) + others
    return tally


def drift(now: Tally, before: Sequence[Tally], *, numeric: bool) -> Drifted | None:
    """How far the values of a delivery are from those of earlier ones; None where either has no values."""
    pooled: Counter[str] = Counter()
    for tally in before:
        pooled.update(tally)
    of_now, of_before = sum(now.values()), sum(pooled.values())
    if not of_now or not of_before:
        return None
    pairs = _by_decile(now, pooled) if numeric else _by_value(now, pooled)
    if len(pairs) < 2:
        return Drifted(0.0, 0.0, of_now)
    smoothed = _SMOOTHING * len(pairs)
    index = 0.0
    for mine, theirs in pairs:
        p = (mine + _SMOOTHING) / (of_now + smoothed)
        q = (theirs + _SMOOTHING) / (of_before + smoothed)
        index += (p - q) * math.log(p / q)
    return Drifted(index, _chi_square(CHANCE, len(pairs) - 1) * (1 / of_now + 1 / of_before), of_now)


def _by_value(now: Tally, before: Tally) -> list[tuple[int, int]]:
    return [(now.get(value, 0), before.get(value, 0)) for value in sorted({*now, *before})]


def _by_decile(now: Tally, before: Tally) -> list[tuple[int, int]]:
    """Bins that hold a tenth of the earlier values each, as nearly as values that repeat allow."""
    numbers = sorted((float(value), count) for value, count in before.items() if value != OTHERS)
    total = sum(count for _, count in numbers)
    edges: list[float] = []
    reached = 0
    for value, count in numbers:
        reached += count
        if reached * DECILES >= total * (len(edges) + 1):
            edges.append(value)
            while len(edges) < DECILES and reached * DECILES >= total * (len(edges) + 1):
                edges.append(value)
    distinct = sorted(set(edges[: DECILES - 1]))

    def binned(tally: Tally) -> list[int]:
        counts = [0] * (len(distinct) + 1)
        for value, count in tally.items():
            if value != OTHERS:
                counts[bisect_left(distinct, float(value))] += count
        return counts

    pairs = zip(binned(now), binned(before), strict=True)
    return [pair for pair in pairs if pair != (0, 0)]


def _chi_square(quantile: float, degrees: int) -> float:
    """The quantile of a chi-square distribution (Wilson and Hilferty 1931), good to a percent from 3 on."""
    normal = NormalDist().inv_cdf(quantile)
    part = 2 / (9 * degrees)
    return float(degrees * (1 - part + normal * math.sqrt(part)) ** 3)
