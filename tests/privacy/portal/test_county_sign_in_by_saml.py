"""Signing in with a provider that speaks SAML: an honest one lets people in; nobody else does, in any way known."""

from __future__ import annotations

import json
import logging
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.core import serializers
from django.db import connection
from django.test import Client
from lxml import etree
from signxml.algorithms import SignatureMethod

from tests.portal.door_for_tests import DoorForTests
from tests.privacy.portal.saml_attacks import BENT, WRAPPED, hostile_documents, sent
from tests.privacy.portal.saml_signing_in import CODE, HETU, PORTAL, SamlRunning, saml_running
from tests.privacy.portal.signing_in import GROUPS
from tests.privacy.portal.test_county_sign_in import opens, with_groups
from virtaama.access.audit_entries import Act
from virtaama.access.groups import Group
from virtaama.portal.core import door as portal_door
from virtaama.portal.core.models import Account, Event, Session
from virtaama.portal.core.sign_in import in_use
from virtaama.portal.core.sign_in.failures import SignInFailed, Why
from virtaama.portal.core.sign_in.saml.credentials import make_certificate, read_credentials
from virtaama.portal.core.sign_in.saml.idp_metadata import read_their_metadata
from virtaama.portal.core.sign_in.saml.persons import make_persons_key, mark_of_person, read_persons_key
from virtaama.portal.core.sign_in.saml.provider import SamlProvider
from virtaama.portal.core.sign_in.saml.xml import NAMES, read
from virtaama.problems import NotReady

PAGE = "/ohjaus/"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SamlRunning]:
    with saml_running(tmp_path_factory.mktemp("saml")) as running:
        yield running


@pytest.fixture
def saml(real: SamlRunning, monkeypatch: pytest.MonkeyPatch, door: DoorForTests, db: None) -> SamlRunning:
    trust(monkeypatch, real.portal)
    with_groups(monkeypatch, door, GROUPS)
    return real


def trust(monkeypatch: pytest.MonkeyPatch, portal: SamlProvider) -> None:
    monkeypatch.setattr(in_use, "provider", lambda: portal)


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    caplog.set_level(logging.DEBUG)
    return lambda: [
        record.getMessage().partition(": ")[2]
        for record in caplog.records
        if record.name == "virtaama.sign_in"
    ]


# Getting in


def test_someone_with_a_group_gets_in(saml: SamlRunning) -> None:
    client = Client()
    response = saml.signed_in(client, "kuisma", "/ohjaus/?area=398")
    assert (response.status_code, response["Location"]) == (302, "/ohjaus/?area=398")
    assert opens(client)
    account = Account.objects.get()
    assert (account.name, account.full_name) == ("persistent-kuisma", "Kuisma Kunta")
    assert (account.role, account.municipalities) == ("municipality_contact", ["098", "398"])
    assert Event.objects.filter(kind=Event.Kind.SIGNED_IN, by="provider").count() == 1


def test_an_assertion_that_is_not_encrypted_and_an_answer_that_is_signed_too_are_taken(
    saml: SamlRunning,
) -> None:
    for more in ({"encrypt_assertion": False}, {"sign_response": True, "encrypt_assertion": False}):
        client = Client()
        saml.brought(client, saml.honest(saml.asked(client), "anna", **more))
        assert opens(client), more


def test_people_may_be_known_by_an_attribute(saml: SamlRunning, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, saml.as_seen(account="number"))
    client = Client()
    with_number = taken_apart(
        saml, client, "anna", lambda assertion: _put(assertion.getparent(), "number", "E1")
    )
    assert saml.brought(client, with_number).status_code == 302
    assert Account.objects.get().name == "E1"


def test_someone_without_a_group_is_told_whom_to_ask(
    saml: SamlRunning, said: Callable[[], list[str]]
) -> None:
    client = Client()
    response = saml.signed_in(client, "nelli")
    assert response.status_code == 403
    assert "Tietopalvelut, p. 123" in response.text
    assert said() == [Why.NO_GROUP]
    assert not Account.objects.exists()


