"""Each way in which a model can be wrong, and what its writer is told."""

import pytest

from tests.unit.model.small_model import FILES, changed
from virtaama.model.parse import parse_model
from virtaama.problems import ProblemsFound

SYSTEM = "systems/register.yaml"
CONCEPTS = "concepts/people.yaml"
CODES = "codes/sex.yaml"
MAPPINGS = "mappings/register.yaml"


def said_of(files: dict[str, str]) -> str:
    """What is said of the files, without the line that counts the problems."""
    with pytest.raises(ProblemsFound) as found:
        parse_model(files)
    *problems, counted = str(found.value).splitlines()
    assert counted.endswith("Nothing was changed.")
    return "\n".join(problems)


# The file, what stands there, what somebody wrote instead, what is said.
SYSTEM_PROBLEMS = [
    (
        "format: csv",
        "format: cvs",
        """\
systems/register.yaml:3: format is 'cvs', which is not known.
  Did you mean 'csv'?""",
    ),
    (
        "delivery: full",
        "delivery: complete",
        """\
systems/register.yaml:9: delivery of feed 'people' is 'complete', which is not known.
  Known here: 'full', 'changes', 'events'.""",
    ),
    (
        "delivery: full",
        "delivery: full\n    reject_at_most: 5",
        """\
systems/register.yaml:10: reject_at_most of feed 'people' is 5; it ends at 1.""",
    ),
    (
        "NAME: {type: text,",
        "NAME: {type: text, required: yes,",
        """\
systems/register.yaml:12: required of field 'NAME' must be true or false.""",
    ),
    (
        '"register/*/people.csv"',
        '"../people.csv"',
        """\
systems/register.yaml:6: feed 'register.people' reads '../people.csv', which is outside the deliveries.
  Write a path below the deliveries folder.""",
    ),
    (
        "(?P<month>\\d{2})",
        "(\\d{2})",
        (
            "systems/register.yaml:4: extracted has no group month.\n"
            "  Write it as in '/(?P<year>\\d{4})-(?P<month>\\d{2})/'."
        ),
    ),
    (
        "(?P<month>\\d{2})",
        "(?P<month>\\d{2}",
        (
            "systems/register.yaml:4: extracted is no regular expression: missing ), "
            "unterminated subpattern at position 17.\n"
            "  Write it as in '/(?P<year>\\d{4})-(?P<month>\\d{2})/'."
        ),
    ),
    (
        "%Y%m%d",
        "yyyymmdd",
        """\
systems/register.yaml:13: format 'yyyymmdd' does not say how a day is written.
  Days are written with %Y, %m and %d, the time with %H, %M and %S: %d.%m.%Y %H:%M.""",
    ),
    (
        "%Y%m%d",
        "%Y%m%D",
        """\
systems/register.yaml:13: '%D' in format '%Y%m%D' stands for nothing.
  Days are written with %Y, %m and %d, the time with %H, %M and %S: %d.%m.%Y %H:%M.""",
    ),
    (
        "NAME: {type: text,",
        "NAME: {type: date,",
        """\
systems/register.yaml:12: field 'NAME' of feed 'register.people' names a person and is of type date.
  Write `type: text`; what is enciphered is text.""",
    ),
    (
        "HETU: {type: identity,",
        "HETU: {type: identity, direct: true,",
        """\
systems/register.yaml:11: field 'HETU' of feed 'register.people' names a person and is of type identity.
  Take `direct` out: an identity code becomes a pseudonym.""",
    ),
    (
        "HETU: {type: identity, required: true}",
        "HETU: {type: identity}",
        """\
systems/register.yaml:12: field 'NAME' of feed 'register.people' names a person, and a row may be without HETU.
  Write `required: true` at HETU; or add to `whose` a field that is always filled: `whose: [HETU, NUMBER]`.""",
    ),
    (
        "NAME: {type: text,",
        "NAME: {type: text, whose: HETY,",
        """\
systems/register.yaml:12: field 'NAME' of feed 'register.people' is that of 'HETY', which is not a field of the feed.
  Did you mean 'HETU'?""",
    ),
    (
        "NAME: {type: text,",
        "NAME: {type: text, whose: NAME,",
        """\
systems/register.yaml:12: field 'NAME' of feed 'register.people' is that of 'NAME', which is no number of a person.
  Name a field of type identity, text or integer that is not direct.""",
    ),
    (
        "NAME: {type: text,",
        "MOTHER: {type: identity, required: true}\n      NAME: {type: text,",
        """\
systems/register.yaml:13: field 'NAME' of feed 'register.people' names a person, and a row holds several: HETU, MOTHER.
  Say which: `whose: HETU`, at the field or for the whole feed.""",
    ),
    (
        "PLACE: {type: text}",
        "PLACE: {type: text, whose: HETU}",
        """\
systems/register.yaml:14: field 'PLACE' of feed 'register.people' says whose it is and names nobody.
  Take `whose` out.""",
    ),
    (
        "PLACE: {type: text}",
        "PLACE: {type: text, format: '%Y'}",
        """\
systems/register.yaml:14: field 'PLACE' of feed 'register.people' has a format and is of type text.
  Only days and moments have one.""",
    ),
    (
        "PLACE: {type: text}",
        "PLACE: {type: text, path: \"resource ->> '$.place'\"}",
        """\
systems/register.yaml:14: field 'PLACE' of feed 'register.people' has a path, and csv has none.
  Name the field as the source does.""",
    ),
    (
        "also: [GENDER]",
        "also: [PLACE]",
        """\
systems/register.yaml:15: 'PLACE' is a name of both 'PLACE' and 'SEX' in feed 'register.people'.
  Every name, also a former one, belongs to one field.""",
    ),
    (
        "      PLACE: {type: text}",
        "      PLACE: {type: text}\n      place: {type: text}",
        """\
systems/register.yaml:15: 'place' is a name of both 'PLACE' and 'place' in feed 'register.people'.
  Every name, also a former one, belongs to one field.""",
    ),
    (
        "format: csv",
        "format: sql",
        """\
systems/register.yaml:6: feed 'register.people' comes from an SQL database and has no `query`.
  Write its SELECT.""",
    ),
    (
        "format: csv",
        "format: fhir",
        """\
systems/register.yaml:6: feed 'register.people' holds FHIR resources and does not say which.
  Add `resource:`, such as Encounter.""",
    ),
    (
        "delivery: full",
        "delivery: full\n    query: SELECT 1",
        """\
systems/register.yaml:6: feed 'register.people' is of format csv and has no use for `query`.
  Take it out.""",
    ),
    (
        "delivery: full",
        "delivery: full\n    row_order: CHANGED",
        """\
systems/register.yaml:6: row_order of feed 'register.people' uses 'CHANGED', which is not a field of 'register.people'.
  Known here: 'HETU', 'NAME', 'BORN', 'PLACE', 'SEX'.""",
    ),
]

