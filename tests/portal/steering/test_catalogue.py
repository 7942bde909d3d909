"""The catalogue of indicators: what is listed for whom, found, sorted and taken along."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
from django.test import Client

from tests.portal.door_for_tests import CATALOGUE, DRAFT, INDICATOR, METRICS
from tests.portal.steering.test_metric_page import csv_of
from virtaama.metrics.definitions import Family
from virtaama.portal.steering.catalogue import Choices, listed, read_choices

SignIn = Callable[..., Client]
PAGE = "/ohjaus/mittarit/"


def names_on(page: str) -> list[str]:
    return re.findall(r'<code class="quiet">(\w+)</code>', page)


def found(language: str = "en", *, with_drafts: bool = False, **said: str) -> list[str]:
    choices = read_choices(said, CATALOGUE)
    return [metric.name for metric in listed(CATALOGUE, choices, language, with_drafts=with_drafts).metrics]


def test_every_metric_is_listed_with_what_is_said_of_it(signed_in: SignIn) -> None:
    page = signed_in("johtaja", "en").get(PAGE).text
    assert sorted(names_on(page)) == sorted(metric.name for metric in METRICS)
    row = page.split(f'<code class="quiet">{INDICATOR}</code>')[1].split("</tr>")[0]
    for said in (
        "Client experience",
        "Practices",
        "every four months",
        "approved",
        "version 2",
        "HVA/2/2026",
    ):
        assert said in row
    assert f'href="/ohjaus/mittarit/{INDICATOR}/"' in page


def test_drafts_are_listed_for_those_who_preview_them_alone(signed_in: SignIn) -> None:
    assert DRAFT.name not in names_on(signed_in("johtaja", "en").get(PAGE).text)
    page = signed_in("analyytikko", "en").get(PAGE).text
    assert DRAFT.name in names_on(page)
    assert f"/ohjaus/mittarit/{DRAFT.name}/" not in page
    assert DRAFT.name not in signed_in("johtaja", "en").get("/ohjaus/mittarit.csv").content.decode(
        "utf-8-sig"
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"q": "RECOMMENDATION index"}, [INDICATOR]),
        ({"q": "recommendation nothing"}, []),
        ({"goal": "client_experience"}, [INDICATOR]),
        ({"goal": "productivity"}, []),
        ({"frequency": "four_monthly"}, [INDICATOR]),
        ({"status": "approved"}, [INDICATOR]),
        ({"status": "draft"}, []),
        ({"family": "quality", "q": "recommendation"}, [INDICATOR]),
        ({"family": "need", "q": "recommendation"}, []),
    ],
)
def test_filters_find_what_fits_them_all(said: dict[str, str], expected: list[str]) -> None:
    assert found(**said) == expected


def test_every_choice_is_offered_and_the_chosen_one_stands_in_its_field(signed_in: SignIn) -> None:
    chosen = {"family": "quality", "goal": "productivity", "frequency": "yearly", "package": "reception"}
    page = signed_in("johtaja", "en").get(PAGE, chosen).text
    for value in chosen.values():
        assert f'<option value="{value}" selected>' in page
    assert page.count("<option") == 5 + (5 + 4 + 4 + 2 + 2)  # "all" of each field, and what there is
    assert 'value="draft"' not in page


def test_what_names_no_package_tells_about_all_of_them() -> None:
    assert INDICATOR in found(package="reception")
    assert INDICATOR not in found(package="older_people")
    assert "contacts_per_1000" in found(package="older_people")


def test_words_are_looked_for_in_the_readers_language() -> None:
    label = next(metric for metric in METRICS if metric.name == "contacts_per_1000").labels
    assert "contacts_per_1000" in found("fi", q=label.fi)
    assert "contacts_per_1000" not in found("sv", q="yhteydenotot")


def test_what_is_no_choice_counts_as_not_said() -> None:
    choices = read_choices({"family": "worry", "goal": "x", "order": "-size", "status": "lost"}, CATALOGUE)
    assert choices == Choices()
    assert not choices.said


def test_the_list_is_sorted_both_ways() -> None:
    names = found(order="name")
    assert found(order="-name") == names[::-1]
    families = [metric.family for metric in listed(CATALOGUE, Choices(), "en", with_drafts=False).metrics]
    assert families == sorted(families, key=list(Family).index)
    assert found(order="-decided")[0] == INDICATOR
    assert found(order="decided")[-1] == INDICATOR


def test_a_search_that_finds_nothing_leads_back(signed_in: SignIn) -> None:
    page = signed_in("johtaja", "en").get(PAGE, {"q": "xyzzy"}).text
    assert "No indicator is like that." in page
    assert f'href="{PAGE}">Show all of them' in page
    assert listed(replace(CATALOGUE, metrics=()), Choices(), "en", with_drafts=False).of == 0


def test_the_file_holds_the_rows_of_the_page(signed_in: SignIn) -> None:
    client = signed_in("johtaja", "en")
    rows = csv_of(client.get("/ohjaus/mittarit.csv", {"goal": "effectiveness"}).content)
    [row] = rows
    assert (row["Name"], row["Version"], row["Decided by"]) == (INDICATOR, "2", "Ohjausryhmä")
    assert row["Counterpart"] == "Sotkanet 6411"
    assert "2026-01-01: The law changed" in row["Series breaks"]
    book = openpyxl.load_workbook(BytesIO(client.get("/ohjaus/mittarit.xlsx").content))
    assert book.worksheets[0].max_row == len(METRICS) + 1
    about = {line[0].value: line[1].value for line in book.worksheets[1].rows}
    assert about["Version of the metrics"] == CATALOGUE.version


@pytest.mark.parametrize(
    ("language", "title", "goal"),
    [
        ("fi", "Mittarit", "Asiakaskokemus"),
        ("sv", "Mätare", "Klientupplevelse"),
        ("en", "Indicators", "Client experience"),
    ],
)
def test_the_page_speaks_three_languages(signed_in: SignIn, language: str, title: str, goal: str) -> None:
    page = signed_in("johtaja", language).get(PAGE).text
    assert f"<title>{title} · Virtaama</title>" in page
    assert goal in page


def test_the_page_of_an_indicator_tells_what_is_said_of_it(signed_in: SignIn) -> None:
    page = signed_in("johtaja", "en").get(f"{PAGE}{INDICATOR}/").text
    for said in (
        "About the indicator",
        "The incomplete are left out",
        "Sotkanet 6411",
        "Another scope",
        "Ohjausryhmä, HVA/1/2026",
        "Practices",
    ):
        assert said in page
    # The break of 2026 lies within the trend, that of 2019 does not.
    assert page.count("Series break on") == 1
    assert "Codes were changed" in page


def test_nothing_is_compared_across_a_break(signed_in: SignIn) -> None:
    client = signed_in("johtaja", "en")
    across = client.get(f"{PAGE}{INDICATOR}/", {"period": "2026-03"}).text
    assert "The series breaks on" in across
    assert "from the same month a year ago" not in across
    assert "from the previous month" in across
    before = client.get(f"{PAGE}{INDICATOR}/", {"period": "2025-12"}).text
    assert "The series breaks on" not in before
    assert "from the same month a year ago" in before


def test_a_missing_value_has_the_words_of_its_metric(signed_in: SignIn) -> None:
    page = signed_in("johtaja", "en").get(f"{PAGE}{INDICATOR}/", {"period": "2025-07"}).text
    assert "no events in this period. Nobody was asked" in page


def test_a_break_is_drawn_and_the_line_does_not_lead_across_it(signed_in: SignIn) -> None:
    client = signed_in("johtaja", "en")
    other = client.get(f"{PAGE}contacts_per_1000/").text
    page = client.get(f"{PAGE}{INDICATOR}/").text
    rule = 'stroke="var(--chart-text)"'
    assert page.count(rule) > other.count(rule)
