"""What derived concepts promise: deliveries in, a rule, rows out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec.care import COMPUTED, EPISODE, care, care_warehouse, derived, moment
from virtaama.model.columns import star_columns
from virtaama.sql.build import table
from virtaama.vault.derive import star
from virtaama.vault.design import design
from virtaama.vault.keys import key_of


@pytest.mark.parametrize(
    ("stays", "episodes"),
    [
        pytest.param(
            ["a ann 1-1 1-5 surgery", "b ann 1-6 1-9 recovery"],
            [("a", "1-1", "1-9", 2, "recovery")],
            id="a stay that begins the day after another ends continues it",
        ),
        pytest.param(
            ["a ann 1-1 1-5 surgery", "b ann 1-7 1-9 recovery"],
            [("a", "1-1", "1-5", 1, "surgery"), ("b", "1-7", "1-9", 1, "recovery")],
            id="a longer gap begins a new episode",
        ),
        pytest.param(
            ["a ann 1-1 1-20 surgery", "b ann 1-3 1-4 tests", "c ann 1-21 1-22 recovery"],
            [("a", "1-1", "1-22", 3, "recovery")],
            id="a short stay within a long one does not end it",
        ),
        pytest.param(
            ["a ann 1-1 - surgery", "b ann 6-1 6-2 tests"],
            [("a", "1-1", None, 2, "tests")],
            id="a stay that has not ended holds its episode open",
        ),
        pytest.param(
            ["a ann 1-1 1-5 surgery", "b bo 1-5 1-6 surgery"],
            [("a", "1-1", "1-5", 1, "surgery"), ("b", "1-5", "1-6", 1, "surgery")],
            id="stays of two residents are never put together",
        ),
        pytest.param(
            ["b ann 1-1 1-2 tests", "a ann 1-1 1-2 surgery"],
            [("a", "1-1", "1-2", 2, "tests")],
            id="stays that begin together are in the order of their keys",
        ),
        pytest.param(
            ["a ann 1-5 1-1 surgery", "b ann 1-6 1-7 tests"],
            [("a", "1-5", "1-7", 2, "tests")],
            id="a stay that ends before it begins lasts a day",
        ),
        pytest.param(
            ["a ann - 1-5 surgery", "b - 1-6 1-7 tests"],
            [],
            id="without a beginning or a resident there is no episode",
        ),
        pytest.param(
            ["a ann 1-1 1-5 -", "b ann 1-5 1-6 -"],
            [("a", "1-1", "1-6", 2, None)],
            id="what is not known stays unknown",
        ),
    ],
)
def test_an_episode_puts_stays_together(
    stays: list[str], episodes: list[tuple[object, ...]], tmp_path: Path
) -> None:
    warehouse = care_warehouse(care(EPISODE), tmp_path)
    warehouse.stays(*stays)
    warehouse.load()
    assert (
        warehouse.shown("care_episode", "episode_id", "starts_on", "ends_on", "stays", "last_ward")
        == episodes
    )


def test_a_derived_instance_has_the_key_its_business_key_gives(tmp_path: Path) -> None:
    warehouse = care_warehouse(care(EPISODE), tmp_path)
    warehouse.stays("a ann 1-1 1-5 surgery")
    warehouse.load()
    [(own, resident)] = warehouse.shown("care_episode", "care_episode_key", "resident_key")
    assert (str(own), str(resident)) == (str(key_of("a")), str(key_of("ann")))


def test_the_columns_are_those_of_any_concept(tmp_path: Path) -> None:
    model = care(EPISODE)
    columns = [name for name, _ in star_columns(model.concept("care_episode"))]
    assert star(model, design(model), "care_episode").named_selects == columns
    assert columns == [
        "care_episode_key", "episode_id", "starts_on", "ends_on", "stays", "last_ward", "resident_key",
    ]  # fmt: skip


def test_a_derived_concept_is_as_it_was_known_then(tmp_path: Path) -> None:
    warehouse = care_warehouse(care(EPISODE), tmp_path)
    warehouse.stays("a ann 1-1 - surgery", on="2-1")
    warehouse.stays("a ann 1-1 1-20 surgery", "b ann 1-21 - recovery", on="3-1")
    warehouse.stays("b ann 1-21 2-3 recovery", on="4-1")
    warehouse.stays("b ann 1-21 2-3 recovery yes", on="5-1")
    warehouse.load()
    assert [
        (on, warehouse.shown("care_episode", "episode_id", "ends_on", "stays", on=on))
        for on in ("1-1", "2-1", "3-1", "4-1", "5-1")
    ] == [
        ("1-1", []),
        ("2-1", [("a", None, 1)]),
        ("3-1", [("a", None, 2)]),
        ("4-1", [("a", "2-3", 2)]),
        ("5-1", [("a", "1-20", 1)]),
    ]


HOUSEHOLD = derived(
    "household",
    key="home",
    attributes="home text, persons integer",
    rules="""
      - version: 1
        valid_from: 2000-01-01
        group: {of: resident, by: [home], columns: {persons: count(person)}}
