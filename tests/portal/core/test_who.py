"""What of a sign-in is kept to flag whom somebody opens: a family name and a pseudonym, never an identity code."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest

from tests.portal.door_for_tests import IDENTITIES
from virtaama.model.concepts import Text
from virtaama.portal.core.door import asker_of
from virtaama.portal.core.models import Account
from virtaama.portal.core.sessions import FAMILY_NAME, PERSON
from virtaama.portal.core.sign_in import who
from virtaama.privacy.policy import Asker
from virtaama.project.sign_in import SignIn

ANN = "010190-922D"
SIGN_IN = SignIn(
    address="http://127.0.0.1",
    issuer="http://127.0.0.1",
    client_id="x",
    contact=Text("", "", ""),
    person="urn:oid:1.2.246.21",
)


def asker_after(claims: dict[str, Any], monkeypatch: pytest.MonkeyPatch, sign_in: SignIn = SIGN_IN) -> Asker:
    monkeypatch.setattr(who, "project", lambda: SimpleNamespace(identities=IDENTITIES))
    told = who.who_is(claims, sign_in)
    request = HttpRequest()
    request.session = {FAMILY_NAME: told.family_name, PERSON: told.person}  # type: ignore[assignment]
    request.user = Account(name="nelly", full_name="Nelly Nurse", role="nurse", units=["U1"])
    return asker_of(request)


def test_claims_tell_a_family_name_and_a_resident(monkeypatch: pytest.MonkeyPatch) -> None:
    asker = asker_after({"family_name": "Aalto", "urn:oid:1.2.246.21": ANN.lower()}, monkeypatch)
    assert (asker.family_name, asker.person) == ("Aalto", *IDENTITIES.persons([ANN]))
    assert asker.units == {"U1"}


@pytest.mark.parametrize("claimed", ["030390-9229", "no code", "", 5, None])
def test_who_is_no_resident_here_has_no_pseudonym_and_gets_none(
    claimed: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker = asker_after({"urn:oid:1.2.246.21": claimed}, monkeypatch)
    assert (asker.family_name, asker.person) == ("Nurse", "")
    assert IDENTITIES.find("030390-9229") is None


def test_a_code_is_not_looked_at_where_no_claim_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    unnamed = SignIn(address="x", issuer="x", client_id="x", contact=Text("", "", ""))
    assert asker_after({"": ANN}, monkeypatch, unnamed).person == ""
