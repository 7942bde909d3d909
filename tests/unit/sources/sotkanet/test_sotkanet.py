"""Sotkanet is asked politely: what has not been updated is not fetched again, and comes as ordinary batches."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.http_server import Answer, Asked, served
from tests.unit.loading.collections import Collecting
from tests.unit.loading.deliveries import feed, fields
from virtaama.model.collect import About, FromSotkanet
from virtaama.model.feeds import Delivery, Feed, Format
from virtaama.sources.web import ATTEMPTS

RECORDED = Path(__file__).parents[5] / "shared" / "data" / "sotkanet" / "api_samples"
REGIONS = [
    {
        "id": 20,
        "code": "049",
        "category": "KUNTA",
        "title": {"fi": "Espoo", "sv": "Esbo", "en": "Espoo"},
        "memberOf": [969, 658],
    },
    {
        "id": 969,
        "code": "05",
        "category": "HYVINVOINTIALUE",
        "title": {"fi": "Länsi-Uusimaa"},
        "memberOf": [],
    },
]


@dataclass
class Service:
    """As the service answers: indicators with the day they were updated, regions, figures; a User-Agent is needed."""

    regions: list[dict[str, Any]]
    figures: dict[int, list[dict[str, Any]]]
    updated: str = "2024-05-01"
    asked: list[Asked] = field(default_factory=list)
    trouble: list[Answer] = field(default_factory=list)

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if self.trouble:
            return self.trouble.pop(0)
        if not asked.headers.get("user-agent", "").startswith("virtaama"):
            return Answer(403)
        match asked.path.split("/")[3:]:
            case ["regions"]:
                return self._revalidated(asked, self.regions, '"regions"')
            case ["indicators", number]:
                about = {
                    "id": int(number),
                    "title": {"fi": "Väestö", "sv": "Befolkning", "en": "Population"},
                    "range": {"start": 2021, "end": 2023},
                    "decimals": 0,
                    "data-updated": self.updated,
                    "primaryValueType": {"title": {"fi": "henkilöä"}},
                    "organization": {"id": 2, "title": {"fi": "Tilastokeskus"}},
                }
                return self._revalidated(asked, about, f'"{number}-{self.updated}"')
            case ["json"]:
                found = [
                    row
                    for row in self.figures[int(asked.query["indicator"])]
                    if row["year"] <= int(asked.query["years"])
                ]
                return Answer(body=json.dumps(found).encode())
        return Answer(404)

    def _revalidated(self, asked: Asked, value: Any, tag: str) -> Answer:
        if asked.headers.get("if-none-match") == tag:
            return Answer(304, headers={"ETag": tag})
        return Answer(body=json.dumps(value).encode(), headers={"ETag": tag})

    def count(self, ending: str) -> int:
        return Counter(each.path.split("1.1")[-1] for each in self.asked)[ending]


@pytest.fixture
def service() -> Iterator[tuple[Service, str]]:
    rows = [
        {"indicator": 127, "region": 969, "year": 2023, "gender": "total", "value": 480000},
        {"indicator": 127, "region": 20, "year": 2023, "gender": "total", "value": 314024, "absValue": 1.5},
    ]
    service = Service(regions=REGIONS, figures={127: rows})
    with served(service.answer) as address:
        yield service, f"{address}/rest/1.1"


def figures(address: str, *indicators: int) -> Feed:
    return feed(
        *fields(
            indicator="integer",
            region="integer",
            code="text",
            category="text",
            year="integer",
            gender="text",
            value="decimal",
            absolute={"type": "decimal", "optional": True},
        ),
        system="sotkanet",
        name="figures",
        format=Format.JSON_LINES,
        files="",
        delivery=Delivery.FULL,
        extracted="",
        collect=FromSotkanet(url=address, indicators=indicators),
    )


def test_figures_land_with_the_codes_of_their_regions(tmp_path: Path, service: tuple[Service, str]) -> None:
    county = Collecting(tmp_path, (figures(service[1], 127),))
    rows = county.collected()
    assert [(row["code"], row["category"], row["year"], float(row["value"])) for row in rows] == [
        ("049", "KUNTA", 2023, 314024.0),
        ("05", "HYVINVOINTIALUE", 2023, 480000.0),
    ]
    assert [row["absolute"] is None for row in rows] == [False, True]


def test_figures_are_fetched_again_only_when_they_were_updated(
    tmp_path: Path, service: tuple[Service, str]
) -> None:
    server, address = service
    county = Collecting(tmp_path, (figures(address, 127),))
    county.collect()
    assert county.collected() == []
    assert (server.count("/json"), server.count("/indicators/127"), server.count("/regions")) == (1, 1, 1)
    county.now += timedelta(days=1)
    assert county.collected() == []
    assert (server.count("/json"), server.count("/indicators/127")) == (1, 2)  # asked whether it still holds
    assert server.asked[-1].headers["if-none-match"] == '"127-2024-05-01"'
    server.updated, server.figures[127][0]["value"] = "2026-12-01", 490000
    county.now += timedelta(days=1)
    assert [float(row["value"]) for row in county.collected()] == [314024.0, 490000.0]
    assert server.count("/json") == 2


def test_a_damaged_cache_is_fetched_anew(tmp_path: Path, service: tuple[Service, str]) -> None:
    server, address = service
    county = Collecting(tmp_path, (figures(address, 127),))
    county.collect()
    for kept in (tmp_path / "data" / "cache" / "sotkanet").glob("*.body"):
        kept.write_bytes(b"half of")
    assert county.collected() == []
    assert server.count("/json") == 2


def test_the_service_is_not_hurried(tmp_path: Path, service: tuple[Service, str]) -> None:
    county = Collecting(tmp_path, (figures(service[1], 127),))
    county.collect()
    assert len(county.waits) == 2  # between three questions
    assert all(0.1 < pause <= 0.3 for pause in county.waits)


def test_an_outage_is_told_and_nothing_old_is_passed_off_as_new(
    tmp_path: Path, service: tuple[Service, str]
) -> None:
    server, address = service
    county = Collecting(tmp_path, (figures(address, 127),))
    server.trouble = [Answer(body=b"<html>maintenance</html>")]
    assert "Sotkanet answered with something else" in county.collect().refused[0].reason
    county.now += timedelta(days=30)
    server.trouble = [Answer(503)] * ATTEMPTS
    assert "answered 503, 6 times" in county.collect().refused[0].reason
    assert len(county.collected()) == 2


def test_regions_and_indicators_are_feeds_of_their_own(tmp_path: Path, service: tuple[Service, str]) -> None:
    usual = {
        "format": Format.JSON_LINES,
        "files": "",
        "delivery": Delivery.FULL,
        "extracted": "",
        "system": "sotkanet",
    }
    regions = feed(
        *fields(
            id="integer",
            code="text",
            category="text",
            name_fi="text",
            name_sv="text",
            name_en="text",
            member_of="text",
        ),
        name="regions",
        collect=FromSotkanet(url=service[1], about=About.REGIONS),
        **usual,
    )
    indicators = feed(
        *fields(
            id="integer",
            name_fi="text",
            name_sv="text",
            name_en="text",
            unit="text",
            decimals="integer",
            first_year="integer",
            last_year="integer",
            updated="text",
            organisation="text",
        ),
        name="indicators",
        collect=FromSotkanet(url=service[1], about=About.INDICATORS, indicators=(127,)),
        **usual,
    )
    county = Collecting(tmp_path, (regions, indicators))
    county.collect()
    espoo, county_row = county.rows(county.ledger.batches("sotkanet.regions")[0])
    assert (espoo["code"], espoo["name_sv"], espoo["member_of"]) == ("049", "Esbo", "969,658")
    assert county_row["name_en"] is None
    (indicator,) = county.rows(county.ledger.batches("sotkanet.indicators")[0])
    assert (indicator["unit"], indicator["last_year"], indicator["organisation"]) == (
        "henkilöä",
        2023,
        "Tilastokeskus",
    )


@pytest.mark.skipif(
    not RECORDED.is_dir(), reason="recorded answers of Sotkanet are not beside the repository"
)
@pytest.mark.parametrize(("indicator", "espoo", "absolute"), [(127, 314024.0, None), (5513, 11.6, 2642.0)])
def test_recorded_answers_of_the_service_are_read(
    tmp_path: Path, indicator: int, espoo: float, absolute: float | None
) -> None:
    service = Service(
        regions=json.loads((RECORDED / "regions_sample.json").read_text(encoding="utf-8")),
        figures={
            indicator: json.loads((RECORDED / f"json_{indicator}_2023.json").read_text(encoding="utf-8"))
        },
    )
    with served(service.answer) as address:
        county = Collecting(tmp_path, (figures(f"{address}/rest/1.1", indicator),))
        rows = {row["code"]: row for row in county.collected()}
    assert len(rows) == 5
    assert float(rows["049"]["value"]) == espoo
    assert (rows["049"]["absolute"] is None) == (absolute is None)
    assert {row["category"] for row in rows.values()} == {"KUNTA"}
