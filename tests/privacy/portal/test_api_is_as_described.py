"""Property (S6): the API answers whatever it is sent as its own description says, and nobody without a sign-in.

`make attack` sends 10 000 requests.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from attack.api_requests import Tried, described, send
from tests.portal.conftest import door, quick_hashing
from tests.privacy.county_of_rows import CountyOfRows
from tests.privacy.portal.published import OWN, browser_of, county, over_rows, published
from virtaama.portal.api import limits
from virtaama.portal.api.schema import openapi

__all__ = ["county", "door", "over_rows", "published", "quick_hashing"]


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    for each in ("READERS", "STRANGERS"):
        monkeypatch.setattr(limits, each, replace(getattr(limits, each), most=1_000_000))


@pytest.mark.parametrize("role", ["all", "own", ""])
def test_every_request_is_answered_as_described(role: str, over_rows: CountyOfRows) -> None:
    session = browser_of(role, OWN).cookies["virtaama_session"].value if role else ""
    tried = Tried()
    send(described(openapi()), 3, tried, session=session, same_again=True)
    assert (tried.broken, tried.otherwise, tried.unauthenticated) == ([], [], [])
    assert tried.requests > 40
    assert tried.shown > (12 if role else 0)
