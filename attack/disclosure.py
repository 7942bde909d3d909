"""P8 and P9: tables with margins, and groups with and without a few of them, worked out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import product
from random import Random

from attack.attacker import Attacker, seen_rounded
from attack.outcome import Row, Should
from virtaama.privacy.disclosure.protect import protect
from virtaama.privacy.disclosure.rounding import Lots, rounded
from virtaama.privacy.disclosure.tables import Cell, Grouping, Key, families, tables

SMALLEST = 5
BASE = 5
SIZES = (0, 0, 1, 2, 3, 4, 5, 6, 8, 11, 15, 24, 40, 90, 250)


@dataclass(frozen=True, slots=True)
class Invented:
    """Tables with margins: counts by area, by member and by quarter of a year, and every sum of them."""

    counts: Mapping[Key, int]
    groupings: tuple[Grouping, ...]

    @property
    def small(self) -> tuple[Key, ...]:
        return tuple(key for key, count in self.counts.items() if 0 < count < SMALLEST)

    def protected(self) -> frozenset[Key]:
        """What the platform hides."""
        cells = [
            Cell(key=key, value=count, need=SMALLEST if 0 < count < SMALLEST else 0)
            for key, count in self.counts.items()
        ]
        found = protect(tables(cells, families(self.counts, self.groupings), {}))
        assert found.holds
        return frozenset(found.hidden)

    def attacked(self, hidden: Set[Key], base: int = 1) -> Attacker:
        """An attacker who has the tables with these cells hidden and the others rounded to a base."""
        attacker = Attacker()
        for total, parts in families(self.counts, self.groupings):
            attacker.sums(total, parts)
        for key, count in self.counts.items():
            if key in hidden:
                attacker.knows(key, 1)  # a zero is shown
            else:
                seen_rounded(attacker, key, rounded(count, base), base, SMALLEST)
        return attacker


def invented(random: Random) -> Invented:
    """A county of a few municipalities with units, by a few members, in one year or four quarters."""
    municipalities = [f"m{n}" for n in range(random.randint(2, 6))]
    units = {f"{m}u{n}": m for m in municipalities for n in range(random.randint(1, 3))}
    members = [f"x{n}" for n in range(random.randint(2, 6))]
    quarters = ["Q1", "Q2", "Q3", "Q4"] if random.random() < 0.3 else ["year"]
    groupings = [
        Grouping(0, units),
        Grouping(0, dict.fromkeys(municipalities, "county")),
        Grouping(1, dict.fromkeys(members, "")),
    ]
    if len(quarters) > 1:
        groupings.append(Grouping(2, dict.fromkeys(quarters, "year")))
    counts: dict[Key, int] = {key: random.choice(SIZES) for key in product(units, members, quarters)}
    for grouping in groupings:
        for key, count in list(counts.items()):
            parent = grouping.parents.get(key[grouping.axis])
            if parent is not None:
                total = (*key[: grouping.axis], parent, *key[grouping.axis + 1 :])
                counts[total] = counts.get(total, 0) + count
    return Invented(counts, tuple(groupings))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an attack found: of `small` groups, how many could be worked out, or as nearly as `narrow` says."""

    small: int
    worked_out: int
    narrow: int
    hidden_share: float = 0.0


def small_cells(number: int, *, seed: int = 1, audited: bool = True, base: int = 1) -> Found:
    """P8: tables with margins, attacked by linear programming; not `audited`, small cells alone are hidden."""
    random = Random(seed)
    small = worked_out = narrow = hidden_cells = cells = 0
    for _ in range(number):
        table = invented(random)
        hidden = table.protected() if audited else frozenset(table.small)
        attacker = table.attacked(hidden, base)
        for key in table.small:
            low, high = attacker.interval(key)
            small += 1
            worked_out += high - low < 0.5
            narrow += high - low < SMALLEST - 1e-6
        hidden_cells += len(hidden)
        cells += len(table.counts)
    return Found(small=small, worked_out=worked_out, narrow=narrow, hidden_share=hidden_cells / cells)


def overlapping(number: int, *, seed: int = 1, base: int = 1) -> Found:
    """P9: a group and the same without a few of it, each shown where it is large enough, rounded by lot."""
    random = Random(seed)
    lots = Lots(random.randbytes(32))
    small = worked_out = narrow = 0
    for few, rest in _pairs(random, number):
        small += 1
        attacker = Attacker()
        attacker.sums("all", ["few", "rest"])
        for name, count in (("all", few + rest), ("rest", rest)):
            if count == 0 or count >= SMALLEST:
                shown = lots.rounded(count, base, (name, str(small)))
                seen_rounded(attacker, name, shown, base, SMALLEST, by_lot=True)
        low, high = attacker.interval("few")
        worked_out += attacker.works_out("few")
        narrow += high - low < SMALLEST - 1e-6
    return Found(small=small, worked_out=worked_out, narrow=narrow)


def _pairs(random: Random, number: int) -> Iterator[tuple[int, int]]:
    for _ in range(number):
        yield random.randint(1, SMALLEST - 1), random.choice(SIZES[1:])


def rows(number: int) -> Iterator[Row]:
    """Both attacks on so many tables and ten times so many groups, with and without what protects them."""
    for id, what, found, should in (
        (
            "P8",
            "small cells of tables, small cells alone hidden",
            small_cells(number, audited=False),
            Should.SHOWN,
        ),
        ("P8", "small cells of tables, protected", small_cells(number), Should.NONE),
        ("P8", "small cells of tables, protected and rounded", small_cells(number, base=BASE), Should.NONE),
        ("P9", "groups less a few of them, thresholds alone", overlapping(10 * number), Should.SHOWN),
        ("P9", "groups less a few of them, rounded by lot", overlapping(10 * number, base=BASE), Should.NONE),
    ):
        yield Row(id=id, what=f"{what}: worked out", tried=found.small, got=found.worked_out, should=should)
        if id == "P8" and should is Should.NONE:
            near = f"{what}: nearer than {SMALLEST}; {found.hidden_share:.0%} of all cells are hidden"
            yield Row(id=id, what=near, tried=found.small, got=found.narrow, should=should)
