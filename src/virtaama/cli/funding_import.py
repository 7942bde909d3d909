"""Taking tables of determinants into a project, and telling what is still missing."""

from __future__ import annotations

from pathlib import Path

import click

from virtaama.cli.console import say
from virtaama.cli.options import project_option
from virtaama.cli.words import counted
from virtaama.project.funding import import_table
from virtaama.project.project import Project
from virtaama.steering.funding.allocate import allocate
from virtaama.steering.funding.determinants import COUNTRY, OF_COUNTRY_ALONE, OPTIONAL, Determinant
from virtaama.steering.funding.inputs import Inputs, determinant
from virtaama.steering.funding.path import inputs_of
from virtaama.steering.funding.words import name_of


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--year", type=int, help="Of a table that does not say it itself.")
@click.option("--replace", is_flag=True, help="Where a table of the same name was imported before.")
@project_option
def import_table_of_determinants(file: Path, year: int | None, replace: bool, folder: Path) -> None:
    """Take a table of determinants into the project, and tell what is still missing.

    A row for each organiser, a column for each determinant, headed in Finnish, Swedish or English: see
    docs/how-to/funding.md. Nothing is taken from a table with problems.

    \b
    Example:
        virtaama funding import determinants-2026.csv --project demo
    """
    project = Project.open(folder, say)
    taken = import_table(project.settings.folder, file, project.statutes, year=year, replace=replace)
    numbers = sum(len(values) for values in taken.table.numbers.values())
    say(
        f"{counted(numbers, 'number')} taken into {taken.file}{', over the table before' if taken.replaced else ''}."
    )
    if taken.table.ignored:
        say(f"Not read, since nobody knows these columns: {', '.join(taken.table.ignored)}.")
    known = Project.open(folder, say).funding
    for of_year in taken.table.numbers:
        _tell_missing(inputs_of(known.law, of_year, known.numbers))


def _tell_missing(inputs: Inputs) -> None:
    """What the formula wants of a year and nobody has given, by determinant."""
    lacking = {
        name
        for each in allocate(inputs).fundings
        for term in each.absences
        if term.absent
        for name in term.absent.lacking
    }
    if not lacking:
        say(f"{inputs.year}: nothing is missing.")
        return
    wanted = [name for name in Determinant if name not in (*OPTIONAL, *OF_COUNTRY_ALONE)]
    for each in wanted:
        whose = [code for code in inputs.codes if determinant(code, each) in lacking]
        if whose:
            label = name_of(determinant(COUNTRY, each), inputs, "en").rsplit(",", 1)[0]
            of = "every organiser" if len(whose) == len(inputs.codes) else ", ".join(whose)
            say(f"{inputs.year}: {label} is missing of {of}.")
    for name in sorted(name for name in lacking if not name.startswith("determinant.")):
        say(f"{inputs.year}: {name_of(name, inputs, 'en')} is missing.")
