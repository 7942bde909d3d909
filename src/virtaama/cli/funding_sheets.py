"""Results of `virtaama funding` as tables: the same rows in the terminal, as CSV and as JSON."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import click

from virtaama.cli.console import print_table
from virtaama.privacy.spreadsheets import harmless
from virtaama.statutes.funding_items import Item
from virtaama.steering.funding.cents import decimal, written
from virtaama.steering.funding.comparison import Compared, Weight
from virtaama.steering.funding.determinants import Determinant
from virtaama.steering.funding.inputs import Inputs, determinant
from virtaama.steering.funding.path import PathYear
from virtaama.steering.funding.payments import Payment
from virtaama.steering.funding.terms import Absent, Allocation, Funding, Part, Term
from virtaama.steering.funding.words import ITEMS, NOT_ENTITLED, REASONS, name_of, organiser_name


@dataclass(frozen=True, slots=True)
class Cents:
    """A sum of money in a cell: whole euros in the terminal, to the cent in files."""

    cents: int


Cell = str | int | Cents | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Rows under columns, and whether any number behind them is invented."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    invented: bool
    title: str = ""


def give(sheet: Sheet, form: str) -> None:
    """Print a sheet in the form asked for: table, csv or json."""
    match form:
        case "json":
            rows = [dict(zip(sheet.columns, map(_plain, row), strict=True)) for row in sheet.rows]
            click.echo(json.dumps({"invented": sheet.invented, "rows": rows}, ensure_ascii=False, indent=2))
        case "csv":
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow((*sheet.columns, "invented"))
            for row in sheet.rows:
                writer.writerow((*map(_for_file, row), "yes" if sheet.invented else "no"))
        case _:
            shown = ([_for_eye(cell) for cell in row] for row in sheet.rows)
            print_table(sheet.columns, shown, title=sheet.title)


def of_organisers(allocation: Allocation, inputs: Inputs, language: str) -> Sheet:
    """A row for each organiser and one for the country: the formula, what comes on top, all of it."""
    return Sheet(
        columns=("code", "organiser", "by the formula", "on top", "funding", "for a resident", "missing"),
        rows=tuple(_organisers(allocation, inputs, language)),
        invented=allocation.invented,
        title=f"Funding of {allocation.year}, euros",
    )


def _organisers(allocation: Allocation, inputs: Inputs, language: str) -> Iterator[tuple[Cell, ...]]:
    for funding in allocation.fundings:
        residents = inputs.get(determinant(funding.organiser, Determinant.RESIDENTS))
        per_head = None
        if funding.cents is not None and residents is not None and residents.value:
            per_head = Cents(round(funding.cents / residents.value))
        yield (
            funding.organiser,
            organiser_name(funding.organiser, inputs.organisers, language),
            _money(funding.imputed_cents),
            _money(_on_top(funding)),
            _money(funding.cents),
            per_head,
            len(funding.absences) or None,
        )
    imputed, whole = allocation.imputed_cents, allocation.cents
    on_top = whole - imputed if whole is not None and imputed is not None else None
    name = organiser_name("FI", inputs.organisers, language)
    yield ("FI", name, _money(imputed), _money(on_top), _money(whole), None, None)


def _on_top(funding: Funding) -> int | None:
    if funding.cents is None or funding.imputed_cents is None:
        return None
    return funding.cents - funding.imputed_cents


def of_items(funding: Funding, inputs: Inputs, language: str, invented: bool) -> Sheet:
    """A row for each item of an organiser: its section, its euros, and the numbers they are the product of."""
    rows: list[tuple[Cell, ...]] = [
        (ITEMS[term.item].in_language(language), term.basis, _money(term.cents), how(term, inputs, language))
        for term in funding.terms
    ]
    rows.append(("Funding", "", _money(funding.cents), ""))
    name = organiser_name(funding.organiser, inputs.organisers, language)
    return Sheet(
        columns=("item", "by", "euros", "how"),
        rows=tuple(rows),
        invented=invented,
        title=f"{name} {inputs.year}",
    )


def how(term: Term, inputs: Inputs, language: str) -> str:
    """The numbers a term is the product of, or why it is not there."""
    if term.absent:
        return absent_words(term.absent, inputs, language)
    if not term.entitled:
        return NOT_ENTITLED.in_language(language)
    return " × ".join(decimal(part.value) for part in term.parts)


def absent_words(absent: Absent, inputs: Inputs, language: str, most: int = 3) -> str:
    """Why a number is not there, naming some of what is lacking."""
    named = "; ".join(name_of(name, inputs, language) for name in absent.lacking[:most])
    more = f" (+{len(absent.lacking) - most})" if len(absent.lacking) > most else ""
    return f"– {REASONS[absent.reason].in_language(language)}: {named}{more}"


def of_parts(term: Term, inputs: Inputs, language: str, invented: bool) -> Sheet:
    """Every number behind an item, what was made of others before these, with where it is from."""

    def lines(part: Part, depth: int) -> Iterator[tuple[Cell, ...]]:
        changed = f" (was {decimal(part.before)})" if part.before is not None else ""
        yield (
            "  " * depth + name_of(part.name, inputs, language),
            decimal(part.value) + changed,
            part.basis,
            part.name,
        )
        for below in part.of:
            yield from lines(below, depth + 1)

    rows = tuple(line for part in term.parts for line in lines(part, 0))
    title = f"{ITEMS[term.item].in_language(language)}: {how(term, inputs, language)}"
    if term.cents is not None:
        title += f" = {written(term.cents)}"
    return Sheet(columns=("what", "value", "from", "name"), rows=rows, invented=invented, title=title)


def of_payments(paid: Iterable[Payment], invented: bool, title: str) -> Sheet:
    rows = tuple((str(payment.by), Cents(payment.cents)) for payment in paid)
    return Sheet(columns=("paid by", "euros"), rows=rows, invented=invented, title=title)


def of_comparison(
    rows: Iterable[Compared], inputs: Inputs, language: str, invented: bool, title: str
) -> Sheet:
    """Before and after, a row for each item that differs and one for each organiser's sum."""
    return Sheet(
        columns=("code", "organiser", "item", "before", "after", "difference"),
        rows=tuple(
            (
                row.organiser,
                organiser_name(row.organiser, inputs.organisers, language),
                ITEMS[row.item].in_language(language) if isinstance(row.item, Item) else "Funding",
                _money(row.before),
                _money(row.after),
                _money(row.difference),
            )
            for row in rows
        ),
        invented=invented,
        title=title,
    )


