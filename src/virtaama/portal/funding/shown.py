"""What the pages of the funding show, in the reader's language: terms, comparisons and paths as rows."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from virtaama.portal.ui.formats import number
from virtaama.steering.funding.cents import decimal
from virtaama.steering.funding.comparison import Compared
from virtaama.steering.funding.determinants import Determinant
from virtaama.steering.funding.inputs import Inputs, determinant
from virtaama.steering.funding.path import PathYear
from virtaama.steering.funding.terms import Absent, Allocation, Funding, Part, Term
from virtaama.steering.funding.words import ITEMS, NOT_ENTITLED, REASONS, name_of, organiser_name

MOST_NAMED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PartShown:
    """A number behind a term."""

    name: str
    value: str
    before: str
    basis: str
    of: tuple[PartShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermShown:
    """An item of an organiser."""

    item: str
    basis: str
    cents: int | None
    share: float | None  # of the funding, from 0 to 1
    how: str
    parts: tuple[PartShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganiserShown:
    """An organiser among the others."""

    code: str
    name: str
    cents: int | None
    per_resident: int | None  # cents
    need: str
    missing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceShown:
    """Before and after, in cents; `name` is an item's or an organiser's. `whole` is a sum."""

    name: str
    before: int | None
    after: int | None
    difference: int | None
    percent: float | None
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class YearShown:
    """A year of a path; `changed` is what the what-ifs make of it, where there are any."""

    year: int
    need: float | None
    prices: float | None
    level: int | None  # cents
    expost: int | None
    cents: int | None
    growth: float | None
    changed: int | None
    difference: int | None
    absent: str


def terms_of(funding: Funding, inputs: Inputs, language: str) -> tuple[TermShown, ...]:
    whole = funding.cents
    return tuple(_term(term, inputs, whole, language) for term in funding.terms)


def _term(term: Term, inputs: Inputs, whole: int | None, language: str) -> TermShown:
    return TermShown(
        item=ITEMS[term.item].in_language(language),
        basis=term.basis,
        cents=term.cents,
        share=term.cents / whole if term.cents is not None and whole else None,
        how=how(term, inputs, language),
        parts=tuple(_part(part, inputs, language) for part in term.parts),
    )


def how(term: Term, inputs: Inputs, language: str) -> str:
    """What a term is the product of, or why it is not there."""
    if term.absent:
        return absent_words(term.absent, inputs, language)
    if not term.entitled:
        return NOT_ENTITLED.in_language(language)
    return " × ".join(plain(part.value, language) for part in term.parts)


def absent_words(absent: Absent, inputs: Inputs, language: str) -> str:
    named = "; ".join(name_of(name, inputs, language) for name in absent.lacking[:MOST_NAMED])
    more = len(absent.lacking) - MOST_NAMED
    others = _(" and %(count)s others") % {"count": more} if more > 0 else ""
    return f"{REASONS[absent.reason].in_language(language)}: {named}{others}"


def _part(part: Part, inputs: Inputs, language: str) -> PartShown:
    return PartShown(
        name=name_of(part.name, inputs, language),
        value=plain(part.value, language),
        before=plain(part.before, language) if part.before is not None else "",
        basis=part.basis,
        of=tuple(_part(each, inputs, language) for each in part.of),
    )


def plain(value: Fraction, language: str) -> str:
    """A number with the decimals it has, six at most."""
    _whole, _point, after = decimal(value).partition(".")
    return number(float(value), len(after), language)


def organisers_of(allocation: Allocation, inputs: Inputs, language: str) -> tuple[OrganiserShown, ...]:
    return tuple(_organiser(funding, inputs, language) for funding in allocation.fundings)


def _organiser(funding: Funding, inputs: Inputs, language: str) -> OrganiserShown:
    residents = inputs.get(determinant(funding.organiser, Determinant.RESIDENTS))
    need = inputs.get(determinant(funding.organiser, Determinant.HEALTH_NEED))
    per_resident = None
    if funding.cents is not None and residents is not None and residents.value:
        per_resident = round(funding.cents / residents.value)
    lacking = [term.absent for term in funding.absences if term.absent]
    return OrganiserShown(
        code=funding.organiser,
        name=organiser_name(funding.organiser, inputs.organisers, language),
        cents=funding.cents,
        per_resident=per_resident,
        need=plain(need.value, language) if need else "",
        missing=absent_words(lacking[0], inputs, language) if lacking else "",
    )


def by_item(rows: tuple[Compared, ...], organiser: str, language: str) -> tuple[DifferenceShown, ...]:
    """What differs of one organiser, and its sum."""
    return tuple(
        _difference(row, ITEMS[row.item].in_language(language) if row.item else _("Funding"))
        for row in rows
        if row.organiser == organiser and (row.item is None or row.difference != 0)
    )


def by_organiser(rows: tuple[Compared, ...], inputs: Inputs, language: str) -> tuple[DifferenceShown, ...]:
    """The sums of the organisers that differ, the most changed first, and of the country."""
    sums = [row for row in rows if row.item is None]
    *organisers, country = sums
    differing = sorted(
        (row for row in organisers if row.difference != 0), key=lambda row: -abs(row.difference or 0)
    )
    named = (
        _difference(row, organiser_name(row.organiser, inputs.organisers, language)) for row in differing
    )
    return (*named, _difference(country, _("Whole country")))


def _difference(row: Compared, name: str) -> DifferenceShown:
    percent = None
    if row.difference is not None and row.before:
        percent = 100 * row.difference / row.before
    return DifferenceShown(
        name=name,
        before=row.before,
        after=row.after,
        difference=row.difference,
        percent=percent,
        whole=row.item is None,
    )


def years_of(
    base: tuple[PathYear, ...], changed: tuple[PathYear, ...] | None, organiser: str, language: str
) -> tuple[YearShown, ...]:
    """The years of a path, beside those with what-ifs. Growth and level are those of the path that is asked about."""
    shown: list[YearShown] = []
    before: int | None = None
    for place, of_base in enumerate(base):
        told = changed[place] if changed else of_base
        cents, other = of_base.allocation.of(organiser).cents, told.allocation.of(organiser).cents
        level = told.level
        shown.append(
            YearShown(
                year=of_base.year,
                need=float(level.need_growth.value) if level else None,
                prices=float(level.price_growth.value) if level else None,
                level=round(level.total.value * 100) if level else None,
                expost=round(level.expost.value * 100) if level else None,
                cents=cents,
                growth=100 * (other - before) / before if other is not None and before else None,
                changed=other if changed else None,
                difference=other - cents if changed and other is not None and cents is not None else None,
                absent=absent_words(told.absent, told.inputs, language) if told.absent else "",
            )
        )
        before = other
    return tuple(shown)