""",
).replace("    relationships: {resident: {to: resident, labels: {fi: Sana, sv: Ord, en: Word}}}\n", "")


def test_a_group_puts_rows_together_that_share_values(tmp_path: Path) -> None:
    warehouse = care_warehouse(care(HOUSEHOLD), tmp_path)
    people = (("ann", "A1"), ("bo", "A1"), ("cia", "B2"), ("dag", None))
    warehouse.deliver("hospital.people", moment("1-1"), *({"ID": p, "HOME": h} for p, h in people))
    warehouse.load()
    assert warehouse.shown("household", "home", "persons") == [("A1", 2), ("B2", 1)]


FIRST_STAY = derived(
    "first_stay",
    key="stay_id",
    attributes="stay_id text, admitted_on date, age integer",
    rules="""
      - version: 1
        valid_from: 2000-01-01
        sql: |
          WITH ranked AS (
            SELECT stay_id, admitted_on, resident_key,
              row_number() OVER (PARTITION BY resident_key ORDER BY admitted_on, stay_id) AS place
            FROM stay
          )
          SELECT ranked.stay_id, ranked.admitted_on, age_years(birth_date, ranked.admitted_on) AS age,
            resident.resident_key
          FROM ranked JOIN resident ON resident.resident_key = ranked.resident_key
          WHERE place = 1
""",
)


def test_a_rule_may_be_one_select_over_concepts(tmp_path: Path) -> None:
    warehouse = care_warehouse(care(FIRST_STAY), tmp_path)
    warehouse.people(("ann", "1950-5-1"), ("bo", "2000-1-1"))
    warehouse.stays("a ann 4-30 5-2 x", "b ann 1-1 1-3 x", "c bo 7-7 7-8 x")
    warehouse.load()
    assert warehouse.shown("first_stay", "stay_id", "admitted_on", "age") == [
        ("b", "1-1", 74),
        ("c", "7-7", 25),
    ]


LONG_EPISODE = derived(
    "long_episode",
    key="episode_id",
    attributes="episode_id text, days integer",
    rules="""
      - version: 1
        valid_from: 2000-01-01
        sql: >-
          SELECT episode_id, date_diff('day', starts_on, ends_on) AS days, resident_key
          FROM care_episode WHERE date_diff('day', starts_on, ends_on) > 10
""",
)


def test_a_rule_may_read_what_another_rule_makes_in_whatever_order_they_are_written(tmp_path: Path) -> None:
    warehouse = care_warehouse(care(LONG_EPISODE, EPISODE), tmp_path)
    warehouse.stays("a ann 1-1 1-8 x", "b ann 1-8 1-20 x", "c bo 1-1 1-3 x")
    warehouse.load()
    assert warehouse.shown("long_episode", "episode_id", "days") == [("a", 19)]


def test_what_was_made_before_is_read_and_not_made_again(tmp_path: Path) -> None:
    model = care(LONG_EPISODE, EPISODE)
    query = star(model, design(model), "long_episode", lambda name: table(f"mart_{name}"))
    assert {found.name for found in query.find_all(type(table("x")))} == {"mart_care_episode"}


VERSIONS = derived(
    "care_episode",
    key="episode_id",
    attributes="episode_id text, starts_on date, ends_on date, stays integer",
    more="time: [starts_on]",
    rules="\n".join(
        f"""
      - version: {version}
        valid_from: {begins}
        episode: {{of: stay, by: [resident], from: admitted_on, until: discharged_on, gap: {gap} days,
          columns: {{episode_id: first(stay_id), starts_on: starts, ends_on: ends, stays: parts}}}}"""
        for version, begins, gap in ((1, "2025-01-01", 1), (2, "2025-06-01", 7))
    ),
)


def test_an_instance_is_made_by_the_rule_in_force_when_it_happened(tmp_path: Path) -> None:
    warehouse = care_warehouse(care(VERSIONS), tmp_path)
    warehouse.stays(
        "z ann 2024-12-1 2024-12-2 x",
        "a ann 3-1 3-2 x",
        "b ann 3-6 3-7 x",
        "c ann 8-1 8-2 x",
        "d ann 8-6 8-7 x",
    )
    warehouse.load()
    assert warehouse.shown("care_episode", "episode_id", "starts_on", "stays") == [
        ("a", "3-1", 1),
        ("b", "3-6", 1),
        ("c", "8-1", 2),
    ]


def test_a_computed_attribute_reads_its_own_row_and_what_the_row_points_to(tmp_path: Path) -> None:
    warehouse = care_warehouse(care(computed=COMPUTED), tmp_path)
    warehouse.people(("ann", "1950-5-1"))
    warehouse.stays("a ann 4-30 5-2 surgery", "b bo 5-1 5-3 -")
    warehouse.load()
    assert warehouse.shown("stay", "stay_id", "ward", "ward_group", "age_group") == [
        ("a", "surgery", "surgical", "65-74"),
        ("b", None, None, None),
    ]


def test_a_computed_attribute_follows_the_rule_in_force_when_the_row_happened(tmp_path: Path) -> None:
    warehouse = care_warehouse(care(computed=COMPUTED), tmp_path)
    warehouse.stays("a ann 2024-5-1 2024-9-1 x", "b ann 5-1 5-15 x", "c ann 6-1 6-15 x", "d ann 5-1 6-15 x")
    warehouse.load()
    assert warehouse.shown("stay", "stay_id", "long") == [
        ("a", None), ("b", False), ("c", True), ("d", True),
    ]  # fmt: skip


def test_a_rule_may_read_a_computed_attribute(tmp_path: Path) -> None:
    rule = derived(
        "surgical_stay",
        key="stay_id",
        attributes="stay_id text, age_group text",
        rules="""
      - version: 1
        valid_from: 2000-01-01
        sql: SELECT stay_id, age_group, resident_key FROM stay WHERE ward_group = 'surgical'
""",
    ).replace("[planning, evaluation]", "[planning]")
    warehouse = care_warehouse(care(rule, computed=COMPUTED), tmp_path)
    warehouse.people(("ann", "1950-5-1"))
    warehouse.stays("a ann 4-30 5-2 surgery", "b ann 6-1 6-3 other")
    warehouse.load()
    assert warehouse.shown("surgical_stay", "stay_id", "age_group") == [("a", "65-74")]
