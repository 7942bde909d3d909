"""The funding as files: every row of a page, with what it is made of. Euros with cents."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from virtaama.portal.funding.asked import Asked
from virtaama.portal.funding.shown import YearShown, how
from virtaama.portal.ui.exports import Cell, Export
from virtaama.steering.funding.comparison import Compared
from virtaama.steering.funding.terms import Allocation
from virtaama.steering.funding.words import ITEMS, organiser_name


def of_allocation(allocation: Allocation, asked: Asked, asker: str, now: datetime, language: str) -> Export:
    """Every item of every organiser."""
    columns = (_("Year"), _("Code"), _("Organiser"), _("Item"), _("Basis"), _("Euros"), _("How"))
    rows = tuple(
        (
            allocation.year,
            term.organiser,
            organiser_name(term.organiser, asked.inputs.organisers, language),
            ITEMS[term.item].in_language(language),
            term.basis,
            euros(term.cents),
            how(term, asked.inputs, language),
        )
        for funding in allocation.fundings
        for term in funding.terms
    )
    return Export(
        name=f"virtaama-rahoitus-{allocation.year}",
        columns=columns,
        rows=rows,
        about=_about(asked, asker, now, invented=allocation.invented),
    )


def of_comparison(
    rows: tuple[Compared, ...], asked: Asked, asker: str, now: datetime, language: str
) -> Export:
    """Every item of every organiser before and after, with the sums."""
    columns = (_("Code"), _("Organiser"), _("Item"), _("Before"), _("After"), _("Difference"))
    return Export(
        name=f"virtaama-rahoitus-entapa-{asked.inputs.year}",
        columns=columns,
        rows=tuple(
            (
                row.organiser,
                organiser_name(row.organiser, asked.inputs.organisers, language),
                ITEMS[row.item].in_language(language) if row.item else _("Funding"),
                euros(row.before),
                euros(row.after),
                euros(row.difference),
            )
            for row in rows
        ),
        about=_about(asked, asker, now, invented=asked.inputs.invented),
    )


def of_path(
    years: tuple[YearShown, ...], asked: Asked, asker: str, now: datetime, language: str, *, invented: bool
) -> Export:
    columns = (
        _("Year"),
        _("Organiser"),
        _("Growth of need") + ", %",
        _("Growth of prices") + ", %",
        _("Level of the country"),
        _("Later correction"),
        _("Funding"),
        _("Funding, if"),
        _("Difference"),
        _("Why missing"),
    )
    name = asked.organiser.name.in_language(language)
    return Export(
        name=f"virtaama-rahoitus-polku-{asked.code}",
        columns=columns,
        rows=tuple(
            (
                year.year,
                name,
                year.need,
                year.prices,
                euros(year.level),
                euros(year.expost),
                euros(year.cents),
                euros(year.changed),
                euros(year.difference),
                year.absent or None,
            )
            for year in years
        ),
        about=_about(asked, asker, now, invented=invented),
    )


def euros(cents: int | None) -> Cell:
    """Euros as a spreadsheet has them: whole cents are exact there far beyond the funding of the country."""
    return None if cents is None else cents / 100


def _about(asked: Asked, asker: str, now: datetime, *, invented: bool) -> tuple[tuple[str, str], ...]:
    lines = [
        (_("Taken by"), asker),
        (_("Taken at"), timezone.localtime(now).isoformat(timespec="seconds")),
        (_("Year"), str(asked.inputs.year)),
        (_("Legal basis"), "617/2021"),
    ]
    if asked.scenario:
        lines.append((_("Scenario"), asked.scenario.name))
    lines += [(_("What if"), change.written) for change in asked.changes]
    if asked.hold:
        lines.append((_("What if"), _("The level of the country stays")))
    if invented:
        lines.append((_("Invented"), _("Numbers behind this are invented: this is nobody's funding.")))
    return tuple(lines)