def test_the_provider_refuses_a_request_that_was_changed(saml: SamlRunning) -> None:
    """Our requests are signed, and pysaml2 checks it."""
    address = Client().get("/kirjaudu/")["Location"]
    query = dict(parse_qsl(urlsplit(address).query))
    assert query["SigAlg"].endswith("#rsa-sha256")
    assert saml.provider.asked(address).issuer.text == saml.portal.sign_in.named
    for name, value in (("RelayState", "x"), ("Signature", query["Signature"][:-8] + "AAAAAAA=")):
        with pytest.raises(Exception):  # noqa: B017 – pysaml2 has many
            saml.provider.asked(f"{address.partition('?')[0]}?{urlencode({**query, name: value})}")


def test_a_request_asks_anew_where_another_account_is_wanted(saml: SamlRunning) -> None:
    assert saml.provider.asked(Client().get("/kirjaudu/?anew=1")["Location"]).force_authn == "true"


# Suomi.fi: persons, no groups


@pytest.fixture
def suomi(saml: SamlRunning, monkeypatch: pytest.MonkeyPatch, door: DoorForTests) -> SamlRunning:
    portal = saml.as_seen(account=HETU, levels=("http://ftn.ficora.fi/2017/loa3",))
    trust(monkeypatch, portal)
    mark = mark_of_person(CODE, portal.persons)
    with_groups(monkeypatch, door, (Group(name=mark, role="analyst"),))
    return saml


