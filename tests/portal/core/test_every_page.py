from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.portal.door_for_tests import DoorForTests

SIGNED_IN_PAGES = [
    "/ohjaus/",
    "/ohjaus/mittarit/",
    "/ohjaus/mittarit/ward_days_per_1000/",
    "/ohjaus/mittarit/ward_days_per_1000/alkupera/",
    "/ohje/",
]


@pytest.mark.parametrize("page", SIGNED_IN_PAGES)
def test_no_page_is_stored_or_framed_or_runs_anything(signed_in: Callable[[str], Client], page: str) -> None:
    response = signed_in("johtaja").get(page)
    assert response["Cache-Control"] == "no-store"
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script" not in response.text
    assert "style=" not in response.text


@pytest.mark.parametrize(
    "page", ["/ohjaus/", "/ohjaus/luvut.csv", "/ohjaus/mittarit/x/", "/toiminta/", "/toiminta/laatu/"]
)
def test_nothing_is_shown_without_signing_in(accounts: object, page: str) -> None:
    response = Client().get(page)
    assert response.status_code == 302
    assert response["Location"].startswith("/?next=")


@pytest.mark.parametrize("page", ["/", "/ohje/", "/saavutettavuus/"])
def test_these_pages_open_to_everyone(accounts: object, page: str) -> None:
    assert Client().get(page).status_code == 200


def test_finnish_is_spoken_whatever_the_browser_wishes(accounts: object) -> None:
    response = Client().get("/", headers={"accept-language": "en"})
    assert '<html lang="fi"' in response.text
    assert response["Content-Language"] == "fi"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_chosen_language_is_kept(accounts: object, language: str) -> None:
    client = Client()
    chosen = client.post("/kieli/", {"language": language, "next": "/ohje/"})
    assert chosen["Location"] == "/ohje/"
    assert f'<html lang="{language}"' in client.get("/ohje/").text


@pytest.mark.parametrize("scheme", ["light", "dark", "auto"])
def test_the_chosen_colours_are_kept(accounts: object, scheme: str) -> None:
    client = Client()
    client.post("/varit/", {"scheme": scheme, "next": "/ohje/"})
    assert f'data-color-scheme="{scheme}"' in client.get("/ohje/").text


def test_a_language_or_scheme_we_do_not_have_is_refused(accounts: object) -> None:
    assert Client().post("/kieli/", {"language": "xx"}).status_code == 400
    assert Client().post("/varit/", {"scheme": "pink"}).status_code == 400


def test_an_unknown_page_says_so_in_words(signed_in: Callable[[str], Client]) -> None:
    response = signed_in("johtaja").get("/ei-ole/")
    assert response.status_code == 404
    assert "<h1" in response.text


def test_before_the_first_publication_the_page_says_so(
    signed_in: Callable[[str], Client], door: DoorForTests
) -> None:
    door.published = False
    response = signed_in("johtaja").get("/ohjaus/")
    assert response.status_code == 503
    assert "virtaama runs" in response.text


def test_every_signed_in_page_tells_the_snapshot(signed_in: Callable[[str, str], Client]) -> None:
    for page in SIGNED_IN_PAGES:
        assert "snapshot 7" in signed_in("johtaja", "en").get(page).text


def test_damaged_figures_are_a_page_that_says_so(
    signed_in: Callable[[str, str], Client], door: DoorForTests
) -> None:
    door.damaged = True
    response = signed_in("johtaja", "en").get("/ohjaus/")
    assert response.status_code == 503
    assert "The published figures are damaged" in response.text


def test_without_changes_no_page_speaks_of_any(signed_in: Callable[[str, str], Client]) -> None:
    for page in SIGNED_IN_PAGES:
        assert "since-published" not in signed_in("johtaja", "en").get(page).text


def test_pages_say_what_has_changed_since_publication(
    signed_in: Callable[[str, str], Client], door: DoorForTests
) -> None:
    door.redefined, door.model_changed, door.newer_damaged = ("ward_days_per_1000",), True, 8
    for page in SIGNED_IN_PAGES:
        shown = signed_in("johtaja", "en").get(page).text
        assert "The figures of 1 metric were published under an earlier definition" in shown
        assert "The concept model has changed since the figures were published" in shown
        assert "Snapshot 8 is damaged and is not used. What you see is from snapshot 7." in shown