CONCEPT_PROBLEMS = [
    (
        "sex: {type: text, sensitivity: personal,",
        "sex: {type: text, sensitivty: personal,",
        """\
concepts/people.yaml:11: attribute 'sex' has no member 'sensitivty'.
  Did you mean 'sensitivity'?""",
    ),
    (
        "birth_date: {type: date, ",
        "birth_date: {type: dat, ",
        """\
concepts/people.yaml:10: type of attribute 'birth_date' is 'dat', which is not known.
  Did you mean 'date'?""",
    ),
    (
        "labels: {fi: Nimi, sv: Namn, en: Name}",
        "labels: {fi: Nimi, en: Name}",
        """\
concepts/people.yaml:9: labels of attribute 'name' has no 'sv'.
  All three languages are needed: {fi: …, sv: …, en: …}.""",
    ),
    (
        "person: {type: identity, sensitivity: personal, labels: {fi: Henkilö, sv: Person, en: Person}}",
        "person: {type: identity, sensitivity: personal}",
        """\
concepts/people.yaml:8: attribute 'person' has no 'labels'.
  Write labels: {fi: …, sv: …, en: …}.""",
    ),
    (
        "    definition: {fi: Kunta., sv: Kommun., en: A municipality.}\n",
        "",
        """\
concepts/people.yaml:14: concept 'municipality' has no 'definition'.
  Write definition: {fi: …, sv: …, en: …}.""",
    ),
    (
        "key: [code]",
        "key: code",
        """\
concepts/people.yaml:18: key of concept 'municipality' must be a list: [a, b].""",
    ),
    (
        "key: [code]",
        "key: []",
        """\
concepts/people.yaml:18: key of concept 'municipality' is empty.""",
    ),
    (
        "      birth_date:",
        "      BirthDate:",
        """\
concepts/people.yaml:10: 'BirthDate' cannot be a name.
  Use small letters a to z, digits and single underscores, a letter first.
mappings/register.yaml:8: concept 'resident' has no attribute 'birth_date'.
  Did you mean 'BirthDate'?""",
    ),
    (
        "concepts:\n",
        "concepts: # all\n\tx: 1\n",
        """\
concepts/people.yaml:2: the file cannot be read as YAML: found character that cannot start any token.
  Look at this line and the one before it: indentation, a ':' or a quotation mark.""",
    ),
    (
        "      birth_date: {",
        "      name: {",
        """\
concepts/people.yaml:10: 'name' stands here twice; it is on line 9 already.
  Give one of them another name, or take it out.
mappings/register.yaml:8: concept 'resident' has no attribute 'birth_date'.
  Known here: 'person', 'name', 'sex'.""",
    ),
    (
        "to: municipality",
        "to: municipalty",
        """\
concepts/people.yaml:13: relationship 'home' points to 'municipalty', which is not a concept.
  Did you mean 'municipality'?""",
    ),
    (
        "key: [person]",
        "key: [persn]",
        """\
concepts/people.yaml:2: the key of concept 'resident' names 'persn', which is not one of its attributes.
  Did you mean 'person'?
mappings/register.yaml:2: the key of 'resident' needs 'persn', and nothing is mapped to it.
  Add `persn: …`.
mappings/register.yaml:5: 'person' is no part of the key of 'resident'.
  Did you mean 'persn'?""",
    ),
    (
        "key: [person]",
        "key: [name]",
        """\
concepts/people.yaml:9: attribute 'name' is in the key of concept 'resident' and names a person.
  A key stands in every table. Use a number of the source, or type: identity.
mappings/register.yaml:2: the key of 'resident' needs 'name', and nothing is mapped to it.
  Add `name: …`.
mappings/register.yaml:5: 'person' is no part of the key of 'resident'.
  Known here: 'name'.
mappings/register.yaml:7: 'name' is the key of 'resident'.
  Map it under `key`, not under `attributes`.""",
    ),
    (
        "key: [person]",
        "key: [person]\n    time: [born]",
        """\
concepts/people.yaml:2: the time of concept 'resident' names 'born', which is not one of its attributes.
  Known here: 'person', 'name', 'birth_date', 'sex'.""",
    ),
    (
        "key: [person]",
        "key: [person]\n    time: [sex]",
        """\
concepts/people.yaml:2: the time of concept 'resident' names 'sex', which is of type text.
  Only a date or a timestamp says when something happened.""",
    ),
    (
        "      home: {to",
        "      birth_date: {to",
        """\
concepts/people.yaml:13: concept 'resident' has both an attribute and a relationship 'birth_date'.
  Give one of them another name.
mappings/register.yaml:11: concept 'resident' has no relationship 'home'.
  Known here: 'birth_date'.""",
    ),
    (
        "      name: {type: text, sens",
        "      batch: {type: text, sens",
        """\
concepts/people.yaml:9: attribute 'batch' has a name the warehouse needs for itself.
  Choose another, such as one that says more.
mappings/register.yaml:7: concept 'resident' has no attribute 'name'.
  Known here: 'person', 'batch', 'birth_date', 'sex'.""",
    ),
    (
        "sensitivity: personal, code_list: sex",
        "sensitivity: special, code_list: sex",
        """\
concepts/people.yaml:11: attribute 'sex' is special-category data and names no purpose.
  Add `purposes:`, such as [steering, evaluation].""",
    ),
    (
        "sensitivity: personal, code_list: sex",
        "sensitivity: special, purposes: [marketing], code_list: sex",
        """\
concepts/people.yaml:11: purposes of attribute 'sex' is 'marketing', which is not known.
  Known here: 'steering', 'planning', 'evaluation', 'data_quality', 'client_care'.""",
    ),
    (
        "person: {type: identity, sensitivity: personal,",
        "person: {type: identity,",
        """\
concepts/people.yaml:8: attribute 'person' is a pseudonym of a person and is not marked as personal.
  Add `sensitivity: personal`.""",
    ),
    (
        "birth_date: {type: date, sensitivity: personal",
        "birth_date: {type: date, sensitivity: direct",
        """\
concepts/people.yaml:10: attribute 'birth_date' is kept enciphered and cannot be of type date.
  Write `type: text`.
mappings/register.yaml:8: 'birth_date' names a person and must be given one field marked `direct: true`, as it is.
  Mark the field in systems/; what is enciphered cannot be reckoned with.""",
    ),
    (
        "code_list: sex",
        "code_list: gender",
        """\
concepts/people.yaml:11: attribute 'sex' takes its values from 'gender', which is not a code list.
  Known here: 'sex'.""",
    ),
    (
        "birth_date: {type: date, sens",
        "birth_date: {type: date, code_list: sex, sens",
        """\
concepts/people.yaml:10: attribute 'birth_date' holds codes and cannot be of type date.
  Codes are text: write `type: text`.""",
    ),
    (
        "  municipality:\n    kind",
        "  resident:\n    kind",
        """\
concepts/people.yaml:13: relationship 'home' points to 'municipality', which is not a concept.
  Known here: 'resident'.
concepts/people.yaml:14: 'resident' stands here twice; it is on line 2 already.
  Give one of them another name, or take it out.
mappings/register.yaml:12: 'municipality' is not a concept.
  Known here: 'resident'.""",
    ),
]