def everything_kept() -> str:
    """Every row of the portal's database, sessions opened."""
    rows = [serializers.serialize("json", model.objects.all()) for model in (Account, Event)]
    rows += [json.dumps(session.get_decoded()) for session in Session.objects.all()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            rows += [repr(row) for row in cursor.execute(f'SELECT * FROM "{table}"').fetchall()]
    return "\n".join(rows)


def test_a_person_known_by_an_identity_code_gets_in_and_the_code_is_nowhere(
    suomi: SamlRunning, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = Client()
    request = suomi.asked(client)
    response = suomi.brought(client, encrypted_with_code(suomi, request))
    assert response.status_code == 302, response.text
    assert opens(client)
    account = Account.objects.get()
    assert account.name == mark_of_person(CODE, suomi.portal.persons)
    assert account.full_name == "Sofia Suomi"
    logged = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("saml2")
    )
    for text in (everything_kept(), logged, response.text, str(response.headers)):
        assert CODE not in text
        assert CODE[:6] not in text


def encrypted_with_code(saml: SamlRunning, request: Any, code: str = CODE) -> str:
    answer = saml.workshop.parts(request, "sofia", name_id=saml.named("sofia"))
    _put(answer, HETU, code)
    return sent(saml.workshop.encrypted(saml.workshop.signed(answer), saml.portal.ours.certificate))


def _put(answer: Any, name: str, value: str) -> None:
    statement = answer.find(".//saml:AttributeStatement", NAMES)
    if statement is None:
        statement = etree.SubElement(
            answer.find("saml:Assertion", NAMES), f"{{{NAMES['saml']}}}AttributeStatement"
        )
    for attribute in statement.findall(f"saml:Attribute[@Name='{name}']", NAMES):
        statement.remove(attribute)
    attribute = etree.SubElement(statement, f"{{{NAMES['saml']}}}Attribute", Name=name)
    etree.SubElement(attribute, f"{{{NAMES['saml']}}}AttributeValue").text = value


def test_a_person_nobody_gave_a_role_sees_the_mark_to_be_known_by(
    suomi: SamlRunning, monkeypatch: pytest.MonkeyPatch, door: DoorForTests, said: Callable[[], list[str]]
) -> None:
    with_groups(monkeypatch, door, GROUPS)
    client = Client()
    response = suomi.brought(client, encrypted_with_code(suomi, suomi.asked(client)))
    assert response.status_code == 403
    assert mark_of_person(CODE, suomi.portal.persons) in response.text
    assert said() == [Why.NO_GROUP]


@pytest.mark.parametrize("code", ["010190-999A", "someone", "", f"{CODE} {CODE}"])
def test_what_is_no_identity_code_lets_nobody_in(
    suomi: SamlRunning, said: Callable[[], list[str]], code: str
) -> None:
    client = Client()
    suomi.brought(client, encrypted_with_code(suomi, suomi.asked(client), code))
    assert not opens(client)
    assert said() == [Why.NO_ACCOUNT]


def test_an_identity_code_that_travels_unencrypted_lets_nobody_in(
    suomi: SamlRunning, said: Callable[[], list[str]]
) -> None:
    client = Client()
    answer = suomi.workshop.parts(suomi.asked(client), "sofia", name_id=suomi.named("sofia"))
    _put(answer, HETU, CODE)
    suomi.brought(client, sent(suomi.workshop.signed(answer)))
    assert said() == [Why.UNENCRYPTED]


@pytest.mark.parametrize("name", ["groups", "number"])
def test_nobody_takes_the_mark_of_a_person_by_another_way(
    suomi: SamlRunning, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A provider's group, or an account, that is written like a mark."""
    trust(monkeypatch, suomi.as_seen(account="number"))
    mark = mark_of_person(CODE, suomi.portal.persons)
    client = Client()

    def bend(assertion: Any) -> None:
        _put(assertion.getparent(), name, mark)

    response = suomi.brought(client, taken_apart(suomi, client, "anna", bend))
    assert response.status_code == 403
    assert not opens(client)


def test_marks_are_of_one_project_and_one_way() -> None:
    one, other = (mark_of_person(CODE, key * 32) for key in (b"a", b"b"))
    assert one != other
    assert one == mark_of_person(f" {CODE.lower()}", b"a" * 32)
    with pytest.raises(ValueError, match="no personal identity code"):
        mark_of_person("010190-999A", b"a" * 32)


# Answers that are wrong in one way each


def taken_apart(
    saml: SamlRunning, client: Client, person: str, bend: Callable[[Any], None], **more: Any
) -> str:
    """An honest answer, bent before the provider signs it."""
    answer = saml.workshop.parts(saml.asked(client), person, name_id=saml.named(person))
    bend(answer.find("saml:Assertion", NAMES))
    return sent(saml.workshop.signed(answer, **more))


def test_an_answer_that_is_taken_apart_and_not_bent_is_taken(saml: SamlRunning) -> None:
    """What the next tests rest on: nothing is refused for the way they put answers together."""
    plain, sealed = Client(), Client()
    saml.brought(plain, taken_apart(saml, plain, "anna", lambda assertion: None))
    assert opens(plain)
    answer = saml.workshop.parts(saml.asked(sealed), "anna", name_id=saml.named("anna"))
    signed = saml.workshop.signed(answer)
    saml.brought(sealed, sent(saml.workshop.encrypted(signed, saml.portal.ours.certificate)))
    assert opens(sealed)


@pytest.mark.parametrize("how", BENT)
def test_an_answer_that_is_wrong_lets_nobody_in(
    saml: SamlRunning, monkeypatch: pytest.MonkeyPatch, said: Callable[[], list[str]], how: str
) -> None:
    trust(monkeypatch, saml.as_seen(levels=("http://ftn.ficora.fi/2017/loa3",)))
    bend, why = BENT[how]
    client = Client()
    response = saml.brought(client, taken_apart(saml, client, "anna", bend))
    assert response.status_code in (400, 403)
    assert said() == [Why[why]]
    assert not opens(client)
    assert not Account.objects.exists()


@pytest.mark.parametrize("how", WRAPPED)
def test_a_signature_that_is_wrapped_makes_nobody_someone_else(
    saml: SamlRunning, said: Callable[[], list[str]], how: str
) -> None:
    client = Client()
    answer = etree.fromstring(b64decode(taken_apart(saml, client, "anna", lambda assertion: None)))
    WRAPPED[how](answer, answer.find("saml:Assertion", NAMES))
    assert b"evil" in etree.tostring(answer)
    saml.brought(client, sent(answer))
    assert not opens(client), how
    assert not Account.objects.exists()
    assert said()[0] in (Why.SEVERAL, Why.SIGNATURE)


def test_an_answer_nobody_signed_lets_nobody_in(saml: SamlRunning, said: Callable[[], list[str]]) -> None:
    for more in ({"sign_assertion": False}, {"sign_assertion": False, "encrypt_assertion": False}):
        client = Client()
        saml.brought(client, saml.honest(saml.asked(client), "anna", **more))
        assert not opens(client)
    client = Client()
    of_answer = {"sign_assertion": False, "sign_response": True, "encrypt_assertion": False}
    saml.brought(client, saml.honest(saml.asked(client), "anna", **of_answer))
    assert not opens(client)
    assert said() == [Why.SIGNATURE] * 3


def test_a_signature_of_somebody_else_or_of_a_weak_kind_lets_nobody_in(
    saml: SamlRunning, said: Callable[[], list[str]]
) -> None:
    client = Client()
    key, certificate = saml.workshop.stranger()
    saml.brought(
        client, taken_apart(saml, client, "anna", lambda assertion: None, key=key, certificate=certificate)
    )
    weak = {"sign_alg": "http://www.w3.org/2000/09/xmldsig#rsa-sha1"}
    saml.brought(client, saml.honest(saml.asked(client), "anna", **weak))
    digest = {"digest_alg": "http://www.w3.org/2000/09/xmldsig#sha1"}
    saml.brought(client, saml.honest(saml.asked(client), "anna", **digest))
    assert said() == [Why.SIGNATURE, Why.ALGORITHM, Why.ALGORITHM]
    assert not opens(client)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("ds:SignatureMethod", SignatureMethod.HMAC_SHA256.value, Why.ALGORITHM),
        ("ds:Transform", "http://www.w3.org/TR/1999/REC-xslt-19991116", Why.ALGORITHM),
        ("ds:Transform", "http://www.w3.org/2002/06/xmldsig-filter2", Why.ALGORITHM),
        ("ds:CanonicalizationMethod", "http://x.example/none", Why.ALGORITHM),
        ("ds:SignatureMethod", SignatureMethod.RSA_SHA512.value, Why.SIGNATURE),
    ],
)
def test_another_way_of_signing_than_those_accepted_lets_nobody_in(
    saml: SamlRunning, said: Callable[[], list[str]], name: str, value: str, why: Why
) -> None:
    client = Client()
    answer = etree.fromstring(b64decode(taken_apart(saml, client, "anna", lambda assertion: None)))
    answer.find(f".//{name}", NAMES).set("Algorithm", value)
    saml.brought(client, sent(answer))
    assert said() == [why]
    assert not opens(client)


