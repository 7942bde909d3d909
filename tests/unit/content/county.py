"""The shipped county over star tables a test fills by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import duckdb

from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.parse import parse_catalogue
from virtaama.metrics.plan import Breakdown, Coverage, MetricPlan
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.render.questions import question_query
from virtaama.metrics.render.trees import Stars
from virtaama.model.concepts import Concept, Type
from virtaama.model.model import Model
from virtaama.model.parse import parse_model
from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.care_guarantee import CARE_GUARANTEE, WaitLimit

COLUMN_TYPES = {
    Type.TEXT: "VARCHAR",
    Type.INTEGER: "BIGINT",
    Type.DECIMAL: "DECIMAL(18,4)",
    Type.DATE: "DATE",
    Type.TIMESTAMP: "TIMESTAMP",
    Type.BOOLEAN: "BOOLEAN",
    Type.IDENTITY: "VARCHAR",
}
Value = str | int | float | bool | None


def texts_of(*folders: str) -> dict[str, str]:
    """File name and text of what the package ships for a county."""
    county = files("virtaama") / "content" / "county"
    return {
        f"{folder}/{file.name}": file.read_text(encoding="utf-8")
        for folder in folders
        for file in sorted((county / folder).iterdir(), key=lambda file: file.name)
    }


@cache
def shipped_model() -> Model:
    return parse_model(texts_of("systems", "concepts", "codes", "mappings", "derived", "calendars"))


@cache
def shipped_catalogue() -> Catalogue:
    return parse_catalogue(texts_of("metrics"), shipped_model(), waits())


def waits() -> tuple[WaitLimit, ...]:
    """The shipped limits of the care guarantee."""
    return shipped_statutes().content(CARE_GUARANTEE).waits


@dataclass
class StarsByHand:
    """Empty star tables of the county's model, filled row by row and asked metric by metric."""

    connection: duckdb.DuckDBPyConnection
    catalogue: Catalogue

    @classmethod
    def empty(cls, catalogue: Catalogue | None = None) -> StarsByHand:
        connection = duckdb.connect()
        connection.execute("CREATE SCHEMA star")
        for concept in shipped_model().every_concept:
            connection.execute(f"CREATE TABLE star.{concept.name} ({', '.join(_columns(concept))})")
        return cls(connection, catalogue or shipped_catalogue())

    def add(self, concept: str, key: str, **values: Value) -> str:
        """Add an instance; relationships are given by their name, the value being the other's key."""
        found = shipped_model().concept(concept)
        names = [f"{name}_key" if found.relationship(name) else name for name in values]
        places = ", ".join("?" * (len(names) + 1))
        columns = ", ".join(f'"{name}"' for name in (f"{concept}_key", *names))
        self.connection.execute(
            f"INSERT INTO star.{concept} ({columns}) VALUES ({places})", [key, *values.values()]
        )
        return key

    def figures(
        self,
        metric: str,
        *,
        year: int = 2025,
        grain: Grain = Grain.YEAR,
        level: Level = Level.COUNTY,
        by: str = "",
    ) -> dict[str, float | None]:
        """The values of the year's first period: by member where `by` is given, else by area."""
        plan = MetricPlan(
            metric=self.catalogue.metric(metric),
            breakdowns=(Breakdown(level, by),),
            coverage=Coverage(date(year, 1, 1), date(year, 12, 1)),
        )
        query = question_query(plan, grain, "07", self.catalogue, Stars(shipped_model()))
        rows = self.connection.execute(query.sql(dialect="duckdb")).fetchall()
        first = [row for row in rows if row[2] == date(year, 1, 1)]
        return {
            str(row[6] if by else row[4]): None if row[9] is None else round(float(row[9]), 4)
            for row in first
        }

    def value(self, metric: str, *, year: int = 2025, grain: Grain = Grain.YEAR) -> float | None:
        """The county's figure."""
        (value,) = self.figures(metric, year=year, grain=grain).values()
        return value


def _columns(concept: Concept) -> list[str]:
    return [
        f"{concept.name}_key VARCHAR",
        *(f'"{attribute.name}" {COLUMN_TYPES[attribute.type]}' for attribute in concept.attributes),
        *(f"{relationship.name}_key VARCHAR" for relationship in concept.relationships),
    ]
