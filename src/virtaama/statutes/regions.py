"""Which municipality belonged to which wellbeing services county on a day, and this to which collaborative area."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from virtaama.model.concepts import Text
from virtaama.model.documents import Entry
from virtaama.model.schema import LABELS
from virtaama.model.shape import Schema, one_of, text
from virtaama.problems import Problem
from virtaama.statutes.packs import Kind, Rows, Table
from virtaama.statutes.provisions import Provision, Standing, at, in_force


class Languages(StrEnum):
    """The languages of a municipality, by the language law."""

    FINNISH = "fi"
    SWEDISH = "sv"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area(Provision):
    """A collaborative area."""

    code: str
    labels: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class County(Provision):
    """A wellbeing services county, or what stands in the place of one: Helsinki, Åland."""

    code: str
    labels: Text
    area: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality(Provision):
    """A municipality while it belongs to a county."""

    code: str
    fi: str
    sv: str
    county: str
    languages: Languages


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged(Provision):
    """From when on a municipality is part of another."""

    code: str
    becomes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """Regions of every day, by code."""

    areas: tuple[Area, ...]
    counties: tuple[County, ...]
    every_municipality: tuple[Municipality, ...]
    mergers: tuple[Merged, ...]

    def municipality(self, code: str, on: date) -> Municipality | None:
        return at((each for each in self.every_municipality if each.code == code), on)

    def municipalities(self, on: date, county: str = "") -> tuple[Municipality, ...]:
        """The municipalities of a county on a day; all of them where none is named."""
        held = in_force(self.every_municipality, on)
        return tuple(each for each in held if county in ("", each.county))

    def county(self, code: str, on: date) -> County | None:
        return at((each for each in self.counties if each.code == code), on)

    def county_of(self, municipality: str, on: date) -> County | None:
        """The county a municipality belongs to on a day, or one that is part of another by then."""
        found = self.municipality(self.counted_as(municipality, on), on)
        return self.county(found.county, on) if found else None

    def counted_as(self, municipality: str, on: date) -> str:
        """The code of the municipality a code stands for on a day: its own, or of the one it is part of by then."""
        merged = at((each for each in self.mergers if each.code == municipality), on)
        return self.counted_as(merged.becomes, on) if merged else municipality


def _coded(about: str) -> Schema:
    return text(f"{about}, in quotes.", pattern=r"^\d+$")


def _municipality(entry: Entry, standing: Standing) -> Municipality:
    return Municipality(
        code=entry.text("code"),
        fi=entry.text("fi"),
        sv=entry.text("sv") or entry.text("fi"),
        county=entry.text("county"),
        languages=Languages(entry.text("language", Languages.FINNISH)),
        **standing,
    )


def _county(entry: Entry, standing: Standing) -> County:
    return County(code=entry.text("code"), labels=entry.words("labels"), area=entry.text("area"), **standing)


def _area(entry: Entry, standing: Standing) -> Area:
    return Area(code=entry.text("code"), labels=entry.words("labels"), **standing)


def _merged(entry: Entry, standing: Standing) -> Merged:
    return Merged(code=entry.text("code"), becomes=entry.text("becomes"), **standing)


def _make(rows: Rows) -> Regions:
    return Regions(
        areas=rows["areas"],
        counties=rows["counties"],
        every_municipality=rows["municipalities"],
        mergers=rows["successors"],
    )


def _check(found: Regions) -> Iterator[Problem]:
    """Everybody belongs to something that is there, on the first day and on the last."""
    for belonging, named, above in (
        *((each, each.county, found.counties) for each in found.every_municipality),
        *((each, each.area, found.areas) for each in found.counties),
    ):
        yield from _belongs(belonging, named, above)
    for merged in found.mergers:
        if any(each.code == merged.code and each.meets(merged) for each in found.every_municipality):
            what = f"'{merged.code}' is a municipality still when it becomes part of '{merged.becomes}'."
            yield Problem(merged.place, what, "End it with until: on the day before.")
        if merged.code == merged.becomes or not found.municipality(merged.becomes, merged.valid_from):
            what = f"'{merged.becomes}' is no other municipality on {merged.valid_from}."
            yield Problem(merged.place, what, "Name the municipality it is part of.")


def _belongs(belonging: Provision, named: str, above: tuple[Any, ...]) -> Iterator[Problem]:
    days = [belonging.valid_from, *([belonging.valid_until] if belonging.valid_until else [])]
    for day in days:
        if at((each for each in above if each.code == named), day) is None:
            yield Problem(belonging.place, f"it belongs to '{named}', which is not there on {day}.")


REGIONS: Final = Kind(
    name="regions",
    about="Which municipality belongs to which wellbeing services county, and this to which collaborative area.",
    tables=(
        Table(
            name="areas",
            about="Collaborative areas.",
            members={"code": _coded("Its code"), "labels": LABELS},
            required=("code", "labels"),
            read=_area,
            key=lambda area: area.code,
        ),
        Table(
            name="counties",
            about="Wellbeing services counties; Helsinki and Åland stand in the place of one.",
            members={"code": _coded("Its code"), "labels": LABELS, "area": _coded("Its collaborative area")},
            required=("code", "labels", "area"),
            read=_county,
            key=lambda county: county.code,
        ),
        Table(
            name="municipalities",
            about="Municipalities, each with its county.",
            members={
                "code": text("Its code: three digits, in quotes.", pattern=r"^\d{3}$"),
                "fi": text("Its Finnish name."),
                "sv": text("Its Swedish name, where it has one of its own."),
                "county": _coded("Its county"),
                "language": one_of(
                    [each.value for each in Languages], "Its languages, where not Finnish alone."
                ),
            },
            required=("code", "fi", "county"),
            read=_municipality,
            key=lambda municipality: municipality.code,
        ),
        Table(
            name="successors",
            about="Municipalities that are part of another by now.",
            members={"code": _coded("The code it had"), "becomes": _coded("The municipality it is part of")},
            required=("code", "becomes"),
            read=_merged,
            key=lambda merged: merged.code,
        ),
    ),
    make=_make,
    check=_check,
)