def of_weights(weights: Iterable[Weight], inputs: Inputs, language: str, invented: bool, title: str) -> Sheet:
    rows = tuple(
        (
            name_of(weight.name, inputs, language),
            decimal(weight.value),
            _money(weight.alone),
            _money(weight.shared),
            weight.name,
        )
        for weight in weights
    )
    return Sheet(
        columns=("number", "value", "prices stay", "level stays", "name"),
        rows=rows,
        invented=invented,
        title=title,
    )


def of_path(years: Iterable[PathYear], organiser: str | None, title: str, invented: bool) -> Sheet:
    """A row for each year: growth, level, and the funding of the country or of one organiser."""
    rows: list[tuple[Cell, ...]] = []
    before: int | None = None
    for year in years:
        funding = year.allocation.of(organiser) if organiser else None
        cents = funding.cents if funding else year.allocation.cents
        transition = funding.term(Item.TRANSITION) if funding else None
        equalised = transition.cents if transition else year.allocation.item_cents(Item.TRANSITION)
        grown = None
        if before and cents is not None:
            grown = decimal(Fraction(cents - before, before) * 100, 2)
        rows.append(
            (
                str(year.year),
                decimal(year.level.need_growth.value, 3) if year.level else None,
                decimal(year.level.price_growth.value, 3) if year.level else None,
                _euros(year.level.expost.value) if year.level else None,
                _euros(year.level.total.value) if year.level else None,
                _money(equalised),
                _money(cents),
                grown,
            )
        )
        before = cents
    return Sheet(
        columns=("year", "need %", "prices %", "correction", "level", "equalised", "funding", "growth %"),
        rows=tuple(rows),
        invented=invented,
        title=title,
    )


def _money(cents: int | None) -> Cents | None:
    return None if cents is None else Cents(cents)


def _euros(value: Fraction) -> Cents:
    return Cents(round(value * 100))


def _for_eye(cell: Cell) -> object:
    if isinstance(cell, Cents):
        return round(Fraction(cell.cents, 100))
    return "–" if cell is None else cell


def _for_file(cell: Cell) -> object:
    plain = _plain(cell)
    return harmless(cell) if isinstance(cell, str) else "" if plain is None else plain


def _plain(cell: Cell) -> object:
    return written(cell.cents) if isinstance(cell, Cents) else cell
