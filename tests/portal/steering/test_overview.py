from __future__ import annotations

import re
import time
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.portal.door_for_tests import METRICS, DoorForTests
from virtaama.metrics.question import Grain
from virtaama.privacy.policy import Purpose

SignIn = Callable[..., Client]


def test_every_metric_has_a_tile_with_value_or_reason(signed_in: SignIn) -> None:
    page = signed_in("johtaja", "en").get("/ohjaus/").text
    assert page.count('<li class="tile') == len(METRICS)
    assert "No value: the data of this period has not been delivered yet" in unescape(page)


def test_tiles_stand_in_the_order_of_the_families(signed_in: SignIn) -> None:
    page = signed_in("johtaja", "en").get("/ohjaus/").text
    places = [
        page.index(f'id="family-{family}"')
        for family in ("need", "availability", "quality", "effectiveness", "cost")
    ]
    assert places == sorted(places)


def test_the_whole_page_is_one_question_for_the_purpose_of_the_role(
    signed_in: SignIn, door: DoorForTests
) -> None:
    signed_in("johtaja").get("/ohjaus/?area=398&period=2026-09")
    ((question, asker, purpose),) = door.asked
    assert (question.area, question.grain, str(question.last)) == ("398", Grain.MONTH, "2026-09-01")
    assert (asker.id, purpose) == ("johtaja", Purpose.STEERING)


def test_the_page_reads_the_session_and_the_account_and_nothing_else(
    signed_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in("johtaja")
    with django_assert_num_queries(2):  # django_session; core_account
        client.get("/ohjaus/")


def test_filters_are_carried_by_every_link_inside(signed_in: SignIn) -> None:
    page = signed_in("johtaja").get("/ohjaus/?area=398&grain=quarter&period=2026Q2").text
    links = [unescape(link) for link in re.findall(r'href="(/ohjaus/mittarit/[^"]+)"', page)]
    assert links
    assert all(link.endswith("?area=398&grain=quarter&period=2026Q2") for link in links)
    for other in ("/ohje/", "/saavutettavuus/"):
        assert f'href="{other}?area=398&amp;grain=quarter&amp;period=2026Q2"' in page


def test_filters_survive_a_page_that_has_none_itself(signed_in: SignIn) -> None:
    page = signed_in("johtaja").get("/ohje/?area=398&grain=quarter&period=2026Q2").text
    assert 'href="/ohjaus/?area=398&amp;grain=quarter&amp;period=2026Q2"' in page


def test_each_filter_in_force_can_be_removed(signed_in: SignIn) -> None:
    page = signed_in("johtaja").get("/ohjaus/?area=398&period=2026-09").text
    badges = re.findall(r'class="badge" href="([^"]+)"', page)
    assert [unescape(badge) for badge in badges] == ["/ohjaus/?period=2026-09", "/ohjaus/?area=398"]


@pytest.mark.parametrize(
    ("query", "status"),
    [("area=999", 404), ("grain=week", 200), ("period=soon", 200), ("area=%3Cscript%3E", 404)],
)
def test_a_bad_filter_is_told_beside_it_and_the_page_is_whole(
    signed_in: SignIn, query: str, status: int
) -> None:
    response = signed_in("johtaja").get(f"/ohjaus/?{query}")
    assert response.status_code == status
    assert 'aria-invalid="true"' in response.text
    assert response.text.count('<li class="tile') == len(METRICS)
    assert "<script>" not in response.text


def test_the_address_of_a_sent_form_goes_without_its_empty_choices(signed_in: SignIn) -> None:
    response = signed_in("johtaja").get("/ohjaus/?area=398&grain=&period=")
    assert response["Location"] == "/ohjaus/?area=398"


def test_a_municipality_contact_sees_the_county_and_their_own(signed_in: SignIn, door: DoorForTests) -> None:
    page = signed_in("yhteyshenkilo").get("/ohjaus/?area=016")
    assert page.status_code == 404
    assert "Asikkala" not in page.text
    assert all(question.area != "016" for question, _, _ in door.asked)


def test_a_role_without_the_page_gets_words_and_the_refusal_is_recorded(signed_in: SignIn) -> None:
    response = signed_in("insinoori", "en").get("/ohjaus/")
    assert response.status_code == 403
    assert "Your role does not open this page" in response.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("fi", "Ohjauksen tilannekuva"), ("sv", "Lägesbild för styrningen"), ("en", "Steering picture")],
)
def test_the_page_speaks_three_languages(signed_in: SignIn, language: str, words: str) -> None:
    assert words in signed_in("johtaja", language).get("/ohjaus/").text


def test_numbers_are_written_as_in_the_language(signed_in: SignIn) -> None:
    assert re.search(r'tile-value">\d+,\d<', signed_in("johtaja", "fi").get("/ohjaus/").text)
    assert re.search(r'tile-value">\d+\.\d<', signed_in("johtaja", "en").get("/ohjaus/").text)


def test_the_page_is_made_in_far_less_than_a_fifth_of_a_second(signed_in: SignIn, door: DoorForTests) -> None:
    client = signed_in("johtaja")
    client.get("/ohjaus/")
    answer = door.ask(*door.asked[-1])  # invented once, so that the page alone is measured
    door.ask = lambda *_: answer  # type: ignore[method-assign]
    times = []
    for _ in range(10):
        begin = time.thread_time()
        client.get("/ohjaus/")
        times.append(time.thread_time() - begin)
    assert sorted(times)[len(times) // 2] < 0.15
