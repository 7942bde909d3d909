"""The funding of wellbeing services counties by act 617/2021: what it is, what if, and the path to 2030."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import click

from virtaama.cli import funding_sheets as sheets
from virtaama.cli.console import say
from virtaama.cli.funding_import import import_table_of_determinants
from virtaama.cli.funding_need import need
from virtaama.cli.options import project_option
from virtaama.cli.words import did_you_mean
from virtaama.problems import Place
from virtaama.project.funding import FundingKnown
from virtaama.project.project import Project
from virtaama.statutes.funding_items import Item
from virtaama.steering.funding.allocate import allocate, allocate_one
from virtaama.steering.funding.changes import Change, changed, parse_change
from virtaama.steering.funding.comparison import at_the_same_level, side_by_side, weights
from virtaama.steering.funding.determinants import COUNTRY
from virtaama.steering.funding.inputs import Inputs
from virtaama.steering.funding.path import PathYear, inputs_of
from virtaama.steering.funding.path import path as path_of
from virtaama.steering.funding.payments import payments as payments_of
from virtaama.steering.funding.words import organiser_name

Command = TypeVar("Command", bound=Callable[..., Any])
_CHANGES = Place("--change")
_LAST = 2030


def _shown(command: Command) -> Command:
    """How results are shown, and of which project."""
    for option in (
        click.option("--language", type=click.Choice(["fi", "sv", "en"]), default="en", show_default=True),
        click.option(
            "--format",
            "form",
            type=click.Choice(["table", "csv", "json"]),
            default="table",
            show_default=True,
        ),
        project_option,
    ):
        command = option(command)
    return command


_YEAR = click.option("--year", type=int, help="Default: the newest year with determinants.")
_ORGANISER = click.option(
    "--organiser", metavar="CODE", help="One organiser, by code or name: 09, Lapin hyvinvointialue."
)
_CHANGE = click.option(
    "--change",
    "written",
    multiple=True,
    metavar="NAME=VALUE",
    help="A new value, or percents more or less: price.health=+2%, determinant.09.residents=210000. Repeatable.",
)


@click.group()
def funding() -> None:
    """Compute the State's funding of counties by act 617/2021, from imported determinants.

    \b
    Example:
        virtaama funding show --organiser 09 --project demo
    """


@funding.command()
@_YEAR
@_ORGANISER
@click.option(
    "--item", type=click.Choice([item.value for item in Item]), help="Every number behind one item."
)
@_shown
def show(
    year: int | None, organiser: str | None, item: str | None, form: str, language: str, folder: Path
) -> None:
    """Show what every organiser gets, or one of them item by item with the numbers it is made of.

    Amounts are rounded to euros in the terminal; files have the cents. What is missing is named, and never zero.

    \b
    Example:
        virtaama funding show --organiser 09 --item density --project demo
    """
    project = Project.open(folder, say)
    inputs = _inputs(project.funding, year)
    if organiser is None and item is None:
        allocation = allocate(inputs)
        sheets.give(sheets.of_organisers(allocation, inputs, language), form)
    else:
        code = _code(project, inputs, organiser)
        one = allocate_one(inputs, code)
        term = one.term(Item(item)) if item else None
        if item and term is None:
            raise click.ClickException(f"There is no {item} in {inputs.year}.")
        sheet = (
            sheets.of_parts(term, inputs, language, inputs.invented)
            if term
            else sheets.of_items(one, inputs, language, inputs.invented)
        )
        sheets.give(sheet, form)
    _tell_invented(inputs)


@funding.command()
@_YEAR
@_ORGANISER
@_shown
def payments(year: int | None, organiser: str | None, form: str, language: str, folder: Path) -> None:
    """List when an organiser's funding is paid: twice a month's part in January and in June.

    \b
    Example:
        virtaama funding payments --organiser 09 --project demo
    """
    project = Project.open(folder, say)
    inputs = _inputs(project.funding, year)
    code = _code(project, inputs, organiser)
    one = allocate_one(inputs, code)
    if one.cents is None:
        lacking = [term.absent for term in one.absences if term.absent]
        words = "; ".join(sheets.absent_words(absent, inputs, language) for absent in lacking)
        raise click.ClickException(f"The funding of {inputs.year} is not known {words}")
    title = f"{organiser_name(code, inputs.organisers, language)} {inputs.year}"
    sheets.give(sheets.of_payments(payments_of(one.cents, inputs), inputs.invented, title), form)
    _tell_invented(inputs)


@funding.command("what-if")
@_CHANGE
@click.option(
    "--hold-level", is_flag=True, help="The level of the country stays: what one gets more, others get less."
)
@click.option("--all-items", is_flag=True, help="List what stays the same as well.")
@_YEAR
@_ORGANISER
@_shown
def what_if(
    written: tuple[str, ...],
    hold_level: bool,
    all_items: bool,
    year: int | None,
    organiser: str | None,
    form: str,
    language: str,
    folder: Path,
) -> None:
    """Compare a year with the same year where a determinant, a price or a rule is another.

    Names are those of `virtaama funding show --item`; `all` in the place of a code is every organiser.

    \b
    Example:
        virtaama funding what-if --change determinant.09.elderly_need=+3% --hold-level --project demo
    """
    project = Project.open(folder, say)
    inputs = _inputs(project.funding, year)
    after = changed(inputs, _changes(written), _CHANGES)
    if hold_level:
        after = at_the_same_level(inputs, after)
    code = _code(project, inputs, organiser) if organiser else None
    rows = [
        row
        for row in side_by_side(allocate(inputs), allocate(after))
        if (code in (None, row.organiser)) and (all_items or row.item is None or row.difference != 0)
    ]
    title = f"{inputs.year}, if {', '.join(written)}" if written else f"{inputs.year}"
    sheets.give(sheets.of_comparison(rows, inputs, language, inputs.invented, title), form)
    _tell_invented(inputs)


@funding.command("weights")
@_YEAR
@_ORGANISER
@click.option("--percent", type=float, default=1.0, show_default=True, help="How much more of each number.")
@_shown
def weigh(
    year: int | None, organiser: str | None, percent: float, form: str, language: str, folder: Path
) -> None:
    """List how much one per cent more of each number behind an organiser's funding would bring.

    Once where prices stay (the State pays), once where the level of the country stays (the others pay).

    \b
    Example:
        virtaama funding weights --organiser 09 --project demo
    """
    project = Project.open(folder, say)
    inputs = _inputs(project.funding, year)
    code = _code(project, inputs, organiser)
    found = weights(inputs, code, Fraction(str(percent)), Place("--percent"))
    title = (
        f"{organiser_name(code, inputs.organisers, language)} {inputs.year}: {percent:+g} % of each, euros"
    )
    sheets.give(sheets.of_weights(found, inputs, language, inputs.invented, title), form)
    _tell_invented(inputs)


@funding.command()
@click.option("--scenario", metavar="NAME", help="From funding/scenarios.yaml. Default: the first.")
@click.option("--until", "last", type=click.IntRange(2024, 2040), default=_LAST, show_default=True)
@_CHANGE
@_YEAR
@_ORGANISER
@_shown
def path(
    scenario: str | None,
    last: int,
    written: tuple[str, ...],
    year: int | None,
    organiser: str | None,
    form: str,
    language: str,
    folder: Path,
) -> None:
    """Follow the funding from a year with decreed prices to years without: level, prices, what is paid.

    A change holds in every year, or in one: rule.need_growth@2028=1.4.

    \b
    Example:
        virtaama funding path --organiser 09 --change rule.need_growth_share=100 --project demo
    """
    project = Project.open(folder, say)
    known = project.funding
    first = known.year(year)
    assumed = known.scenario(scenario)
    inputs = inputs_of(known.law, first, known.numbers)
    code = _code(project, inputs, organiser) if organiser else None
    years = path_of(known.law, known.numbers, assumed, first, last, _changes(written), _CHANGES)
    whose = organiser_name(code or COUNTRY, inputs.organisers, language)
    title = f"{whose}, {first}–{last}: {assumed.labels.in_language(language)}"
    invented = any(each.inputs.invented for each in years)
    sheets.give(sheets.of_path(years, code, title, invented), form)
    _tell_absent(years, language)
    _tell_invented(*(each.inputs for each in years))


funding.add_command(import_table_of_determinants)
funding.add_command(need)


def _inputs(known: FundingKnown, year: int | None) -> Inputs:
    return inputs_of(known.law, known.year(year), known.numbers)


def _changes(written: Sequence[str]) -> tuple[Change, ...]:
    return tuple(parse_change(each, _CHANGES) for each in written)


def _code(project: Project, inputs: Inputs, organiser: str | None) -> str:
    """The code of the organiser one named; without a name that of the project's county."""
    wanted = (organiser or project.settings.county_code).strip()
    for each in inputs.organisers:
        names = (each.name.fi, each.name.sv, each.name.en)
        if wanted == each.code or wanted.casefold() in (name.casefold() for name in names):
            return each.code
    known = [name for each in inputs.organisers for name in (each.code, each.name.fi)]
    raise click.ClickException(f"No organiser '{wanted}'. {did_you_mean(wanted, known)}")


def _tell_absent(years: Sequence[PathYear], language: str) -> None:
    for each in years:
        if each.absent:
            say(f"{each.year} {sheets.absent_words(each.absent, each.inputs, language, most=8)}")


def _tell_invented(*inputs: Inputs) -> None:
    if any(each.invented for each in inputs):
        say("Numbers behind this are invented: this is nobody's funding.")
