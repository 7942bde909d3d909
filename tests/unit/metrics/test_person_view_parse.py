"""What can be wrong with person views, and what their writer is told."""

from __future__ import annotations

from datetime import date

import pytest

from tests.privacy.persons_county import MODEL, VIEWS, parsed_views
from virtaama.metrics.person_view_parse import parse_person_views
from virtaama.metrics.person_views import Limit, words_of_column
from virtaama.problems import ProblemsFound
from virtaama.statutes.access_rights import Content, Domain, Service

FILE = "person_views/care.yaml"


def test_views_are_read_with_all_they_say() -> None:
    views = parsed_views()
    assert views.persons.of == "resident"
    assert views.persons.numbers == ("record", "number", ("resident",))
    assert views.persons.staff == ("employed", ("resident",))
    [relation] = views.relations
    assert relation.starts == (("day",),)
    basics, visits, *_ = views.sections
    assert (basics.content, basics.services.domain, basics.person) == (Content.BASICS, None, ())
    assert [column.name for column in basics.columns if column.locates] == ["street", "postal_code"]
    assert (visits.services.domain, visits.services.by) == (Domain.HEALTH, (("service",),))
    assert visits.services.values["hospital"] is Service.HOSPITAL
    assert views.direct(MODEL) == ("family_name", "street")


def test_no_files_are_no_views() -> None:
    assert parse_person_views({}, MODEL) is None


def test_the_limit_of_a_day_is_the_newest_by_then() -> None:
    [relation] = parsed_views().relations
    assert relation.limit(date(2019, 12, 31)) is None
    assert relation.limit(date(2024, 12, 31)) == Limit(date(2020, 1, 1), 10, 0)
    assert relation.limit(date(2025, 1, 1)) == Limit(date(2025, 1, 1), 100, 20)


def test_a_column_is_called_as_its_attribute_or_as_the_way_to_it() -> None:
    visits = parsed_views().sections[1]
    assert words_of_column(visits.columns[2], visits, MODEL).fi == "Sana"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "of: resident\n  fam",
            "of: residents\n  fam",
            "'residents' is not a concept. Did you mean 'resident'?",
        ),
        ("of: resident\n  fam", "of: unit\n  fam", "'unit' is not known by one identity"),
        ("[street, postal_code]\n  staff", "[road]\n  staff", "'resident' has no attribute 'road'"),
        ("of: employed", "of: employees", "'employees' is not a concept Did you mean 'employed'?"),
        ("number: number", "number: nummer", "'nummer' is no text of 'record' to find persons by"),
        (
            "  visit:\n    of: visit",
            "  visit:\n    of: visits",
            "care relation 'visit': 'visits' is not a concept.",
        ),
        ("unit: unit\n    starts", "unit: ward\n    starts", "'visit' has no relationship 'ward'"),
        (
            "of: visit\n    person: resident",
            "of: visit\n    person: unit",
            "'unit' leads to 'unit' and not to 'resident'",
        ),
        ("starts: day", "starts: service", "'service' is no day or moment"),
        ("valid_from: 2020-01-01", "valid_from: 2025-01-01", "two of its limits begin on the same day"),
        ("valid_from: 2020-01-01", "valid_from: soon", "which is not a day"),
        ("    of: resident\n    columns", "    of: visit\n    columns", "it does not say whose its rows are"),
        ("[visit_id, day, unit.code]", "[visit_id, day, unit.name]", "'unit' has no attribute 'name'"),
        ("[visit_id, day, unit.code]", "[visit_id, unit]", "'unit' names no value"),
        ("[visit_id, day, unit.code]", "[visit_id, resident.person]", "'resident.person' is a pseudonym"),
        (
            "[visit_id, day, unit.code]",
            "[visit_id, resident.family_name]",
            "'resident.family_name' names a person",
        ),
        ("reception: reception", "reception: receptions", "Did you mean 'reception'?"),
        ("reception: reception", "reception: families", "are of health care and of social welfare"),
        ("content: decisions", "content: decision", "Did you mean 'decisions'?"),
        ("    services: {by: task", "    service: families\n    services: {by: task", "it has both"),
    ],
)
def test_what_is_wrong_is_said(old: str, new: str, said: str) -> None:
    assert old in VIEWS
    with pytest.raises(ProblemsFound) as found:
        parse_person_views({FILE: VIEWS.replace(old, new, 1)}, MODEL)
    assert said in str(found.value).replace("\n  ", " ")
    assert FILE in str(found.value)


def test_what_may_not_be_used_for_care_is_not_shown() -> None:
    visits = "    time: day\n    columns: [visit_id, day"
    assert visits in VIEWS
    from dataclasses import replace

    from virtaama.model.concepts import Purpose

    guarded = tuple(
        replace(
            concept,
            attributes=tuple(
                replace(a, purposes=(Purpose.PLANNING,)) if a.name == "day" else a for a in concept.attributes
            ),
        )
        for concept in MODEL.concepts
    )
    with pytest.raises(ProblemsFound, match="'day' may not be used for client_care"):
        parse_person_views({FILE: VIEWS}, replace(MODEL, concepts=guarded))


def test_rows_of_no_service_are_basics_alone() -> None:
    text = VIEWS.replace("content: basics", "content: visits")
    with pytest.raises(ProblemsFound, match="visits are opened by service"):
        parse_person_views({FILE: text}, MODEL)


def test_two_files_do_not_say_whom_the_views_are_of() -> None:
    with pytest.raises(ProblemsFound, match="two files say whom"):
        parse_person_views({FILE: VIEWS, "person_views/more.yaml": "persons: {of: resident}\n"}, MODEL)
    with pytest.raises(ProblemsFound, match="no file says whom"):
        parse_person_views({FILE: "sections: {}\n"}, MODEL)
