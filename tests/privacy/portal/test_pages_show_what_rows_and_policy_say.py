"""Property (S3, S4) through the portal: pages, files, links and addresses others shared hold what rows and policy say.

Whoever asked before makes no difference.
"""

from __future__ import annotations

from itertools import permutations

from django.test import Client
from hypothesis import given

from attack.forbidden import OF_THE_MOMENT
from attack.naive import County, Reader
from attack.portal_policy import Address, Portal, addresses
from attack.row_policy import Judge, generated
from tests.portal.conftest import door, quick_hashing
from tests.privacy.county_of_rows import COUNTED, CountyOfRows
from tests.privacy.portal.published import OWN, ROLES, browser_of, county, over_rows, published

__all__ = ["county", "door", "over_rows", "published", "quick_hashing"]

SEES_FIGURES = tuple(role for role in ROLES if role.levels)


def test_generated_addresses_show_what_rows_and_policy_say(county: County, over_rows: CountyOfRows) -> None:
    portal = Portal(county, Judge(Reader(county, COUNTED)))
    wrong: list[str] = []

    @generated(6, same_again=True)
    @given(address=addresses(county, SEES_FIGURES))
    def at_addresses(address: Address) -> None:
        wrong.extend(portal.differences(address))

    at_addresses()
    assert wrong == []
    assert portal.pages > 30


def test_no_order_of_readers_changes_what_anybody_is_shown(over_rows: CountyOfRows) -> None:
    """The same address, asked by readers of different policies in every order; also of one role, elsewhere."""
    readers = {
        "all": browser_of("all"),
        "own": browser_of("own", OWN),
        "own elsewhere": browser_of("own", "398"),
    }
    for page in (
        "/ohjaus/mittarit/visits/areas.csv?area=098",
        "/ohjaus/mittarit/visits/breakdown.csv?by=sex",
    ):
        alone = {name: shown(client, page) for name, client in readers.items()}
        assert len(set(alone.values())) > 1
        for order in permutations(readers):
            assert {name: shown(readers[name], page) for name in order} == alone, order


def shown(client: Client, page: str) -> tuple[int, str]:
    response = client.get(page)
    return response.status_code, OF_THE_MOMENT.sub("", response.text)
