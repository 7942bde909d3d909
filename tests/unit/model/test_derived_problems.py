"""Each way in which a rule can be wrong, and what its writer is told."""

import pytest

from tests.spec.care import COMPUTED, EPISODE, care, care_files, derived
from tests.unit.model.test_problems import said_of
from virtaama.model.dependencies import publication_order

SELECT = "SELECT stay_id, ward, resident_key FROM stay"


def rule(
    sql: str, attributes: str = "stay_id text, ward text", name: str = "ward_stay", more: str = ""
) -> str:
    return derived(
        name,
        key="stay_id",
        attributes=attributes,
        more=more,
        rules=f"""
      - version: 1
        valid_from: 2020-01-01
        sql: {sql}
""",
    )


def test_the_rule_the_others_are_changed_from_is_sound() -> None:
    assert [each.concept.name for each in care(rule(SELECT), EPISODE).derived] == [
        "ward_stay",
        "care_episode",
    ]


# What somebody wrote, and what is said.
SQL_PROBLEMS = [
    (
        "SELECT stay_id, ward, resident_key FROM stays",
        "derived/care.yaml:16: rule 1 of derived concept 'ward_stay' reads 'stays', which is not a concept.\n"
        "  Did you mean 'stay'?",
    ),
    (
        "SELECT stay_id, wards AS ward, resident_key FROM stay",
        "derived/care.yaml:16: rule 1 of derived concept 'ward_stay': 'wards' is not a column of exactly one of"
        " its tables.\n"
        "  A column of several tables needs its table before a dot; `virtaama explain CONCEPT` lists columns.",
    ),
    (
        "SELECT stay_id, ward, resident_key FROM stay JOIN visit ON stay.resident_key = visit.resident_key",
        "derived/care.yaml:16: rule 1 of derived concept 'ward_stay': 'resident_key' is not a column of exactly"
        " one of its tables.\n"
        "  A column of several tables needs its table before a dot; `virtaama explain CONCEPT` lists columns.",
    ),
    (
        "SELECT stay_id, ward FROM stay",
        "derived/care.yaml:16: rule 1 of derived concept 'ward_stay' gives no column 'resident_key'.\n"
        "  Write SELECT … AS resident_key.",
    ),
    (
        "SELECT stay_id, ward, admitted_on, resident_key FROM stay",
        "derived/care.yaml:16: rule 1 of derived concept 'ward_stay' gives 'admitted_on', which is not a column"
        " of the concept.\n"
        "  Known here: 'stay_id', 'ward', 'resident_key'.",
    ),
    (
        "SELECT stay_id, ward, stay_key AS resident_key FROM stay",
        "derived/care.yaml:16: rule 1 of derived concept 'ward_stay' gives 'resident_key' from stay.stay_key,"
        " which is no key of 'resident'.\n"
        "  Give it resident_key, or the key of a relationship to it.",
    ),
    (
        "DELETE FROM stay",
        "derived/care.yaml:16: rule 1 of derived concept 'ward_stay': it is no SELECT.\n"
        "  Write SELECT … FROM …, with concepts as its tables.",
    ),
    (
        "SELECT stay_id, ward, resident_key FROM read_csv('/etc/passwd')",
        "derived/care.yaml:16: rule 1 of derived concept 'ward_stay': 'READ_CSV('/etc/passwd')' is not a concept.\n"
        "  Read from concepts by their names.",
    ),
    (
        "SELECT stay_id, ward, resident_key FROM stay LIMIT 10",
        "derived/care.yaml:16: rule 1 of derived concept 'ward_stay': it takes some of the rows by their place.\n"
        "  Say by a condition which rows are meant.",
    ),
    (
        "SELECT stay_id, ward, resident_key FROM stay WHERE admitted_on > current_date",
        "derived/care.yaml:16: rule 1 of derived concept 'ward_stay': the function 'current_date' may not be used"
        " here.\n"
        "  Functions that reckon with one row may be: coalesce, substr, strptime, date_diff and the like.",
    ),
    (
        "SELECT stay_id, ward, resident_key, ward FROM stay",
        "derived/care.yaml:16: rule 1 of derived concept 'ward_stay' gives 'ward' twice.\n"
        "  Give one of them another name.",
    ),
    (
        "SELECT stay_id, person AS ward, resident.resident_key FROM stay"
        " JOIN resident ON stay.resident_key = resident.resident_key",
        "derived/care.yaml:12: attribute 'ward' of 'ward_stay' would hold the pseudonym in resident.person and is"
        " of type text.\n"
        "  Write `type: identity`, or point to the person by a relationship.",
    ),
    (
        "SELECT stay_id, age_years(admitted_on) AS ward, resident_key FROM stay",
        "derived/care.yaml:16: rule 1 of derived concept 'ward_stay': age_years takes 2 arguments, not 1.",
    ),
]


@pytest.mark.parametrize(("sql", "said"), SQL_PROBLEMS, ids=[sql for sql, _ in SQL_PROBLEMS])
def test_what_a_select_may_not_do_is_said(sql: str, said: str) -> None:
    assert said_of(care_files(rule(f'"{sql}"'))) == said


