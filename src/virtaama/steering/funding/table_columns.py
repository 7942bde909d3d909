"""The columns of a table of determinants, by what people head them with in three languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from virtaama.model.concepts import Text
from virtaama.statutes.hyte_coefficient import HyteIndicators
from virtaama.steering.funding.determinants import ABOUT, Determinant


class Plain(StrEnum):
    """Columns that say whom and what a row is about."""

    YEAR = "year"
    CODE = "code"
    NAME = "name"
    SOURCE = "source"
    INVENTED = "invented"


PLAIN: Final[Mapping[Plain, tuple[str, ...]]] = {
    Plain.YEAR: ("vuosi", "år", "year"),
    Plain.CODE: ("koodi", "kod", "code", "hyvinvointialueen koodi", "hyvinvointialuekoodi"),
    Plain.NAME: (
        "hyvinvointialue",
        "alue",
        "nimi",
        "välfärdsområde",
        "område",
        "namn",
        "county",
        "name",
        "organiser",
    ),
    Plain.SOURCE: ("lähde", "källa", "source"),
    Plain.INVENTED: ("keksitty", "påhittad", "invented"),
}
YES: Final = ("kyllä", "ja", "yes", "x", "1", "true")
NO: Final = ("", "ei", "nej", "no", "0", "false")
COUNTRY_NAMES: Final = ("fi", "koko maa", "manner-suomi", "yhteensä", "hela landet", "whole country")


@dataclass(frozen=True, slots=True)
class ScoreOf:
    """A column with scores of an indicator of HYTE."""

    indicator: str


Column = Plain | Determinant | ScoreOf


def columns_of(headings: tuple[str, ...], indicators: HyteIndicators) -> tuple[Column | None, ...]:
    """What each heading means; None for one nobody knows. Case, spaces and a unit in brackets do not count."""
    known = _known(indicators)
    return tuple(known.get(normal(heading)) for heading in headings)


def normal(words: str) -> str:
    bare = re.sub(r"[(\[].*?[)\]]", " ", words)
    return " ".join(bare.replace("_", " ").replace("\u00a0", " ").casefold().split())


def headings(indicators: HyteIndicators) -> tuple[str, ...]:
    """Every heading that is understood, as people would write it."""
    labels = (about.label for about in ABOUT.values())
    scores = (each.label for each in indicators.indicators)
    written = (*(name for names in PLAIN.values() for name in names), *_words(*labels, *scores))
    return tuple(dict.fromkeys((*written, *(name.value for name in Determinant))))


def _known(indicators: HyteIndicators) -> Mapping[str, Column]:
    known: dict[str, Column] = {}
    for plain, names in PLAIN.items():
        known.update({normal(name): plain for name in names})
    for determinant, about in ABOUT.items():
        for name in (determinant.value, *_words(about.label)):
            known[normal(name)] = determinant
    for each in indicators.indicators:
        for name in (each.indicator, *_words(each.label)):
            known[normal(name)] = ScoreOf(each.indicator)
    return known


def _words(*labels: Text) -> tuple[str, ...]:
    return tuple(word for label in labels for word in (label.fi, label.sv, label.en))
