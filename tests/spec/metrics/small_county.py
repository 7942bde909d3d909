"""A county small enough to count by hand: its model, its star tables, and one way to ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.parse import parse_catalogue
from virtaama.metrics.plan import Breakdown, Coverage, MetricPlan
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.render.questions import question_query
from virtaama.metrics.render.trees import Stars
from virtaama.model.concepts import (
    Attribute,
    Code,
    CodeList,
    Concept,
    Kind,
    Relationship,
    Text,
    Type,
)
from virtaama.model.model import Model
from virtaama.problems import Place

HERE = Place("concepts.yaml", 1)


def same(word: str) -> Text:
    return Text(word, word, word)


def attribute(name: str, type: Type = Type.TEXT) -> Attribute:
    return Attribute(name=name, type=type, labels=same(name), definition=same(name), place=HERE)


def relationship(name: str, to: str) -> Relationship:
    return Relationship(name=name, to=to, labels=same(name), definition=same(name), place=HERE)


def concept(
    name: str,
    key: str,
    attributes: dict[str, Type],
    relationships: dict[str, str] | None = None,
) -> Concept:
    return Concept(
        name=name,
        kind=Kind.ENTITY,
        labels=same(name),
        definition=same(name),
        key=(key,),
        attributes=(attribute(key), *(attribute(n, t) for n, t in attributes.items())),
        relationships=tuple(relationship(n, to) for n, to in (relationships or {}).items()),
        place=HERE,
    )


MODEL = Model(
    version="0123456789ab",
    concepts=(
        concept("municipality", "code", {"name_fi": Type.TEXT, "name_sv": Type.TEXT}),
        concept("unit", "code", {"name": Type.TEXT}, {"municipality": "municipality"}),
        concept(
            "resident",
            "person",
            {"birth_date": Type.DATE, "sex": Type.TEXT},
            {"home_municipality": "municipality"},
        ),
        concept(
            "visit",
            "id",
            {
                "started": Type.TIMESTAMP,
                "waited": Type.INTEGER,
                "urgent": Type.BOOLEAN,
                "form": Type.TEXT,
                "cost": Type.DECIMAL,
            },
            {"resident": "resident", "unit": "unit"},
        ),
        concept(
            "residence",
            "id",
            {"from_day": Type.DATE, "until_day": Type.DATE},
            {"resident": "resident", "municipality": "municipality"},
        ),
        concept(
            "stay",
            "id",
            {"came": Type.DATE, "left_on": Type.DATE},
            {"resident": "resident", "unit": "unit"},
        ),
        concept(
            "posting",
            "id",
            {"day": Type.DATE, "euros": Type.DECIMAL, "service": Type.TEXT},
        ),
        concept("budget", "id", {"day": Type.DATE, "euros": Type.DECIMAL}),
    ),
    code_lists=(
        CodeList(
            name="form",
            labels=same("form"),
            source="invented for the tests",
            codes=(
                Code(code="R10", labels=Text("käynti", "besök", "visit")),
                Code(
                    code="R52",
                    labels=Text("etäasiointi", "distansbesök", "remote visit"),
                ),
            ),
            place=HERE,
        ),
    ),
    systems=(),
    mappings=(),
)

FACTS = """
facts:
  visit:
    of: visit
    where: "started IS NOT NULL"
    time: started
    person: resident
    by:
      municipality: resident.home_municipality.code
      unit: unit.code
      age_group: "age_group(resident.birth_date, at)"
      sex: resident.sex
      form: form
    columns: {days: waited, sector: "'care'"}
  residence:
    of: residence
    during: [from_day, until_day]
    person: resident
    by:
      municipality: municipality.code
      age_group: "age_group(resident.birth_date, at)"
      sex: resident.sex
  stay:
    of: stay
    during: [came, left_on]
    person: resident
    by:
      municipality: resident.home_municipality.code
      unit: unit.code
      age_group: "age_group(resident.birth_date, at)"
      sex: resident.sex
    columns: {sector: "'ward'"}
  visit_by_sector:
    of: visit
    time: started
    person: resident
    by: {municipality: resident.home_municipality.code, sex: resident.sex, form: form}
    columns: {days: waited, sector: "form", cost: cost}
  stay_by_sector:
    of: stay
    during: [came, left_on]
    person: resident
    by: {municipality: resident.home_municipality.code, sex: resident.sex}
    columns: {sector: "'ward'", cost: "100"}
  service_use: {union: [visit_by_sector, stay_by_sector]}
  posting: {of: posting, time: day, by: {service: service}}
  budget: {of: budget, time: day}