CODE_PROBLEMS = [
    (
        "until: 2099-12-31",
        "until: 31.12.2099",
        """\
codes/sex.yaml:7: until of code '2' is '31.12.2099', which is not a day.
  Write it as 2024-01-31.""",
    ),
    (
        "until: 2099-12-31",
        "until: 1990-12-31",
        """\
codes/sex.yaml:7: code '2' ends on 1990-12-31, before it begins on 1997-01-01.
  `from` is its first day, `until` its last.""",
    ),
    (
        "until: 2099-12-31",
        "until: 2099-02-30",
        """\
codes/sex.yaml:7: until of code '2' is '2099-02-30', which is not a day.
  Write it as 2024-01-31.""",
    ),
    (
        "en: Male",
        "en: ''",
        """\
codes/sex.yaml:6: en of code '1' is empty.""",
    ),
    (
        'source: "AR/YDIN - Sukupuoli 1997"',
        "source: 1997",
        """\
codes/sex.yaml:4: source of code list 'sex' must be a text.
  Put it in quotation marks: "1997".""",
    ),
    (
        '"2": {',
        '"1": {',
        """\
codes/sex.yaml:7: '1' stands here twice; it is on line 6 already.
  Give one of them another name, or take it out.""",
    ),
]

MAPPING_PROBLEMS = [
    (
        "feed: register.people\n    concept: resident",
        "feed: register.peple\n    concept: resident",
        """\
mappings/register.yaml:2: 'register.peple' is not a feed.
  Did you mean 'register.people'?""",
    ),
    (
        "concept: municipality",
        "concept: municipalities",
        """\
mappings/register.yaml:12: 'municipalities' is not a concept.
  Did you mean 'municipality'?""",
    ),
    (
        "    key: {code: PLACE}\n",
        "    attributes: {}\n",
        """\
mappings/register.yaml:12: mapping 2 has no 'key'.
  Write key: An expression for each attribute of the concept's key.""",
    ),
    (
        "key: {code: PLACE}",
        "key: {name: PLACE}",
        """\
mappings/register.yaml:12: the key of 'municipality' needs 'code', and nothing is mapped to it.
  Add `code: …`.
mappings/register.yaml:14: 'name' is no part of the key of 'municipality'.
  Known here: 'code'.""",
    ),
    (
        "key: {code: PLACE}",
        "key: {code: PLACE}\n    attributes: {code: PLACE}",
        """\
mappings/register.yaml:15: 'code' is the key of 'municipality'.
  Map it under `key`, not under `attributes`.""",
    ),
    (
        "birth_date: BORN",
        "born: BORN",
        """\
mappings/register.yaml:8: concept 'resident' has no attribute 'born'.
  Known here: 'person', 'name', 'birth_date', 'sex'.""",
    ),
    (
        "birth_date: BORN",
        "home: PLACE",
        """\
mappings/register.yaml:8: concept 'resident' has no attribute 'home'.
  It is a relationship: map it under `relationships`.""",
    ),
    (
        "home: PLACE",
        "hom: PLACE",
        """\
mappings/register.yaml:11: concept 'resident' has no relationship 'hom'.
  Did you mean 'home'?""",
    ),
    (
        "home: PLACE",
        "home: {number: PLACE}",
        """\
mappings/register.yaml:11: 'number' is no part of the key of 'municipality' (where 'home' points).
  Known here: 'code'.
mappings/register.yaml:11: the key of 'municipality' (where 'home' points) needs 'code', and nothing is mapped to it.
  Add `code: …`.""",
    ),
    (
        "sex: SEX",
        "sex: KON",
        """\
mappings/register.yaml:9: 'sex' uses 'KON', which is not a field of 'register.people'.
  Known here: 'HETU', 'NAME', 'BORN', 'PLACE', 'SEX'.""",
    ),
    (
        "sex: SEX",
        "sex: upper(SEX",
        """\
mappings/register.yaml:9: 'sex': something is missing after 'SEX' at the end.""",
    ),
    (
        "sex: SEX",
        "sex: SEX =",
        """\
mappings/register.yaml:9: 'sex': something is missing after '=' at the end.""",
    ),
    (
        "sex: SEX",
        "sex: SEX, PLACE",
        """\
mappings/register.yaml:9: 'sex': it cannot be read at ',' (position 4).""",
    ),
    (
        "sex: SEX",
        "sex: (SELECT max(x) FROM secrets)",
        """\
mappings/register.yaml:9: 'sex': it holds a query.
  Write an expression over the fields of one row.""",
    ),
    (
        "sex: SEX",
        "sex: read_text('/etc/passwd')",
        """\
mappings/register.yaml:9: 'sex': the function 'read_text' may not be used here.
  Functions that reckon with one row may be: coalesce, substr, strptime, date_diff and the like.""",
    ),
    (
        "sex: SEX",
        "sex: lowr(SEX)",
        """\
mappings/register.yaml:9: 'sex': the function 'lowr' may not be used here.
  Did you mean 'lower'?""",
    ),
    (
        "sex: SEX",
        "sex: first(SEX)",
        """\
mappings/register.yaml:9: 'sex': 'first' looks at several rows.
  Write an expression over the fields of one row; metrics aggregate.""",
    ),
    (
        "sex: SEX",
        "sex: register.SEX",
        """\
mappings/register.yaml:9: 'sex': 'register.SEX' has a dot.
  Write the name of a field alone, and a function before its parenthesis.""",
    ),
    (
        "where: HETU IS NOT NULL",
        "where: NAME <> ''",
        """\
mappings/register.yaml:4: `where` reckons with 'NAME', which is kept enciphered.
  Only whether it is null can be asked.""",
    ),
    (
        "sex: SEX",
        "sex: NAME",
        """\
mappings/register.yaml:9: 'sex' would show 'NAME', which names a person.
  Give attribute 'sex' `sensitivity: direct`, or take the field out.""",
    ),
    (
        "sex: SEX",
        "sex: HETU",
        """\
mappings/register.yaml:9: 'sex' would hold the pseudonym in 'HETU' and is of type text.
  Give attribute 'sex' `type: identity`, or take the field out.""",
    ),
    (
        "name: NAME",
        "name: PLACE",
        """\
mappings/register.yaml:7: 'name' names a person and must be given one field marked `direct: true`, as it is.
  Mark the field in systems/; what is enciphered cannot be reckoned with.""",
    ),
    (
        "name: NAME",
        "name: upper(NAME)",
        """\
mappings/register.yaml:7: 'name' names a person and must be given one field marked `direct: true`, as it is.
  Mark the field in systems/; what is enciphered cannot be reckoned with.""",
    ),
    (
        "key: {person: HETU}",
        "key: {person: PLACE}",
        """\
mappings/register.yaml:5: 'person' is an identity, and none of the fields it is given is.
  Mark the field of the identity code `type: identity` in systems/.""",
    ),
    (
        "home: PLACE",
        "home: NAME",
        """\
mappings/register.yaml:11: 'code' would show 'NAME', which names a person.
  Give attribute 'code' `sensitivity: direct`, or take the field out.""",
    ),
    (
        "birth_date: BORN",
        "birth_date: SEX",
        """\
mappings/register.yaml:8: 'birth_date' is of type date, and field 'SEX' of type text.
  Change one of them, or write how one becomes the other: try_cast(SEX AS …).""",
    ),
]


