"""What is expected, and how units record, as pages and files."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.test import Client

from tests.portal.door_for_tests import DoorForTests

SignIn = Callable[..., Client]
EXPECTED, RECORDING = "/toiminta/odotukset/", "/toiminta/kirjaaminen/"


def first_cells(page: str, heading: str) -> list[str]:
    """The row headings of the table after a heading."""
    body = page.split(heading, 1)[1].split("</tbody>", 1)[0].split("<tbody>", 1)[1]
    return [
        re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r'<th scope="row".*?</th>', body, re.S)
    ]


def test_what_fails_comes_first_and_the_gravest_of_it(signed_in: SignIn) -> None:
    page = signed_in("insinoori", "en").get(EXPECTED).text
    assert first_cells(page, "<h1") == [
        "YKSIKKO: filled in",
        "KAYNTI_YHTEYSTAPA: spread as before",
        "PALVELUMUOTO: filled in",
        "Delivered on time",
    ]
    assert "2 expectations do not hold." in page
    assert "11.00\N{NO-BREAK SPACE}%" in page
    assert "≤\N{NO-BREAK SPACE}0.250" in page
    assert "1 Oct 2026" in page


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ("?state=held", ["PALVELUMUOTO: filled in"]),
        ("?state=never", ["Delivered on time"]),
        ("?owner=Tilastointi", ["YKSIKKO: filled in"]),
        ("?owner=nobody&subject=nothing", 4),
    ],
)
def test_expectations_are_filtered(signed_in: SignIn, filters: str, left: list[str] | int) -> None:
    found = first_cells(signed_in("insinoori", "en").get(EXPECTED + filters).text, "<h1")
    assert found == left if isinstance(left, list) else len(found) == left


def test_where_nothing_is_expected_the_page_says_so(signed_in: SignIn, door: DoorForTests) -> None:
    door.expects = False
    assert "Malli ei vielä odota mitään." in signed_in("insinoori").get(EXPECTED).text


def test_an_expectation_shows_its_course(signed_in: SignIn) -> None:
    page = signed_in("insinoori", "en").get(f"{EXPECTED}primary_care.visits.unit/").text
    assert "Unit is missing" in page
    assert "Since 1 Oct 2026." in page
    assert "Checks: 10, of which 1 failed." in page
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page
    assert "KAYNTI_ALKOI IS NOT NULL" in page
    assert "systems/primary_care.yaml:40" in page
    assert first_cells(page, "history-heading")[0] == "1 Nov 2026"


def test_an_expectation_that_was_never_checked_says_so(signed_in: SignIn) -> None:
    page = signed_in("insinoori", "en").get(f"{EXPECTED}primary_care.visits.arrives/").text
    assert "It has not been checked yet." in page


def test_an_unknown_expectation_is_no_page(signed_in: SignIn) -> None:
    assert signed_in("insinoori").get(f"{EXPECTED}nothing/").status_code == 404


def test_recording_shows_the_worst_fields_and_units_first(signed_in: SignIn) -> None:
    page = signed_in("analyytikko", "en").get(RECORDING).text
    assert first_cells(page, 'id="fields-heading"') == ["Service form", "Unit", "Ends before it begins"]
    units = first_cells(page, 'id="units-heading"')
    assert (units[0], len(units)) == ("no unit recorded", 31)
    assert (
        "Of the values looked at 1.4 % are missing and 0.4 % are wrong.".replace(" %", "\N{NO-BREAK SPACE}%")
        in page
    )
    assert "Worst is “Service form” (Visit, Primary care): 3.9\N{NO-BREAK SPACE}%." in page
    assert "3 groups are left out because too few persons stand behind them." in page
    assert len(first_cells(page, 'id="course-heading"')) == 12


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("name", "Ends before it begins"),
        ("-missing", "Service form"),
        ("wrong", "Unit"),
        ("-rows", "Ends before"),
    ],
)
def test_fields_are_sorted_by_their_headings(signed_in: SignIn, order: str, first: str) -> None:
    page = signed_in("analyytikko", "en").get(f"{RECORDING}?order={order}").text
    assert first_cells(page, 'id="fields-heading"')[0].startswith(first)


def test_units_are_sorted_apart_from_fields(signed_in: SignIn) -> None:
    page = signed_in("analyytikko", "en").get(f"{RECORDING}?unit_order=name&order=name").text
    assert first_cells(page, 'id="units-heading"')[0] == "Asikkalan terveysasema 1"
    assert "unit_order=-name" in page
    assert "order=-name" in page


def test_recording_of_one_unit(signed_in: SignIn) -> None:
    page = signed_in("analyytikko", "en").get(f"{RECORDING}?unit=U3982&months=3").text
    assert len(first_cells(page, 'id="units-heading"')) == 1
    assert len(first_cells(page, 'id="course-heading"')) == 3
    assert 'class="badge"' in page
    assert "left out" not in page.split('class="summary"')[1].split("</section>")[0]


def test_where_there_is_nothing_to_count_the_page_says_so(signed_in: SignIn) -> None:
    page = signed_in("analyytikko", "en").get(f"{RECORDING}?system=staff").text
    assert "There is nothing to count for these choices." in page
    assert "<table" not in page


def test_who_sees_no_units_sees_fields_and_months(signed_in: SignIn) -> None:
    engineer = signed_in("insinoori", "en")
    assert engineer.get(f"{RECORDING}?unit=U3982").status_code == 404
    page = engineer.get(RECORDING).text
    assert 'id="fields-heading"' in page
    assert 'id="units-heading"' not in page
    assert 'id="filter-unit"' not in page


@pytest.mark.parametrize("page", [RECORDING, f"{RECORDING}rivit.csv"])
def test_recording_opens_to_its_roles_only(signed_in: SignIn, page: str) -> None:
    assert signed_in("johtaja").get(page).status_code == 403
    assert signed_in("yhteyshenkilo").get(page).status_code == 403


def test_rows_of_recording_as_files(signed_in: SignIn) -> None:
    client = signed_in("analyytikko", "en")
    page = client.get(f"{RECORDING}?unit=U3982&fields=all").text
    address = f"{RECORDING}rivit.csv?unit=U3982&amp;fields=all"
    assert address in page
    table = client.get(address.replace("&amp;", "&"))
    rows = list(csv.reader(StringIO(table.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:4] == ["System", "Concept", "Field", "Unit"]
    assert len(rows) == 4
    assert rows[2][:4] == ["Primary care", "Visit", "Service form", "Lahtin terveysasema 2"]
    assert rows[2][4:] == ["100", "30", "0.3", "9", "0.09"]
    book = openpyxl.load_workbook(BytesIO(client.get(f"{RECORDING}rivit.xlsx").content))
    assert book.worksheets[0].max_row == 1 + 30 * 3
    about = {row[0].value: row[1].value for row in book.worksheets[1].rows}
    assert about["Left out because of too few persons"] == "3"


def test_navigation_leads_to_the_pages(signed_in: SignIn) -> None:
    page = signed_in("analyytikko").get("/toiminta/laatu/").text
    assert f'href="{EXPECTED}"' in page
    assert page.count(f'href="{RECORDING}"') == 2
    assert f'href="{RECORDING}"' not in signed_in("johtaja").get("/ohjaus/").text
