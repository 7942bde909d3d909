"""Counties made of rows, published, with the metrics that count them: as data, and again for the naive reader."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from attack.naive import (
    Counted,
    County,
    Level,
    branch_of,
    costs,
    next_period,
    not_urgent,
    postings,
    urgent,
    visits,
)
from attack.naive import Grain as Grain
from tests.unit.published_county import FACTS, MOMENT, PUBLISHED_MODEL, PublishedCounty
from virtaama.access.door import Door
from virtaama.metrics.parse import parse_catalogue
from virtaama.model.concepts import Text
from virtaama.privacy.policy import Role

METRIC = """
  {name}:
    labels: {{fi: Luku {name}, sv: Tal {name}, en: Number {name}}}
    definition: {{fi: Luku, sv: Tal, en: Number}}
    family: need
    unit: {{fi: kpl, sv: st, en: pcs}}
    direction: neutral
    decimals: 1
    {more}
    legal_basis: "612/2021 29 §"
    source: tests
    owner: tests
"""
DESCRIBED = {
    "visits": "numerator: {fact: visit, aggregate: count}, levels: [county, municipality, unit], by: [sex, form]",
    "urgent_visits": "numerator: {fact: visit, aggregate: count, where: urgent}, levels: [county, municipality], "
    "by: [sex, form], minimum_group: 3",
    "visitors": "numerator: {fact: visit, aggregate: persons}, levels: [county, municipality, unit], "
    "by: [sex, form], minimum_group: 10",
    "urgent_share": "numerator: {fact: visit, aggregate: count, where: urgent}, denominator: {fact: visit, "
    "aggregate: count}, levels: [county, municipality, unit], by: [sex, form]",
    "visits_per_resident": "numerator: {fact: visit, aggregate: count}, denominator: {fact: residence, "
    "aggregate: persons, window: month_ends}, levels: [county, municipality], by: [sex, form]",
    "mean_wait": "numerator: {fact: visit, aggregate: mean(days)}, levels: [county, municipality, unit], "
    "by: [sex]",
    "visits_so_far": "numerator: {fact: visit, aggregate: count, window: year_to_date}, "
    "levels: [county, municipality], by: [sex]",
    "cost_of_visits": "numerator: {fact: visit, aggregate: sum(cost)}, levels: [county, municipality], by: [sex]",
    "spent": "numerator: {fact: posting, aggregate: sum(euros)}, levels: [county], by: [service], minimum_group: 0",
}
ALL_LEVELS = (Level.COUNTY, Level.MUNICIPALITY, Level.UNIT)
COUNTED = (
    Counted(name="visits", rows=visits, levels=ALL_LEVELS),
    Counted(name="urgent_visits", rows=urgent, left_over=not_urgent, minimum=3),
    Counted(name="visitors", rows=visits, how="persons", levels=ALL_LEVELS, minimum=10),
    Counted(
        name="urgent_share",
        rows=urgent,
        left_over=not_urgent,
        over=visits,
        same_fact=True,
        levels=ALL_LEVELS,
    ),
    Counted(name="visits_per_resident", rows=visits, over_residents=True),
    Counted(name="mean_wait", rows=visits, how="mean", levels=ALL_LEVELS, by=("sex",)),
    Counted(name="visits_so_far", rows=visits, so_far=True, by=("sex",)),
    Counted(name="cost_of_visits", rows=costs, how="sum", by=("sex",)),
    Counted(
        name="spent",
        rows=postings,
        how="sum",
        levels=(Level.COUNTY,),
        by=("service",),
        minimum=0,
        about_persons=False,
    ),
)


def described() -> str:
    """The metrics as their file has them."""
    blocks = (
        METRIC.format(name=name, more=more.replace("}, ", "}\n    ").replace("], ", "]\n    "))
        for name, more in DESCRIBED.items()
    )
    return "metrics:" + "".join(blocks)


WITH_BRANCHES = FACTS.replace("concept: unit}", "concept: unit, branch: name}")
CATALOGUE = parse_catalogue({"facts.yaml": WITH_BRANCHES, "metrics.yaml": described()}, PUBLISHED_MODEL)


class CountyOfRows(PublishedCounty):
    """A published county with the rows of another."""

    roles: tuple[Role, ...] = ()

    def door_for(self, *roles: Role) -> Door:
        return Door(
            published=self.folder / "published",
            catalogue=self.catalogue,
            model=self.model,
            roles=roles,
            audit=self.audit,
            ledger=self.ledger,
            county_code="07",
            county=Text("Esimerkkialue", "Exempelområdet", "Example county"),
            clock=lambda: MOMENT,
            rounding_key=b"a key of the tests",
        )


def written(value: object) -> str:
    match value:
        case None:
            return "NULL"
        case bool() | int() | float():
            return str(value).lower()
        case _:
            return f"'{value}'"


def row(*values: object) -> str:
    return ", ".join(map(written, values))


def publish(county: County, folder: Path) -> CountyOfRows:
    """The county's rows as star tables, each month of it delivered, and published."""
    made = CountyOfRows(folder, catalogue=CATALOGUE)
    for table in ("municipality", "unit", "resident"):
        made.connection.execute(f"DELETE FROM star.{table}")
    municipality = {code: n for n, code in enumerate(county.municipalities, 1)}
    unit = {code: n for n, (code, _) in enumerate(county.units, 1)}
    months, month = [], county.first
    while month <= county.last:
        month = next_period(month, Grain.MONTH)
        months.append(datetime(month.year, month.month, 1))
    made.deliver(*months)
    tables: dict[str, list[str]] = {
        "municipality": [row(n, code, f"Kunta {code}", f"Kommun {code}") for code, n in municipality.items()],
        "unit": [
            # What a unit is called is its branch here.
            row(unit[code], code, branch_of(code), municipality[within])
            for code, within in county.units
        ],
        "resident": [
            row(n, f"p{n}", "1980-01-01", person.sex, municipality.get(person.home or ""))
            for n, person in enumerate(county.persons)
        ],
        "residence": [
            row(n, f"r{n}", home.begun, home.ended, home.person, municipality[home.municipality])
            for n, home in enumerate(county.homes)
        ],
        "visit": [
            row(
                n,
                f"v{n}",
                f"{visit.day} 10:00",
                visit.waited,
                visit.urgent,
                visit.form,
                visit.cost,
                visit.person,
                unit.get(visit.unit or ""),
            )
            for n, visit in enumerate(county.visits)
        ],
        "posting": [
            row(n, f"b{n}", posting.day, posting.euros, posting.service)
            for n, posting in enumerate(county.postings)
        ],
    }
    for name, rows in tables.items():
        if rows:
            made.add(name, *rows)
    made.publish()
    return made


def last_of(month: date) -> date:
    return date.fromordinal(next_period(month, Grain.MONTH).toordinal() - 1)
