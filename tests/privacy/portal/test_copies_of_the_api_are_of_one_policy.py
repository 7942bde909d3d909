"""Property (S4): a copy a program keeps is confirmed to its own reader alone, under the policy and load of then."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.portal.conftest import door, quick_hashing
from tests.privacy.county_of_rows import CountyOfRows
from tests.privacy.portal.published import OWN, browser_of, county, over_rows, published
from virtaama.portal.core import door as portal_door

__all__ = ["county", "door", "over_rows", "published", "quick_hashing"]

ADDRESSES = (
    "/api/v1/metrics/visits/figures?purpose=planning&level=municipality&by=sex",
    "/api/v1/metrics/visits/figures.csv?purpose=planning&level=municipality",
    "/api/v1/areas",
    "/api/v1/metrics",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_copy_is_confirmed_to_another_in_any_order(address: str, over_rows: CountyOfRows) -> None:
    readers = {
        "own": browser_of("own", OWN),
        "elsewhere": browser_of("own", "398"),
        "rounded": browser_of("rounded", OWN),
        "all": browser_of("all"),
    }
    first = {name: client.get(address) for name, client in readers.items()}
    tags = {name: response.headers["ETag"] for name, response in first.items() if response.status_code == 200}
    assert len(tags) == len(set(tags.values())) >= 3
    for order in permutations(tags, 2):
        owner, other = order
        response = readers[other].get(address, headers={"if-none-match": tags[owner]})
        assert (response.status_code, response.content) == (200, first[other].content), order
        own = readers[owner].get(address, headers={"if-none-match": tags[owner]})
        assert (own.status_code, own.content, own.headers["ETag"]) == (304, b"", tags[owner])
        assert own.headers["Cache-Control"] == "no-store"


def test_a_copy_is_not_confirmed_after_a_load_nor_in_another_language(over_rows: CountyOfRows) -> None:
    client = browser_of("own", OWN)
    before = client.get(ADDRESSES[0]).headers["ETag"]
    client.cookies["virtaama_language"] = "sv"
    assert client.get(ADDRESSES[0], headers={"if-none-match": before}).status_code == 200
    client.cookies["virtaama_language"] = "en"
    over_rows.publish()
    portal_door.door.cache_clear()
    assert client.get(ADDRESSES[0], headers={"if-none-match": before}).status_code == 200


def test_a_question_that_is_answered_from_a_copy_is_on_record_too(over_rows: CountyOfRows) -> None:
    client = browser_of("own", OWN)
    first = client.get(ADDRESSES[0])
    second = client.get(ADDRESSES[0], headers={"if-none-match": first.headers["ETag"]})
    numbers = [int(response.headers["Virtaama-Record"]) for response in (first, second)]
    assert [entry.number for entry in over_rows.audit.entries()[-2:]] == numbers