dimensions:
  municipality: {labels: {fi: Kunta, sv: Kommun, en: Municipality}, concept: municipality}
  unit: {labels: {fi: Yksikkö, sv: Enhet, en: Unit}, concept: unit}
  age_group: {labels: {fi: Ikäryhmä, sv: Åldersgrupp, en: Age group}}
  sex: {labels: {fi: Sukupuoli, sv: Kön, en: Sex}}
  form: {labels: {fi: Muoto, sv: Form, en: Form}, code_list: form}
  service: {labels: {fi: Palvelu, sv: Service, en: Service}}
"""

METRIC = """
metrics:
  asked:
    labels: {{fi: Kysytty, sv: Frågad, en: Asked}}
    definition: {{fi: Kysytty, sv: Frågad, en: Asked}}
    family: need
    unit: {{fi: kpl, sv: st, en: pcs}}
    direction: neutral
    decimals: 1
    legal_basis: "612/2021 29 §"
    source: tests
    owner: tests
    {body}
"""

STARS = """
CREATE SCHEMA star;
CREATE TABLE star.municipality AS FROM (VALUES
    (1, '398', 'Lahti', 'Lahtis'), (2, '098', 'Hollola', 'Hollola')
) t(municipality_key, code, name_fi, name_sv);
CREATE TABLE star.unit AS FROM (VALUES
    (1, 'U1', 'Keskusta', 1), (2, 'U2', 'Salpakangas', 2)
) t(unit_key, code, name, municipality_key);
CREATE TABLE star.resident AS FROM (VALUES
    (1, 'p1', DATE '1950-06-15', 'female', 1),
    (2, 'p2', DATE '1990-01-01', 'male', 1),
    (3, 'p3', DATE '2020-03-01', 'female', 2)
) t(resident_key, person, birth_date, sex, home_municipality_key);
CREATE TABLE star.visit(visit_key INTEGER, id VARCHAR, started TIMESTAMP, waited INTEGER, urgent BOOLEAN,
    form VARCHAR, cost DECIMAL(18,4), resident_key INTEGER, unit_key INTEGER);
CREATE TABLE star.residence(residence_key INTEGER, id VARCHAR, from_day DATE, until_day DATE,
    resident_key INTEGER, municipality_key INTEGER);
CREATE TABLE star.stay(stay_key INTEGER, id VARCHAR, came DATE, left_on DATE, resident_key INTEGER,
    unit_key INTEGER);
CREATE TABLE star.posting(posting_key INTEGER, id VARCHAR, day DATE, euros DECIMAL(18,4), service VARCHAR);
CREATE TABLE star.budget(budget_key INTEGER, id VARCHAR, day DATE, euros DECIMAL(18,4));
"""


def catalogue_with(body: str) -> Catalogue:
    """The small county's catalogue with one metric, `asked`, whose remaining members are given in YAML."""
    indented = body.strip().replace("\n", "\n    ")
    return parse_catalogue({"facts.yaml": FACTS, "metrics.yaml": METRIC.format(body=indented)}, MODEL)


@dataclass(frozen=True)
class Cell:
    period: date
    area: str
    member: str
    numerator: float | None
    denominator: float | None
    value: float | None
    rows: int
    persons: int
    missing: str | None


@dataclass
class SmallCounty:
    """Star tables of the small county in memory."""

    connection: duckdb.DuckDBPyConnection

    def add(self, table: str, *rows: str) -> None:
        """Add rows, each the inside of an SQL VALUES tuple."""
        values = ", ".join(f"({row})" for row in rows)
        self.connection.execute(f"INSERT INTO star.{table} VALUES {values}")

    def ask(
        self,
        body: str,
        *,
        grain: Grain = Grain.MONTH,
        level: Level = Level.COUNTY,
        by: str = "",
        months: tuple[date, date] = (date(2024, 1, 1), date(2024, 12, 1)),
    ) -> list[Cell]:
        catalogue = catalogue_with(body)
        plan = MetricPlan(
            metric=catalogue.metric("asked"),
            breakdowns=(Breakdown(level, by),),
            coverage=Coverage(*months),
        )
        query = question_query(plan, grain, "07", catalogue, Stars(MODEL))
        rows = self.connection.execute(query.sql(dialect="duckdb")).fetchall()
        return sorted(
            (Cell(r[2], r[4], r[6], r[7], r[8], r[9], r[10], r[11], r[12]) for r in rows),
            key=lambda cell: (cell.period, cell.area, cell.member),
        )

    def values(self, body: str, **how: object) -> list[float | None]:
        return [cell.value for cell in self.ask(body, **how)]  # type: ignore[arg-type]


def small_county() -> SmallCounty:
    connection = duckdb.connect()
    connection.execute(STARS)
    return SmallCounty(connection)
