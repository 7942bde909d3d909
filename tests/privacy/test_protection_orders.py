"""Of a person who has a protection order now no view, figure or row tells a place, whatever moment it is of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.generative.examples import examples
from tests.privacy.protected_county import CATALOGUE, MODEL, PLAIN, ProtectedCounty, with_records
from tests.small_warehouse import HERE, WORDS
from virtaama.access.answers import Answer
from virtaama.loading.features import FeatureBuild
from virtaama.loading.published_protection import protected_digest
from virtaama.metrics.feature_tables import FeatureTable, State
from virtaama.metrics.question import Grain, Level, Question
from virtaama.metrics.render.trees import StarsOfCarers
from virtaama.model.protection import protection_problems, withheld_columns
from virtaama.privacy.policy import Asker, Purpose
from virtaama.sql.spelling import EngineName, spelled
from virtaama.vault.derive import as_of, star
from virtaama.vault.design import design
from virtaama.vault.keys import key_of

MANAGER = Asker(id="a", role="manager")
ANN, BO, CY = "ann", "bo", "cy"
OTHERS = tuple(f"p{n}" for n in range(6))


def ask(county: ProtectedCounty, level: Level, **more: Any) -> dict[str, float | None]:
    question = Question(
        metrics=("visits",),
        grain=Grain.MONTH,
        first=date(2025, 1, 1),
        last=date(2025, 1, 1),
        level=level,
        **more,
    )
    answer: Answer = county.door().ask(question, MANAGER, Purpose.STEERING)
    return {figure.area: figure.value for figure in answer.figures}


def county_of_two_towns(folder: Path, *, order: bool) -> ProtectedCounty:
    """Six live in 398 and Ann, with or without an order, in 016; each visited a unit there in January."""
    county = ProtectedCounty(folder)
    county.people(1, *((who, "398", False) for who in OTHERS), (ANN, "016", order), (BO, "016", False))
    county.homes(1, *((who, "398") for who in OTHERS), (ANN, "016"), (BO, "016"))
    county.visits(1, *((who, "398", "U398") for who in OTHERS), (ANN, "016", "U016"), (BO, "016", "U016"))
    county.load()
    return county


def test_she_counts_in_the_county_and_in_no_area_below_it(tmp_path: Path) -> None:
    county = county_of_two_towns(tmp_path, order=True)
    county.publish()
    assert ask(county, Level.COUNTY) == {"07": 8}
    assert ask(county, Level.MUNICIPALITY) == {"398": 6, "016": 1}
    assert ask(county, Level.UNIT) == {"U398": 6, "U016": 1}


def test_an_order_is_followed_at_the_next_load_when_it_begins_and_when_it_ends(tmp_path: Path) -> None:
    county = county_of_two_towns(tmp_path, order=False)
    county.publish()
    assert ask(county, Level.MUNICIPALITY)["016"] == 2
    for month, order, told in ((2, True, 1), (3, False, 2)):
        county.people(month, (ANN, "016", order))
        county.load()
        county.publish()
        assert ask(county, Level.MUNICIPALITY)["016"] == told
        assert ask(county, Level.COUNTY) == {"07": 8}


@pytest.mark.parametrize(
    "then", [{"as_of": date(2025, 2, 10)}, {"known": date(2025, 2, 10)}], ids=["as of", "known"]
)
def test_looking_back_before_the_order_tells_no_place_either(tmp_path: Path, then: dict[str, date]) -> None:
    county = county_of_two_towns(tmp_path, order=False)
    county.people(3, (ANN, "016", True))
    county.load()
    county.publish()
    assert ask(county, Level.MUNICIPALITY, **then) == {"398": 6, "016": 1}
    assert ask(county, Level.COUNTY, **then) == {"07": 8}


def test_no_mart_of_stars_holds_a_place_of_hers(tmp_path: Path) -> None:
    county = county_of_two_towns(tmp_path, order=True)
    folder = county.publish().folder
    places = {"016", "01600", "U016", str(key_of("016")), str(key_of("U016"))}
    met = 0
    for path in sorted((folder / "star").glob("*.parquet")):
        if path.stem.startswith("care__"):
            continue
        for row in rows_of(path):
            if str(key_of(ANN)) in row.values() or ANN in row.values():
                met += 1
                assert places.isdisjoint(row.values()), (path.stem, row)
    assert met >= 3


def rows_of(path: Path) -> list[dict[str, str | None]]:
    found = duckdb.sql(f"SELECT * FROM '{path}'")
    names = found.columns
    return [{name: said(value) for name, value in zip(names, row, strict=True)} for row in found.fetchall()]


def said(value: object) -> str | None:
    """A value as text; keys are kept as their sixteen bytes."""
    return None if value is None else str(UUID(bytes=value) if isinstance(value, bytes) else value)


def test_who_cares_for_her_still_finds_her_unit(tmp_path: Path) -> None:
    county = county_of_two_towns(tmp_path, order=True)
    folder = county.publish().folder
    connection = duckdb.connect()
    for name in ("visit", "care__visit"):
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM '{folder / 'star' / name}.parquet'")
    stars = StarsOfCarers(MODEL, schema="")
    units = connection.execute(
        f"SELECT visitor_key, unit_key, home_key FROM {stars.table('visit').sql('duckdb')}"
    ).fetchall()
    by_person = {said(person): (said(unit), said(home)) for person, unit, home in units}
    assert by_person[str(key_of(ANN))] == (str(key_of("U016")), None)
    assert by_person[str(key_of(BO))] == (str(key_of("U016")), str(key_of("016")))


def test_what_is_held_back_withholds_what_is_withheld_by_now(tmp_path: Path) -> None:
    county = county_of_two_towns(tmp_path, order=False)
    county.publish()
    county.people(2, (ANN, "016", True))
    county.visits(2, (BO, "016", "U016"))
    county.load()
    folder = county.publish(held=frozenset({"visit"})).folder
    visits = {row["visitor_key"]: row for row in rows_of(folder / "star" / "visit.parquet")}
    assert len(visits) == 8  # that of February is held back
    assert (visits[str(key_of(ANN))]["unit_key"], visits[str(key_of(ANN))]["home_key"]) == (None, None)
    assert visits[str(key_of(BO))]["unit_key"] == str(key_of("U016"))


def test_stars_are_made_anew_only_where_somebody_got_or_lost_an_order(tmp_path: Path) -> None:
    county = county_of_two_towns(tmp_path, order=True)
    county.publish()
    county.people(2, (BO, "398", False))
    county.load()
    assert "star/visit" in county.publish().taken_over
    county.people(3, (BO, "398", True))
    county.load()
    assert "star/visit" in county.publish().written


def test_rows_of_feature_tables_say_that_a_place_is_not_told(tmp_path: Path) -> None:
    county = county_of_two_towns(tmp_path, order=False)
    county.people(3, (ANN, "016", True), (CY, "", False))
    county.load()

    def state(name: str, value: str) -> State:
        return State(name=name, labels=WORDS, definition=WORDS, value=value, place=HERE)

    build = FeatureBuild(
        table=FeatureTable(
            name="homes",
            labels=WORDS,
            definition=WORDS,
            of="resident",
            calendar="",
            purposes=(),
            columns=(state("home", "home.code"), state("ordered", '"order"')),
            outcomes=(),
            legal_basis="x",
            owner="x",
            place=HERE,
        ),
        model=MODEL,
        design=design(MODEL),
        catalogue=CATALOGUE,
        batches=county.ledger.batches(),
    )
    rows = {row["resident_key"]: row for row in county.view(build.query(date(2025, 2, 10)))}
    ann, bo = rows[str(key_of(ANN))], rows[str(key_of(BO))]
    assert (ann["home"], ann["missing"]) == (None, "home: not_told")
    assert (bo["home"], bo["missing"]) == ("016", "")
    later = {row["resident_key"]: row for row in county.view(build.query(date(2025, 4, 30)))}
    assert later[str(key_of(CY))]["missing"] == "home: unknown"


def test_every_day_of_a_feature_table_follows_who_has_an_order(tmp_path: Path) -> None:
    county = county_of_two_towns(tmp_path, order=False)
    before = protected_digest(county.engine, MODEL, design(MODEL))
    county.people(2, (BO, "398", False))
    county.load()
    assert protected_digest(county.engine, MODEL, design(MODEL)) == before
    county.people(3, (ANN, "016", True))
    county.load()
    assert protected_digest(county.engine, MODEL, design(MODEL)) != before


def test_a_visit_known_by_a_client_number_alone_is_hers_too(tmp_path: Path) -> None:
    linked = with_records(MODEL)
    county = ProtectedCounty(tmp_path)
    county.model = linked
    county.people(1, (ANN, "016", True), (BO, "016", False))
    for number, who in (("n1", ANN), ("n2", BO)):
        county.deliver("care.records", datetime(2025, 2, 1), {"NUMBER": number, "WHO": who})
        visit = {"ID": number, "NUMBER": number, "HOME": "016", "UNIT": "U016"}
        county.deliver("care.visits", datetime(2025, 2, 1), visit)
    county.load()
    shown = {row["id"]: row for row in county.view(star(linked, design(linked), "visit"))}
    assert shown["n1"]["visitor_key"] == str(key_of(ANN))
    assert (shown["n1"]["home_key"], shown["n1"]["unit_key"]) == (None, None)
    assert (shown["n2"]["home_key"], shown["n2"]["unit_key"]) == (str(key_of("016")), str(key_of("U016")))


# Any history


persons = st.sampled_from((ANN, BO, CY))
towns = st.sampled_from(("016", "398"))
months = st.lists(
    st.tuples(
        st.lists(st.tuples(persons, towns, st.booleans()), max_size=3, unique_by=lambda told: told[0]),
        st.lists(st.tuples(persons, towns), max_size=3, unique_by=lambda told: told[0]),
        st.lists(st.tuples(persons, towns, st.sampled_from(("U1", "U2"))), max_size=3),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=examples(3), deadline=None)
@given(told=months)
def test_every_view_at_every_moment_is_the_plain_one_without_places_of_those_under_order_now(
    told: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    county = ProtectedCounty(tmp_path_factory.mktemp("county"))
    for month, (people, homes, visits) in enumerate(told, start=1):
        county.people(month, *people)
        county.homes(month, *homes)
        county.visits(month, *visits)
    county.load()
    vault = design(MODEL)
    now = county.view(star(PLAIN, vault, "resident"))
    under_order = {row["resident_key"] for row in now if row["order"] == "True"}
    moments = [(None, None), (datetime(2025, 2, 15), None), (datetime(2025, 3, 15), 4)]
    for described in MODEL.concepts:
        withheld = set(withheld_columns(described))
        whose = f"{described.protection.through or described.name}_key" if described.protection else ""
        for moment, known in moments:
            shown = county.view(as_of(MODEL, vault, described.name, moment, known))
            plain = county.view(as_of(PLAIN, vault, described.name, moment, known))
            expected = [
                {
                    name: None
                    if name in withheld and row[whose] in under_order
                    else "True"
                    if name == "order" and row[whose] in under_order
                    else value
                    for name, value in row.items()
                }
                for row in plain
            ]
            assert shown == sorted(expected, key=repr), (described.name, moment, known)


@pytest.mark.parametrize("name", ["resident", "residence", "visit"])
def test_the_views_are_said_on_spark_as_well(name: str) -> None:
    spelled(star(MODEL, design(MODEL), name), EngineName.SPARK)
    spelled(as_of(MODEL, design(MODEL), name, datetime(2025, 5, 1), 3), EngineName.SPARK)


# Saying it


@pytest.mark.parametrize(
    ("concept", "protection", "said"),
    [
        ("visit", None, "belongs to somebody who may have a protection order, and 'home' is a place"),
        ("visit", {"through": "visitr"}, "Did you mean 'visitor'?"),
        ("visit", {"hints": ("unitt",)}, "Did you mean 'unit'?"),
        ("visit", {"through": "unit"}, "does not tell who has an order"),
        ("resident", {"told_by": "postal_code"}, "is of type text"),
        ("resident", {"through": "home"}, "must say either who has an order or whose the instance is"),
        ("resident", {"places": ("order",)}, "by which it is known whose it is"),
    ],
)
def test_what_cannot_be_meant_is_a_problem(
    concept: str, protection: dict[str, Any] | None, said: str
) -> None:
    def changed(found: Any) -> Any:
        if found.name != concept:
            return found
        return replace(
            found, protection=None if protection is None else replace(found.protection, **protection)
        )

    problems = list(protection_problems([changed(each) for each in MODEL.concepts]))
    assert any(said in str(problem) for problem in problems), [str(problem) for problem in problems]


def test_a_model_that_says_it_all_has_no_problem() -> None:
    assert list(protection_problems(MODEL.concepts)) == []
