"""The code lists of the care register Hilmo, dated, and which code goes on where another ended.

Contact types were renewed at the turn of 2018 and 2019: a series by contact type is broken there, unless the codes
that ended are counted as those that followed them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from virtaama.model.documents import Entry
from virtaama.model.shape import one_of, text
from virtaama.problems import Problem
from virtaama.statutes.packs import Kind, Rows, Table
from virtaama.statutes.provisions import Provision, Standing, at, in_force

LISTS: Final[Mapping[str, str]] = {
    "contact_types": "How a client was met (yhteystapa).",
    "service_forms": "Forms of outpatient primary care (palvelumuoto).",
    "service_areas": "Areas of institutional care and housing (palveluala).",
    "urgencies": "How soon care was needed (kiireellisyys).",
    "specialities": "Medical specialities (erikoisala).",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HilmoCode(Provision):
    """A code with its Finnish name, while it may be reported."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor(Provision):
    """From when on a code that has ended is counted as another."""

    list_name: str
    code: str
    becomes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hilmo:
    """The lists by name, and what became of codes that ended."""

    lists: Mapping[str, tuple[HilmoCode, ...]]
    successors: tuple[Successor, ...]

    def codes(self, list_name: str, on: date) -> tuple[HilmoCode, ...]:
        """The codes of a list that may be reported of a day."""
        return in_force(self.lists[list_name], on)

    def code(self, list_name: str, code: str, on: date) -> HilmoCode | None:
        return at((each for each in self.lists[list_name] if each.code == code), on)

    def counted_as(self, list_name: str, code: str, on: date) -> str:
        """The code under which events of a code are counted in a series of a day: itself, or what followed it."""
        followed = (each for each in self.successors if (each.list_name, each.code) == (list_name, code))
        found = at(followed, on)
        return found.becomes if found else code

    def breaks(self, list_name: str) -> tuple[date, ...]:
        """The days on which a list lost codes or gained some after its first: where series by it may break."""
        codes = self.lists[list_name]
        first = min(code.valid_from for code in codes)
        ended = {code.day_after for code in codes if code.day_after}
        return tuple(sorted((ended | {code.valid_from for code in codes}) - {first}))


def _code(entry: Entry, standing: Standing) -> HilmoCode:
    return HilmoCode(code=entry.text("code"), name=entry.text("name"), **standing)


def _successor(entry: Entry, standing: Standing) -> Successor:
    return Successor(
        list_name=entry.text("list"), code=entry.text("code"), becomes=entry.text("becomes"), **standing
    )


def _make(rows: Rows) -> Hilmo:
    return Hilmo(lists={name: rows[name] for name in LISTS}, successors=rows["successors"])


def _check(hilmo: Hilmo) -> Iterator[Problem]:
    for followed in hilmo.successors:
        ended = [each for each in hilmo.lists[followed.list_name] if each.code == followed.code]
        if not ended or any(each.meets(followed) for each in ended):
            what = f"'{followed.code}' of {followed.list_name} has not ended when '{followed.becomes}' follows it."
            yield Problem(followed.place, what, "Name a code whose last day is before `from`.")
        if hilmo.code(followed.list_name, followed.becomes, followed.valid_from) is None:
            what = f"'{followed.becomes}' is no code of {followed.list_name} on {followed.valid_from}."
            yield Problem(followed.place, what, "Name a code of the list that holds on that day.")


def _codes(name: str, about: str) -> Table[HilmoCode]:
    return Table(
        name=name,
        about=about,
        members={
            "code": text("The code, in quotes where it is a number."),
            "name": text("Its Finnish name."),
        },
        required=("code", "name"),
        read=_code,
        key=lambda code: code.code,
    )


HILMO: Final = Kind(
    name="hilmo",
    about="Code lists of the care register Hilmo, with the days each code may be reported of.",
    tables=(
        *(_codes(name, about) for name, about in LISTS.items()),
        Table(
            name="successors",
            about="Codes that have ended, and as which other they are counted from then on.",
            members={
                "list": one_of(tuple(LISTS), "The list both are of."),
                "code": text("The code that has ended."),
                "becomes": text("The code it is counted as."),
            },
            required=("list", "code", "becomes"),
            read=_successor,
            key=lambda each: (each.list_name, each.code),
        ),
    ),
    make=_make,
    check=_check,
)
