"""The law as shipped, and the determinants of nobody that come with the invented county."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from virtaama.project.funding import FundingKnown, law_of, organisers_of
from virtaama.project.statutes import shipped_statutes
from virtaama.steering.funding.inputs import FundingLaw, Given, Inputs
from virtaama.steering.funding.path import inputs_of
from virtaama.steering.funding.scenario import Scenario
from virtaama.steering.funding.scenario_parse import parse_scenarios
from virtaama.steering.funding.table import parse_table, rows_of

TABLE = "funding/determinants-2025.csv"


def shipped(file: str) -> str:
    return (files("virtaama") / "content" / "county" / file).read_text(encoding="utf-8")


@cache
def law() -> FundingLaw:
    return law_of(shipped_statutes())


@cache
def invented() -> dict[int, dict[str, Given]]:
    """The numbers of the invented table, by year."""
    table = parse_table(TABLE, rows_of(shipped(TABLE)), organisers_of(law()), law().hyte)
    return {year: dict(numbers) for year, numbers in table.numbers.items()}


@cache
def scenarios() -> tuple[Scenario, ...]:
    return parse_scenarios(shipped("funding/scenarios.yaml"), organisers_of(law()))


@cache
def inputs(year: int = 2025) -> Inputs:
    """A year of the law with the invented determinants of 2025."""
    return inputs_of(law(), year, {year: invented()[2025]})


@cache
def known() -> FundingKnown:
    """What a project knows that has the invented table and scenarios."""
    return FundingKnown(law=law(), numbers=invented(), scenarios=scenarios())
