"""Sotkanet, THL's statistics and indicators (open data, CC BY 4.0): indicators, regions and figures.

Figures are asked for again only when the service says that an indicator has been updated. Each delivery
is everything there is, one JSON object a line, in an order that does not depend on the service.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from virtaama.model.collect import About, FromSotkanet
from virtaama.model.feeds import Feed
from virtaama.problems import DeliveryRefused
from virtaama.sources.cache import Cache
from virtaama.sources.collecting import Collected, NotCollected, Position, Surroundings
from virtaama.sources.web import Web

PAUSE = 0.3  # seconds between two questions
_REGIONS_HOLD = timedelta(days=7)
_INDICATORS_HOLD = timedelta(hours=12)
_LANGUAGES = ("fi", "sv", "en")

Row = dict[str, Any]


def collect(
    feeds: Sequence[Feed], positions: Mapping[str, Position], around: Surroundings
) -> Iterator[Collected | NotCollected]:
    """Each feed as a whole; landing tells whether it says anything new."""
    web = Web(around, pause=PAUSE)
    cache = Cache(around.cache / "sotkanet", around.now)
    try:
        for feed in feeds:
            way = feed.collect
            assert isinstance(way, FromSotkanet)
            try:
                rows = _Service(way, web, cache).rows()
            except DeliveryRefused as refusal:
                yield NotCollected(feed, refusal)
                continue
            target = around.folder / f"{feed.id}.jsonl"
            with target.open("w", encoding="utf-8") as file:
                file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            yield Collected(
                feed=feed,
                file=target if rows else None,
                position=positions.get(feed.id, {}),
                extracted=around.now.replace(tzinfo=None),
                complete=True,
            )
    finally:
        web.close()


@dataclass(frozen=True, slots=True)
class _Service:
    way: FromSotkanet
    web: Web
    cache: Cache

    def rows(self) -> list[Row]:
        match self.way.about:
            case About.REGIONS:
                return [_region(each) for each in self._regions()]
            case About.INDICATORS:
                found = [self._indicator(number) for number in self.way.indicators]
                return [_indicator(each) for each in (found or self._list("indicators", _INDICATORS_HOLD))]
            case About.DATA:
                regions = {each.get("id"): each for each in self._regions()}
                return [
                    _figure(each, regions)
                    for number in sorted(self.way.indicators)
                    for each in sorted(self._figures(number), key=_order)
                ]

    def _regions(self) -> list[Row]:
        return sorted(self._list("regions", _REGIONS_HOLD), key=lambda each: int(each.get("id", 0)))

    def _indicator(self, number: int) -> Row:
        body = self.cache.asked(self.web, f"{self._url}/indicators/{number}", {}, _INDICATORS_HOLD)
        found = _read(body, dict, f"indicators/{number}")
        assert isinstance(found, dict)
        return found

    def _figures(self, number: int) -> list[Row]:
        about = self._indicator(number)
        span = about.get("range") or {}
        first = max(int(span.get("start", 0)), self.way.years[0])
        last = min(int(span.get("end", 9999)), self.way.years[1] or 9999)
        if not first or last == 9999:
            raise DeliveryRefused(
                f"Sotkanet does not say which years indicator {number} has.\n  Write years: [first, last]."
            )
        params = {
            "indicator": [number],
            "years": list(range(first, last + 1)),
            "genders": list(self.way.genders),
        }

        def ask() -> bytes:
            return self.web.ask("GET", f"{self._url}/json", params=params).content

        stamp = str(about.get("data-updated", "")) or self.cache.now.date().isoformat()
        body = self.cache.kept(json.dumps([self._url, params]), stamp, None, ask)
        return _objects(_read(body, list, "json"))

    def _list(self, path: str, fresh: timedelta) -> list[Row]:
        return _objects(_read(self.cache.asked(self.web, f"{self._url}/{path}", {}, fresh), list, path))

    @property
    def _url(self) -> str:
        return self.way.url.rstrip("/")


def _read(body: bytes, wanted: type, path: str) -> object:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, wanted):
        raise DeliveryRefused(
            f"Sotkanet answered with something else to /{path}.\n"
            "  Look at the service's pages: it may be under maintenance, or have changed."
        )
    return found


def _objects(found: object) -> list[Row]:
    assert isinstance(found, list)
    return [each for each in found if isinstance(each, dict)]


def _order(row: Row) -> tuple[int, int, str]:
    return int(row.get("year", 0)), int(row.get("region", 0)), str(row.get("gender", ""))


def _figure(row: Row, regions: Mapping[Any, Row]) -> Row:
    region = regions.get(row.get("region"), {})
    return {
        "indicator": row.get("indicator"),
        "region": row.get("region"),
        "code": region.get("code"),  # the service numbers regions in its own way
        "category": region.get("category"),
        "year": row.get("year"),
        "gender": row.get("gender"),
        "value": row.get("value"),
        "absolute": row.get("absValue"),
    }


def _region(row: Row) -> Row:
    return {
        "id": row.get("id"),
        "code": row.get("code"),
        "category": row.get("category"),
        **_names(row.get("title")),
        "member_of": ",".join(str(each) for each in row.get("memberOf") or ()),
    }


def _indicator(row: Row) -> Row:
    span = row.get("range") or {}
    organisation = row.get("organization") or {}
    kind = row.get("primaryValueType") or {}
    return {
        "id": row.get("id"),
        **_names(row.get("title")),
        "unit": _names(kind.get("title"))["name_fi"],
        "decimals": row.get("decimals"),
        "first_year": span.get("start"),
        "last_year": span.get("end"),
        "updated": row.get("data-updated"),
        "organisation": _names(organisation.get("title"))["name_fi"],
    }


def _names(title: object) -> Row:
    given = title if isinstance(title, dict) else {"fi": title}
    return {f"name_{language}": given.get(language) for language in _LANGUAGES}
