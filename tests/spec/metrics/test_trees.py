"""Figures of a branch and of everything below it: units stand in a tree, and rows stand at units of any depth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from tests.spec.metrics.small_county import METRIC, concept
from virtaama.metrics.members import NOT_TOLD, UNKNOWN
from virtaama.metrics.parse import parse_catalogue
from virtaama.metrics.plan import Breakdown, Coverage, MetricPlan
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.render.questions import question_query
from virtaama.metrics.render.trees import Stars
from virtaama.model.concepts import Type
from virtaama.model.model import Model
from virtaama.problems import ProblemsFound
from virtaama.sql.spelling import spelled

MODEL = Model(
    version="0123456789ab",
    concepts=(
        concept("unit", "code", {"name": Type.TEXT}, {"part_of": "unit"}),
        concept("visit", "id", {"started": Type.DATE}, {"unit": "unit"}),
    ),
    code_lists=(),
    systems=(),
    mappings=(),
)
FACTS = """
facts:
  visit:
    of: visit
    time: started
    person: unit.part_of_last
    by:
      division: unit.part_of_level_1.code
      department: unit.part_of_level_2.code
      ward: unit.part_of_level_3.code
      stands_for: unit.part_of_last.code
dimensions:
  division: {labels: {fi: Toimiala, sv: Sektor, en: Division}, concept: unit}
  department: {labels: {fi: Osasto, sv: Avdelning, en: Department}, concept: unit}
  stands_for: {labels: {fi: Sama, sv: Samma, en: The same}, concept: unit}
  ward: {labels: {fi: Vuodeosasto, sv: Bäddavdelning, en: Ward}, concept: unit}
"""
COUNT, PERSONS = (
    f"numerator: {{fact: visit, aggregate: {each}}}\n    levels: [county]\n    by: "
    for each in ("count", "persons")
)
# care > hospital > ward A, ward B; care > clinic; welfare > home care.  A visit at each, and two at ward B.
TREE = {
    "care": None,
    "welfare": None,
    "hospital": "care",
    "clinic": "care",
    "ward A": "hospital",
    "ward B": "hospital",
    "home care": "welfare",
}
VISITS = ("care", "hospital", "ward A", "ward B", "ward B", "clinic", "home care")


@pytest.fixture
def county() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA star")
        connection.execute("CREATE TABLE star.unit (unit_key VARCHAR, code VARCHAR, part_of_key VARCHAR)")
        connection.execute(
            "CREATE TABLE star.visit (visit_key INTEGER, id VARCHAR, started DATE, unit_key VARCHAR)"
        )
        yield connection


@pytest.mark.parametrize(
    ("by", "figures"),
    [
        ("division", {"care": 6, "welfare": 1}),
        ("department", {"hospital": 4, "clinic": 1, "home care": 1, NOT_TOLD: 1}),
        ("ward", {"ward A": 1, "ward B": 2, NOT_TOLD: 4}),
    ],
)
def test_a_branch_counts_everything_below_it(
    county: duckdb.DuckDBPyConnection, by: str, figures: dict[str, float]
) -> None:
    assert asked(county, by, TREE, VISITS) == figures
    assert sum(figures.values()) == len(VISITS)


@pytest.mark.parametrize(
    ("tree", "figures"),
    [
        pytest.param({"a": "b", "b": "a"}, {UNKNOWN: 1}, id="two above each other"),
        pytest.param({"a": "b", "b": "c", "c": "d", "d": "b"}, {UNKNOWN: 1}, id="a circle further up"),
        pytest.param({"a": "a"}, {"a": 1}, id="above itself is at the top"),
        pytest.param({"a": "nobody"}, {UNKNOWN: 1}, id="under one that nobody delivered"),
        pytest.param({}, {UNKNOWN: 1}, id="at one that nobody delivered"),
        pytest.param({"a": None}, {"a": 1}, id="at the top"),
    ],
)
def test_a_way_up_that_does_not_end_is_unknown(
    county: duckdb.DuckDBPyConnection, tree: dict[str, str | None], figures: dict[str, float]
) -> None:
    assert asked(county, "division", tree, ("a",)) == figures


def test_at_no_unit_is_not_told(county: duckdb.DuckDBPyConnection) -> None:
    assert asked(county, "division", TREE, (None,)) == {NOT_TOLD: 1}


def test_only_a_relationship_of_a_concept_to_itself_has_levels() -> None:
    with pytest.raises(ProblemsFound, match="no relationship 'unit_level_1'"):
        parse_catalogue({"metrics.yaml": FACTS.replace("unit.part_of_level_1", "unit_level_1")}, MODEL)


def test_one_thing_under_several_codes_counts_where_the_chain_ends(county: duckdb.DuckDBPyConnection) -> None:
    """The same relationship read as one that names what an instance is the same as."""
    codes = {"old": "newer", "newer": "newest", "newest": None, "x": "y", "y": "x", "alone": None}
    figures = asked(county, "stands_for", codes, ("old", "newer", "newest", "alone", "x", "y"))
    circle = figures.pop("x", 0) + figures.pop("y", 0)
    assert (figures, circle) == ({"newest": 3, "alone": 1}, 2)


def test_persons_under_several_codes_are_counted_once(county: duckdb.DuckDBPyConnection) -> None:
    """`person` may lead to the one that stands for all."""
    assert asked(
        county, "", {"old": "new", "new": None, "other": None}, ("old", "new", "other"), PERSONS
    ) == {"": 2}


def test_a_metric_about_persons_offers_one_level_of_a_tree() -> None:
    """Else a branch less all but one of those below it would tell of that one, however few it is about."""
    body = f"{COUNT}[division, ward, stands_for]"
    with pytest.raises(ProblemsFound, match="'ward' is another level of a tree"):
        parse_catalogue({"metrics.yaml": FACTS, "asked.yaml": METRIC.format(body=body)}, MODEL)


def asked(
    county: duckdb.DuckDBPyConnection,
    by: str,
    tree: dict[str, str | None],
    visits: tuple[str | None, ...],
    body: str = COUNT,
) -> dict[str, float]:
    for code, above in tree.items():
        county.execute("INSERT INTO star.unit VALUES (?, ?, ?)", [code, code, above])
    for number, unit in enumerate(visits):
        county.execute(
            "INSERT INTO star.visit VALUES (?, ?, DATE '2024-01-05', ?)", [number, str(number), unit]
        )
    catalogue = parse_catalogue(
        {"metrics.yaml": FACTS, "asked.yaml": METRIC.format(body=f"{body}[{by}]")}, MODEL
    )
    january = date(2024, 1, 1)
    plan = MetricPlan(
        metric=catalogue.metric("asked"),
        breakdowns=(Breakdown(Level.COUNTY, by),),
        coverage=Coverage(january, january),
    )
    query = question_query(plan, Grain.MONTH, "07", catalogue, Stars(MODEL))
    return {row[6]: row[9] for row in county.execute(spelled(query)).fetchall()}
