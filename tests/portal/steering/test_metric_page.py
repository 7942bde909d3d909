from __future__ import annotations

import csv
import re
from collections.abc import Callable
from html import unescape
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.test import Client

from tests.portal.door_for_tests import DoorForTests

SignIn = Callable[..., Client]
PAGE = "/ohjaus/mittarit/ward_days_per_1000/"


def rows_of(page: str, title: str) -> list[list[str]]:
    """The cells of the table with this caption."""
    table = page.split(f">{title}</caption>", 1)[1].split("</table>", 1)[0]
    return [
        [
            unescape(re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        ]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.S)
    ]


def test_chart_sentence_and_table_tell_the_same(signed_in: SignIn) -> None:
    page = signed_in("johtaja", "en").get(PAGE).text
    rows = rows_of(page, "Trend")[1:]
    assert len(rows) == 36
    assert rows[0][0] == "October 2026"
    values = {float(value) for _, value, _ in rows}
    assert f"the highest was {max(values):.1f}" in page
    assert f"the lowest {min(values):.1f}" in page
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg"') == 6


def test_the_comparison_leads_down_from_county_to_municipality_to_unit(signed_in: SignIn) -> None:
    client = signed_in("johtaja", "en")
    assert 'href="/ohjaus/mittarit/ward_days_per_1000/?area=398"' in client.get(PAGE).text
    assert 'href="/ohjaus/mittarit/ward_days_per_1000/?area=U3982"' in client.get(f"{PAGE}?area=398").text
    assert len(rows_of(client.get(f"{PAGE}?area=U3982").text, "Comparison of areas")) == 4


def test_the_comparison_begins_with_the_largest(signed_in: SignIn) -> None:
    values = [
        float(row[1]) for row in rows_of(signed_in("johtaja", "en").get(PAGE).text, "Comparison of areas")[1:]
    ]
    assert values == sorted(values, reverse=True)
    assert len(values) == 10


def test_a_missing_value_stands_in_the_table_with_its_reason(signed_in: SignIn) -> None:
    page = signed_in("johtaja", "en").get("/ohjaus/mittarit/recommendation_index/").text
    assert [row[1] for row in rows_of(page, "Trend")[1:] if row[0] in ("June 2025", "July 2025")] == [
        "no events in this period"
    ] * 2
    assert "2 rows of 36 have no value" in page


def test_small_groups_are_hidden_with_words(signed_in: SignIn) -> None:
    page = signed_in("johtaja", "en").get(f"{PAGE}?area=U3981").text
    assert ["85+", "too few to show without revealing persons"] in rows_of(page, "Age group")


def test_the_breakdown_is_by_what_the_reader_chooses(signed_in: SignIn) -> None:
    page = signed_in("johtaja", "en").get(f"{PAGE}?by=sex").text
    assert {row[0] for row in rows_of(page, "Sex")[1:]} == {"Women", "Men"}
    assert signed_in("johtaja").get(f"{PAGE}?by=shoe_size").status_code == 200


def test_a_metric_without_dimensions_has_no_breakdown(signed_in: SignIn) -> None:
    page = signed_in("johtaja", "en").get("/ohjaus/mittarit/budget_use/")
    assert page.status_code == 200
    assert "Breakdown" not in page.text


def test_an_unknown_metric_is_a_page_that_says_so(signed_in: SignIn) -> None:
    assert signed_in("johtaja").get("/ohjaus/mittarit/happiness/").status_code == 404


def test_a_year_is_compared_with_the_year_before_once(signed_in: SignIn) -> None:
    page = signed_in("johtaja", "en").get(f"{PAGE}?grain=year").text
    assert page.count("from the previous year") == 1


def test_lineage_tells_formula_law_sources_and_versions(signed_in: SignIn) -> None:
    page = unescape(signed_in("johtaja", "en").get(f"{PAGE}alkupera/").text)
    for word in (
        "SELECT count(*)",
        "612/2021 29 §",
        "Tietojohtaminen",
        "primary_care.visits",
        "123,456",
        "beef12345678",
        "cafe12345678",
        "2 Nov 2026 06:00",
    ):
        assert word in page


def test_lineage_shows_findings_to_those_who_may_see_quality(signed_in: SignIn) -> None:
    assert "invalid personal identity code" in signed_in("analyytikko", "en").get(f"{PAGE}alkupera/").text
    assert "invalid personal identity code" not in signed_in("johtaja", "en").get(f"{PAGE}alkupera/").text


def csv_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize(("language", "mark"), [("fi", ","), ("sv", ","), ("en", ".")])
def test_csv_has_every_row_and_opens_in_excel(signed_in: SignIn, language: str, mark: str) -> None:
    response = signed_in("johtaja", language).get(f"{PAGE}trend.csv?area=398")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="virtaama-ward_days_per_1000-trend-398-2026-10.csv"' in response["Content-Disposition"]
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = csv_of(response.content)
    assert len(rows) == 36
    assert mark in list(rows[0].values())[6]
    assert list(rows[0].values())[5] == "2023-11-01"


def test_csv_tells_why_a_value_is_missing(signed_in: SignIn) -> None:
    rows = csv_of(signed_in("johtaja", "en").get("/ohjaus/mittarit/recommendation_index/trend.csv").content)
    (june,) = [row for row in rows if row["Period"] == "2025-06"]
    assert (june["Value"], june["Why missing"]) == ("", "no events in this period")


def test_xlsx_has_numbers_dates_and_a_sheet_of_words(signed_in: SignIn) -> None:
    response = signed_in("johtaja", "en").get(f"{PAGE}areas.xlsx")
    book = openpyxl.load_workbook(BytesIO(response.content))
    figures, about = book["Figures"], book["About"]
    assert figures.max_row == 11
    assert isinstance(figures["G2"].value, float)
    assert figures["F2"].is_date
    words = {row[0].value: row[1].value for row in about.iter_rows()}
    assert words["Taken by"] == "johtaja"
    assert words["Snapshot"] == "7"
    assert words["Audit record"] == "1"
    assert words["Legal basis"] == "612/2021 29 §"


def test_an_export_asks_the_door_as_the_page_does(signed_in: SignIn, door: DoorForTests) -> None:
    client = signed_in("yhteyshenkilo")
    client.get(f"{PAGE}?area=398&by=sex")
    asked_by_page = [question for question, _, _ in door.asked]
    door.asked.clear()
    client.get(f"{PAGE}trend.csv?area=398")
    client.get(f"{PAGE}breakdown.csv?area=398&by=sex")
    assert [question for question, _, _ in door.asked] == asked_by_page
    assert client.get(f"{PAGE}areas.csv?area=398").status_code == 404


def test_the_steering_picture_exports_every_metric(signed_in: SignIn) -> None:
    rows = csv_of(signed_in("johtaja", "en").get("/ohjaus/luvut.csv?grain=year").content)
    assert len(rows) == 17 * 2
