"""The pages of the funding: what it is, what if, and the path to 2030."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from html import unescape
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from tests.portal.door_for_tests import LogForTests
from tests.spec.funding.shared import inputs, known
from virtaama.problems import Place, Problem, ProblemsFound
from virtaama.statutes.funding_items import Item
from virtaama.steering.funding.allocate import allocate
from virtaama.steering.funding.determinants import Determinant
from virtaama.steering.funding.inputs import Given, determinant

NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.fixture
def reader(signed_in: Callable[..., Client]) -> Client:
    return signed_in("johtaja", "en")


def _words(page: str) -> str:
    """The text of a page, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).replace(NO_BREAK, " ").split())


def test_the_own_county_is_shown_item_by_item_and_beside_the_others(reader: Client) -> None:
    page = _words(reader.get("/rahoitus/").text)
    own = allocate(inputs()).of("07")
    assert "Kanta-Häme wellbeing services county, 2025" in page
    assert f"{round((own.cents or 0) / 100):,}" in page
    assert "846.3 million €" in page
    assert "Laki hyvinvointialueiden rahoituksesta 617/2021, 16 §" in page
    assert "Lapland wellbeing services county" in page
    assert "nobody's funding" in page


def test_every_number_behind_an_item_is_on_the_page(reader: Client) -> None:
    page = _words(reader.get("/rahoitus/?organiser=21").text)
    assert "68.79 × 175,530 × 9.718414" in page
    assert "density of the country to its own" in page
    assert "land area, km², whole country: 301,717" in page
    assert "keksitty (funding/determinants-2025.csv:23)" in page
    assert "not for this organiser" in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fi", "Lapin hyvinvointialue"),
        ("sv", "Lapplands välfärdsområde"),
        ("en", "Lapland wellbeing services county"),
    ],
)
@pytest.mark.parametrize("address", ["", "entapa/", "polku/"])
def test_pages_speak_three_languages(
    signed_in: Callable[..., Client], language: str, words: str, address: str
) -> None:
    page = signed_in("analyytikko", language).get(f"/rahoitus/{address}?organiser=21").text
    assert words in page
    assert "<script" not in page
    assert "style=" not in page


def test_payments_of_the_page_are_twelve(reader: Client) -> None:
    page = reader.get("/rahoitus/").text
    paid = page[page.index("payments-heading") :]
    assert paid.count("<tr>") >= 13
    assert "1 Jan 2025" in paid
    assert "1 Dec 2025" in paid


def test_what_if_shows_what_one_gets_more_and_who_pays(reader: Client) -> None:
    asked = {"organiser": "09", "n1": "determinant.09.elderly_need", "v1": "+3 %", "hold": "1"}
    page = _words(reader.get("/rahoitus/entapa/", asked).text)
    before = allocate(inputs()).of("09").term(Item.ELDERLY)
    assert before is not None
    assert f"{round((before.cents or 0) / 100):,}" in page
    assert "+4.87 million €" in page
    assert "+4,867,878" in page
    assert "All organisers that it changes" in page
    alone = _words(reader.get("/rahoitus/entapa/", {**asked, "hold": ""}, follow=True).text)
    assert "+5,081,117" in alone
    assert "Lapland wellbeing services county 1" not in alone  # in the choices, and no row of its own


def test_what_if_of_several_numbers_is_applied_in_order(reader: Client) -> None:
    asked = {"organiser": "09", "n1": "price.hyte", "v1": "50", "n3": "price.hyte", "v3": "+10%"}
    page = _words(reader.get("/rahoitus/entapa/", asked).text)
    residents = inputs().values[determinant("09", Determinant.RESIDENTS)].value
    assert f"{int(residents) * 55:,}" in page


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("price.health", "two", "neither a number"),
        ("price.health", "", "Write a new value"),
        ("", "+2%", "Choose which number"),
        ("price.helth", "+2%", "There is no such number"),
        ("determinant.09.adjustment", "+2%", "has no percents"),
        ("price.health@2030", "2", "There is no such number"),
        ("<script>", "2", "There is no such number"),
    ],
)
def test_what_cannot_be_changed_is_said_beside_its_field(
    reader: Client, name: str, value: str, problem: str
) -> None:
    response = reader.get("/rahoitus/entapa/", {"n2": name, "v2": value}, follow=True)
    assert response.status_code == 200
    assert problem in response.text
    assert 'aria-describedby="problem-2 how-to-change" aria-invalid="true"' in response.text
    assert "<script" not in response.text


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"organiser": "99"}, "There is no such organiser."),
        ({"year": "1999"}, "There are no determinants of that year."),
        ({"year": "soon"}, "There are no determinants of that year."),
        ({"scenario": "none"}, "There is no such scenario."),
    ],
)
def test_what_the_address_asks_in_vain_is_said(reader: Client, query: dict[str, str], problem: str) -> None:
    page = reader.get("/rahoitus/polku/", query)
    assert page.status_code == 200
    assert problem in page.text
    assert reader.get("/rahoitus/polku/vuodet.csv", query).status_code == 404


