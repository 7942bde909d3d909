"""What became of a model, in words: each way in which one generation can differ from the next."""

from __future__ import annotations

import pytest

from tests.unit.content.county import shipped_model
from tests.unit.model.small_model import FILES
from virtaama.model.changes import words
from virtaama.model.compare import compare, under_new_names
from virtaama.model.parse import parse_model
from virtaama.model.record import meaning_of

SYSTEM = "systems/register.yaml"
CONCEPTS = "concepts/people.yaml"
CODES = "codes/sex.yaml"
MAPPINGS = "mappings/register.yaml"
PLACE = "Sex}}\n    relationships"
WHOLE_SEX = (
    "      sex: {type: text, sensitivity: personal, code_list: sex, "
    "labels: {fi: Sukupuoli, sv: Kön, en: Sex}}\n"
)
WORDS = "sensitivity: personal, labels: {fi: E, sv: E, en: E}}"
EMAIL = f"Sex}}}}\n      email: {{type: text, {WORDS}\n    relationships"
DAY = f"Sex}}}}\n      birth_day: {{was: birth_date, type: integer, {WORDS}\n    relationships"

# Passages and what stands in their place; what is said.
CHANGES: list[tuple[list[tuple[str, str, str]], list[str]]] = [
    ([(CONCEPTS, PLACE, EMAIL)], ["attribute 'email' of resident is new"]),
    (
        [
            (CONCEPTS, "      sex: {type", "      gender: {was: sex, type"),
            (MAPPINGS, "sex: SEX", "gender: SEX"),
        ],
        ["attribute 'sex' of resident is called 'gender' now"],
    ),
    (
        [(CONCEPTS, "      sex: {type", "      gender: {type"), (MAPPINGS, "sex: SEX", "gender: SEX")],
        [
            "attribute 'gender' of resident is new",
            "attribute 'sex' of resident is gone; if it is 'gender' under a new name, write `was: sex` there",
        ],
    ),
    (
        [(CONCEPTS, "birth_date: {type: date,", "birth_date: {type: timestamp,")],
        ["type of attribute 'birth_date' of resident: timestamp, was date"],
    ),
    (
        [
            (
                CONCEPTS,
                "birth_date: {type: date, sensitivity: personal",
                "birth_date: {type: date, sensitivity: special, purposes: [steering]",
            )
        ],
        [
            "sensitivity of attribute 'birth_date' of resident: special, was personal",
            "purposes of attribute 'birth_date' of resident: steering, was nothing",
        ],
    ),
    (
        [
            (CONCEPTS, "birth_date: {type: date,", "birth_year: {was: birth_date, type: integer,"),
            (
                CONCEPTS,
                PLACE,
                DAY,
            ),
            (MAPPINGS, "birth_date: BORN", "birth_year: year(BORN)\n      birth_day: day(BORN)"),
        ],
        ["attribute 'birth_date' of resident is split into 'birth_year' and 'birth_day'"],
    ),
    (
        [
            (CONCEPTS, "birth_date: {type: date,", "birth: {was: [birth_date, sex], type: text,"),
            (
                CONCEPTS,
                WHOLE_SEX,
                "",
            ),
            (MAPPINGS, "birth_date: BORN\n      sex: SEX", "birth: concat(BORN, SEX)"),
        ],
        ["attribute 'birth' of resident is merged from 'birth_date' and 'sex'"],
    ),
    (
        [(MAPPINGS, "sex: SEX", "sex: upper(SEX)"), (MAPPINGS, "HETU IS NOT NULL", "SEX IS NOT NULL")],
        [
            "`where` of mapping of register.people to resident: SEX IS NOT NULL, was HETU IS NOT NULL",
            "sex of mapping of register.people to resident: upper(SEX), was SEX",
        ],
    ),
    (
        [(CONCEPTS, "home: {to", "residence: {was: home, to"), (MAPPINGS, "home: PLACE", "residence: PLACE")],
        ["relationship 'home' of resident is called 'residence' now"],
    ),
    (
        [
            (CONCEPTS, "home: {to: municipality", "home: {to: resident"),
            (MAPPINGS, "home: PLACE", "home: HETU"),
        ],
        [
            "to of relationship 'home' of resident: resident, was municipality",
            "home of mapping of register.people to resident: HETU, was PLACE",
        ],
    ),
    (
        [
            (CONCEPTS, "key: [person]", "key: [person, sex]"),
            (MAPPINGS, "key: {person: HETU}", "key: {person: HETU, sex: SEX}"),
            (MAPPINGS, "      sex: SEX\n", ""),
        ],
        ["key of concept 'resident': person, sex, was person"],
    ),
    (
        [
            (CONCEPTS, "  municipality:\n", "  commune:\n    was: municipality\n"),
            (CONCEPTS, "to: municipality", "to: commune"),
            (MAPPINGS, "concept: municipality", "concept: commune"),
        ],
        ["concept 'municipality' is called 'commune' now"],
    ),
    (
        [(MAPPINGS, "  - feed: register.people\n    concept: municipality\n    key: {code: PLACE}\n", "")],
        ["mapping of register.people to municipality is gone"],
    ),
    (
        [
            (CODES, "from: 1997-01-01, until: 2099-12-31", "from: 1998-01-01"),
            (CODES, "Mies", "Miespuolinen"),
            (CODES, '      "2"', '      "9": {fi: Ei tietoa, sv: Okänt, en: Unknown}\n      "2"'),
        ],
        [
            "code list 'sex' is issued anew: 1 code (9) new; 1 code (2) in force on other days; "
            "1 code (1) with other words"
        ],
    ),
    (
        [
            (SYSTEM, "SEX: {type: text, also: [GENDER]}", "SUKUPUOLI: {type: text, also: [SEX]}"),
            (MAPPINGS, "sex: SEX", "sex: SUKUPUOLI"),
        ],
        [
            "field 'SEX' of register.people is called 'SUKUPUOLI' now",
            "sex of mapping of register.people to resident: SUKUPUOLI, was SEX",
        ],
    ),
    (
        [(SYSTEM, "delivery: full", "delivery: changes")],
        ["delivery of feed 'register.people': changes, was full"],
    ),
    (
        [(CONCEPTS, "fi: Koti", "fi: Asuinpaikka")],
        ["relationship 'home' of resident has other labels and definition"],
    ),
    ([(CONCEPTS, "kind: entity\n    labels: {fi: Kunta,", "kind:   entity\n    labels: {fi: Kunta,")], []),
]


