"""Who is funded by act 617/2021: the 21 counties and Helsinki; and who gets the items not everybody gets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from virtaama.model.concepts import Text
from virtaama.model.documents import Entry, did_you_mean
from virtaama.model.shape import one_of, text
from virtaama.problems import Problem
from virtaama.statutes.funding_items import ENTITLED, Item
from virtaama.statutes.packs import Kind, Rows, Table
from virtaama.statutes.provisions import Provision, Standing, at, in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Organiser(Provision):
    """A county, or Helsinki, by the code of Statistics Finland."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement(Provision):
    """That an organiser gets an item."""

    item: Item
    organiser: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisers:
    """All there are, looked up by day."""

    organisers: tuple[Organiser, ...]
    entitlements: tuple[Entitlement, ...]

    def on(self, day: date) -> tuple[Organiser, ...]:
        """In the order of the pack."""
        return in_force(self.organisers, day)

    def entitlement(self, item: Item, organiser: str, on: date) -> Entitlement | None:
        """None where the organiser does not get the item on that day."""
        of = (each for each in self.entitlements if (each.item, each.organiser) == (item, organiser))
        return at(of, on)


def _organiser(entry: Entry, standing: Standing) -> Organiser:
    name = Text(entry.text("fi"), entry.text("sv"), entry.text("en"))
    return Organiser(code=entry.text("code"), name=name, **standing)


def _entitlement(entry: Entry, standing: Standing) -> Entitlement:
    return Entitlement(item=Item(entry.text("item")), organiser=entry.text("organiser"), **standing)


def _make(rows: Rows) -> Organisers:
    return Organisers(organisers=rows["organisers"], entitlements=rows["entitlements"])


def _check(organisers: Organisers) -> Iterator[Problem]:
    codes = tuple(each.code for each in organisers.organisers)
    for entitlement in organisers.entitlements:
        if entitlement.organiser not in codes:
            what = f"'{entitlement.organiser}' is not among `organisers`."
            yield Problem(entitlement.place, what, did_you_mean(entitlement.organiser, codes))


_CODE: Final = text("Its code, in quotes.", pattern=r"^\d{2}$")

FUNDING_ORGANISERS: Final = Kind(
    name="funding_organisers",
    about="Who is funded by 617/2021, and who is entitled to items that not everybody gets.",
    tables=(
        Table(
            name="organisers",
            about="A county, or Helsinki.",
            members={
                "code": _CODE,
                "fi": text("Its name in Finnish."),
                "sv": text("In Swedish."),
                "en": text("In English."),
            },
            required=("code", "fi", "sv", "en"),
            read=_organiser,
            key=lambda each: each.code,
        ),
        Table(
            name="entitlements",
            about="Who gets an item that not everybody gets.",
            members={
                "item": one_of([each.value for each in ENTITLED], "The item."),
                "organiser": _CODE,
            },
            required=("item", "organiser"),
            read=_entitlement,
            key=lambda each: (each.item, each.organiser),
        ),
    ),
    make=_make,
    check=_check,
)