def test_what_was_changed_after_it_was_signed_lets_nobody_in(
    saml: SamlRunning, said: Callable[[], list[str]]
) -> None:
    client = Client()
    content = b64decode(taken_apart(saml, client, "nelli", lambda assertion: None))
    assert b"everybody" in content
    saml.brought(client, b64encode(content.replace(b"everybody", b"county-analysts")).decode())
    assert said() == [Why.SIGNATURE]


def test_a_comment_in_a_name_makes_nobody_someone_else(saml: SamlRunning) -> None:
    """What stands after the comment is part of the name: it was signed, whatever a reader makes of it."""

    def bend(assertion: Any) -> None:
        named = assertion.find("saml:Subject/saml:NameID", NAMES)
        named.text = "anna"
        named.append(etree.Comment("x"))
        named[0].tail = ".evil"

    client = Client()
    saml.brought(client, taken_apart(saml, client, "anna", bend))
    assert Account.objects.get().name == "anna.evil"


@pytest.mark.parametrize("how", ["weak cipher", "weak words", "spoilt", "for somebody else"])
def test_what_is_encrypted_otherwise_lets_nobody_in(
    saml: SamlRunning, said: Callable[[], list[str]], how: str
) -> None:
    client = Client()
    request = saml.asked(client)
    if how == "weak cipher":  # Triple DES, as pysaml2 encrypts where nobody tells it otherwise
        saml.provider.strongly(encrypts=False)
        try:
            answer = saml.honest(request, "anna")
        finally:
            saml.provider.strongly()
    else:
        apart = saml.workshop.signed(saml.workshop.parts(request, "anna", name_id=saml.named("anna")))
        certificate = saml.portal.ours.certificate
        if how == "for somebody else":
            certificate = read_their_metadata(saml.provider.metadata).certificates[0]
        cipher = "http://www.w3.org/2001/04/xmlenc#aes256-cbc" if how == "weak words" else None
        more = {"cipher": cipher} if cipher else {}
        answer = sent(saml.workshop.encrypted(apart, certificate, spoilt=how == "spoilt", **more))
    saml.brought(client, answer)
    assert said() == [Why.ENCRYPTION]
    assert not opens(client)


