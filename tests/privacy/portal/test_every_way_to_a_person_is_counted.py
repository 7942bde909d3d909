"""Pairs that may be the same person, and the way from a code to the entries about somebody, are look-ups too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone

from tests.portal.door_for_tests import LogForTests
from tests.portal.persons.test_person_pages import ANN, BOB
from virtaama.access.audit_entries import Act
from virtaama.access.look_ups import TOO_OFTEN
from virtaama.portal.core import door as portal_door
from virtaama.privacy.look_up_limits import SHIPPED


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = replace(SHIPPED, since=timezone.localdate(), hour=4, why="a test")
    monkeypatch.setattr(LogForTests, "limits", (limits,))


def test_pairs_that_may_be_one_person_are_counted_too(signed_in: Callable[..., Client]) -> None:
    reviewer = signed_in("yhdistaja", language="en")
    numbers = (1, 2, 3, 4)
    assert [reviewer.get(f"/yhdistaminen/{number}/").status_code for number in numbers] == [200] * 4
    page = reviewer.get("/yhdistaminen/1/")
    assert (page.status_code, "Kivel" in page.text) == (429, False)
    assert reviewer.get("/yhdistaminen/").status_code == 200, "the list names nobody"
    entry = portal_door.project().log.entries()[-2]  # type: ignore[attr-defined]
    assert (entry.decision, entry.act) == (TOO_OFTEN, Act.OPEN)


def test_an_officer_maps_no_lists_of_codes_to_keys(signed_in: Callable[..., Client]) -> None:
    officer = signed_in("tietosuoja", language="en")
    answers = [officer.post("/loki/henkilo/", {"reference": code}) for code in (ANN, BOB, "c:1", "x", ANN)]
    assert [answer.status_code for answer in answers] == [302, 302, 422, 422, 429]
    assert "Location" not in answers[-1]
