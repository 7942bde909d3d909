"""The list of pairs to decide, and one pair: shown on record, decided, taken back, by several people at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from tests.portal.door_for_tests import PAIRS, LogForTests
from virtaama.access.audit_entries import About, Act, Entry
from virtaama.portal.core import door as portal_door

SignedIn = Callable[[str], Client]
AFTER = re.compile(r'name="after" value="(\d+)"')


@pytest.fixture(autouse=True)
def as_in_the_beginning() -> Iterator[None]:
    PAIRS.fill()
    yield
    PAIRS.fill()


@pytest.fixture
def reviewer(signed_in: SignedIn) -> Client:
    return signed_in("yhdistaja")


def text_of(response: object) -> str:
    content = getattr(response, "content", b"")
    return re.sub(r"\s+", " ", content.decode())


def entries() -> tuple[Entry, ...]:
    project = portal_door.project()
    assert isinstance(project, LogForTests)
    return project.log.entries()


def after(client: Client, number: int) -> str:
    found = AFTER.search(text_of(client.get(f"/yhdistaminen/{number}/")))
    assert found
    return found[1]


def decide(client: Client, number: int, verdict: str, seen: str, note: str = "") -> object:
    return client.post(f"/yhdistaminen/{number}/", {"verdict": verdict, "after": seen, "note": note})


def test_the_list_names_nobody_and_is_on_record(reviewer: Client) -> None:
    page = text_of(reviewer.get("/yhdistaminen/"))
    assert "4 paria" in page
    assert "Kivel" not in page
    assert "1962" not in page
    assert page.index('href="/yhdistaminen/1/"') < page.index('href="/yhdistaminen/3/"')  # the heaviest first
    entry = entries()[-1]
    assert (entry.act, entry.purpose, entry.about, entry.persons) == (
        Act.LOOK,
        "data_quality",
        About.ROSTER,
        4,
    )


def test_a_pair_is_shown_side_by_side_and_about_whom_is_on_record_first(reviewer: Client) -> None:
    page = text_of(reviewer.get("/yhdistaminen/1/"))
    for shown in ("Kivela", "Kivelä", "Anna Maria", "4.5.1962", "5.4.1962", "päivä ja kuukausi toisin päin"):
        assert shown in page
    entry = entries()[-1]
    assert (entry.act, entry.decision, entry.person) == (Act.OPEN, "allowed", bytes.fromhex(f"{101:032x}"))
    assert entry.unknown == 1  # whose the record is nobody knows yet
    assert "Kivel" not in json.dumps(entry.question)


def test_nothing_is_shown_where_it_cannot_be_put_on_record(
    reviewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from virtaama.access.audit import AuditLog
    from virtaama.problems import NotRecorded

    def refuses(*given: object, **more: object) -> int:
        raise NotRecorded("the disk is full")

    monkeypatch.setattr(AuditLog, "append", refuses)
    response = reviewer.get("/yhdistaminen/1/")
    assert response.status_code == 503
    assert "Kivel" not in text_of(response)


def test_a_decision_opens_the_next_pair_and_can_be_taken_back(reviewer: Client) -> None:
    response = decide(reviewer, 1, "linked", after(reviewer, 1), "sama osoite")
    assert response["Location"] == "/yhdistaminen/3/?decided=1"  # 2 was for the same record
    page = text_of(reviewer.get(response["Location"]))
    assert "Pari 1 on ratkaistu." in page
    page = text_of(reviewer.get("/yhdistaminen/1/"))
    assert "sama osoite" in page
    assert "yhdistaja" in page
    assert b"sama osoite" not in PAIRS.path.read_bytes()  # a note is sealed
    decide(reviewer, 1, "undone", after(reviewer, 1), "olikin kaksonen")
    decide(reviewer, 1, "proposed", after(reviewer, 1))
    page = text_of(reviewer.get("/yhdistaminen/1/"))
    assert "olikin kaksonen" in page
    assert 'value="linked"' in page
    assert [e.act for e in entries()].count(Act.LINK) >= 3


def test_any_link_can_be_undone_with_a_reason_and_not_without(reviewer: Client) -> None:
    seen = after(reviewer, 4)
    assert decide(reviewer, 4, "undone", seen).status_code == 422  # type: ignore[attr-defined]
    assert decide(reviewer, 4, "undone", seen, "väärä henkilö").status_code == 302  # type: ignore[attr-defined]
    assert 'href="/yhdistaminen/4/"' in text_of(reviewer.get("/yhdistaminen/?state=undone"))


def test_two_reviewers_at_once_do_not_overwrite_each_other(reviewer: Client, signed_in: SignedIn) -> None:
    other = signed_in("yhdistaja")
    seen = after(reviewer, 3)
    assert after(other, 3) == seen
    decide(reviewer, 3, "not_same", seen)
    late = decide(other, 3, "linked", seen)
    assert late.status_code == 409  # type: ignore[attr-defined]
    assert "Joku muu on tällä välin ratkaissut asian." in text_of(late)
    assert 'href="/yhdistaminen/3/"' in text_of(reviewer.get("/yhdistaminen/?state=not_same"))


def test_a_record_is_linked_to_one_resident_at_a_time(reviewer: Client) -> None:
    seen = after(reviewer, 2)
    decide(reviewer, 1, "linked", after(reviewer, 1))
    assert decide(reviewer, 2, "linked", seen).status_code == 409  # type: ignore[attr-defined]
    assert "Pura ensin se yhdistäminen." in text_of(reviewer.get("/yhdistaminen/2/"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "linked", "after": "3", "note": "hetu 010190-922D"},
        {"verdict": "linked", "after": "kolme"},
        {"verdict": "withdrawn", "after": "x"},
        {},
    ],
)
def test_what_is_not_understood_is_kept_nowhere(reviewer: Client, wrong: dict[str, str]) -> None:
    assert reviewer.post("/yhdistaminen/3/", wrong).status_code == 422
    assert "3 paria" not in text_of(reviewer.get("/yhdistaminen/"))
    assert "4 paria" in text_of(reviewer.get("/yhdistaminen/"))


def test_where_somebody_under_protection_lives_is_not_shown(reviewer: Client) -> None:
    assert "Turvakielto on voimassa" in text_of(reviewer.get("/yhdistaminen/5/"))
    assert "Turvakielto" not in text_of(reviewer.get("/yhdistaminen/1/"))


def test_a_pair_that_is_not_there(reviewer: Client) -> None:
    assert reviewer.get("/yhdistaminen/999/").status_code == 404


@pytest.mark.parametrize("name", ["johtaja", "analyytikko", "insinoori", "tietosuoja"])
def test_others_are_refused(signed_in: SignedIn, name: str) -> None:
    response = signed_in(name).get("/yhdistaminen/1/")
    assert response.status_code == 403
    assert "Kivel" not in text_of(response)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", 4),
        ("?state=all", 5),
        ("?state=linked", 1),
        ("?state=all&by=rule", 1),
        ("?least=6", 2),
        ("?most=6,25", 3),
        ("?state=nonsense&least=many", 4),
    ],
)
def test_filters_are_read_from_the_address(reviewer: Client, asked: str, shown: int) -> None:
    page = text_of(reviewer.get(f"/yhdistaminen/{asked}"))
    assert (f"{shown} paria" if shown != 1 else "1 pari<") in page


@pytest.mark.parametrize("language", ["sv", "en"])
def test_in_other_languages(signed_in: Callable[..., Client], language: str) -> None:
    page = text_of(signed_in("yhdistaja", language).get("/yhdistaminen/1/"))
    assert {"sv": "Samma person", "en": "The same person"}[language] in page
