"""Whoever asks first, a page holds what its own reader may see; the portal keeps no page of anybody."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.test import Client

PAGES = (
    "/ohjaus/?area=398&period=2026-08",
    "/ohjaus/?period=2026-08",
    "/ohjaus/mittarit/ward_days_per_1000/?period=2026-08&by=sex",
    "/ohjaus/mittarit/ward_days_per_1000/areas.csv?period=2026-08",
    "/toiminta/kirjaaminen/",
)
READERS = ("johtaja", "yhteyshenkilo", "analyytikko")
OF_THE_MOMENT = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


def shown(client: Client, page: str) -> tuple[int, str]:
    response = client.get(page)
    return response.status_code, OF_THE_MOMENT.sub("", response.text)


def test_the_order_of_readers_changes_nobodys_page(signed_in: Callable[[str], Client]) -> None:
    browsers = {name: signed_in(name) for name in READERS}
    alone = {(name, page): shown(browsers[name], page) for name in READERS for page in PAGES}
    assert alone["johtaja", PAGES[0]] != alone["yhteyshenkilo", PAGES[0]]
    for order in (READERS[::-1], READERS[1:] + READERS[:1]):
        for page in PAGES:
            for name in order:
                assert shown(browsers[name], page) == alone[name, page], (name, page, order)


def test_no_cache_of_pages_is_set_up() -> None:
    assert not [each for each in settings.MIDDLEWARE if "cache" in each.lower()]
    assert set(settings.CACHES) == {"default"}
    assert "cached" not in str(settings.TEMPLATES)
