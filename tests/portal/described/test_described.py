"""The descriptions as the data protection officer sees them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.portal.door_for_tests import DescriptionsForTests


@pytest.fixture
def officer(signed_in: Callable[..., Client]) -> Client:
    return signed_in("tietosuoja", "en")


def test_the_newest_set_is_shown_with_what_has_changed_since(officer: Client) -> None:
    page = officer.get("/kuvaukset/").text
    assert "Set 2, made on 1 Nov 2026" in page
    assert "<del>Rivi silloin</del>" in page
    assert "<ins>Rivi nyt</ins>" in page
    assert 'href="/kuvaukset/1/"' in page


def test_a_file_is_given_as_it_was_written(officer: Client) -> None:
    response = officer.get("/kuvaukset/1/fi/records.md")
    assert response["Content-Type"].startswith("text/markdown")
    assert response["Content-Disposition"] == 'attachment; filename="2026-10-01-fi-records.md"'
    assert response["Cache-Control"] == "no-store"
    assert "Rivi silloin" in response.text
    assert officer.get("/kuvaukset/1/facts.json").text == "{}"


@pytest.mark.parametrize(
    "place", ["9/", "1/manifest.json", "1/fi/other.md", "1/../../virtaama.yaml", "1/%2e%2e/2/facts.json"]
)
def test_nothing_else_is_given(officer: Client, place: str) -> None:
    assert officer.get(f"/kuvaukset/{place}").status_code == 404


def test_before_any_set_the_page_says_how_to_make_one(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DescriptionsForTests, "made", lambda _: ())
    assert "virtaama describe" in officer.get("/kuvaukset/").text
