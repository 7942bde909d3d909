"""From pairs with weights to what becomes of them: linked, put before people, or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from virtaama.linkage.definitions import Level, Linkage


class By(StrEnum):
    """What decided a link."""

    RULE = "rule"
    MODEL = "model"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two instances, by their keys (32 hexadecimal digits), that may be the same.

    `why` says how far each comparison agrees; `rule` is the rule that links them, if one does. `seen` is a mark of
    all values compared, which changes with each of them.
    """

    of: str
    to: str
    weight: float
    why: Mapping[str, Level]
    rule: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What is proposed of the pairs of one run, each list in the order of its keys."""

    link: tuple[Pair, ...]
    review: tuple[Pair, ...]


def judge(pairs: Iterable[Pair], linkage: Linkage, spoken_of: Collection[str] = ()) -> Judged:
    """Link what a rule names alone or what weighs enough and well above the next; the rest that weighs is for people.

    An instance with several to choose from is never linked without somebody looking, nor one of which a rule says
    what everything else speaks against, nor one that people have `spoken_of`.
    """
    of: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        of[pair.of].append(pair)
    link: list[Pair] = []
    review: list[Pair] = []
    for key in sorted(of):
        found = sorted(of[key], key=lambda pair: (-pair.weight, pair.to))
        sure = _sure(found, linkage)
        if sure and key not in spoken_of:
            link.append(sure)
        else:
            review += [pair for pair in found if pair.rule or pair.weight >= linkage.review]
    return Judged(tuple(link), tuple(review))


def _sure(found: list[Pair], linkage: Linkage) -> Pair | None:
    for rule in linkage.rules:
        named = [pair for pair in found if pair.rule == rule.name]
        if named:
            return named[0] if len(named) == 1 and named[0].weight >= linkage.review else None
    best, *others = found
    ahead = all(best.weight - other.weight >= linkage.ahead for other in others)
    return best if best.weight >= linkage.link and ahead else None
