"""Data sets that leave the county, as data: which figures, for whom, and how they are protected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from virtaama.metrics.question import Grain, Level
from virtaama.model.concepts import Text
from virtaama.privacy.disclosure.rounding import rounded
from virtaama.privacy.disclosure.tables import Key
from virtaama.problems import Place


class Audience(StrEnum):
    """Who gets a data set. The protection is the same: what is given to one is out of hand."""

    EVERYBODY = "everybody"
    AUTHORITIES = "authorities"
    PARTNERS = "partners"


class Licence(StrEnum):
    """Under which licence others may use a data set, by its name in SPDX."""

    CC_BY = "CC-BY-4.0"  # name the county
    CC0 = "CC0-1.0"  # nothing is asked

    @property
    def address(self) -> str:
        match self:
            case Licence.CC_BY:
                return "https://creativecommons.org/licenses/by/4.0/"
            case Licence.CC0:
                return "https://creativecommons.org/publicdomain/zero/1.0/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A data set of anonymous figures that is made again and again.

    Every metric is given for the whole and for each breakdown, at each level and grain it makes sense for,
    from the first year to the last whole period, or to the end of `last_year`.
    """

    name: str
    labels: Text
    definition: Text
    metrics: tuple[str, ...]
    levels: tuple[Level, ...]
    breakdowns: tuple[str, ...]
    grains: tuple[Grain, ...]
    first_year: int
    last_year: int | None
    threshold: int  # figures about fewer persons are hidden
    rounding: int  # counts are multiples of it; 1 leaves them as they are
    audience: Audience
    legal_basis: str
    owner: str
    place: Place
    licence: Licence | None = None  # None: nothing is said of what others may do with it


@dataclass(frozen=True, slots=True)
class Shown:
    """A count as a release has shown it, and what it was rounded to."""

    count: float
    rounding: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """Which counts left the county before, in whatever release: as they were shown, or hidden.

    With what was hidden stands the largest threshold it was hidden under.
    """

    shown: Mapping[Key, frozenset[Shown]] = field(default_factory=dict)
    hidden: Mapping[Key, int] = field(default_factory=dict)

    @property
    def keys(self) -> frozenset[Key]:
        return frozenset(self.hidden.keys() | self.shown.keys())

    def known(self, counts: Mapping[Key, float]) -> frozenset[Key]:
        """Which of these counts are known from before: those that would be shown again as they were."""
        return frozenset(
            key
            for key, shown in self.shown.items()
            if key in counts and any(rounded(counts[key], each.rounding) == each.count for each in shown)
        )
