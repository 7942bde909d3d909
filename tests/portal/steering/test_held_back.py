"""A metric that is held back says so, why, whose it is and since when."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from tests.portal.door_for_tests import DoorForTests

SignIn = Callable[..., Client]
HELD, FREE = "/ohjaus/mittarit/remote_share/", "/ohjaus/mittarit/ward_days_per_1000/"
SENTENCE = "Held back since 1 Oct 2026; Tilastointi answers for it:"


def test_the_page_of_the_metric_tells_why(signed_in: SignIn) -> None:
    page = signed_in("johtaja", "en").get(HELD).text
    assert SENTENCE in page
    assert "Unit is missing. The figures are those published before." in page


def test_who_may_see_the_expectation_is_led_to_it(signed_in: SignIn) -> None:
    link = 'href="/toiminta/odotukset/primary_care.visits.unit/'
    assert link in signed_in("analyytikko", "en").get(HELD).text
    assert link not in signed_in("johtaja", "en").get(HELD).text


def test_the_steering_picture_tells_it_at_the_metric_alone(signed_in: SignIn) -> None:
    page = signed_in("johtaja", "en").get("/ohjaus/").text
    assert page.count(SENTENCE) == 1
    assert SENTENCE in page.split('id="remote_share"')[1].split("</li>")[0]


def test_others_tell_nothing(signed_in: SignIn, door: DoorForTests) -> None:
    client = signed_in("johtaja", "en")
    assert "Held back" not in client.get(FREE).text
    door.holds_back = False
    assert "Held back" not in client.get(HELD).text