@pytest.mark.parametrize(("old", "new", "said"), SYSTEM_PROBLEMS)
def test_a_wrong_system_is_said_with_its_line_and_what_would_work(old: str, new: str, said: str) -> None:
    assert said_of(changed(SYSTEM, old, new)) == said


@pytest.mark.parametrize(("old", "new", "said"), CONCEPT_PROBLEMS)
def test_a_wrong_concept_is_said_with_its_line_and_what_would_work(old: str, new: str, said: str) -> None:
    assert said_of(changed(CONCEPTS, old, new)) == said


@pytest.mark.parametrize(("old", "new", "said"), CODE_PROBLEMS)
def test_a_wrong_code_is_said_with_its_line_and_what_would_work(old: str, new: str, said: str) -> None:
    assert said_of(changed(CODES, old, new)) == said


@pytest.mark.parametrize(("old", "new", "said"), MAPPING_PROBLEMS)
def test_a_wrong_mapping_is_said_with_its_line_and_what_would_work(old: str, new: str, said: str) -> None:
    assert said_of(changed(MAPPINGS, old, new)) == said


def test_problems_of_all_files_are_said_at_once() -> None:
    files = {
        **FILES,
        CONCEPTS: FILES[CONCEPTS].replace("to: municipality", "to: municipalty"),
        MAPPINGS: FILES[MAPPINGS].replace("sex: SEX", "sex: KON"),
        CODES: FILES[CODES].replace("sv: Man, ", ""),
    }
    with pytest.raises(ProblemsFound) as found:
        parse_model(files)
    assert [str(problem.place) for problem in found.value.problems] == [
        "codes/sex.yaml:6",
        "concepts/people.yaml:13",
        "mappings/register.yaml:9",
    ]
    assert str(found.value).endswith("3 problems. Nothing was changed.")


