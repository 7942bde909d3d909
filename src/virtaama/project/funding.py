"""What a project knows of the funding of counties: the packs, the tables of determinants, the scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from virtaama.problems import NotReady, Problem, ProblemsFound
from virtaama.statutes.editions import Statutes
from virtaama.statutes.funding_items import NEED
from virtaama.statutes.funding_organisers import FUNDING_ORGANISERS, Organiser
from virtaama.statutes.funding_parameters import FUNDING_PARAMETERS
from virtaama.statutes.funding_prices import FUNDING_PRICES
from virtaama.statutes.hyte_coefficient import HYTE_COEFFICIENT
from virtaama.statutes.need_factors import NEED_FACTORS
from virtaama.steering.funding.inputs import FundingLaw, Given
from virtaama.steering.funding.need import SectorNeed, parse_means, sector_need
from virtaama.steering.funding.scenario import Scenario
from virtaama.steering.funding.scenario_parse import SCENARIO_FILE, parse_scenarios
from virtaama.steering.funding.table import Imported, as_text, merged, parse_table, rows_of

FUNDING_FOLDER = "funding"


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingKnown:
    """The law, what was imported by year and name of the input, and the scenarios as written."""

    law: FundingLaw
    numbers: Mapping[int, Mapping[str, Given]]
    scenarios: tuple[Scenario, ...]

    @property
    def years(self) -> tuple[int, ...]:
        """The years of which something was imported."""
        return tuple(sorted(self.numbers))

    def year(self, wanted: int | None) -> int:
        """The year to compute: the wanted one, else the newest with determinants. NotReady where there is none."""
        if wanted in self.years or (wanted is None and self.years):
            return wanted or self.years[-1]
        what = (
            f"No determinants of {wanted} have been imported."
            if wanted
            else "No determinants have been imported."
        )
        there = f" There are those of {', '.join(map(str, self.years))}." if self.years else ""
        raise NotReady(f"{what}{there}\n  Import the ministry's table: virtaama funding import <file>.")

    def scenario(self, name: str | None) -> Scenario:
        """The scenario of a name, else the first. NotReady where there is none."""
        for scenario in self.scenarios:
            if name in (None, scenario.name):
                return scenario
        if not self.scenarios:
            raise NotReady(
                f"No scenario is written.\n  Write {SCENARIO_FILE}: what is assumed of coming years; "
                "see docs/how-to/funding.md."
            )
        known = ", ".join(scenario.name for scenario in self.scenarios)
        raise NotReady(f"There is no scenario '{name}'.\n  Known: {known}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedTable:
    """A table that was taken into the project."""

    file: Path
    table: Imported
    replaced: bool


def read_funding(folder: Path, statutes: Statutes) -> FundingKnown:
    """Everything a project folder knows. Raises ProblemsFound with every problem of every file."""
    law = law_of(statutes)
    problems: list[Problem] = []
    numbers: Mapping[int, Mapping[str, Given]] = {}
    scenarios: tuple[Scenario, ...] = ()
    try:
        numbers = merged(_tables(folder, law))
    except ProblemsFound as found:
        problems += found.problems
    written = folder / SCENARIO_FILE
    if written.is_file():
        try:
            scenarios = parse_scenarios(_text(written), organisers_of(law))
        except ProblemsFound as found:
            problems += found.problems
    if problems:
        raise ProblemsFound(tuple(problems))
    return FundingKnown(law=law, numbers=numbers, scenarios=scenarios)


def import_table(
    folder: Path, path: Path, statutes: Statutes, *, year: int | None = None, replace: bool = False
) -> ImportedTable:
    """Take a table of determinants into the project, as `funding/<its name>.csv`.

    Raises ProblemsFound where the table has problems or contradicts another, NotReady where there is no such file or
    one of the name is there already and may not be replaced. Nothing is changed then.
    """
    if not path.is_file():
        raise NotReady(f"There is no file {path}.\n  Name the table the ministry published, saved as CSV.")
    law, target = law_of(statutes), folder / FUNDING_FOLDER / f"{path.stem}.csv"
    replaced = target.exists()
    if replaced and not replace:
        raise NotReady(
            f"{target} is there already.\n  Replace it with --replace, or give the new table another name."
        )
    rows = rows_of(_text(path))
    table = parse_table(path.name, rows, organisers_of(law), law.hyte, year)
    others = _tables(folder, law, without=target)
    merged({**others, path.name: table})
    target.parent.mkdir(exist_ok=True)
    unfinished = target.with_suffix(
        ".unfinished"
    )  # who reads meanwhile finds the table before, or this one whole
    unfinished.write_text(as_text(rows, law.hyte, year), encoding="utf-8")
    unfinished.replace(target)
    return ImportedTable(file=target, table=table, replaced=replaced)


def needs_of(path: Path, statutes: Statutes, day: date) -> tuple[SectorNeed, ...]:
    """The need of each sector by a table of the factors' means; ProblemsFound, NotReady as in `import_table`."""
    if not path.is_file():
        raise NotReady(f"There is no file {path}.\n  Name a table of the factors' means, saved as CSV.")
    factors = statutes.content(NEED_FACTORS)
    of_day = {sector: factors.of(sector, day) for sector in NEED}
    means = parse_means(
        path.name, rows_of(_text(path)), [factor for each in of_day.values() for factor in each]
    )
    return tuple(sector_need(sector, of_day[sector], means) for sector in NEED)


def _tables(folder: Path, law: FundingLaw, without: Path | None = None) -> Mapping[str, Imported]:
    """The tables that were imported, by their place in the project; ProblemsFound with every problem of them."""
    problems: list[Problem] = []
    tables: dict[str, Imported] = {}
    for path in sorted((folder / FUNDING_FOLDER).glob("*.csv")):
        file = path.relative_to(folder).as_posix()
        if path == without:
            continue
        try:
            tables[file] = parse_table(file, rows_of(_text(path)), organisers_of(law), law.hyte)
        except ProblemsFound as found:
            problems += found.problems
    if problems:
        raise ProblemsFound(tuple(problems))
    return tables


def law_of(statutes: Statutes) -> FundingLaw:
    """The packs of the funding that count in a project; ProblemsFound where one is wrong."""
    return FundingLaw(
        prices=statutes.content(FUNDING_PRICES),
        parameters=statutes.content(FUNDING_PARAMETERS),
        organisers=statutes.content(FUNDING_ORGANISERS),
        hyte=statutes.content(HYTE_COEFFICIENT),
    )


def organisers_of(law: FundingLaw) -> tuple[Organiser, ...]:
    """Everybody who is funded on any day, in the order of the pack."""
    by_code = {organiser.code: organiser for organiser in law.organisers.organisers}
    return tuple(by_code.values())


def _text(path: Path) -> str:
    """A file as text: UTF-8, or what spreadsheets save in Finland."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