def test_the_type_a_rule_gives_is_held_against_the_type_declared() -> None:
    said = said_of(
        care_files(rule("SELECT stay_id, ward AS days, resident_key FROM stay", "stay_id text, days integer"))
    )
    assert said == (
        "derived/care.yaml:16: attribute 'days' of 'ward_stay' is of type integer, and its rule gives TEXT.\n"
        "  Change the type, or write CAST(… AS …) in the rule."
    )


@pytest.mark.parametrize(
    ("sql", "because"),
    [
        ("SELECT stay_id, ward, resident_key FROM stay", "stay.ward"),
        ("SELECT stay_id, CASE WHEN ward IS NULL THEN 'no' END AS ward, resident_key FROM stay", "stay.ward"),
        ("SELECT stay_id, 'x' AS ward, resident_key FROM stay WHERE admitted_on IS NOT NULL", "stay.admitted_on"),
        ("WITH a AS (SELECT stay_id, ward AS w, resident_key FROM stay), resident_of AS (SELECT person FROM resident a)"
         " SELECT stay_id, 'x' AS ward, resident_key FROM a WHERE w = 'x'", "stay.ward"),
        ("WITH w AS (SELECT stay_id, resident_key, max(ward) OVER (PARTITION BY resident_key) AS m FROM stay)"
         " SELECT stay_id, m AS ward, resident_key FROM w", "stay.ward"),
        ("SELECT stay_id, CAST(row_number() OVER (ORDER BY admitted_on, stay_id) AS VARCHAR) AS ward, resident_key"
         " FROM stay", "stay.admitted_on"),
    ],
)  # fmt: skip
def test_what_is_computed_is_as_sensitive_as_what_it_is_computed_from(sql: str, because: str) -> None:
    files = care_files(rule(f'"{sql}"'))
    text = files["derived/care.yaml"]
    line = next(row for row in text.splitlines() if row.startswith("      ward:"))
    files["derived/care.yaml"] = text.replace(line, line.replace("special", "personal"))
    assert said_of(files) == (
        f"derived/care.yaml:12: attribute 'ward' of 'ward_stay' is personal, and is computed from {because}, which is"
        " special.\n  Write `sensitivity: special`."
    )


def test_nothing_about_persons_is_open() -> None:
    text = rule("\"SELECT stay_id, 'x' AS ward, resident_key FROM stay\"")
    line = next(row for row in text.splitlines() if row.startswith("      ward:"))
    files = care_files(text.replace(line, line.replace("sensitivity: special", "sensitivity: open")))
    assert said_of(files) == (
        "derived/care.yaml:12: attribute 'ward' of 'ward_stay' is open, and is computed from rows of 'stay', which"
        " are about persons.\n"
        "  Write `sensitivity: personal`, or `special` where it tells of health or social care."
    )


def test_purposes_are_no_wider_than_those_of_what_is_read() -> None:
    text = rule(SELECT).replace("[planning, evaluation]", "[planning, steering]")
    assert said_of(care_files(text)) == (
        "derived/care.yaml:12: attribute 'ward' of 'ward_stay' may be used for steering, and stay.ward, from which"
        " it is computed, may not.\n"
        "  Write `purposes: [planning, evaluation]` or fewer."
    )


def test_rules_that_go_in_circles_are_named() -> None:
    one = rule("SELECT stay_id, ward, resident_key FROM two", name="one")
    two = rule("SELECT stay_id, ward, resident_key FROM one", name="two")
    assert "rules go in circles: 'two' from 'one' from 'two'." in said_of(
        care_files(one, two)
    ) or "rules go in circles: 'one' from 'two' from 'one'." in said_of(care_files(one, two))


def test_every_problem_is_said_at_once() -> None:
    said = said_of(
        care_files(rule("SELECT 1 AS x FROM nowhere", name="one"), rule("DROP TABLE stay", name="two"))
    )
    assert said.splitlines()[0].startswith(
        "derived/care.yaml:16: rule 1 of derived concept 'one' reads 'nowhere'"
    )
    assert said.splitlines()[2].startswith(
        "derived/care.yaml:33: rule 1 of derived concept 'two': it is no SELECT"
    )


