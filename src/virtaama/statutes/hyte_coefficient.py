"""The indicators of the HYTE coefficient and their weights: decree 1392/2022, section 3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from virtaama.model.concepts import Text
from virtaama.model.documents import Entry
from virtaama.model.shape import NAME, one_of, text
from virtaama.problems import Problem
from virtaama.statutes.packs import Kind, Rows, Table
from virtaama.statutes.provisions import Provision, Standing, days_of_change, in_force


class Half(StrEnum):
    """What an indicator measures."""

    ACTIVITY = "activity"  # what is done
    OUTCOME = "outcome"  # how what comes of it has changed between the two latest years


@dataclass(frozen=True, slots=True, kw_only=True)
class HyteIndicator(Provision):
    """An indicator, scored from 0 to 100, and its weight in the coefficient."""

    indicator: str
    half: Half
    weight: Fraction
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class HyteIndicators:
    """Every indicator there is."""

    indicators: tuple[HyteIndicator, ...]

    def on(self, day: date) -> tuple[HyteIndicator, ...]:
        return in_force(self.indicators, day)


def _indicator(entry: Entry, standing: Standing) -> HyteIndicator:
    return HyteIndicator(
        indicator=entry.text("indicator"),
        half=Half(entry.text("half")),
        weight=Fraction(entry.text("weight")),
        label=Text(entry.text("fi"), entry.text("sv"), entry.text("en")),
        **standing,
    )


def _make(rows: Rows) -> HyteIndicators:
    return HyteIndicators(indicators=rows["indicators"])


def _check(hyte: HyteIndicators) -> Iterator[Problem]:
    for day in days_of_change(hyte.indicators):
        of_day = hyte.on(day)
        for half in Half:
            if sum(each.weight for each in of_day if each.half is half) != Fraction(1, 2):
                what = f"the weights of {half} on {day} do not make a half."
                yield Problem(of_day[0].place, what, "Both halves of the coefficient weigh the same.")


HYTE_COEFFICIENT: Final = Kind(
    name="hyte_coefficient",
    about="Indicators of the coefficient of promoting health and wellbeing, with their weights.",
    tables=(
        Table(
            name="indicators",
            about="An indicator.",
            members={
                "indicator": text("Its name; the column of an import is named by it.", pattern=NAME),
                "half": one_of([each.value for each in Half], "What is done, or how outcomes change."),
                "weight": text("A fraction: 1/12.", pattern=r"^\d+/[1-9]\d*$"),
                "fi": text("What it is, in Finnish."),
                "sv": text("In Swedish."),
                "en": text("In English."),
            },
            required=("indicator", "half", "weight", "fi", "sv", "en"),
            read=_indicator,
            key=lambda each: each.indicator,
        ),
    ),
    make=_make,
    check=_check,
)
