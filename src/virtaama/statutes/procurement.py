"""From which value on a purchase is put out to tender, dated: by the nation, and every two years by the EU."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from virtaama.model.documents import Entry
from virtaama.model.shape import number, one_of
from virtaama.statutes.packs import Kind, Table
from virtaama.statutes.provisions import Provision, Standing, at


class Tender(StrEnum):
    """By which rules a purchase is put out to tender, the wider first."""

    EU = "eu"
    NATIONAL = "national"


class Purchase(StrEnum):
    """What is bought, as the act divides it."""

    SUPPLIES_AND_SERVICES = "supplies_and_services"
    DESIGN_CONTESTS = "design_contests"
    WORKS = "works"
    HEALTH_AND_SOCIAL = "health_and_social"
    OTHER_SPECIAL = "other_special"
    CONCESSIONS = "concessions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold(Provision):
    """A value without value added tax; what is worth as much or more is put out to tender."""

    level: Tender
    purchase: Purchase
    euros: Decimal


@dataclass(frozen=True, slots=True)
class Procurement:
    """The thresholds of every day."""

    every: tuple[Threshold, ...]

    def threshold(self, level: Tender, purchase: Purchase, on: date) -> Threshold | None:
        """None where there is no such threshold: health and social services have none of the EU's."""
        return at((each for each in self.every if (each.level, each.purchase) == (level, purchase)), on)

    def tender(self, purchase: Purchase, euros: Decimal, on: date) -> Threshold | None:
        """The highest threshold a purchase that begins on a day reaches; None where it reaches none."""
        held = (self.threshold(level, purchase, on) for level in Tender)
        return next((each for each in held if each and euros >= each.euros), None)


def _threshold(entry: Entry, standing: Standing) -> Threshold:
    return Threshold(
        level=Tender(entry.text("level")),
        purchase=Purchase(entry.text("purchase")),
        euros=Decimal(entry.text("euros")),
        **standing,
    )


PROCUREMENT: Final = Kind(
    name="procurement",
    about="From which value on a purchase is put out to tender.",
    tables=(
        Table(
            name="thresholds",
            about="Thresholds without value added tax, for authorities other than the State's central ones.",
            members={
                "level": one_of([each.value for each in Tender], "By which rules it is put out to tender."),
                "purchase": one_of([each.value for each in Purchase], "What is bought."),
                "euros": number("The value from which on.", minimum=0),
            },
            required=("level", "purchase", "euros"),
            read=_threshold,
            key=lambda each: (each.level, each.purchase),
        ),
    ),
    make=lambda rows: Procurement(rows["thresholds"]),
)
