"""What the descriptions say follows from the project; what they cannot know, they ask."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import yaml

from tests.unit.descriptions.county import county, unanswered
from virtaama.descriptions.change import Before, change_assessment
from virtaama.descriptions.document import Blank, Cell, Document, Grid, Heading, Listing, Paragraph
from virtaama.descriptions.every import describe
from virtaama.descriptions.forms import as_markdown, as_plain
from virtaama.descriptions.known import kinds_of_person
from virtaama.descriptions.organisation import ORGANISATION, parse_organisation
from virtaama.descriptions.words import Text
from virtaama.problems import ProblemsFound

LANGUAGES = ("fi", "sv", "en")
SYSTEMS = tuple(system.name for system in county().model.systems)


def named(name: str, language: str = "en") -> Document:
    return next(each for each in describe(county(), language) if each.name == name)


def rows_in(document: Document, first_column: str) -> dict[str, tuple[Cell, ...]]:
    """The rows of the first table whose first column has this name and names each thing once."""
    tables = (part for part in document.parts if isinstance(part, Grid) and part.columns[0] == first_column)
    return next(
        {str(row[0]): row for row in table.rows}
        for table in tables
        if len({row[0] for row in table.rows}) == len(table.rows) and len(table.columns) > 2
    )


def test_all_languages_say_the_same_things() -> None:
    said = [describe(county(), language) for language in LANGUAGES]
    for finnish, *others in zip(*said, strict=True):
        for other in others:
            assert [blank.where for blank in other.blanks] == [blank.where for blank in finnish.blanks]
            assert [shape(part) for part in other.parts] == [shape(part) for part in finnish.parts]
            assert headings(other).isdisjoint(headings(finnish)), other.name


def shape(part: object) -> object:
    match part:
        case Grid(columns=columns, rows=rows):
            return len(columns), len(rows)
        case Listing(items=items):
            return len(items)
        case _:
            return type(part)


def headings(document: Document) -> set[str]:
    return {document.title, *(part.text for part in document.parts if isinstance(part, Heading))}


def written(where: str, answers: dict[str, Any]) -> None:
    """Answer one question in what is going to be organisation.yaml, in the form its shape asks for."""
    shape: dict[str, Any] = ORGANISATION.schema
    *above, name = where.split(".")
    for each in above:
        answers = answers.setdefault(each, {})
        shape = shape.get("properties", {}).get(each) or shape["additionalProperties"]
    if above == ["change"]:
        answers["model"] = county().model.version
    asked = shape.get("properties", {}).get(name) or shape["additionalProperties"]
    match asked:
        case {"enum": [first, *_]}:
            answers[name] = str(first)
        case {"type": "object"}:
            answers[name] = dict.fromkeys(LANGUAGES, "Vastaus")
        case _:
            answers[name] = "Vastaus"


def test_every_question_is_answered_where_it_says() -> None:
    earlier = Before()
    empty = unanswered()
    asked = {
        blank.where
        for document in (*describe(empty, "fi"), change_assessment(empty, earlier, "fi"))
        for blank in document.blanks
    }
    assert len(asked) > 80
    answers: dict[str, Any] = {}
    for where in asked:
        written(where, answers)
    text = yaml.safe_dump(answers, allow_unicode=True)
    told = replace(empty, organisation=parse_organisation(text, SYSTEMS))
    assert [each.blanks for each in describe(told, "fi")] == [()] * 6
    assert change_assessment(told, earlier, "fi").blanks == ()


def test_nothing_is_invented_where_nobody_answered() -> None:
    model = describe(unanswered(), "en")[0]
    finance = rows_in(model, "System")["Finance"]
    assert finance[1:] == (
        Blank("Who answers for the system?", "systems.finance.owner"),
        Blank("What is the system used for?", "systems.finance.purpose"),
    )
    text = as_markdown(model)
    assert "**[FILL IN: Who answers for the system?]** `systems.finance.owner`" in text


def test_records_of_processing_name_each_role_with_what_it_sees() -> None:
    seen = rows_in(named("records-of-processing"), "Within the county")
    assert "rounded to multiples of 5, of their own municipalities only" in str(seen["Municipality contact"])
    assert "rows about persons: Service use by month" in str(seen["Analyst"])
    assert "no figures; the audit log" in str(seen["Data protection officer"])


def test_persons_are_found_in_the_model() -> None:
    assert [concept.name for concept in kinds_of_person(county().model)] == [
        "resident",
        "professional",
        "employee",
    ]


def test_the_assessment_lists_data_about_persons_that_nothing_is_made_from() -> None:
    document = named("impact-assessment")
    unread = next(part for part in document.parts if isinstance(part, Listing))
    assert "Procedure" in unread.items
    assert "Stay" not in unread.items  # ward days count stays
    assert isinstance(unread.items[-1], Blank)


def test_the_assessment_says_which_measures_are_not_set_up() -> None:
    bare = rows_in(named("impact-assessment"), "Measure")
    safe = replace(
        county(), safeguards=replace(county().safeguards, anchored=True, sign_in="tunnistus.example")
    )
    whole = rows_in(next(d for d in describe(safe, "en") if d.name == "impact-assessment"), "Measure")
    anchor = next(name for name in bare if "noted elsewhere" in name)
    assert str(bare[anchor][1]).startswith("Not in place")
    assert {row[1] for row in whole.values()} == {"In place"}


def test_the_public_description_tells_of_no_safeguards() -> None:
    text = as_markdown(named("public-description"))
    assert "key" not in text.lower().replace("keyed", "")
    assert "Emergency visits by municipality" in text
    assert "Access to care" not in text  # for authorities


def test_what_people_wrote_neither_ends_a_cell_nor_begins_a_tag() -> None:
    document = Document(
        name="x",
        language="en",
        title="T",
        basis="b",
        county="c",
        made=county().made,
        parts=(Grid(("A", "B"), (("one | two\nthree", "<b>"),)), Paragraph("plain")),
    )
    row = as_markdown(document).splitlines()[9]
    assert row == "| one \\| two three | &lt;b> |"
    assert as_plain(document)["parts"][0]["rows"] == [["one | two\nthree", "<b>"]]


def test_a_table_row_stays_one_row() -> None:
    for document in describe(county(), "fi"):
        width = 0
        for line in as_markdown(document).splitlines():
            if not line.startswith("|"):
                width = 0
                continue
            cells = len(re.findall(r"(?<!\\)\|", line))
            assert cells == (width or cells), line
            width = cells


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("systems: {finanse: {owner: Talous}}", "Did you mean 'finance'?"),
        ("retention: {lakes: ikuisesti}", "Did you mean 'lake'?"),
        ("impact_assessment: {risks: {lost: {severity: low}}}", "'lost' is no risk of the assessment."),
        ("impact_assessment: {risks: {loss: {severity: huge}}}", "is 'huge', which is not known"),
        ("web: aineistot.example", "https://"),
    ],
)
def test_what_nobody_knows_is_a_problem_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ProblemsFound) as raised:
        parse_organisation(text, SYSTEMS)
    assert said in str(raised.value)
    assert "organisation.yaml:1" in str(raised.value)


def test_an_empty_file_says_nothing() -> None:
    assert parse_organisation("# nothing yet\n", SYSTEMS).said == {}


def test_an_answer_in_three_languages_is_given_in_each() -> None:
    told = parse_organisation("third_countries: {fi: Ei, sv: Nej, en: No}", SYSTEMS)
    known = replace(county(), organisation=told)
    for language, answer in zip(LANGUAGES, ("Ei", "Nej", "No"), strict=True):
        (records,) = [d for d in describe(known, language) if d.name == "records-of-processing"]
        assert Listing((answer,)) in records.parts
    assert Text("Ei", "Nej", "No") == told.worded["third_countries"]
