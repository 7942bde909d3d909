"""The need for services by the factors of the annex, before the coefficients are published."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from virtaama.cli.console import say
from virtaama.cli.funding_sheets import Sheet, give
from virtaama.cli.options import project_option
from virtaama.cli.words import counted
from virtaama.project.funding import needs_of
from virtaama.project.project import Project
from virtaama.steering.funding.cents import decimal
from virtaama.steering.funding.need import SectorNeed

_NAMED = 5


@click.command("need")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--on",
    "on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Factors of this day. Default: today.",
)
@click.option("--most", type=click.IntRange(1), default=10, show_default=True, help="Factors of each sector.")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)
@project_option
def need(file: Path, on: datetime | None, most: int, form: str, folder: Path) -> None:
    """Estimate one's coefficients of need from the means of the factors, and tell which factors make them.

    The table has four columns: sector, factor in the words of the annex (`virtaama statutes show need_factors`),
    one's own mean over residents, and that of the country. A sector without all its factors is not computed.

    \b
    Example:
        virtaama funding need own-need.csv --project demo
    """
    project = Project.open(folder, say)
    day = on.date() if on else date.today()
    needs = needs_of(file, project.statutes, day)
    rows = tuple(
        (
            each.sector.value,
            found.factor.name,
            decimal(found.factor.coefficient, 9),
            decimal(found.own),
            decimal(found.country),
            decimal(found.effect),
        )
        for each in needs
        for found in each.factors[:most]
    )
    columns = ("sector", "factor", "coefficient", "own", "country", "effect")
    give(Sheet(columns=columns, rows=rows, invented=False), form)
    for each in needs:
        _tell(each)


def _tell(found: SectorNeed) -> None:
    if found.coefficient is not None:
        say(f"{found.sector}: coefficient of need {decimal(found.coefficient, 4)}.")
        return
    named = "; ".join(found.lacking[:_NAMED])
    more = f" and {len(found.lacking) - _NAMED} others" if len(found.lacking) > _NAMED else ""
    say(
        f"{found.sector}: not computed, {counted(len(found.lacking), 'factor')} without a mean: {named}{more}."
    )