@pytest.mark.parametrize(
    ("file", "section", "what"),
    [
        ("concepts/more.yaml", CONCEPTS, "concept 'municipality'"),
        ("codes/more.yaml", CODES, "code list 'sex'"),
        ("systems/more.yaml", SYSTEM, "system 'register'"),
    ],
)
def test_a_name_taken_in_another_file_is_said_with_both_places(file: str, section: str, what: str) -> None:
    said = said_of({**FILES, file: FILES[section]})
    assert f"{what} is described already, in " in said


def test_a_file_outside_the_folders_of_a_model_is_a_problem() -> None:
    assert said_of({**FILES, "notes/people.yaml": ""}) == (
        "notes/people.yaml: the file lies in no folder of a model.\n"
        "  Folders are systems, concepts, codes, mappings, derived, calendars."
    )


def test_a_relationship_to_a_key_of_two_parts_names_each() -> None:
    files = changed(CONCEPTS, "key: [code]", "key: [code, year]")
    files[CONCEPTS] += "      year: {type: integer, labels: {fi: Vuosi, sv: År, en: Year}}\n"
    files[MAPPINGS] = files[MAPPINGS].replace("{code: PLACE}", "{code: PLACE, year: year(BORN)}")
    assert said_of(files) == (
        "mappings/register.yaml:11: the key of 'municipality' (where 'home' points) has 2 parts.\n"
        "  Write {code: …, year: …}."
    )
    files[MAPPINGS] = files[MAPPINGS].replace("home: PLACE", "home: {year: 2024, code: PLACE}")
    home = parse_model(files).mappings[0].targets[0]
    assert [part.sql for part in home.key] == ["PLACE", "2024"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- resident", "concepts/more.yaml:1: the file must be members: {name: value}."),
        ("concepts: 5", "concepts/more.yaml:1: concepts must be members: {name: value}."),
        ("concepts:\n  client:\n", "concepts/more.yaml:2: concept 'client' must be members: {name: value}."),
        (
            "concepts: &all\n  client: *all\n",
            "concepts/more.yaml:1: this value holds itself.\n  Take the '*' out.",
        ),
        ("concepts:\n  [client]: {}\n", "concepts/more.yaml:2: a name must be a single word."),
    ],
)
def test_a_file_of_another_shape_altogether_is_said_and_not_fallen_over(text: str, said: str) -> None:
    assert said_of({**FILES, "concepts/more.yaml": text}) == said


