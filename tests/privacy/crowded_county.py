"""A county with enough residents for some groups to be small and others not, published; and doors to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random

from tests.unit.published_county import FACTS, MOMENT, PUBLISHED_MODEL, PublishedCounty
from virtaama.access.door import Door
from virtaama.access.releasing import ReleaseDoor
from virtaama.metrics.parse import parse_catalogue
from virtaama.metrics.release_parse import parse_releases
from virtaama.metrics.releases import Release
from virtaama.model.concepts import Text
from virtaama.privacy.policy import Asker, Purpose, Role

METRIC = """
  {name}:
    labels: {{fi: Luku, sv: Tal, en: Number}}
    definition: {{fi: Luku, sv: Tal, en: Number}}
    family: need
    unit: {{fi: kpl, sv: st, en: pcs}}
    direction: neutral
    decimals: 1
    numerator: {above}
{below}    levels: [county, municipality]
    by: {by}
    legal_basis: "612/2021 29 §"
    source: tests
    owner: tests
"""


def metric(name: str, above: str, below: str = "", by: str = "[sex, form]") -> str:
    denominator = f"    denominator: {below}\n" if below else ""
    return METRIC.format(name=name, above=above, below=denominator, by=by)


METRICS = "metrics:" + "".join(
    (
        metric("visits", "{fact: visit, aggregate: count}"),
        metric("urgent_visits", "{fact: visit, aggregate: count, where: urgent}"),
        metric("visitors", "{fact: visit, aggregate: persons}"),
        metric(
            "urgent_share",
            "{fact: visit, aggregate: count, where: urgent}",
            "{fact: visit, aggregate: count}",
        ),
        metric(
            "visits_per_resident",
            "{fact: visit, aggregate: count}",
            "{fact: residence, aggregate: persons, window: month_ends}",
        ),
        metric("mean_wait", "{fact: visit, aggregate: mean(days)}"),
    )
)
CATALOGUE = parse_catalogue({"facts.yaml": FACTS, "metrics.yaml": METRICS}, PUBLISHED_MODEL)

RELEASE = """
releases:
  visits_by_place:
    labels: {fi: Käynnit, sv: Besök, en: Visits}
    definition: {fi: Käynnit, sv: Besök, en: Visits}
    metrics: [visits, urgent_share, visits_per_resident, mean_wait]
    levels: [county, municipality]
    breakdowns: [sex]
    grains: [month, quarter]
    first_year: 2024
    audience: everybody
    legal_basis: "552/2019 41 §"
    owner: tests
"""
STEERING = Purpose.STEERING
ANALYST = Asker(id="analyst", role="analyst")
SEES_ROUNDED = Asker(id="contact", role="sees_rounded")
EVERYTHING = Asker(id="nobody", role="sees_everything")
"""Of a role no county has: for what would be told without any protection."""


def role(name: str, **more: object) -> Role:
    return Role(
        name=name,
        purposes=frozenset({STEERING}),
        levels=frozenset({"county", "municipality"}),
        pages=frozenset({"steering"}),
        **more,  # type: ignore[arg-type]
    )


ROLES = (
    role("analyst", releases=frozenset({"visits_by_place", "sums"})),
    role("sees_rounded", rounding=5, releases=frozenset({"visits_by_place"})),
    role("no_releases"),
    role("sees_everything", minimum_group=1),
)


def release(*changes: tuple[str, str]) -> Release:
    """The release of these tests, with parts of its text replaced."""
    text = RELEASE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (found,) = parse_releases({"releases/x.yaml": text}, CATALOGUE, 5)
    return found


class CrowdedCounty(PublishedCounty):
    """Residents of six municipalities, and their visits of half a year."""

    @property
    def roles(self) -> tuple[Role, ...]:
        return ROLES

    def release_door(self, roles: tuple[Role, ...] = ROLES) -> ReleaseDoor:
        return ReleaseDoor(
            published=self.folder / "published",
            released=self.folder / "released",
            catalogue=self.catalogue,
            model=self.model,
            roles=roles,
            audit=self.audit,
            county_code="07",
            county=Text("Esimerkkialue", "Exempelområdet", "Example county"),
            clock=lambda: MOMENT,
        )

    def figure_door(self, smallest: int = 5) -> Door:
        """The door to figures; `smallest` is the smallest group of every metric."""
        metrics = tuple(replace(metric, minimum_group=smallest) for metric in self.catalogue.metrics)
        return Door(
            published=self.folder / "published",
            catalogue=replace(self.catalogue, metrics=metrics),
            model=self.model,
            roles=ROLES,
            audit=self.audit,
            ledger=self.ledger,
            county_code="07",
            county=Text("Esimerkkialue", "Exempelområdet", "Example county"),
            clock=lambda: MOMENT,
            rounding_key=b"a key of the tests",
        )


def crowded_county(folder: Path, *, residents: int = 150, visits: int = 420, seed: int = 1) -> CrowdedCounty:
    random = Random(seed)
    county = CrowdedCounty(folder, catalogue=CATALOGUE)
    county.connection.execute("DELETE FROM star.resident")
    county.deliver(*(datetime(2024, month, 1) for month in range(2, 8)))
    county.add("municipality", *(f"{n}, '{n}00', 'M{n}', 'M{n}'" for n in range(3, 7)))
    homes = random.choices(range(1, 7), weights=[40, 20, 12, 8, 5, 3], k=residents)
    county.add(
        "resident",
        *(
            f"{n}, 'p{n}', DATE '1980-01-01', '{random.choice(['female', 'male'])}', {home}"
            for n, home in enumerate(homes)
        ),
    )
    county.add(
        "residence", *(f"{n}, 'r{n}', '2000-01-01', NULL, {n}, {home}" for n, home in enumerate(homes))
    )
    rows = []
    for n in range(visits):
        form = random.choices(["R10", "R52"], weights=[4, 1])[0]
        day = f"2024-{random.randint(1, 6):02}-{random.randint(1, 28):02} 10:00"
        urgent = str(random.random() < 0.2).lower()
        who = random.randrange(residents)
        rows.append(f"{n}, 'v{n}', '{day}', {random.randint(0, 30)}, {urgent}, '{form}', 50, {who}, 1")
    county.add("visit", *rows)
    county.publish()
    return county