HOSTILE = (
    "bomb",
    "quadratic",
    "file",
    "parameter",
    "document type",
    "another encoding",
    "deep",
    "large",
    "cut",
    "no XML",
    "nothing",
    "another message",
    "without a root of ours",
)


def test_hostile_documents_are_refused_at_once(
    saml: SamlRunning, said: Callable[[], list[str]], tmp_path: Path
) -> None:
    client = Client()
    documents = hostile_documents(taken_apart(saml, client, "anna", lambda assertion: None), tmp_path)
    assert tuple(documents) == HOSTILE
    for how, content in documents.items():
        begun = time.process_time()
        response = saml.brought(client, b64encode(content).decode())
        assert time.process_time() - begun < 1, how
        assert response.status_code == 400, how
        assert "a secret" not in response.text
    assert {*said()} == {Why.UNREADABLE}
    for wrong in ("", "%%%", "PHg+", "é", "A" * 700_000):
        assert saml.brought(client, wrong).status_code == 400
    assert not opens(client)


def test_a_refusal_of_the_provider_is_told(saml: SamlRunning, said: Callable[[], list[str]]) -> None:
    client = Client()
    request = saml.asked(client)
    refused = str(
        saml.provider.server.create_error_response(
            request.id, request.assertion_consumer_service_url, Exception("declined <b>here</b>")
        )
    )
    response = saml.brought(client, b64encode(refused.encode()).decode())
    assert response.status_code == 403
    assert "declined" not in response.text
    assert said() == [Why.DECLINED]


# Answers that come twice, late, or to the wrong browser


def test_an_answer_is_taken_once(saml: SamlRunning, said: Callable[[], list[str]]) -> None:
    client = Client()
    answer = saml.honest(saml.asked(client), "anna")
    saml.brought(client, answer)
    assert opens(client)
    thief = Client()
    assert saml.brought(thief, answer).status_code == 403
    assert said() == [Why.REPLAYED]
    assert not opens(thief)


def test_an_answer_is_worth_nothing_in_another_browser(
    saml: SamlRunning, said: Callable[[], list[str]]
) -> None:
    """Whoever makes somebody else's browser bring an answer of theirs signs nobody in."""
    attacker, victim = Client(), Client()
    saml.asked(victim)
    answer = saml.honest(saml.asked(attacker), "anna")
    assert saml.brought(victim, answer).status_code == 400
    assert said() == [Why.NOT_BEGUN]
    assert not opens(victim)


def test_what_was_put_aside_is_fetched_once_and_is_no_session(saml: SamlRunning) -> None:
    client, thief = Client(), Client()
    answer = saml.honest(saml.asked(client), "anna")
    address = Client().post("/kirjaudu/saml/", {"SAMLResponse": answer})["Location"]
    key = dict(parse_qsl(urlsplit(address).query))["answer"]
    thief.cookies["virtaama_session"] = key
    assert not opens(thief)
    assert client.get(address).status_code == 302
    assert opens(client)
    assert client.get(address).status_code == 400


def test_an_answer_to_another_request_lets_nobody_in(
    saml: SamlRunning, said: Callable[[], list[str]]
) -> None:
    client = Client()
    request = saml.asked(client)
    request.id = "_another"
    assert saml.brought(client, saml.honest(request, "anna")).status_code == 400
    assert said() == [Why.NOT_BEGUN]


def test_an_answer_to_another_address_lets_nobody_in(
    saml: SamlRunning, said: Callable[[], list[str]]
) -> None:
    client = Client()
    request = saml.asked(client)
    request.assertion_consumer_service_url = f"{PORTAL}/kirjaudu/saml/other/"
    saml.brought(client, saml.honest(request, "anna"))
    assert said() == [Why.AUDIENCE]


