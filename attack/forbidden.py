"""S2: things of others by their names – areas, metrics, expectations, entries – asked for by everybody, everywhere.

What is another's and what is not there must look the same: the same answer, the same page but for the name asked
for, the same traces, and no other time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import Any

from django.test import Client

OF_THE_MOMENT = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
NOT_THERE = {
    "municipality": "999",
    "unit": "U9999",
    "metric": "nothing",
    "expectation": "care.visits.nothing",
    "entry": "999999",
    "release": "nothing_at_all",
    "set": "999999",
    "incident": "999999",
    "pair": "999999",
}


@dataclass(frozen=True, slots=True)
class Named:
    """An address that names something of a kind."""

    address: str
    kind: str


AREAS = tuple(
    Named(f"{address}{mark}area={{}}", kind)
    for kind in ("municipality", "unit")
    for address, mark in (
        ("/ohjaus/", "?"),
        ("/ohjaus/luvut.csv", "?"),
        ("/ohjaus/luvut.xlsx", "?"),
        ("/ohjaus/mittarit/visits/", "?"),
        ("/ohjaus/mittarit/visits/?by=sex", "&"),
        ("/ohjaus/mittarit/visits/trend.csv", "?"),
        ("/ohjaus/mittarit/visits/areas.csv", "?"),
        ("/ohjaus/mittarit/visits/breakdown.xlsx", "?"),
        ("/ohjaus/mittarit/visits/alkupera/", "?"),
    )
)
"""Addresses of figures that name an area."""

OF_THE_API = tuple(
    Named(f"/api/v1/metrics/visits/{file}?purpose=planning&level={kind}&area={{}}", kind)
    for file in ("figures", "figures.csv")
    for kind in ("municipality", "unit")
)
"""The same of the API."""

UNITS_OF_RECORDING = tuple(
    Named(f"/toiminta/kirjaaminen/{page}?unit={{}}", "unit") for page in ("", "rivit.csv", "rivit.xlsx")
)
IN_PATHS = (
    Named("/ohjaus/mittarit/{}/", "metric"),
    Named("/ohjaus/mittarit/{}/alkupera/", "metric"),
    Named("/ohjaus/mittarit/{}/trend.csv", "metric"),
    Named("/api/v1/metrics/{}", "metric"),
    Named("/api/v1/metrics/{}/figures?purpose=planning", "metric"),
    Named("/api/v1/metrics/{}/figures.csv?purpose=planning", "metric"),
    Named("/api/v1/metrics/{}/lineage", "metric"),
    Named("/api/v1/releases/{}/1", "release"),
    Named("/api/v1/releases/{}/1/figures.csv", "release"),
    Named("/api/v1/releases/{}/1/json-stat", "release"),
    Named("/toiminta/odotukset/{}/", "expectation"),
    Named("/loki/{}/", "entry"),
    Named("/kuvaukset/{}/", "set"),
    Named("/kuvaukset/{}/fi/records.md", "set"),
    Named("/poikkeamat/{}/", "incident"),
    Named("/yhdistaminen/{}/", "pair"),
)
"""Addresses that name a thing in their path: every route that does is here, or a test fails."""

THERE = {
    "release": "for_partners",
    "metric": "visits",
    "expectation": "care.visits.present",
    "entry": "1",
    "set": "1",
    "incident": "1",
    "pair": "1",
}


@dataclass(frozen=True, slots=True)
class Looked:
    """How an answer looks, without the name that was asked for."""

    status: int
    kind: str
    body: str
    traces: int  # how many entries it left


def looked(client: Client, named: Named, name: str, traces: Callable[[], int]) -> Looked:
    before = traces()
    response: Any = client.get(named.address.format(name))
    kind = response.headers["Content-Type"]
    in_words = kind.startswith(("text/html", "application/problem+json"))
    body = OF_THE_MOMENT.sub("", response.text) if in_words else ""
    # The page says in its forms where it is. The name alone may stand anywhere, in a drawing's numbers too.
    for place in (named.address.partition("?")[0], "area={}", "unit={}", "area%3D{}", "unit%3D{}"):
        body = body.replace(place.format(name), "…") if "{" in place else body
    return Looked(response.status_code, kind, body, traces() - before)


def told_apart(client: Client, named: Named, others: str, traces: Callable[[], int]) -> Iterator[str]:
    """By what one could tell that a thing is there but another's."""
    its, missing = (looked(client, named, name, traces) for name in (others, NOT_THERE[named.kind]))
    if its.status not in (403, 404):
        yield f"{named.address.format(others)} answers {its.status}"
    if its != missing:
        yield f"{named.address.format(others)} is told from what is not there: {its.status}, {missing.status}"


def times(client: Client, named: Named, others: str, number: int) -> tuple[float, float]:
    """The median time of asking for a thing of others, and for one that is not there, by turns.

    Time of our own process: what another does on the machine meanwhile says nothing of either. Both wait for the
    same number of writes, which `told_apart` counts.
    """
    taken: dict[str, list[float]] = {others: [], NOT_THERE[named.kind]: []}
    for _ in range(number):
        for name, found in taken.items():
            begun = process_time()
            client.get(named.address.format(name))
            found.append(process_time() - begun)
    its, missing = (median(found) for found in taken.values())
    return its, missing