def test_an_unreadable_file_is_not_blamed_on_those_that_name_what_it_holds() -> None:
    said = said_of({**FILES, CONCEPTS: "concepts:\n\tresident: {}\n"})
    assert said.startswith("concepts/people.yaml:2: the file cannot be read as YAML")
    assert "mappings" not in said


def test_a_field_is_not_required_and_optional_at_once() -> None:
    assert said_of(changed(SYSTEM, "required: true", "required: true, optional: true")) == (
        "systems/register.yaml:11: field 'HETU' of feed 'register.people' is both required and optional.\n"
        "  Where the column is absent every row would be set aside: keep one of the two."
    )


def test_an_empty_file_holds_nothing() -> None:
    assert parse_model({**FILES, "concepts/more.yaml": "# later\n"})


@pytest.mark.parametrize(
    "expression",
    [
        "NAME",
        "upper(NAME)",
        "'x' || NAME",
        "CASE WHEN TRUE THEN NAME END",
        "coalesce(PLACE, NAME)",
        "try_cast(NAME AS VARCHAR)",
        '"name"',
        "[NAME][1]",
        "{'a': NAME}",
        "NAME COLLATE NOCASE",
        "list_filter([NAME], lambda NAME: TRUE)",
        "coalesce(NAME -> '$')",
        "NAME.upper()",
        "#2",
        "COLUMNS('NAME')",
        "*",
    ],
)
def test_a_name_finds_no_way_into_an_attribute_that_is_not_enciphered(expression: str) -> None:
    files = {**FILES, MAPPINGS: FILES[MAPPINGS].replace("sex: SEX", f"sex: >-\n        {expression}")}
    assert "'sex'" in said_of(files)


def test_a_name_is_closed_for_whom_the_concept_is_about() -> None:
    system, mapping = "systems/register.yaml", "mappings/register.yaml"
    numbered = FILES[system].replace(
        "      NAME: {type: text, direct: true}",
        "      NUMBER: {type: text}\n      NAME: {type: text, direct: true, whose: [NUMBER, HETU]}",
    )
    with pytest.raises(ProblemsFound) as found:
        parse_model({**FILES, system: numbered})
    assert str(found.value.problems[0]) == (
        f"{mapping}:7: 'name' of 'resident' is closed for whom 'NUMBER' names, and 'resident' is whom 'HETU' names.\n"
        "  Write 'HETU' first in `whose` of 'NAME'."
    )
    assert len(found.value.problems) == 1
    parse_model({**FILES, system: numbered.replace("[NUMBER, HETU]", "[HETU, NUMBER]")})
