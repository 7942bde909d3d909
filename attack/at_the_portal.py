"""S2 and S3 at the portal itself: generated addresses beside the naive reader; things of others by their names."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from logging import CRITICAL, disable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hypothesis import given

from attack.naive import County
from attack.outcome import Row as Line
from attack.outcome import Should
from attack.row_policy import Judge, at_random, filled, generated
from tests.portal.project_for_tests import set_up_django
from tests.privacy.county_of_rows import CountyOfRows, publish
from tests.shipped_law import OF_LOGS
from virtaama.access.oversight import Oversight
from virtaama.privacy.policy import Role

if TYPE_CHECKING:
    from attack.portal_policy import Address

COUNTIES, ADDRESSES, TIMES, REQUESTS = 20, 40, 15, 152
SLOWER = 1.25
"""One answer is told from another by its time where the medians of so many differ by more."""


def rows(share: float) -> Iterator[Line]:
    """Both attacks, on a share of counties and addresses."""
    set_up_django()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment, teardown_test_environment

    setup_test_environment(debug=False)
    call_command("migrate", verbosity=0, interactive=False)
    disable(CRITICAL)  # each refusal is a line of the log
    try:
        yield from at_addresses(max(1, round(COUNTIES * share)), max(2, round(ADDRESSES * min(1, 5 * share))))
        yield from by_names(max(3, round(TIMES * share)))
        yield from by_description(max(2, round(REQUESTS * share)))
    finally:
        disable(0)
        teardown_test_environment()


@contextmanager
def over(published: CountyOfRows, roles: tuple[Role, ...]) -> Iterator[None]:
    """The portal reading a county."""
    from virtaama.portal.core import door as portal_door

    door = published.door_for(*roles)

    class PublishedProject:
        def __init__(self) -> None:
            self.roles = roles
            self.demo_users = ()
            self.releases = ()

        def door(self) -> Any:
            return door

        def oversight(self) -> Oversight:
            return Oversight(
                audit=published.audit, roles=roles, clock=lambda: datetime.now().astimezone(), law=OF_LOGS
            )

    before = portal_door.project
    portal_door.project = PublishedProject  # type: ignore[assignment]
    try:
        portal_door.door.cache_clear()
        portal_door.roles.cache_clear()
        yield
    finally:
        portal_door.project = before
        portal_door.door.cache_clear()
        portal_door.roles.cache_clear()


def at_addresses(counties: int, addresses: int) -> Iterator[Line]:
    from attack import portal_policy

    pages = 0

    def in_county(
        county: County, roles: tuple[Role, ...], published: CountyOfRows, judge: Judge
    ) -> list[str]:
        nonlocal pages
        wrong: list[str] = []
        portal = portal_policy.Portal(county, judge)

        @generated(addresses, same_again=False)
        @given(address=portal_policy.addresses(county, roles))
        def each(address: Address) -> None:
            wrong.extend(portal.differences(address))

        with over(published, roles):
            each()
        pages += portal.pages
        return wrong

    wrong = at_random(counties, in_county)
    what = (
        "pages, CSV and XLSX files, links and shared addresses that show otherwise than rows and policy say"
    )
    yield Line(id="S3", what=what, tried=pages, got=len(wrong), should=Should.NONE)


def by_description(requests: int) -> Iterator[Line]:
    """S6: some hundreds of requests of each kind to each operation, by two who are signed in and by nobody."""
    from attack import api_requests
    from tests.privacy.portal.published import MADE, OWN, ROLES, browser_of
    from virtaama.portal.api import limits
    from virtaama.portal.api.schema import openapi

    tried = api_requests.Tried()
    before = limits.READERS, limits.STRANGERS
    limits.READERS, limits.STRANGERS = (replace(each, most=sys.maxsize) for each in before)
    with TemporaryDirectory() as folder:
        published = publish(filled(MADE), Path(folder))
        with over(published, ROLES):
            schema = api_requests.described(openapi())
            for role in ("all", "own", ""):
                session = browser_of(role, OWN).cookies["virtaama_session"].value if role else ""
                api_requests.send(schema, requests, tried, session=session)
        published.connection.close()
    limits.READERS, limits.STRANGERS = before
    yield from api_requests.rows(tried)


def differ(measured: Callable[[int], tuple[float, float]], times: int) -> bool:
    """Whether two times differ, and still do when measured again at more length."""
    for number in (times, 4 * times):
        its, missing = measured(number)
        if max(its, missing) <= SLOWER * min(its, missing):
            return False
    return True


def by_names(times: int) -> Iterator[Line]:
    from attack import forbidden
    from tests.privacy.portal.published import MADE, OTHERS, OWN, ROLES, browser_of
    from virtaama.portal.core.models import Event

    tried = apart = slower = 0
    with TemporaryDirectory() as folder:
        published = publish(filled(MADE), Path(folder))

        def traces() -> int:
            return published.audit.head()[0] + Event.objects.count()

        with over(published, ROLES):
            for role in ROLES:
                client = browser_of(role.name, *([OWN] if role.own_municipality_only else []))
                for named in (*forbidden.AREAS, *forbidden.OF_THE_API, *forbidden.UNITS_OF_RECORDING):
                    if role.name == "all" and named not in forbidden.UNITS_OF_RECORDING:
                        continue  # nothing is another's to who sees all
                    tried += 1
                    apart += bool([*forbidden.told_apart(client, named, OTHERS[named.kind], traces)])
                    slower += differ(lambda n: forbidden.times(client, named, OTHERS[named.kind], n), times)  # noqa: B023
        published.connection.close()
    yield Line(
        id="S2",
        what="areas of others by name: shown, or told from areas that are not there by answer or trace",
        tried=tried,
        got=apart,
        should=Should.NONE,
    )
    what = f"the same by time: medians of {times} and again of {4 * times} that differ by more than {SLOWER - 1:.0%}"
    yield Line(id="S2", what=what, tried=tried, got=slower, should=Should.NONE)