def test_a_name_that_is_another_each_time_names_no_account(
    saml: SamlRunning, said: Callable[[], list[str]]
) -> None:
    client = Client()
    saml.brought(client, saml.provider.answer(saml.asked(client), "anna"))
    assert said() == [Why.NO_ACCOUNT]


# Signing out, from here and from there


def test_signing_out_signs_out_of_the_provider_too(saml: SamlRunning) -> None:
    client = Client()
    saml.signed_in(client, "anna")
    response = client.post("/ulos/")
    assert not opens(client)
    address = response.text.partition("0; url=")[2].partition('"')[0].replace("&amp;", "&")
    request = saml.provider.asked_to_sign_out(address)
    assert (request.name_id.text, request.name_id.format) == (
        saml.named("anna").text,
        saml.named("anna").format,
    )
    assert request.session_index
    back = saml.provider.tell_signed_out(request, f"{PORTAL}/kirjaudu/saml/ulos/")
    done = client.get(back.removeprefix(PORTAL))
    assert (done.status_code, done["Location"]) == (302, "/")


def test_the_provider_ends_a_session(saml: SamlRunning) -> None:
    here, there = Client(), Client()
    saml.signed_in(here, "anna")
    saml.signed_in(there, "kuisma")
    asked = saml.provider.ask_to_sign_out(f"{PORTAL}/kirjaudu/saml/ulos/", saml.named("anna").text)
    browser = Client()
    response = browser.get(asked["Location"].removeprefix(PORTAL))
    assert response.status_code == 302
    assert response["Location"].startswith(f"{saml.provider.base}/slo?SAMLResponse=")
    assert "RelayState=state" in response["Location"]
    assert saml.provider.told_signed_out(response["Location"]).status_ok()
    assert not opens(here)
    assert opens(there)
    sealed = portal_door.project().log.entries()  # type: ignore[attr-defined]
    assert [each.asker_name for each in sealed if each.act == Act.SIGN_OUT] == ["Anna Analyytikko"]
    # Once: whoever brings it again changes nothing.
    saml.signed_in(here, "anna")
    assert browser.get(asked["Location"].removeprefix(PORTAL)).status_code == 400
    assert opens(here)


