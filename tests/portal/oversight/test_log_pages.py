"""The audit log as the data protection officer sees it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client

from tests.portal.door_for_tests import ANN, BOB, LogForTests
from virtaama.access.audit_entries import Act, Persons
from virtaama.access.looked import AnchorState
from virtaama.access.oversight import Oversight
from virtaama.portal import serve
from virtaama.portal.core import door as portal_door
from virtaama.problems import NotReady

NOW = datetime.now().astimezone()
SignedIn = Callable[[str], Client]


@pytest.fixture
def log() -> LogForTests:
    return portal_door.project()  # type: ignore[return-value]


@pytest.fixture
def officer(signed_in: SignedIn) -> Client:
    client = signed_in("tietosuoja")
    client.cookies["virtaama_language"] = "en"
    return client


def test_the_officer_begins_at_the_log(officer: Client) -> None:
    assert officer.get("/")["Location"] == "/loki/"
    page = officer.get("/loki/").text
    assert "2 entries" in page
    assert 'href="/loki/2/"' in page
    assert "2 persons" in page


def test_that_somebody_looked_is_an_entry_too(officer: Client, log: LogForTests) -> None:
    officer.get("/loki/?asker=analyytikko")
    entry = log.log.entries()[-1]
    assert (entry.asker, entry.act, entry.rows) == ("tietosuoja", "look", 1)
    assert '"asker": "analyytikko"' in entry.question
    assert "looked into the log" not in officer.get("/loki/").text.split("<tbody>")[1]
    assert "looked into the log" in officer.get("/loki/?act=look").text.split("<tbody>")[1]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("asker=insinoori", 1),
        ("role=analyst", 2),
        ("purpose=steering", 1),
        ("act=page", 1),
        ("decision=refused", 1),
        ("decision=allowed", 2),
        ("from=2020-01-01", 3),
        ("from=2020-01-01&to=2020-01-31", 0),
        ("from=never&to=neither", 3),
    ],
)
def test_entries_are_chosen_by_filters(officer: Client, log: LogForTests, query: str, count: int) -> None:
    log.write(moment=NOW, purpose="steering", act=Act.PAGE, decision="refused: no", role="analyst", asker="x")
    page = officer.get(f"/loki/?{query}").text
    said = "There is no such entry" if count == 0 else f"{count} entr"
    assert said in page


def test_entries_about_a_person_are_found_without_a_code_in_an_address(
    officer: Client, log: LogForTests
) -> None:
    log.write(BOB)
    there = officer.post("/loki/henkilo/", {"reference": " 010190-922d "})
    assert there.status_code == 302
    assert "010190" not in there["Location"]
    assert f"person={ANN.hex()}" in there["Location"]
    page = officer.get(there["Location"]).text
    assert "2 entries" in page
    assert "about one person" in page
    assert log.log.entries()[-1].person == ANN


def test_what_is_no_reference_is_said_and_not_repeated(officer: Client) -> None:
    page = officer.post("/loki/henkilo/", {"reference": "010190-9221"})
    assert page.status_code == 422
    assert "neither a personal identity code nor a pseudonym" in page.text
    assert "010190-9221" not in page.text


@pytest.mark.parametrize("order", ["number", "-asker", "role", "-purpose", "-persons", "rows", "nonsense"])
def test_the_table_is_sorted_by_its_headings(officer: Client, order: str) -> None:
    page = officer.get(f"/loki/?order={order}")
    assert page.status_code == 200
    assert (
        page.text.index("/loki/1/") < page.text.index("/loki/2/")
        or order in ("-asker", "-persons", "nonsense")
        or (order.startswith("-"))
    )


def test_many_entries_have_pages(officer: Client, log: LogForTests) -> None:
    for _ in range(60):
        log.write(ANN)
    assert "page 1 of 2" in officer.get("/loki/").text
    assert "page 2 of 2" in officer.get("/loki/?page=2").text


def test_the_file_has_every_entry_and_no_formula(officer: Client, log: LogForTests) -> None:
    log.write(ANN, asker="=1+1", data=("@x",))
    rows = list(
        csv.reader(StringIO(officer.get("/loki/rivit.csv").content.decode("utf-8-sig")), delimiter=";")
    )
    assert len(rows) == 4
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert log.log.entries()[-1].act == "look"


def test_a_mark_is_an_entry_of_its_own_and_the_newest_counts(officer: Client, log: LogForTests) -> None:
    before = log.log.entries()[0]
    for mark, comment in (("to_look_into", "why so many?"), ("in_order", "agreed with the unit")):
        assert officer.post("/loki/1/", {"mark": mark, "comment": comment}).status_code == 302
    assert log.log.entries()[0] == before
    marks = [entry for entry in log.log.entries() if entry.act == "review"]
    assert [entry.regards for entry in marks] == [1, 1]
    page = officer.get("/loki/1/").text
    assert page.index("agreed with the unit") < page.index("why so many?")
    assert "in order" in officer.get("/loki/?asker=analyytikko").text.split("<tbody>")[1]
    assert log.log.verify_chain()


def test_a_mark_that_names_a_person_is_not_kept(officer: Client, log: LogForTests) -> None:
    page = officer.post("/loki/1/", {"mark": "misuse", "comment": "saw 010190-922D"})
    assert page.status_code == 422
    assert "Leave it out" in page.text
    assert not [entry for entry in log.log.entries() if entry.act == "review"]


def test_an_entry_that_is_not_there_is_not_found(officer: Client) -> None:
    assert officer.get("/loki/99/").status_code == 404


def test_what_stands_out_is_said_with_its_reason(officer: Client, log: LogForTests) -> None:
    assert "Nobody did far more" in officer.get("/loki/poikkeavat/").text
    noon = NOW.replace(hour=12)
    for days in range(40, 3, -1):
        log.log.append(
            moment=noon - timedelta(days=days),
            asker="anna",
            role="analyst",
            purpose="planning",
            question="{}",
            decision="allowed",
            snapshot=None,
            rows=days % 5,
            act=Act.OPEN,
            about=Persons(unknown=days % 5),
        )
    log.write(moment=noon - timedelta(days=2), asker="anna", about=Persons(unknown=400))
    night = (NOW - timedelta(days=1)).replace(hour=3)
    log.write(ANN, moment=night, asker="bob")
    page = officer.get("/loki/poikkeavat/").text
    assert "400 persons opened on" in page
    assert "usually 2, at most 4" in page
    assert "bob" in page.split("at night or at a weekend")[1]


def test_a_log_without_anchors_says_so(officer: Client) -> None:
    assert "not anchored outside" in officer.get("/loki/").text


@pytest.mark.parametrize("name", ["johtaja", "yhteyshenkilo", "analyytikko", "insinoori"])
def test_others_are_refused(signed_in: SignedIn, name: str) -> None:
    client = signed_in(name)
    for address in ("/loki/", "/loki/rivit.csv", "/loki/poikkeavat/", "/loki/1/"):
        assert client.get(address).status_code == 403
    assert client.post("/loki/henkilo/", {"reference": "010190-922D"}).status_code == 403


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (AnchorState(named=True, newest=NOW), ""),
        (AnchorState(named=True, newest=NOW - timedelta(days=2), late=True), "it should be hourly"),
        (AnchorState(named=True), "has not been anchored yet"),
        (AnchorState(named=True, problem=True), "anchors is not there"),
    ],
)
def test_both_pages_say_when_the_last_anchor_is_too_old(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, state: AnchorState, said: str
) -> None:
    monkeypatch.setattr(Oversight, "anchored", lambda self: state)
    for name, address in (("tietosuoja", "/loki/"), ("insinoori", "/toiminta/")):
        client = signed_in(name)
        client.cookies["virtaama_language"] = "en"
        page = client.get(address).text
        assert (said in page) if said else ("anchored" not in page)


def test_the_portal_anchors_while_it_is_served(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks: list[str] = []

    class Anchored:
        settings = SimpleNamespace(anchors=Path("outside"))

        def anchor_if_due(self) -> None:
            looks.append("looked")
            if len(looks) == 2:
                raise NotReady("the folder for anchors is not there")
            if len(looks) == 3:
                self.settings.anchors = None  # the end of the test

    kept = Anchored()
    monkeypatch.setattr(portal_door, "project", lambda: kept)
    monkeypatch.setattr(serve, "sleep", lambda seconds: None)
    serve.keep_anchored()
    assert len(looks) == 3
    assert "was not anchored: the folder for anchors is not there" in caplog.text
