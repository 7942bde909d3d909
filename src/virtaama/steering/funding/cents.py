"""Money: whole cents. Everything before them is exact; a term is rounded once, when it becomes cents."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor


def to_cents(euros: Fraction) -> int:
    """Euros to whole cents; a half cent goes away from zero, as sums of money are rounded."""
    cents = floor(abs(euros) * 100 + Fraction(1, 2))
    return cents if euros >= 0 else -cents


def split(cents: int, weights: Sequence[Fraction]) -> tuple[int, ...]:
    """Cents in proportion to weights, none lost: what is over goes to those who lost most by rounding down.

    Of those who lost the same the first gets it. Weights are not negative, and not all of them zero.
    """
    together = sum(weights, Fraction(0))
    exact = [cents * weight / together for weight in weights]
    parts = [floor(each) for each in exact]
    over = cents - sum(parts)
    for place in sorted(range(len(parts)), key=lambda n: parts[n] - exact[n])[:over]:
        parts[place] += 1
    return tuple(parts)


def written(cents: int) -> str:
    """As a plain decimal number: -12.05."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def decimal(value: Fraction, digits: int = 6) -> str:
    """An exact number as a plain decimal one; at most so many digits after the point, the last one rounded."""
    scaled = floor(abs(value) * 10**digits + Fraction(1, 2))
    whole, rest = divmod(scaled, 10**digits)
    after = f"{rest:0{digits}d}".rstrip("0") if digits else ""
    sign = "-" if value < 0 and scaled else ""
    return f"{sign}{whole}.{after}" if after else f"{sign}{whole}"
