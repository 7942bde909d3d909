"""Property (S2): nobody gets a thing of others by its name, nor learns whether it is there."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

import pytest
from django.test import Client
from django.urls import resolve

from attack.forbidden import (
    AREAS,
    IN_PATHS,
    NOT_THERE,
    OF_THE_API,
    THERE,
    UNITS_OF_RECORDING,
    Named,
    told_apart,
)
from tests.portal.conftest import door, quick_hashing
from tests.privacy.county_of_rows import CountyOfRows
from tests.privacy.portal.authorization import routes
from tests.privacy.portal.published import OTHERS, OWN, ROLES, browser_of, county, over_rows, published
from virtaama.portal.core.models import Event

__all__ = ["county", "door", "over_rows", "published", "quick_hashing"]


@pytest.fixture
def traces(over_rows: CountyOfRows) -> Callable[[], int]:
    """How many refusals and answers have left something behind so far."""
    return lambda: len(over_rows.audit.entries()) + Event.objects.count()


def wrong_for(client: Client, named: tuple[Named, ...], traces: Callable[[], int]) -> list[str]:
    return [what for each in named for what in told_apart(client, each, OTHERS[each.kind], traces)]


@pytest.mark.parametrize("role", ["own", "rounded"])
def test_an_area_of_others_is_not_found_and_looks_like_none(role: str, traces: Callable[[], int]) -> None:
    assert wrong_for(browser_of(role, OWN), AREAS, traces) == []


@pytest.mark.parametrize("role", ["own", "rounded"])
def test_an_area_of_others_is_not_found_by_programs_either(role: str, traces: Callable[[], int]) -> None:
    assert wrong_for(browser_of(role, OWN), OF_THE_API, traces) == []


def test_a_release_that_is_for_others_is_not_found(traces: Callable[[], int]) -> None:
    named = [each for each in IN_PATHS if each.kind == "release"]
    maker = browser_of("maker")
    assert {maker.get(each.address.format("for_partners")).status_code for each in named} == {200}
    for role in ("all", "rounded"):
        client = browser_of(role, OWN)
        assert [*chain(*(told_apart(client, each, "for_partners", traces) for each in named))] == []


@pytest.mark.parametrize("role", ["engineer", "officer", "a role of yesterday"])
def test_who_opens_no_figures_is_refused_whatever_they_name(role: str, traces: Callable[[], int]) -> None:
    assert wrong_for(browser_of(role), AREAS + UNITS_OF_RECORDING, traces) == []


def test_an_area_nobody_has_is_not_found_by_who_sees_all(over_rows: CountyOfRows) -> None:
    client = browser_of("all")
    for named in AREAS:
        assert client.get(named.address.format(NOT_THERE[named.kind])).status_code == 404, named.address


def test_who_records_where_they_may_not_look_is_told_nothing(traces: Callable[[], int]) -> None:
    assert wrong_for(browser_of("own", OWN), UNITS_OF_RECORDING, traces) == []


@pytest.mark.parametrize("role", [role.name for role in ROLES])
@pytest.mark.parametrize("named", IN_PATHS, ids=lambda named: named.address)
def test_who_does_not_open_a_page_cannot_tell_what_is_behind_it(
    role: str, named: Named, traces: Callable[[], int]
) -> None:
    client = browser_of(role, OWN)
    missing = client.get(named.address.format(NOT_THERE[named.kind]))
    assert missing.status_code in (403, 404)
    if missing.status_code == 403:
        assert list(told_apart(client, named, THERE[named.kind], traces)) == []


def test_a_refused_area_is_on_record_without_what_was_written(over_rows: CountyOfRows) -> None:
    before = len(over_rows.audit.entries())
    assert browser_of("own", OWN).get("/ohjaus/luvut.csv?area=010190-9012").status_code == 404
    (entry,) = over_rows.audit.entries()[before:]
    assert entry.decision == "refused: there is no such area, or it is not open to the role"
    assert "010190" not in entry.question


def test_every_address_that_names_something_in_its_path_is_looked_at() -> None:
    known = {resolve(named.address.partition("?")[0].format("1")).route for named in IN_PATHS}
    anything = "api/<path:nothing>"  # which finds nothing
    assert {route for route in routes() if "<" in route and "kind" not in route} - {anything} <= known
    assert {route for route in routes() if "?P<name>" in route} <= known
