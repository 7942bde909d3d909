from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.translation import override

from virtaama.portal.core.models import Event
from virtaama.portal.ui.templatetags.ui import counts, detail

SignIn = Callable[..., Client]


def test_runs_tell_kind_duration_and_result_in_words(signed_in: SignIn) -> None:
    page = signed_in("insinoori", "en").get("/toiminta/").text
    for word in (
        "Publication",
        "Under way or interrupted",
        "3 min 12 s",
        "Succeeded",
        "Failed",
        "A delivery was refused",
        "batches: 120, rows read: 123,456",
    ):
        assert word in page


def test_batches_are_paged(signed_in: SignIn) -> None:
    client = signed_in("insinoori", "en")
    assert "page 1 of 3" in client.get("/toiminta/erat/").text
    last = client.get("/toiminta/erat/?page=3").text
    assert last.count('<th scope="row"') == 20


def test_batches_are_filtered_by_feed(signed_in: SignIn) -> None:
    page = signed_in("insinoori", "en").get("/toiminta/erat/?feed=staff.shifts").text
    assert "40 batches" in page
    assert "<td>finance.postings</td>" not in page


@pytest.mark.parametrize(("order", "turned"), [("rows", "-rows"), ("-rows", "rows"), ("nonsense", "rows")])
def test_batches_are_sorted_by_their_headings(signed_in: SignIn, order: str, turned: str) -> None:
    page = signed_in("insinoori", "en").get(f"/toiminta/erat/?order={order}").text
    assert f"order={turned}" in page
    numbers = [
        int(rows.replace(",", ""))
        for rows in re.findall(r'<td class="figure-cell">([\d,]+)</td><td class="figure-cell">', page)
    ]
    if order != "nonsense":
        assert numbers == sorted(numbers, reverse=order.startswith("-"))


def test_quality_is_counted_by_feed_and_kind(signed_in: SignIn) -> None:
    page = signed_in("analyytikko", "en").get("/toiminta/laatu/").text
    found = re.search(
        r"invalid personal identity code</td><td class=\"figure-cell\">(\d+)</td><td class=\"figure-cell\">(\d+)</td>",
        page,
    )
    assert found is not None
    assert found.groups() == ("5", "2")


def test_quality_of_one_feed(signed_in: SignIn) -> None:
    page = signed_in("insinoori", "en").get("/toiminta/laatu/?feed=staff.shifts").text
    assert "delivery refused" in page
    assert "invalid personal identity code" not in page


@pytest.mark.parametrize(
    ("name", "page", "status"),
    [
        ("johtaja", "/toiminta/", 403),
        ("johtaja", "/toiminta/laatu/", 403),
        ("yhteyshenkilo", "/toiminta/erat/", 403),
        ("analyytikko", "/toiminta/", 403),
        ("analyytikko", "/toiminta/erat/", 403),
        ("analyytikko", "/toiminta/laatu/", 200),
        ("insinoori", "/toiminta/", 200),
    ],
)
def test_each_role_sees_its_own_pages(signed_in: SignIn, name: str, page: str, status: int) -> None:
    assert signed_in(name).get(page).status_code == status
    assert Event.objects.filter(kind=Event.Kind.PAGE_REFUSED, by=name).count() == (status == 403)


def test_navigation_offers_only_what_the_role_opens(signed_in: SignIn) -> None:
    assert 'href="/toiminta/' not in signed_in("johtaja").get("/ohjaus/").text
    assert 'href="/ohjaus/"' not in signed_in("insinoori").get("/toiminta/").text


def test_details_name_the_column_in_the_readers_language() -> None:
    with override("fi"):
        assert detail("column PVM does not read as the declared type") == "sarake PVM"
        assert detail("column KOTIKUNTA is delivered as KUNTA") == "sarake KOTIKUNTA → KUNTA"
        assert detail("the line has more or fewer columns than the header") == ""
        assert counts({"landed": 12, "rows_set_aside": 3}) == (
            "vastaanotettuja toimituksia: 12, sivuun pantuja rivejä: 3"
        )
