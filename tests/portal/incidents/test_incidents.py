"""The incident register as those who report and those who handle see it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.test import Client
from django.utils import timezone

from tests.portal.door_for_tests import LogForTests
from virtaama.portal.core import door as portal_door
from virtaama.portal.core.models import Event
from virtaama.portal.incidents.actions import NotAsItStands, report_incident, write_about
from virtaama.portal.incidents.models import Incident, IncidentEntry
from virtaama.portal.incidents.queries import incident, incidents, is_as_recorded
from virtaama.portal.incidents.state import Kind
from virtaama.privacy.policy import Asker
from virtaama.problems import NotRecorded
from virtaama.statutes.incident_duties import Risk, Step

SignedIn = Callable[..., Client]
ANNA = Asker(id="analyytikko", role="analyst")
TIINA = Asker(id="tietosuoja", role="data_protection_officer")
CODE = "010190-922D"


@pytest.fixture
def log() -> LogForTests:
    return portal_door.project()  # type: ignore[return-value]


def report(
    *, hours_ago: float = 1, what: str = "A list was left in the printer.", by: Asker = ANNA
) -> Incident:
    now = timezone.now()
    return report_incident(
        what=what,
        where="Ward 3",
        aware=now - timedelta(hours=hours_ago),
        personal="yes",
        by=by,
        now=now - timedelta(hours=hours_ago),
        record=portal_door.incident_record(),
    )


def write(found: Incident, kind: Kind, **said: object) -> None:
    write_about(
        incident=found,
        kind=kind,
        said=said,
        by=TIINA,
        now=timezone.now(),
        record=portal_door.incident_record(),
    )


def classify(found: Incident, *, breach: bool | None, significant: bool | None) -> None:
    aware = found.state().aware.isoformat()
    write(found, Kind.CLASSIFIED, breach=breach, significant=significant, aware=aware, why="As it is.")


def now_written() -> str:
    return f"{timezone.localtime():%Y-%m-%dT%H:%M}"


# Reporting


def test_anybody_who_is_signed_in_reports_and_follows_their_own(signed_in: SignedIn) -> None:
    client = signed_in("yhteyshenkilo", "en")
    assert "Report an incident" in client.get("/poikkeamat/").text
    sent = {
        "what": "A letter went to a wrong address.",
        "where": "",
        "aware": now_written(),
        "personal": "yes",
    }
    response = client.post("/poikkeamat/uusi/", sent)
    assert response.status_code == 302
    shown = client.get(response["Location"]).text
    assert "A letter went to a wrong address." in shown
    assert "Thank you." in shown
    assert "What is owed" not in shown
    assert "A letter went" in client.get("/poikkeamat/").text


def test_an_incident_of_somebody_else_is_refused_as_one_that_is_not_there(signed_in: SignedIn) -> None:
    found = report()
    client = signed_in("johtaja")
    there, absent = client.get(f"/poikkeamat/{found.pk}/"), client.get("/poikkeamat/99999/")
    assert (there.status_code, absent.status_code) == (403, 403)
    shown, not_there = (page.text.split("<main")[1].split("</main>")[0] for page in (there, absent))
    assert shown == not_there
    assert "printer" not in client.get("/poikkeamat/").text
    assert Event.objects.filter(kind=Event.Kind.PAGE_REFUSED).count() == 2


def test_who_reported_handles_nothing(signed_in: SignedIn) -> None:
    found = report()
    client = signed_in("analyytikko")
    assert client.get(f"/poikkeamat/{found.pk}/").status_code == 200
    answer = client.post(f"/poikkeamat/{found.pk}/", {"kind": "noted", "noted-text": "x"})
    assert answer.status_code == 403
    assert len(found.state().history) == 1


@pytest.mark.parametrize("field", ["what", "where"])
def test_an_identity_code_is_refused_and_stored_nowhere(
    signed_in: SignedIn, log: LogForTests, field: str
) -> None:
    entries = len(log.log.entries())
    sent = {"what": "Lost", "where": "Ward", "aware": now_written(), "personal": "no"}
    response = signed_in("analyytikko", "en").post("/poikkeamat/uusi/", sent | {field: f"see {CODE} there"})
    assert response.status_code == 422
    assert "This holds a personal identity code. Leave it out." in response.text
    assert not Incident.objects.exists()
    assert len(log.log.entries()) == entries


def test_what_is_noticed_tomorrow_is_refused(signed_in: SignedIn) -> None:
    tomorrow = f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    sent = {"what": "Lost", "where": "", "aware": tomorrow, "personal": "no"}
    response = signed_in("analyytikko", "en").post("/poikkeamat/uusi/", sent)
    assert response.status_code == 422
    assert "This is in the future." in response.text


# On record


@pytest.mark.django_db
def test_every_entry_is_in_the_audit_log_by_its_digest_and_without_its_words(log: LogForTests) -> None:
    found = report()
    classify(found, breach=True, significant=False)
    entries = [entry for entry in log.log.entries() if entry.act == "incident"]
    assert [entry.asker for entry in entries[-2:]] == ["analyytikko", "tietosuoja"]
    assert entries[-1].regards == found.begun == entries[-2].number
    assert "printer" not in "".join(entry.question for entry in entries)
    assert is_as_recorded(found, portal_door.incident_record())


@pytest.mark.django_db
@pytest.mark.parametrize("tamper", ["change", "remove", "add"])
def test_a_history_that_was_tampered_with_is_found(signed_in: SignedIn, tamper: str) -> None:
    found = report()
    classify(found, breach=True, significant=False)
    newest = IncidentEntry.objects.filter(incident=found).latest("pk")
    if tamper == "change":
        IncidentEntry.objects.filter(pk=newest.pk).update(said={**newest.said, "breach": False})
    elif tamper == "remove":
        IncidentEntry.objects.filter(pk=newest.pk).delete()
    else:
        IncidentEntry.objects.create(
            incident=found, at=newest.at, by="x", kind=Kind.NOTED, said={"text": "y"}, record=999_999
        )
    assert not is_as_recorded(found, portal_door.incident_record())
    shown = signed_in("tietosuoja", "en").get(f"/poikkeamat/{found.pk}/").text
    assert "This history is not what the audit log says was written." in shown


@pytest.mark.django_db
def test_nothing_is_stored_where_it_cannot_go_on_record(
    log: LogForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> int:
        raise NotRecorded("no room")

    found = report()
    monkeypatch.setattr(log.log, "append", full)
    with pytest.raises(NotRecorded):
        report()
    with pytest.raises(NotRecorded):
        write(found, Kind.NOTED, text="x")
    assert Incident.objects.count() == IncidentEntry.objects.count() == 1


@pytest.mark.django_db
def test_what_was_written_is_neither_changed_nor_removed() -> None:
    report()
    entry = IncidentEntry.objects.get()
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()


# Handling


@pytest.mark.django_db
def test_an_incident_goes_its_whole_way(signed_in: SignedIn) -> None:
    found = report(hours_ago=2)
    client = signed_in("tietosuoja", "en")
    address = f"/poikkeamat/{found.pk}/"

    def send(kind: str, **fields: str) -> int:
        sent = {"kind": kind} | {f"{kind}-{name}": value for name, value in fields.items()}
        return client.post(address, sent).status_code

    aware = f"{timezone.localtime(found.state().aware):%Y-%m-%dT%H:%M}"
    assert "early warning" in client.get(address).text.lower()
    assert send("classified", breach="yes", significant="no", aware=aware, why="A list of clients.") == 302
    assert send("closed", lessons="None yet.") == 422
    assert send("assessed", risk="high", persons="12", why="Others saw it.") == 302
    assert found.state().lacks == ("notice_to_persons", "breach_notification") or set(
        found.state().lacks
    ) == {
        "breach_notification",
        "notice_to_persons",
    }
    assert send("step_taken", step="breach_notification", when=now_written(), reference="123/2026") == 302
    assert send("step_taken", step="notice_to_persons", when=now_written(), reference="") == 302
    assert send("closed", lessons="Lists are fetched with a card.") == 302
    state = found.state()
    assert state.closed_at is not None
    assert state.taken[Step.BREACH_NOTIFICATION].reference == "123/2026"
    assert state.taken[Step.BREACH_NOTIFICATION].by == "tietosuoja"
    assert state.persons == 12
    assert "Lists are fetched with a card." in signed_in("analyytikko", "en").get(address).text
    assert send("classified", breach="no", significant="no", aware=aware, why="x") == 422
    assert send("reopened", text="There was another list.") == 302
    assert found.state().closed_at is None


@pytest.mark.django_db
def test_it_is_not_closed_while_something_is_owed() -> None:
    found = report()
    with pytest.raises(NotAsItStands) as raised:
        write(found, Kind.CLOSED, lessons="x")
    assert raised.value.lacks == ("classification",)
    classify(found, breach=True, significant=True)
    with pytest.raises(NotAsItStands) as raised:
        write(found, Kind.CLOSED, lessons="x")
    assert raised.value.lacks == (
        "assessment",
        "early_warning",
        "breach_notification",
        "incident_notification",
        "final_report",
    )
    with pytest.raises(NotAsItStands):
        write(found, Kind.REOPENED, text="x")


@pytest.mark.django_db
def test_a_step_before_the_county_knew_is_refused(signed_in: SignedIn) -> None:
    found = report(hours_ago=1)
    classify(found, breach=True, significant=False)
    early = f"{timezone.localtime() - timedelta(hours=5):%Y-%m-%dT%H:%M}"
    sent = {
        "kind": "step_taken",
        "step_taken-step": "breach_notification",
        "step_taken-when": early,
        "step_taken-reference": "",
    }
    response = signed_in("tietosuoja", "en").post(f"/poikkeamat/{found.pk}/", sent)
    assert response.status_code == 422
    assert "This is before the county became aware of it." in response.text


# The list


@pytest.mark.django_db
def test_overdue_comes_first_then_what_is_due_next_then_what_is_closed() -> None:
    closed, fresh, late, done = report(), report(hours_ago=2), report(hours_ago=100), report(hours_ago=90)
    for each in (closed, done):
        classify(each, breach=False, significant=False)
    write(closed, Kind.CLOSED, lessons="x")
    classify(late, breach=True, significant=False)
    now = timezone.now()
    assert [state.number for state in incidents(now)] == [late.pk, fresh.pk, done.pk, closed.pk]
    assert [state.number for state in incidents(now) if state.is_overdue(now)] == [late.pk]


@pytest.mark.django_db
def test_what_nobody_classified_in_a_day_is_overdue() -> None:
    found = report(hours_ago=25)
    assert found.state().is_overdue(timezone.now())


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("state=overdue", 1),
        ("state=closed", 1),
        ("kind=breach", 1),
        ("kind=unclassified", 1),
        ("to=2020-01-01", 0),
        ("kind=nonsense&from=never", 3),
    ],
)
def test_the_list_is_narrowed_and_exported_alike(signed_in: SignedIn, query: str, count: int) -> None:
    breach, neither, _ = report(hours_ago=80), report(), report(what="=SUM(A1)")
    classify(breach, breach=True, significant=False)
    classify(neither, breach=False, significant=False)
    write(neither, Kind.CLOSED, lessons="x")
    client = signed_in("tietosuoja", "en")
    assert f"{count} incident" in client.get(f"/poikkeamat/?{query}").text
    exported = client.get(f"/poikkeamat/rivit.csv?{query}")
    rows = list(csv.reader(StringIO(exported.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == count + 1
    assert not any(cell.startswith("=") for row in rows for cell in row)


@pytest.mark.django_db
def test_risk_of_a_breach_decides_what_is_owed() -> None:
    found = report()
    classify(found, breach=True, significant=False)
    write(found, Kind.ASSESSED, risk=Risk.UNLIKELY.value, persons=None, why="Nobody saw it.")
    state = found.state()
    assert state.lacks == ()
    assert incident(found.pk) == found


def test_reading_the_register_asks_the_database_once(
    signed_in: SignedIn, django_assert_num_queries: Callable[[int], object]
) -> None:
    for _ in range(5):
        report()
    now = timezone.now()
    with django_assert_num_queries(1):  # type: ignore[attr-defined]  # entries with their incidents
        assert len(incidents(now)) == 5