def test_a_word_that_a_session_is_over_is_believed_of_the_provider_only(
    saml: SamlRunning, said: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    saml.signed_in(client, "anna")
    name = saml.named("anna").text
    to = f"{PORTAL}/kirjaudu/saml/ulos/"
    true = saml.provider.ask_to_sign_out(to, name)["Location"].removeprefix(PORTAL)
    query = dict(parse_qsl(urlsplit(true).query))
    path = "/kirjaudu/saml/ulos/"
    for wrong in (
        {**query, "Signature": query["Signature"][:-8] + "AAAAAAA="},
        {name: value for name, value in query.items() if name not in ("Signature", "SigAlg")},
        {**query, "RelayState": "other"},
        {**query, "SigAlg": "http://www.w3.org/2000/09/xmldsig#rsa-sha1"},
        {**query, "SAMLRequest": "eJx"},
        {},
    ):
        assert client.get(f"{path}?{urlencode(wrong)}").status_code == 400
    assert client.get(f"{true}&SAMLRequest=x").status_code == 400, "twice in one address"
    elsewhere = saml.provider.ask_to_sign_out("https://x.example/", name)["Location"]
    assert client.get(f"{path}?{urlsplit(elsewhere).query}").status_code == 400
    bomb = b64encode(b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>").decode()
    for posted in ({"SAMLRequest": bomb}, {"SAMLRequest": query["SAMLRequest"]}, {"SAMLResponse": bomb}, {}):
        assert client.post(path, posted).status_code == 400
    later = saml.as_seen()
    later.clock = lambda: time.time() + 600
    trust(monkeypatch, later)
    assert Client().get(true).status_code == 400
    assert opens(client)
    assert {*said()} <= {*Why}


def test_a_packed_message_is_not_unpacked_beyond_what_messages_are(saml: SamlRunning) -> None:
    import zlib

    packer = zlib.compressobj(9, wbits=-15)
    bomb = b64encode(packer.compress(b"<a>" + b" " * 200_000_000) + packer.flush()).decode()
    begun = time.process_time()
    assert Client().get("/kirjaudu/saml/ulos/", {"SAMLRequest": bomb}).status_code == 400
    assert time.process_time() - begun < 1


# What each knows of the other


def test_our_metadata_says_what_suomi_fi_asks_for(saml: SamlRunning) -> None:
    levels = ("http://ftn.ficora.fi/2017/loa3", "http://eidas.europa.eu/LoA/high")
    root = read(saml.as_seen(account=HETU, levels=levels).metadata())
    assert root.get("entityID") == f"{PORTAL}/kirjaudu/saml/tiedot.xml"
    (portal,) = root.findall("md:SPSSODescriptor", NAMES)
    assert (portal.get("AuthnRequestsSigned"), portal.get("WantAssertionsSigned")) == ("true", "true")
    assert {key.get("use") for key in portal.findall("md:KeyDescriptor", NAMES)} == {"signing", "encryption"}
    assert len(portal.findall("md:SingleLogoutService", NAMES)) == 2
    assert portal.find("md:NameIDFormat", NAMES).text.endswith(":transient")
    assert next(each.get("Name") for each in root.iterfind(".//md:RequestedAttribute", NAMES)) == HETU
    values = root.findall("md:Extensions/mdattr:EntityAttributes/saml:Attribute/saml:AttributeValue", NAMES)
    assert tuple(value.text for value in values) == levels
    language = "{http://www.w3.org/XML/1998/namespace}lang"
    for name in ("mdui:DisplayName", "md:ServiceName", "md:OrganizationName"):
        assert [each.get(language) for each in root.iterfind(f".//{name}", NAMES)] == ["fi", "sv", "en"]
    assert b"PRIVATE" not in saml.portal.metadata()


def test_metadata_that_cannot_be_relied_on_is_refused(saml: SamlRunning, tmp_path: Path) -> None:
    honest = saml.provider.metadata.read_text(encoding="utf-8")
    root = honest.replace("entityID=", 'validUntil="2020-01-01T00:00:00Z" entityID=', 1)
    for wrong, words in {
        "missing": ("", "missing"),
        "none": ("<x/>", "0 providers"),
        "not XML": ("hello", "no SAML metadata"),
        "bomb": ('<!DOCTYPE x [<!ENTITY a "b">]>' + honest.partition("?>")[2], "no SAML metadata"),
        "over": (root, "valid until 2020"),
        "without TLS": (honest.replace("https://", "http://"), "TLS"),
        "no certificate": (honest.replace("X509Certificate", "X509Nothing"), "certificate"),
    }.items():
        path = tmp_path / f"{wrong}.xml"
        if words[0]:
            path.write_text(words[0], encoding="utf-8")
        with pytest.raises(NotReady, match=words[1]):
            read_their_metadata(path)


def test_keys_and_certificates_that_do_not_fit_are_refused(saml: SamlRunning, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    with pytest.raises(NotReady, match="is missing"):
        read_credentials(keys)
    stranger, _certificate = saml.workshop.stranger()
    (keys / "sign_in.pem").write_bytes(stranger.read_bytes())
    (keys / "sign_in.pem").chmod(0o600)
    make_certificate(keys, "portal.example")
    made = read_credentials(keys).certificate
    assert made.subject.rfc4514_string() == "CN=portal.example"
    (keys / "sign_in.crt").write_bytes(saml.provider.certificate_file.read_bytes())
    with pytest.raises(NotReady, match="another key"):
        read_credentials(keys)
    make_persons_key(keys)
    first = read_persons_key(keys)
    make_persons_key(keys)
    assert read_persons_key(keys) == first
    (keys / "sign_in.persons.key").chmod(0o644)
    with pytest.raises(NotReady, match="others than its owner"):
        read_persons_key(keys)


def test_reading_never_reaches_out(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("secret")
    for hostile in hostile_documents(b64encode(b"<?xml?><a/>").decode(), tmp_path).values():
        with pytest.raises(SignInFailed):
            read(hostile + b"<")
