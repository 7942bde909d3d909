"""The base prices of the funding of wellbeing services counties, by year, as the government's decree sets them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from virtaama.model.documents import Entry
from virtaama.model.shape import number, one_of
from virtaama.statutes.funding_items import PRICED, Item
from virtaama.statutes.packs import Kind, Rows, Table
from virtaama.statutes.provisions import Provision, Standing, at


@dataclass(frozen=True, slots=True, kw_only=True)
class BasePrice(Provision):
    """Euros, exactly, for one unit of what an item is counted by."""

    item: Item
    euros: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class BasePrices:
    """Every price there is."""

    prices: tuple[BasePrice, ...]

    def price(self, item: Item, on: date) -> BasePrice | None:
        """None where no decree has set one."""
        return at((each for each in self.prices if each.item is item), on)


def _price(entry: Entry, standing: Standing) -> BasePrice:
    return BasePrice(item=Item(entry.text("item")), euros=Fraction(entry.text("euros")), **standing)


def _make(rows: Rows) -> BasePrices:
    return BasePrices(prices=rows["prices"])


FUNDING_PRICES: Final = Kind(
    name="funding_prices",
    about="Base prices of the funding of wellbeing services counties, in euros, as decreed for each year.",
    tables=(
        Table(
            name="prices",
            about="The price of an item.",
            members={
                "item": one_of([each.value for each in PRICED], "The item of the funding."),
                "euros": number("Euros for one unit, with cents.", minimum=0),
            },
            required=("item", "euros"),
            read=_price,
            key=lambda price: price.item,
        ),
    ),
    make=_make,
)
