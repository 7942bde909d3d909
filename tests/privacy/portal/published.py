"""A county of rows behind the portal, with roles of every scope."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from attack.naive import County
from attack.row_policy import Made, filled
from tests.portal.door_for_tests import FIGURES_OF_RELEASE, RELEASE
from tests.privacy.county_of_rows import CountyOfRows, publish
from tests.shipped_law import OF_LOGS
from virtaama.access.door import Door
from virtaama.access.oversight import Oversight
from virtaama.interchange.json_stat import json_stat
from virtaama.interchange.json_stat_cube import Table
from virtaama.metrics.question import Grain
from virtaama.metrics.releases import Audience, Release
from virtaama.portal.core import door as portal_door
from virtaama.portal.core.models import Account
from virtaama.privacy.policy import Purpose, Role
from virtaama.project.data_set import JSON_STAT

MADE = Made(
    municipalities=3, units=(2, 1, 1, 0, 0, 0), first_month=7, months=9, persons=50, visits=200, seed=3
)
LEVELS = frozenset({"county", "municipality", "unit"})
ROLES = (
    Role(
        name="all",
        purposes=frozenset({Purpose.STEERING}),
        levels=LEVELS,
        pages=frozenset({"steering", "lineage"}),
    ),
    Role(
        name="own",
        purposes=frozenset({Purpose.PLANNING, Purpose.DATA_QUALITY}),
        levels=frozenset({"municipality", "unit"}),
        pages=frozenset({"steering", "lineage", "recording"}),
        own_municipality_only=True,
        minimum_group=7,
    ),
    Role(
        name="rounded",
        purposes=frozenset({Purpose.PLANNING}),
        levels=frozenset({"county", "municipality"}),
        pages=frozenset({"steering", "lineage"}),
        own_municipality_only=True,
        rounding=5,
    ),
    Role(
        name="maker",
        purposes=frozenset({Purpose.STEERING}),
        levels=frozenset({"county"}),
        pages=frozenset({"steering"}),
        releases=frozenset({"for_partners"}),
    ),
    Role(name="engineer", purposes=frozenset(), levels=frozenset(), pages=frozenset({"runs", "quality"})),
    Role(name="officer", purposes=frozenset(), levels=frozenset(), pages=frozenset({"audit"})),
)
FOR_PARTNERS = replace(RELEASE, name="for_partners", audience=Audience.PARTNERS)
OWN, OTHERS = "098", {"municipality": "398", "unit": "U3980"}
"""The municipality of those who see their own, and areas that are others'."""


@pytest.fixture(scope="session")
def county() -> County:
    return filled(MADE)


@pytest.fixture(scope="session")
def published(county: County, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CountyOfRows]:
    made = publish(county, tmp_path_factory.mktemp("county"))
    yield made
    made.connection.close()


@pytest.fixture
def over_rows(published: CountyOfRows, monkeypatch: pytest.MonkeyPatch, db: None) -> CountyOfRows:
    """The portal reading the county of rows."""

    class PublishedProject:
        roles = ROLES
        demo_users = ()
        releases = (FOR_PARTNERS,)
        settings = SimpleNamespace(releases=published.folder / "releases")

        def data_sets(self, release: Release) -> tuple[int, ...]:
            return (1,)

        def data_set(self, release: Release, number: int) -> dict[str, Any]:
            return {"name": release.name}

        def door(self) -> Door:
            return published.door_for(*ROLES)

        def oversight(self) -> Oversight:
            return Oversight(
                audit=published.audit, roles=ROLES, clock=lambda: datetime.now().astimezone(), law=OF_LOGS
            )

    written = published.folder / "releases" / "for_partners" / "1" / "for_partners.csv"
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text("metric\n", encoding="utf-8")
    table = Table(Grain.QUARTER, "")
    told = json_stat(replace(FIGURES_OF_RELEASE, release=FOR_PARTNERS), table)
    named = f"for_partners-{table.name}{JSON_STAT}"
    (written.parent / named).write_text(json.dumps(told), encoding="utf-8")
    portal_door.door.cache_clear()
    portal_door.roles.cache_clear()
    monkeypatch.setattr(portal_door, "project", PublishedProject)
    return published


def browser_of(role: str, *municipalities: str) -> Client:
    """Somebody with a role is signed in, and reads English."""
    account, _ = Account.objects.get_or_create(
        name=f"{role} {' '.join(municipalities)}".strip(),
        defaults={"full_name": role, "role": role, "municipalities": list(municipalities)},
    )
    client = Client(raise_request_exception=False)
    client.force_login(account)
    client.cookies["virtaama_language"] = "en"
    return client
