"""The pages over the real door: a small published county instead of invented figures."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.test import Client

from tests.shipped_law import OF_LOGS
from tests.unit.published_county import ROLES, PublishedCounty, published_county
from virtaama.access.door import Door
from virtaama.access.oversight import Oversight
from virtaama.portal.core import door as portal_door
from virtaama.portal.core.models import Account

Browse = Callable[[str], Client]


@pytest.fixture
def county(tmp_path: Path) -> PublishedCounty:
    return published_county(tmp_path)


@pytest.fixture
def browse(county: PublishedCounty, monkeypatch: pytest.MonkeyPatch, db: None) -> Browse:
    """A browser in English for someone with this role, and the portal reading the published county."""

    class PublishedProject:
        roles = ROLES
        demo_users = ()

        def door(self) -> Door:
            return county.door()

        def oversight(self) -> Oversight:
            return Oversight(
                audit=county.audit, roles=ROLES, clock=lambda: datetime.now().astimezone(), law=OF_LOGS
            )

    portal_door.door.cache_clear()
    portal_door.roles.cache_clear()
    monkeypatch.setattr(portal_door, "project", PublishedProject)

    def signed_in_as(role: str) -> Client:
        account = Account.objects.create(
            name=f"a {role}", full_name="Anyone", role=role, municipalities=["398"]
        )
        client = Client()
        client.force_login(account)
        client.cookies["virtaama_language"] = "en"
        return client

    return signed_in_as


@pytest.mark.parametrize(
    "page",
    [
        "/ohjaus/",
        "/ohjaus/?area=398&period=2024-01",
        "/ohjaus/?grain=quarter",
        "/ohjaus/luvut.csv",
        "/ohjaus/luvut.xlsx",
        "/ohjaus/mittarit/visits_per_1000/?period=2024-01",
        "/ohjaus/mittarit/visits_per_1000/?period=2024-01&by=form&area=398",
        "/ohjaus/mittarit/median_wait/",
        "/ohjaus/mittarit/cost/?period=2024-02",
        "/ohjaus/mittarit/visits_per_1000/alkupera/",
    ],
)
def test_a_manager_opens_every_steering_page(browse: Browse, page: str) -> None:
    assert browse("manager").get(page).status_code == 200


@pytest.mark.parametrize("page", ["/toiminta/", "/toiminta/erat/", "/toiminta/laatu/"])
def test_an_engineer_opens_every_page_of_operations(browse: Browse, page: str) -> None:
    assert browse("engineer").get(page).status_code == 200


def test_a_page_shows_what_the_county_holds(browse: Browse) -> None:
    page = browse("manager").get("/ohjaus/mittarit/visits_per_1000/?period=2024-01").text
    assert '<span class="tile-value now-value">1,000.0</span>' in page  # three visits of three residents


def test_a_breakdown_has_the_words_of_the_code_list(browse: Browse) -> None:
    page = browse("manager").get("/ohjaus/mittarit/visits_per_1000/?period=2024-01&by=form").text
    assert '<th scope="row">remote visit</th>' in page


def test_each_figure_shown_is_on_record_before_it_is_shown(browse: Browse, county: PublishedCounty) -> None:
    browse("manager").get("/ohjaus/?period=2024-01")
    (entry,) = county.audit.entries()
    assert (entry.asker, entry.purpose, entry.decision) == ("a manager", "steering", "allowed")


def test_an_export_has_the_figures_of_the_page_and_a_record_of_its_own(
    browse: Browse, county: PublishedCounty
) -> None:
    content = browse("manager").get("/ohjaus/mittarit/visits_per_1000/trend.csv").content
    rows = list(csv.DictReader(StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert {row["Period"]: row["Value"] for row in rows}["2024-01"] == "1000.0"
    assert len(county.audit.entries()) == 1


def test_what_a_small_group_hides_stays_hidden_in_page_and_export(browse: Browse) -> None:
    client = browse("contact")
    page = client.get("/ohjaus/mittarit/visits_per_1000/?area=398&period=2024-01")
    assert page.status_code == 200
    assert "too few to show without revealing persons" in page.text
    export = client.get("/ohjaus/mittarit/visits_per_1000/trend.csv?area=398").content.decode("utf-8-sig")
    rows = {row["Period"]: row for row in csv.DictReader(StringIO(export), delimiter=";")}
    hidden = rows["2024-01"]
    assert [hidden[name] for name in ("Value", "Numerator", "Denominator", "Observations")] == [""] * 4


def test_a_contact_does_not_reach_another_municipality(browse: Browse, county: PublishedCounty) -> None:
    page = browse("contact").get("/ohjaus/?area=016&period=2024-01")
    assert page.status_code == 404
    assert "does not exist or is not open to you" in page.text
    assert all('"area": "016"' not in entry.question for entry in county.audit.entries())


def test_what_cannot_be_recorded_is_not_shown_and_the_page_says_so(
    browse: Browse, county: PublishedCounty
) -> None:
    manager = browse("manager")
    county.audit.close()
    county.audit.path.unlink(missing_ok=True)
    county.audit.path.mkdir()  # nothing can be written there
    page = manager.get("/ohjaus/?period=2024-01")
    assert page.status_code == 503
    assert "The question could not be recorded" in page.text
    assert "1,000.0" not in page.text


def test_a_refused_page_is_in_the_audit_log(browse: Browse, county: PublishedCounty) -> None:
    assert browse("manager").get("/toiminta/").status_code == 403
    (entry,) = county.audit.entries()
    assert (entry.asker, entry.act, entry.decision) == (
        "a manager",
        "page",
        "refused: the role does not open this page",
    )