@pytest.mark.parametrize(
    ("passages", "said"), CHANGES, ids=lambda value: str(value[0])[:60] if value else "none"
)
def test_a_change_is_said(passages: list[tuple[str, str, str]], said: list[str]) -> None:
    files = dict(FILES)
    for file, old, new in passages:
        assert files[file].count(old) == 1, old
        files[file] = files[file].replace(old, new)
    changes = compare(parse_model(FILES), parse_model(files))
    assert [words(change) for change in changes] == said
    assert all(change.place.file in FILES for change in changes)


def test_a_model_does_not_differ_from_itself_where_lines_have_moved() -> None:
    moved = {file: f"# a remark\n{text}" for file, text in FILES.items()}
    assert compare(parse_model(FILES), parse_model(moved)) == ()
    assert compare(shipped_model(), shipped_model()) == ()


def test_a_former_name_that_is_long_gone_stands_for_nothing() -> None:
    renamed = FILES | {
        CONCEPTS: FILES[CONCEPTS].replace("sex: {type", "sex: {was: gender, type"),
    }
    assert compare(parse_model(FILES), parse_model(renamed)) == ()


def test_a_replaced_system_is_told_as_such() -> None:
    new_system = (
        FILES[SYSTEM]
        .replace("system: register", "system: population")
        .replace("    delivery: full", "    delivery: full\n    replaces: register.people")
    )
    new_mapping = "mappings:\n  - feed: population.people\n    concept: resident\n    key: {person: HETU}\n"
    files = FILES | {"systems/population.yaml": new_system, "mappings/population.yaml": new_mapping}
    assert [words(change) for change in compare(parse_model(FILES), parse_model(files))] == [
        "feed 'population.people' is new",
        "feed 'population.people' takes the place of 'register.people'; the history of both is kept",
        "mapping of population.people to resident is new",
    ]


def test_names_are_followed_everywhere() -> None:
    files = dict(FILES)
    for file, old, new in (
        (CONCEPTS, "  municipality:\n", "  commune:\n    was: municipality\n"),
        (CONCEPTS, "home: {to: municipality", "residence: {was: home, to: commune"),
        (CONCEPTS, "      code: {type", "      number: {was: code, type"),
        (CONCEPTS, "key: [code]", "key: [number]"),
        (MAPPINGS, "concept: municipality\n    key: {code:", "concept: commune\n    key: {number:"),
        (MAPPINGS, "home: PLACE", "residence: PLACE"),
    ):
        files[file] = files[file].replace(old, new)
    old, new = parse_model(FILES), parse_model(files)
    assert meaning_of(under_new_names(old, new).mappings) == meaning_of(new.mappings)
    assert [words(change) for change in compare(old, new)] == [
        "concept 'municipality' is called 'commune' now",
        "relationship 'home' of resident is called 'residence' now",
        "attribute 'code' of commune is called 'number' now",
    ]