def test_path_shows_every_year_to_2030_by_the_scenario(reader: Client) -> None:
    page = _words(reader.get("/rahoitus/polku/").text)
    for year, need in ((2026, "0.976"), (2027, "0.960"), (2029, "0.880"), (2030, "0.720")):
        assert f"{year} {need}" in page
    slow = reader.get("/rahoitus/polku/", {"scenario": "slow_prices"}).text
    assert "Slow rise of prices" in slow
    changed = _words(reader.get("/rahoitus/polku/", {"n1": "rule.need_growth_share", "v1": "100"}).text)
    assert "2026 1.220" in changed
    assert "Funding, if" in changed


def test_what_a_scenario_assumes_can_be_assumed_otherwise(reader: Client) -> None:
    asked = {"n1": "assumption.earnings", "v1": "5", "n2": "assumption.consumer_prices", "v2": "+100%"}
    page = _words(reader.get("/rahoitus/polku/", asked).text)
    assert "2026 0.976 4.000" in page  # 0.6 × 5 + 0.3 × 3.2 + 0.1 × 0.4


def test_what_a_later_year_does_not_have_is_no_fault_of_the_page(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = determinant("07", Determinant.ADJUSTMENT)
    numbers = {2025: {**known().numbers[2025], name: Given(value=Fraction(1000), basis="a decision")}}
    monkeypatch.setattr(LogForTests, "funding", replace(known(), numbers=numbers))
    response = reader.get("/rahoitus/polku/", {"n1": name, "v1": "+10%"})
    assert response.status_code == 200
    assert "Funding, if" in response.text


@pytest.mark.parametrize(
    ("address", "rows"), [("luvut", 22 * 16), ("entapa/vertailu", 22 * 16 + 23), ("polku/vuodet", 6)]
)
def test_files_have_every_row_with_cents(reader: Client, address: str, rows: int) -> None:
    asked = {"organiser": "21", "n1": "price.health", "v1": "+1%"}
    text = reader.get(f"/rahoitus/{address}.csv", asked)
    assert text["Content-Disposition"].startswith('attachment; filename="virtaama-rahoitus')
    assert len(text.content.decode("utf-8-sig").splitlines()) == rows + 1
    book = load_workbook(BytesIO(reader.get(f"/rahoitus/{address}.xlsx", asked).content))
    assert book.worksheets[0].max_row == rows + 1
    about = {row[0].value: row[1].value for row in book.worksheets[1].iter_rows()}
    assert about["Legal basis"] == "617/2021"
    assert "invented" in str(about["Invented"])


def test_a_file_holds_what_the_page_adds_up(reader: Client) -> None:
    book = load_workbook(BytesIO(reader.get("/rahoitus/luvut.xlsx").content))
    cents = sum(
        round(row[5] * 100) for row in book.worksheets[0].iter_rows(min_row=2, values_only=True) if row[5]
    )
    assert cents == allocate(inputs()).cents


def test_what_is_missing_is_named_and_never_zero(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = {2025: dict(known().numbers[2025])}
    del numbers[2025][determinant("07", Determinant.RISK)]
    monkeypatch.setattr(LogForTests, "funding", replace(known(), numbers=numbers))
    page = _words(reader.get("/rahoitus/").text)
    assert "The funding is not known: not imported: risk coefficient of rescue services, Kanta-Häme" in page
    assert "When it is paid" not in page
    path = _words(reader.get("/rahoitus/polku/").text)
    assert "counted over the whole country, and somebody's number is missing" in path
    what_if = _words(reader.get("/rahoitus/entapa/", {"n1": "price.health", "v1": "+1%"}).text)
    assert "The difference is not known" in what_if


def test_before_any_import_the_page_says_how_to_begin(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LogForTests, "funding", replace(known(), numbers={}))
    response = reader.get("/rahoitus/")
    assert response.status_code == 404
    assert "virtaama funding import" in response.text


def test_a_wrong_file_is_said_to_be_wrong(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(_: LogForTests) -> None:
        raise ProblemsFound((Problem(Place("funding/a.csv", 3), "'x' is no number.", "Write it as 1234,5."),))

    monkeypatch.setattr(LogForTests, "funding", property(wrong))
    response = reader.get("/rahoitus/")
    assert response.status_code == 500
    assert "funding/a.csv:3" in response.text


def test_links_of_a_page_carry_the_question_on(reader: Client) -> None:
    page = reader.get("/rahoitus/entapa/", {"organiser": "21", "n1": "price.health", "v1": "+1%"}).text
    assert 'href="/rahoitus/entapa/vertailu.csv?organiser=21&amp;n1=price.health&amp;v1=%2B1%25"' in page
    assert 'href="/rahoitus/polku/?organiser=21"' in page


@pytest.mark.parametrize("name", ["yhteyshenkilo", "insinoori", "tietosuoja"])
def test_others_are_refused(signed_in: Callable[..., Client], name: str) -> None:
    assert signed_in(name).get("/rahoitus/").status_code == 403
