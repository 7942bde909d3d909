"""What other programs are answered: metrics, areas, figures, lineage, releases; and what they are refused."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from jsonstat_validator import validate_jsonstat

from tests.portal.door_for_tests import AREAS, METRICS, DoorForTests
from virtaama.portal.api import limits
from virtaama.portal.core.models import Event
from virtaama.problems import NotRecorded

SignIn = Callable[[str], Client]
FIGURES = "/api/v1/metrics/ward_days_per_1000/figures"
ASKED = {"purpose": "steering", "level": "municipality", "from": "2026-01", "to": "2026-03"}


@pytest.fixture
def manager(signed_in: SignIn) -> Client:
    return signed_in("johtaja", "en")  # type: ignore[call-arg]


def answer(client: Client, address: str, **query: object) -> Any:
    response = client.get(address, query)
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == "application/json"
    return response.json()


def refused(client: Client, address: str, **query: object) -> tuple[int, str, Any]:
    response = client.get(address, query)
    assert response.headers["Content-Type"] == "application/problem+json"
    told = response.json()
    assert told["status"] == response.status_code
    return response.status_code, told["type"].removeprefix("urn:virtaama:problem:"), told


def test_every_metric_is_told_with_its_meaning(manager: Client) -> None:
    told = answer(manager, "/api/v1/metrics")
    assert [metric["name"] for metric in told["metrics"]] == [metric.name for metric in METRICS]
    (found,) = [metric for metric in told["metrics"] if metric["name"] == "emergency_visits_per_1000"]
    assert found["labels"] == {"fi": "Päivystyskäynnit", "sv": "Jourbesök", "en": "Emergency visits"}
    assert (found["direction"], found["legal_basis"]) == ("lower_is_better", "612/2021 29 §")
    assert [each["name"] for each in found["breakdowns"]] == ["age_group", "sex"]
    assert found["targets"] == [{"value": 55.0, "valid_from": "2024-01-01", "source": "Aluevaltuusto 2023"}]
    assert answer(manager, "/api/v1/metrics/emergency_visits_per_1000") == found


def test_a_list_is_read_page_by_page(manager: Client) -> None:
    names, address, pages = [], "/api/v1/areas?limit=7&level=unit", 0
    while address:
        told = answer(manager, address)
        names += [area["code"] for area in told["areas"]]
        address, pages = told["next"], pages + 1
        assert told["total"] == 30
    assert pages == 5
    assert names == [area.code for area in AREAS if area.level == "unit"]


def test_figures_say_what_was_asked_and_why_any_is_missing(manager: Client, door: DoorForTests) -> None:
    told = answer(manager, FIGURES, **ASKED, by="sex")
    assert told["question"]["first"] == "2026-01-01"
    assert told["question"]["last"] == "2026-03-31"
    assert told["total"] == len(told["figures"]) == 10 * 3 * 2
    assert {figure["member_label"] for figure in told["figures"]} == {"Women", "Men"}
    for figure in told["figures"]:
        assert (figure["value"] is None) == (figure["missing"] is not None) == bool(figure["missing_words"])
    [(question, asker, purpose)] = door.asked
    assert (question.metrics, question.by, question.first, question.last) == (
        ("ward_days_per_1000",),
        "sex",
        date(2026, 1, 1),
        date(2026, 3, 31),
    )
    assert (asker.id, purpose) == ("johtaja", "steering")


def test_pages_of_figures_make_up_the_whole(manager: Client) -> None:
    whole = answer(manager, FIGURES, **ASKED)["figures"]
    first = answer(manager, FIGURES, **ASKED, limit=20)
    assert first["next"].startswith(f"{FIGURES}?")
    second = answer(manager, first["next"])
    assert first["figures"] + second["figures"] == whole
    assert second["next"] is None


def test_the_table_holds_the_same_figures(manager: Client) -> None:
    figures = answer(manager, FIGURES, **ASKED, by="sex")["figures"]
    response = manager.get(f"{FIGURES}.csv", {**ASKED, "by": "sex"})
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="ward_days_per_1000.csv"' in response.headers["Content-Disposition"]
    lines = list(csv.DictReader(StringIO(response.text)))
    assert [(line["area"], line["period"], line["member"]) for line in lines] == [
        (figure["area"], figure["period"], figure["member"]) for figure in figures
    ]
    assert [float(line["value"]) if line["value"] else None for line in lines] == [
        figure["value"] for figure in figures
    ]
    assert {line["area_name"] for line in lines} >= {"Lahti", "Hollola"}


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ({}, date(2026, 10, 31), date(2026, 10, 31)),
        ({"from": "2026-08"}, date(2026, 8, 1), date(2026, 10, 31)),
        ({"to": "2026Q2", "grain": "quarter"}, date(2026, 4, 1), date(2026, 6, 30)),
        ({"from": "2025", "to": "2025"}, date(2025, 1, 1), date(2025, 12, 31)),
        ({"grain": "year"}, date(2025, 1, 1), date(2025, 12, 31)),
        ({"grain": "quarter", "from": "2026Q3"}, date(2026, 7, 1), date(2026, 9, 30)),
    ],
)
def test_periods_not_given_are_the_newest_whole_ones(
    manager: Client, door: DoorForTests, asked: dict[str, str], first: date, last: date
) -> None:
    answer(manager, FIGURES, purpose="steering", **asked)
    ((question, _, _),) = door.asked
    assert (question.first.replace(day=1), question.last) == (first.replace(day=1), last)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"purpose": ""}, "purpose"),
        ({"purpose": "curiosity"}, "purpose"),
        ({"level": "country"}, "level"),
        ({"from": "2026-13"}, "from"),
        ({"from": "2026-03", "to": "2026-01"}, "from"),
        ({"as_of": "2026-02-30"}, "as_of"),
        ({"as_of": "1999-01-01"}, "as_of"),
        ({"known": "2999-01-01"}, "known"),
        ({"as_of": "1700000000"}, "as_of"),
        ({"within": "398"}, "within"),
        ({"by": "sex; DROP"}, "by"),
        ({"limit": "0"}, "limit"),
        ({"limit": "1e3"}, "limit"),
        ({"offset": "-1"}, "offset"),
        ({"colour": "red"}, "?"),
    ],
)
def test_what_is_not_understood_is_named_and_not_repeated(
    manager: Client, door: DoorForTests, query: dict[str, str], parameter: str
) -> None:
    status, kind, told = refused(manager, FIGURES, **{"purpose": "steering", **query})
    assert (status, kind) == (422, "not-understood")
    assert [wrong["parameter"] for wrong in told["errors"]] == [parameter]
    assert not any(value and value in str(told) for value in query.values() if len(value) > 3)
    assert door.asked == []


def test_a_parameter_given_twice_is_not_understood(manager: Client) -> None:
    assert refused(manager, f"{FIGURES}?purpose=steering&level=county&level=unit")[0] == 422


def test_too_many_periods_are_too_much(manager: Client) -> None:
    assert refused(manager, FIGURES, purpose="steering", **{"from": "1950", "to": "2026"})[1] == "too-much"


@pytest.mark.parametrize(
    "address", ["/api/v1/metrics/nothing", "/api/v1/nothing", "/api/v2/metrics", "/api/"]
)
def test_what_is_not_there_is_a_problem_and_no_page(manager: Client, address: str) -> None:
    assert refused(manager, address)[:2] == (404, "not-found")


def test_an_area_that_is_not_open_is_not_found(signed_in: SignIn, door: DoorForTests) -> None:
    asked = {"purpose": "planning", "level": "municipality"}
    assert refused(signed_in("yhteyshenkilo"), FIGURES, **asked, area="016")[0] == 404
    assert refused(signed_in("yhteyshenkilo"), FIGURES, **asked, area="999")[0] == 404
    assert (door.asked, len(door.refused)) == ([], 2)


def test_a_purpose_the_role_lacks_is_refused_and_on_record(signed_in: SignIn) -> None:
    assert refused(signed_in("yhteyshenkilo"), FIGURES, purpose="steering")[:2] == (403, "not-allowed")
    assert Event.objects.filter(kind=Event.Kind.PAGE_REFUSED).count() == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_nothing_but_reading_is_done(manager: Client, method: str) -> None:
    response = manager.generic(method, "/api/v1/metrics")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET")


def test_nobody_is_answered(accounts: object, door: DoorForTests) -> None:
    status, kind, _ = refused(Client(), FIGURES, purpose="steering")
    assert (status, kind, door.asked) == (401, "not-signed-in", [])
    assert Client().get("/api/v1/metrics").headers["WWW-Authenticate"] == 'Bearer realm="virtaama"'


def test_health_is_told_to_everybody_and_tells_nothing_else(accounts: object, door: DoorForTests) -> None:
    assert answer(Client(), "/api/v1/health") == {"status": "ok"}
    door.published = False
    assert refused(Client(), "/api/v1/health")[:2] == (503, "not-ready")


@pytest.mark.parametrize(
    ("language", "title"),
    [("fi", "Ei löydy"), ("sv-FI,sv;q=0.9", "Hittades inte"), ("de, en;q=0.5", "Not found")],
)
def test_a_program_is_answered_in_the_language_it_asks_for(
    signed_in: SignIn, language: str, title: str
) -> None:
    client = signed_in("johtaja")
    del client.cookies["virtaama_language"]
    response = client.get("/api/v1/nothing", headers={"accept-language": language})
    assert response.json()["title"] == title
    assert response.headers["Content-Language"] == language.replace("de, ", "")[:2]


def test_what_breaks_is_a_problem_that_tells_nothing(
    manager: Client, door: DoorForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the secret of the test")

    monkeypatch.setattr(door, "ask", broken)
    status, kind, told = refused(manager, FIGURES, purpose="steering")
    assert (status, kind) == (500, "broken")
    assert "secret" not in str(told)


def test_what_cannot_be_recorded_is_not_answered(
    manager: Client, door: DoorForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unrecorded(*_: object) -> None:
        raise NotRecorded("the disk is full")

    monkeypatch.setattr(door, "ask", unrecorded)
    assert refused(manager, FIGURES, purpose="steering")[:2] == (503, "not-recorded")


def test_lineage_leads_back_to_feeds_and_formula(manager: Client) -> None:
    told = answer(manager, "/api/v1/metrics/ward_days_per_1000/lineage")
    assert told["feeds"][0]["feed"] == "primary_care.visits"
    assert told["feeds"][0]["loaded"].endswith("Z")
    assert told["sql"].startswith("SELECT")


def test_published_data_sets_are_told_and_given(manager: Client) -> None:
    (release,) = answer(manager, "/api/v1/releases")["releases"]
    described = answer(manager, release["data_sets"][0]["description"])
    assert described["description"]["name"] == "emergency_care"
    file = manager.get(described["figures"])
    assert (file.status_code, file.text) == (200, "metric,level\n")
    assert refused(manager, "/api/v1/releases/emergency_care/2")[0] == 404


def test_every_answer_says_how_its_reader_stands(manager: Client) -> None:
    for place, address in enumerate(("/api/v1/reader", "/api/v1/metrics/unheard_of", "/api/v1/openapi.json")):
        headers = manager.get(address).headers
        assert headers["RateLimit-Policy"] == '"reader";q=240;w=60'
        left, more_in = re.fullmatch(r'"reader";r=(\d+);t=(\d+)', headers["RateLimit"]).groups()  # type: ignore[union-attr]
        assert int(left) == 239 - place
        assert 1 <= int(more_in) <= 61
    assert "RateLimit" not in Client().get("/api/v1/health").headers, "nobody was counted"


@pytest.mark.parametrize(
    ("language", "label", "reason"),
    [
        ("fi", "Päivystys, vuosineljänneksittäin", "Peitetty yksityisyyden suojaamiseksi"),
        ("sv", "Jour, per kvartal", "Dold till skydd för integriteten"),
        ("en", "Emergency care, by quarter", "Hidden to protect privacy"),
    ],
)
def test_a_published_data_set_is_told_as_json_stat(
    signed_in: SignIn, language: str, label: str, reason: str
) -> None:
    client = signed_in("johtaja", language)  # type: ignore[call-arg]
    described = answer(client, "/api/v1/releases/emergency_care/1")
    assert [(table["grain"], table["by"]) for table in described["json_stat"]] == [("quarter", None)]
    told = answer(client, described["json_stat"][0]["address"])
    assert validate_jsonstat(told)
    assert (told["label"], told["value"], told["status"]) == (label, [61.5, None], {"1": "hidden"})
    assert told["extension"]["words"][language]["status"]["hidden"] == reason
    assert answer(client, "/api/v1/releases/emergency_care/1/json-stat") == told


def test_a_table_that_was_not_published_is_not_found(manager: Client) -> None:
    address = "/api/v1/releases/emergency_care/1/json-stat"
    assert refused(manager, address, grain="month")[0] == 404
    assert refused(manager, address, by="sex")[0] == 404
    assert refused(manager, address, by="../../secret")[0] == 422
    assert refused(manager, "/api/v1/releases/emergency_care/2/json-stat")[0] == 404


def test_who_asks_too_often_waits(manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "READERS", replace(limits.READERS, most=2))
    assert [manager.get("/api/v1/reader").status_code for _ in range(3)] == [200, 200, 429]
    response = manager.get("/api/v1/reader")
    assert 1 <= int(response.headers["Retry-After"]) <= 61
    assert response.headers["RateLimit-Policy"] == '"reader";q=2;w=60'
    assert response.headers["RateLimit"] == f'"reader";r=0;t={response.headers["Retry-After"]}'
    assert response.json()["type"] == "urn:virtaama:problem:too-often"


def test_the_page_for_people_speaks_their_language(signed_in: SignIn) -> None:
    page = signed_in("johtaja").get("/rajapinta/").text
    assert "Mittarin luvut" in page
    assert "If-None-Match" not in page
    assert "Figures of a metric" not in page


def test_the_page_for_people_lists_every_operation(manager: Client) -> None:
    page = manager.get("/rajapinta/").text
    for address in ("/metrics/{name}/figures.csv", "/releases", "/health"):
        assert f"GET /api/v1{address}" in page
    assert "not-recorded" in page
