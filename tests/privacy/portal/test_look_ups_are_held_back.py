"""Who tries codes and numbers is held back after so many, over all workers, on record, and shown to the officer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from tests.look_ups import CountsInMemory
from tests.portal.persons.test_person_pages import (
    ANN,
    BOB,
    NOBODY,
    OF_THE_MOMENT,
    ask,
    break_glass,
    browser,
    county,
    project,
)
from tests.privacy.persons_county import NOW, County
from tests.shipped_law import OF_LOGS
from virtaama.access.audit_entries import Act, Entry
from virtaama.access.look_ups import TOO_OFTEN, Counts, LookUps
from virtaama.access.oversight import Oversight
from virtaama.access.person_door import PersonDoor
from virtaama.access.persons import person_key
from virtaama.portal.core import counting
from virtaama.portal.core import door as portal_door
from virtaama.privacy.look_up_limits import SHIPPED, LookUpLimits, in_force

__all__ = ["browser", "county", "project"]

LIMITS = replace(SHIPPED, since=NOW.date(), hour=4, day=9, house_hour=6, house_day=20, why="a test")
Browse = Callable[..., Client]


def clock() -> datetime:
    """The day of the county; what is counted goes by the clock of the portal."""
    return NOW.astimezone()


@pytest.fixture
def workers(project: None, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """The portal where each request comes to another worker: nothing of a process is kept from one to the next."""
    served = portal_door.project

    class OfManyWorkers(served):  # type: ignore[misc, valid-type]
        def look_ups(self, counts: Counts) -> LookUps:
            return LookUps(limits=(LIMITS,), counts=counts, audit=county.audit, clock=clock)

        def person_door(self, counts: Counts) -> PersonDoor:
            return county.door_counting(self.look_ups(counts))

        def oversight(self) -> Oversight:
            return Oversight(audit=county.audit, roles=self.roles, clock=clock, law=OF_LOGS)

    monkeypatch.setattr(portal_door, "project", OfManyWorkers)
    monkeypatch.setattr(
        "virtaama.portal.persons.views.person_door",
        lambda: portal_door.project().person_door(counting.count),
    )


def text_of(page: HttpResponse) -> str:
    return OF_THE_MOMENT.sub("", page.text)


def held(county: County) -> list[Entry]:
    return [entry for entry in county.audit.entries() if entry.decision == TOO_OFTEN]


@pytest.mark.usefixtures("workers")
def test_after_so_many_nobody_is_opened_and_nobody_read(browser: Browse, county: County) -> None:
    nurse = browser("nurse", "U1", "mine")
    # Whatever came of them: somebody in care, somebody who is not, numbers that are guessed.
    assert [ask(nurse, each).status_code for each in (ANN, BOB, "c:77", NOBODY)] == [200, 404, 404, 404]
    deciphered, before = len(county.deciphered), len(held(county))
    for page in (ask(nurse, ANN), ask(nurse, "c:1"), break_glass(nurse, BOB)):
        assert page.status_code == 429
        assert "Aalto" not in page.text
        assert "Bergman" not in page.text
        assert 1 <= int(page["Retry-After"]) <= 3_660
    assert len(county.deciphered) == deciphered
    by_code, by_number, with_glass = held(county)[before:]
    assert (by_code.act, by_code.role, by_code.person) == (Act.PERSON, "nurse", by_code.person)
    assert by_code.person is not None
    assert (by_number.person, with_glass.rows) == (None, 0)
    assert json.loads(with_glass.question)["break glass"]
    for entry in (by_code, by_number, with_glass):
        assert json.loads(entry.question)["held back by"] == {"most": 4, "hours": 1, "of": "asker"}
        assert ANN not in entry.question
    assert county.audit.verify_chain() == len(county.audit.entries())


@pytest.mark.usefixtures("workers")
def test_who_is_held_back_cannot_tell_who_is_there(browser: Browse) -> None:
    nurse = browser("nurse", "U1", "mine")
    for _ in range(LIMITS.hour):
        ask(nurse, "c:77")
    said = {text_of(ask(nurse, reference)) for reference in (ANN, BOB, NOBODY, "c:1", "c:77")}
    assert len(said) == 1


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize(
    ("language", "own", "house", "on"),
    [
        (
            "fi",
            "Olet tehnyt 4 henkilöhakua tunnin aikana",
            "Koko hyvinvointialueella on tehty 6",
            "Voit jatkaa",
        ),
        (
            "sv",
            "Du har gjort 4 sökningar av personer inom en timme",
            "I hela välfärdsområdet har 6",
            "fortsätta",
        ),
        (
            "en",
            "You have made 4 look-ups of persons within an hour",
            "6 look-ups of persons have been",
            "go on at",
        ),
    ],
)
def test_it_is_said_in_words_when_to_go_on(
    browser: Browse, language: str, own: str, house: str, on: str
) -> None:
    mine, another = (browser("nurse", "U1", name, language=language) for name in ("mine", "hers"))
    for _ in range(LIMITS.hour):
        ask(mine, ANN)
    page = ask(mine, ANN)
    assert own in text_of(page)
    assert on in text_of(page)
    # Held back by what all together may do: another nurse, who looked up two.
    assert [ask(another, ANN).status_code for _ in range(3)] == [200, 200, 429]
    assert house in text_of(ask(another, ANN))


@pytest.mark.usefixtures("workers")
def test_after_an_hour_it_goes_on_and_after_a_day_of_it_not(
    browser: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse = browser("nurse", "U1", "mine")
    begun = timezone.now()
    answers = []
    for hour in range(4):
        at = begun + timedelta(hours=hour, minutes=hour + 1)
        monkeypatch.setattr(counting.timezone, "now", lambda at=at: at)
        monkeypatch.setattr("virtaama.portal.core.sessions.is_over", lambda session: False)
        monkeypatch.setattr("virtaama.portal.core.middleware.is_over", lambda session: False)
        answers.append([ask(nurse, ANN).status_code for _ in range(5)])
    assert answers == [[200] * 4 + [429], [200] * 4 + [429], [200] + [429] * 4, [429] * 5]


@pytest.mark.usefixtures("workers")
def test_what_cannot_be_counted_is_not_opened(browser: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*given: object, **more: object) -> None:
        raise OperationalError("database is locked")

    nurse = browser("nurse", "U1", "mine")
    nurse.raise_request_exception = False
    monkeypatch.setattr(counting, "count", locked)
    page = ask(nurse, ANN)
    assert page.status_code == 500
    assert "Aalto" not in page.text


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fi", "Yksi henkilö saa tehdä 4 hakua tunnissa"),
        ("sv", "En person får göra 4 sökningar på en timme"),
        ("en", "4 within an hour are as many as one person may make"),
    ],
)
def test_the_officer_is_shown_who_was_held_back(browser: Browse, language: str, words: str) -> None:
    nurse = browser("nurse", "U1", f"prying in {language}")
    for _ in range(LIMITS.hour + 3):
        ask(nurse, ANN)
    shown = browser("data_protection_officer", language=language).get("/loki/poikkeavat/").text
    assert f"nurse U1 prying in {language}" in shown
    assert words in shown
    assert f"asker=nurse%20U1%20prying%20in%20{language}" in shown
    for told in ("Aalto", ANN, person_key("x").hex()):
        assert told not in shown


def test_an_ordinary_day_is_not_hindered_and_a_program_is() -> None:
    moment = [datetime(2026, 11, 27, 8).astimezone()]
    counts = CountsInMemory(lambda: moment[0])

    def through(whose: str) -> bool:
        quotas = [(quota, whose) for quota in SHIPPED.of_asker]
        return counts(quotas).held_back is None

    # Somebody at the telephone: a person a minute, each fourth one opened again, for eight hours without a pause.
    for minute in range(8 * 60):
        moment[0] = datetime(2026, 11, 27, 8).astimezone() + timedelta(minutes=minute)
        assert through("booking")
        if minute % 4 == 0:
            assert through("booking"), minute
    # A program reaches the end of it in the first seconds, and gets no more than a day's of whom it tries.
    tried = []
    for second in range(0, 24 * 3_600, 20):
        moment[0] = datetime(2026, 11, 28, 8).astimezone() + timedelta(seconds=second)
        tried.append(through("program"))
    assert sum(tried) == SHIPPED.day
    assert sum(tried[:180]) == SHIPPED.hour


def test_the_limits_of_a_day_are_the_newest_that_have_begun() -> None:
    said: tuple[LookUpLimits, ...] = (
        replace(SHIPPED, since=LIMITS.since + timedelta(days=30), hour=200),
        replace(SHIPPED, since=LIMITS.since, hour=100),
    )
    assert in_force(said, LIMITS.since - timedelta(days=1)) is SHIPPED
    assert in_force(said, LIMITS.since + timedelta(days=29)).hour == 100
    assert in_force(said, LIMITS.since + timedelta(days=30)).hour == 200
