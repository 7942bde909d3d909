"""What the shipped county shows of one person."""

from __future__ import annotations

from tests.unit.content.county import shipped_model, texts_of
from virtaama.metrics.person_view_parse import parse_person_views
from virtaama.metrics.person_views import PersonViews, code_list_of, words_of_column
from virtaama.statutes.access_rights import HEALTH_SERVICES, SERVICE_TASKS, Content

WITHOUT_DATA = ("students", "with_social_service", "examinations", "screening", "pharmacy")


def shipped_views() -> PersonViews:
    views = parse_person_views(texts_of("person_views"), shipped_model())
    assert views
    return views


def test_they_fit_the_model_and_have_words_for_everything() -> None:
    model = shipped_model()
    known = {code_list.name for code_list in model.code_lists}
    for section in shipped_views().sections:
        for column in section.columns:
            words = words_of_column(column, section, model)
            assert all((words.fi, words.sv, words.en)), column
            assert code_list_of(column, section, model) in known | {""}


def test_every_service_class_of_health_care_belongs_to_a_service() -> None:
    [classes] = [each for each in shipped_model().code_lists if each.name == "service_class"]
    [visits] = [section for section in shipped_views().sections if section.name == "visits"]
    assert {code.code for code in classes.codes} - {"SOSIAALI", "HALLINTO"} <= visits.services.values.keys()


def test_every_service_task_is_shown_to_those_who_work_in_it() -> None:
    sections = shipped_views().sections
    shown = {
        service for s in sections for service in (s.services.every, *s.services.values.values()) if service
    }
    assert set(SERVICE_TASKS) <= shown
    # Of these services the invented county has no data of its own.
    assert set(HEALTH_SERVICES) - shown == set(WITHOUT_DATA)


def test_where_a_person_lives_is_marked_wherever_it_is_shown() -> None:
    for section in shipped_views().sections:
        for column in section.columns:
            tells = any(word in column.name for word in ("municipality", "postal_code", "street_address"))
            assert column.locates == tells, (section.name, column.name)


def test_names_are_shown_among_basics_alone() -> None:
    views = shipped_views()
    assert views.direct(shipped_model()) == ("family_name", "given_names", "street_address")
    [basics] = [section for section in views.sections if not section.person]
    assert basics.content is Content.BASICS