def test_several_rules_need_a_time_to_choose_by() -> None:
    text = (
        rule(SELECT)
        + f"""
      - version: 2
        valid_from: 2024-01-01
        sql: {SELECT}
"""
    )
    assert said_of(care_files(text)) == (
        "derived/care.yaml:2: derived concept 'ward_stay' has several rules and no `time` that says by which of them"
        " an instance is made.\n"
        "  Write `time: […]` with the attributes that say when it happened."
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "of: stay", "of: stays",
            "derived/care.yaml:20: rule 1 of derived concept 'care_episode' reads 'stays', which is not a concept.\n"
            "  Did you mean 'stay'?",
        ),
        (
            "by: [resident]", "by: [client]",
            "derived/care.yaml:20: rule 1 of derived concept 'care_episode': 'stay' has no attribute or relationship"
            " 'client'.",
        ),
        (
            "stays: parts", "stays: ward",
            "derived/care.yaml:20: rule 1 of derived concept 'care_episode': the rows put together have several"
            " values of 'ward'.\n"
            "  Write min(ward), max(ward), count(ward) or, in an episode, first(ward) or last(ward).",
        ),
        (
            "            stays: parts\n", "",
            "derived/care.yaml:20: rule 1 of derived concept 'care_episode' gives no column 'stays'.\n"
            "  Write `stays: …` under `columns`, or name it in `by`.",
        ),
        (
            "gap: 1 day", "gap: a while",
            "derived/care.yaml:27: rules episode gap of derived concept 'care_episode' is 'a while'.\n"
            "  How long after the end of one row the next may start: 1 day.",
        ),
    ],
)  # fmt: skip
def test_what_an_episode_lacks_is_said(old: str, new: str, said: str) -> None:
    assert said_of(care_files(EPISODE.replace(old, new))) == said


def test_nothing_delivered_describes_or_points_to_what_a_rule_makes() -> None:
    files = care_files(rule(SELECT))
    files["mappings/more.yaml"] = (
        "mappings: [{feed: hospital.stays, concept: ward_stay, key: {stay_id: ID}}]\n"
    )
    files["concepts/care.yaml"] += (
        "    # and\n      ward_stay: {to: ward_stay, labels: {fi: Sana, sv: Ord, en: Word}}\n"
    )
    said = said_of(files)
    assert "'ward_stay' is derived: its rules make it, no feed describes it." in said
    assert "relationship 'ward_stay' points to 'ward_stay', which is derived." in said


COMPUTED_PROBLEMS = [
    ("ward LIKE", "wart LIKE", "'stay' has no attribute 'wart'; it has"),
    (
        "resident.birth_date",
        "residents.birth_date",
        "'stay' has no relationship 'residents'; it has 'resident'.",
    ),
    ("ward LIKE", "ward_group LIKE", "reads 'ward_group', which is computed itself."),
    ("ward LIKE", "max(ward) LIKE", "the rule of attribute 'ward_group' of 'stay': it looks at several rows"),
    ("version: 2", "version: 1", "comes after a version of the same or a higher number."),
    ("2025-06-01", "2025-01-01", "two rules of attribute 'long' of 'stay' begin on 2025-01-01."),
    (
        "        sensitivity: special\n        purposes: [planning]",
        "        sensitivity: personal",
        "attribute 'ward_group' of 'stay' is personal, and is computed from stay.ward, which is special.",
    ),
    (
        "type: boolean",
        "type: date",
        "attribute 'long' of 'stay' is of type date, and its rule gives BOOLEAN.",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "said"), COMPUTED_PROBLEMS, ids=[new for _, new, _ in COMPUTED_PROBLEMS]
)
def test_what_a_computed_attribute_may_not_do_is_said(old: str, new: str, said: str) -> None:
    assert said in said_of(care_files(computed=COMPUTED.replace(old, new, 1)))


def test_a_computed_attribute_is_not_mapped_too() -> None:
    files = care_files(computed=COMPUTED)
    files["mappings/hospital.yaml"] = files["mappings/hospital.yaml"].replace(
        "ward: WARD}", "ward_group: WARD}"
    )
    assert "'ward_group' of 'stay' is computed by a rule." in said_of(files)


def test_concepts_are_published_after_what_they_are_computed_from() -> None:
    long = rule("SELECT episode_id AS stay_id, last_ward AS ward, resident_key FROM care_episode")
    order = [concept.name for concept in publication_order(care(long, EPISODE, computed=COMPUTED))]
    assert sorted(order) == ["care_episode", "resident", "stay", "visit", "ward_stay"]
    assert (
        order.index("resident") < order.index("stay") < order.index("care_episode") < order.index("ward_stay")
    )


CALENDAR = "calendars:\n  c:\n    labels: {fi: Sana, sv: Ord, en: Word}\n"


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ("", "calendars/c.yaml:2: calendar 'c' has no days.\n  Write `every`, `yearly` or `dates`."),
        (
            "    every: week\n",
            "calendars/c.yaml:4: every of calendar 'c' is 'week', which is not known.\n"
            "  Known here: 'month', 'quarter', 'year'.\n"
            "calendars/c.yaml:2: calendar 'c' has no days.\n  Write `every`, `yearly` or `dates`.",
        ),
        (
            "    every: month\n    from: 2025-01-01\n    until: 2024-01-01\n",
            "calendars/c.yaml:2: calendar 'c' ends before it begins.\n  `from` is its first day, `until` its last.",
        ),
    ],
)
def test_what_a_calendar_lacks_is_said(members: str, said: str) -> None:
    assert sorted(said_of({**care_files(), "calendars/c.yaml": CALENDAR + members}).splitlines()) == sorted(
        said.splitlines()
    )
