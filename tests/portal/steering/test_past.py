"""Looking back on the page of a metric: what was true, what was known."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.test import Client
from django.utils.translation import override

from tests.portal.door_for_tests import AREAS, FIRST, LAST, DoorForTests
from virtaama.metrics.question import Grain
from virtaama.portal.steering.filters import Filters, read_filters
from virtaama.portal.steering.past import Past, Reach, read_day, read_past

SignIn = Callable[..., Client]
PAGE = "/ohjaus/mittarit/ward_days_per_1000/"
REACH = Reach(as_of=date(2024, 1, 1), known=date(2026, 2, 1), today=date(2026, 11, 26))


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


def read(**address: str) -> Past:
    return read_past(address, REACH, "en")


def looked_back(past: Past, **address: str) -> Filters:
    return read_filters(address, AREAS, (FIRST, LAST), past)


def test_without_days_one_sees_today() -> None:
    assert read() == Past()
    assert read(as_of="", known=" ") == Past()


@pytest.mark.parametrize("written", ["2026-03-31", "31.3.2026", "31.03.2026"])
def test_a_day_is_read_as_people_and_machines_write_it(written: str) -> None:
    assert read_day(written) == date(2026, 3, 31)


@pytest.mark.parametrize("written", ["31.2.2026", "2026-13-01", "20260331", "soon", "0.0.0000", "2026-W10-1"])
def test_what_is_no_day_is_none(written: str) -> None:
    assert read_day(written) is None


@pytest.mark.parametrize(
    ("name", "written", "told"),
    [
        ("as_of", "31.2.2026", "There is no such day"),
        ("known", "soon", "There is no such day"),
        ("as_of", "2026-11-27", "27 Nov 2026 has not come yet"),
        ("known", "2031-01-01", "1 Jan 2031 has not come yet"),
        ("as_of", "2023-12-31", "The data tells of 1 Jan 2024 and later"),
        ("known", "2026-01-31", "The first data arrived on 1 Feb 2026"),
    ],
)
def test_a_day_one_cannot_look_back_to_says_why_and_is_today(name: str, written: str, told: str) -> None:
    past = read(**{name: written})
    assert past.end is None
    assert told in dict(past.problems)[name]


def test_where_nothing_tells_of_the_past_it_says_so() -> None:
    assert "Nothing published" in dict(read_past({"as_of": "2026-03-31"}, None, "en").problems)["as_of"]


def test_a_good_day_stands_beside_a_bad_one() -> None:
    past = read(as_of="2026-03-31", known="soon")
    assert (past.as_of, past.known, [name for name, _ in past.problems]) == (
        date(2026, 3, 31),
        None,
        ["known"],
    )


def test_the_page_says_where_nothing_tells_of_the_past(signed_in: SignIn, door: DoorForTests) -> None:
    door.tells_of_the_past = False
    client = signed_in("johtaja", "en")
    assert "Look back in time" not in client.get(PAGE).text
    assert "Nothing published tells of the past yet" in client.get(f"{PAGE}?as_of=2026-03-31").text


def test_the_newest_period_is_the_newest_that_was_over() -> None:
    assert looked_back(Past(as_of=date(2026, 3, 31))).period == date(2026, 3, 1)
    assert looked_back(Past(as_of=date(2026, 3, 30))).period == date(2026, 2, 1)
    assert looked_back(Past(as_of=date(2026, 11, 20), known=date(2026, 8, 2))).period == date(2026, 7, 1)
    assert looked_back(Past(as_of=date(2026, 11, 26))).period == LAST


def test_a_later_period_says_it_was_not_over() -> None:
    filters = looked_back(Past(as_of=date(2026, 3, 31)), period="2026-05")
    assert filters.period == date(2026, 3, 1)
    assert "not over" in filters.period_problem


def test_a_year_that_was_not_over_falls_back_to_months() -> None:
    filters = looked_back(Past(as_of=date(2024, 6, 30)), grain="year")
    assert (filters.grain, filters.period, filters.past.as_of) == (
        Grain.MONTH,
        date(2024, 6, 1),
        date(2024, 6, 30),
    )


def test_a_day_before_any_month_of_figures_says_so_and_is_today() -> None:
    filters = looked_back(Past(as_of=date(2023, 11, 15)))
    assert (filters.period, filters.looks_back) == (LAST, False)
    assert "No month" in filters.as_of_problem


def test_the_days_stand_in_every_link_of_the_page() -> None:
    filters = looked_back(Past(as_of=date(2026, 3, 31), known=date(2026, 4, 15)), area="398")
    assert filters.carried == {"area": "398", "as_of": "2026-03-31", "known": "2026-04-15"}


def test_every_question_of_the_page_is_asked_of_then(signed_in: SignIn, door: DoorForTests) -> None:
    signed_in("johtaja", "en").get(f"{PAGE}?as_of=2026-03-31&known=2026-04-15")
    asked = [question for question, _, _ in door.asked]
    assert len(asked) == 3
    assert {(q.as_of, q.known) for q in asked} == {(date(2026, 3, 31), date(2026, 4, 15))}
    assert max(q.last for q in asked) == date(2026, 3, 1)


def test_the_page_says_where_one_looks_back_to_and_leads_to_today(signed_in: SignIn) -> None:
    page = signed_in("johtaja", "en").get(f"{PAGE}?area=398&as_of=2026-03-31&known=2026-04-15").text
    assert "what was true when 31 Mar 2026 was over, by what was known when 15 Apr 2026 was over" in page
    assert f'href="{PAGE}?area=398">Back to today</a>' in page
    assert f'href="{PAGE}?area=398&amp;known=2026-04-15"' in page  # a badge takes one of them away
    assert 'value="2026-03-31"' in page
    assert "<title>Ward days: Lahti, March 2026, as true on 31 Mar 2026, as known on 15 Apr 2026" in page


def test_a_bad_day_stands_at_its_field_with_the_figures_of_today(
    signed_in: SignIn, door: DoorForTests
) -> None:
    page = signed_in("johtaja", "en").get(f"{PAGE}?as_of=31.2.2026").text
    assert 'id="problem-as-of">There is no such day' in page
    assert 'aria-invalid="true"' in page
    assert "past-banner" not in page
    assert {question.as_of for question, _, _ in door.asked} == {None}


def test_who_looks_back_no_further_than_today_sees_nothing_of_it(signed_in: SignIn) -> None:
    page = signed_in("johtaja", "en").get(PAGE).text
    assert "past-banner" not in page
    assert '<details class="past-fields">' in page


def test_what_was_not_delivered_is_told_of_then(signed_in: SignIn) -> None:
    client = signed_in("johtaja", "en")
    page = client.get("/ohjaus/mittarit/budget_use/?as_of=2026-11-20").text
    assert "had not been delivered by then" in page
    assert "had not been delivered by then" not in client.get("/ohjaus/mittarit/budget_use/").text


def test_the_steering_picture_is_of_today_and_says_so(signed_in: SignIn, door: DoorForTests) -> None:
    page = signed_in("johtaja", "en").get("/ohjaus/?as_of=2026-03-31&grain=quarter").text
    assert "this page tells of today" in page
    assert f'href="{PAGE}?grain=quarter&amp;as_of=2026-03-31"' in page
    assert '<input type="hidden" name="as_of" value="2026-03-31">' in page
    assert {question.as_of for question, _, _ in door.asked} == {None}


def test_a_file_says_in_name_and_sheet_where_its_rows_look_back_to(signed_in: SignIn) -> None:
    client = signed_in("johtaja", "en")
    written = client.get(f"{PAGE}trend.csv?as_of=2026-03-31")
    assert "07-2026-03-as-of-2026-03-31.csv" in written["Content-Disposition"]
    periods = [
        row["Period"] for row in csv.DictReader(StringIO(written.content.decode("utf-8-sig")), delimiter=";")
    ]
    assert max(periods) == "2026-03"
    book = openpyxl.load_workbook(BytesIO(client.get(f"{PAGE}trend.xlsx?known=2026-04-15").content))
    about = {row[0].value: row[1].value for row in book.worksheets[1].iter_rows()}
    assert about["As known at the end of"] == "2026-04-15"
    assert "As true at the end of" not in about
