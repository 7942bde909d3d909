"""What a linkage says: whose instances are linked to which, by what rules and weights, and who decides when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from virtaama.model.concepts import Purpose, Sensitivity, Text
from virtaama.model.paths import Concepts
from virtaama.problems import Place


class Kind(StrEnum):
    """How two values are compared."""

    NAME = "name"  # by Jaro–Winkler, without capitals, accents and signs
    GIVEN_NAMES = "given_names"  # the same in any order, the first of them, or nearly
    DAY = "day"  # with day and month the other way round, or one digit wrong
    CODE = "code"  # the same or not: a sex, a municipality


class Level(StrEnum):
    """How far two values agree. Of a kind the first that holds counts; a missing value tells nothing."""

    SAME = "same"
    FIRST = "first"  # the first given names, where one is written with these alone
    SWAPPED = "swapped"  # day and month the other way round
    NEAR = "near"  # names by Jaro–Winkler 0.92, a day but for one digit
    ALIKE = "alike"  # names by Jaro–Winkler 0.85, the same year and month
    PART = "part"  # the same first given name with others that differ, or the last of them alone
    OTHER = "other"
    MISSING = "missing"


LEVELS: dict[Kind, tuple[Level, ...]] = {
    Kind.NAME: (Level.SAME, Level.NEAR, Level.ALIKE, Level.OTHER),
    Kind.GIVEN_NAMES: (Level.SAME, Level.FIRST, Level.NEAR, Level.PART, Level.OTHER),
    Kind.DAY: (Level.SAME, Level.SWAPPED, Level.NEAR, Level.ALIKE, Level.OTHER),
    Kind.CODE: (Level.SAME, Level.OTHER),
}
"""The levels of each kind, from the best agreement to none."""

PARTS: dict[Kind, tuple[str, ...]] = {
    Kind.NAME: ("start",),  # its first three letters
    Kind.GIVEN_NAMES: ("first",),  # the first of them
    Kind.DAY: ("swapped", "year", "month"),  # the other way round; its year; its year and month
    Kind.CODE: (),
}
"""What of a value may bring two together as candidates, besides the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two members that are held against each other: an attribute or a relationship of either concept."""

    name: str
    of: str  # of the concept whose instances are linked
    to: str  # of the concept they are linked to
    kind: Kind
    locates: bool = False  # says where somebody lives: not shown where a protection order holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What links without weighing: another instance that is known already, or comparisons that are all the same."""

    name: str
    labels: Text
    through: str = ""  # a relationship of the concept to itself: what it says to be the same as
    agree: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """What two instances must share to be looked at: comparisons, or parts of them (`birth_date.swapped`)."""

    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How likely each level is among the same (m) and among others (u), as Splink learned it."""

    version: int
    learned: date
    learned_from: str
    same: float  # the share of the instances looked at that have somebody to be linked to
    levels: dict[str, dict[Level, tuple[float, float]]] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a user of the weights must know: intended use, where they were learned and measured, where they fail."""

    use: Text
    not_for: Text
    limits: Text
    measured: str  # where the figures of precision and recall are


@dataclass(frozen=True, slots=True, kw_only=True)
class Linkage:
    """Instances of one concept linked to those of another, for one purpose."""

    name: str
    labels: Text
    definition: Text
    of: str
    to: str
    told_by: str  # the relationship by which sources tell it themselves
    feed: str  # where links are delivered
    version: int
    purpose: Purpose
    legal_basis: str
    owner: str
    comparisons: tuple[Comparison, ...]
    rules: tuple[Rule, ...]
    candidates: tuple[Candidate, ...]
    link: float  # weights from here on are linked
    review: float  # from here to there people decide
    ahead: float  # how much the best must be above the next
    weights: Weights
    card: Card
    place: Place
    protection: str = ""  # the attribute of `to` that says that a protection order holds

    def comparison(self, name: str) -> Comparison:
        return next(each for each in self.comparisons if each.name == name)

    def direct(self, concepts: Concepts) -> dict[str, tuple[str, ...]]:
        """What is compared and names a person: attributes by concept."""
        members = {
            self.of: [each.of for each in self.comparisons],
            self.to: [each.to for each in self.comparisons],
        }
        return {
            concept: tuple(
                name
                for name in dict.fromkeys(names)
                if (held := concepts.concept(concept).attribute(name))
                and held.sensitivity is Sensitivity.DIRECT
            )
            for concept, names in members.items()
        }

    @property
    def settings(self) -> str:
        """The version under which a link was made: of what is compared, and of the weights."""
        return f"{self.version}.{self.weights.version}"
