"""What follows from sums of whole numbers, each looked at alone, again and again until nothing follows any more.

It finds less than a linear programme, which looks at all sums at once, and does it for a county's figures in seconds.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from math import ceil, floor, inf

from attack.attacker import NEARLY

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sum:
    """A whole and parts of it: all of it or, where parts overlap, at most all together and at least each."""

    whole: Hashable
    parts: tuple[Hashable, ...]
    exact: bool = True


def deduced(bounds: Mapping[Hashable, Bounds], sums: Iterable[Sum]) -> dict[Hashable, Bounds]:
    """The least and the most each number can be. Raises ArithmeticError where they do not fit together."""
    found = dict(bounds)
    known = list(sums)
    of: dict[Hashable, list[int]] = defaultdict(list)
    for place, each in enumerate(known):
        for number in (each.whole, *each.parts):
            of[number].append(place)
    waiting = deque(range(len(known)))
    is_waiting = [True] * len(known)
    while waiting:
        place = waiting.popleft()
        is_waiting[place] = False
        for number, low, high in _follows(known[place], found):
            before = found[number]
            after = (
                max(before[0], ceil(low - NEARLY)),
                min(before[1], high if high == inf else floor(high + NEARLY)),
            )
            if after[0] > after[1]:
                raise ArithmeticError("what is known of the counts does not fit together")
            if after == before:
                continue
            found[number] = after
            for other in of[number]:
                if not is_waiting[other]:
                    is_waiting[other] = True
                    waiting.append(other)
    return found


def _follows(each: Sum, found: Mapping[Hashable, Bounds]) -> Iterable[tuple[Hashable, float, float]]:
    lows, highs = (sum(found[part][side] for part in each.parts) for side in (0, 1))
    if each.exact:
        yield each.whole, lows, highs
    else:
        yield each.whole, max(found[part][0] for part in each.parts), highs if len(each.parts) > 1 else inf
    low, high = found[each.whole]
    for part in each.parts:
        least, most = found[part]
        rest = (found[other][1] for other in each.parts if other != part)
        others = highs - most if highs < inf else sum(rest)
        is_bound_below = others < inf and (each.exact or len(each.parts) > 1)
        yield part, low - others if is_bound_below else 0.0, high - (lows - least) if each.exact else high
