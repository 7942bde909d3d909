"""A PxWeb table is read by what it says of itself, in pieces the service allows, and lands as ordinary batches."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.http_server import Answer, Asked, served
from tests.unit.loading.collections import Collecting
from tests.unit.loading.deliveries import feed, fields
from virtaama.model.collect import FromPxWeb
from virtaama.model.feeds import Delivery, Feed, Format
from virtaama.sources.pxweb.asking import Variable, pieces

AREAS = {"SSS": "KOKO MAA", "KU398": "Lahti", "KU837": "Tampere", "HVA09": "Päijät-Hämeen hyvinvointialue"}
YEARS = [str(year) for year in range(2015, 2025)]


@dataclass
class Service:
    """As StatFin answers: no more than so many cells, JSON-stat 2, codes with a stamp."""

    limit: int = 12
    sparse: bool = False
    shift: int = 0
    asked: list[Asked] = field(default_factory=list)
    trouble: list[Answer] = field(default_factory=list)

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if self.trouble:
            return self.trouble.pop(0)
        if not asked.path.endswith("11ra.px"):
            return Answer(404)
        described = {
            "alue_23_20260101": ("Alue", AREAS),
            "timeperiod_y": ("Vuosi", {year: year for year in YEARS}),
            "contentscode": ("Tiedot", {"vaesto": "Väkiluku"}),
        }
        if asked.method == "GET":
            variables = [
                {"code": code, "text": text, "values": list(values), "valueTexts": list(values.values())}
                for code, (text, values) in described.items()
            ]
            return Answer(
                body=b"\xef\xbb\xbf" + json.dumps({"title": "11ra", "variables": variables}).encode()
            )
        question = json.loads(asked.body)
        assert question["response"] == {"format": "json-stat2"}
        wanted = {each["code"]: each["selection"]["values"] for each in question["query"]}
        if prod(len(values) for values in wanted.values()) > self.limit:
            return Answer(403)
        cells = [_cell(area, year) + self.shift for area, year, _ in product(*wanted.values())]
        dataset: dict[str, Any] = {
            "class": "dataset",
            "id": list(wanted),
            "size": [len(values) for values in wanted.values()],
            "dimension": {
                code: {
                    "category": {
                        # The order is that of the index, not that of the members.
                        "index": {value: number for number, value in reversed(list(enumerate(values)))},
                        "label": {value: described[code][1][value] for value in values},
                    }
                }
                for code, values in wanted.items()
            },
            "value": {str(n): cell for n, cell in enumerate(cells) if n != 1}
            if self.sparse
            else [None if n == 1 else cell for n, cell in enumerate(cells)],
        }
        return Answer(body=json.dumps(dataset).encode())

    @property
    def posts(self) -> int:
        return sum(each.method == "POST" for each in self.asked)


def _cell(area: str, year: str) -> int:
    return 1000 * list(AREAS).index(area) + int(year) - 2000


@pytest.fixture
def service() -> Iterator[tuple[Service, str]]:
    service = Service()
    with served(service.answer) as address:
        yield service, f"{address}/PxWeb/api/v1/fi/StatFin/vaerak/11ra.px"


def table(address: str, cells: int = 12, **select: tuple[str, ...]) -> Feed:
    by_variable = {"alue*": ("KU*", "SSS"), "Vuosi": ("*",), "contentscode": ("vaesto",)}
    chosen = {**by_variable, **select}
    return feed(
        *fields(alue="text", alue_label="text", Vuosi="integer", value="integer"),
        format=Format.JSON_LINES,
        files="",
        delivery=Delivery.FULL,
        extracted="",
        collect=FromPxWeb(url=address, select=tuple(chosen.items()), cells=cells),
    )


@pytest.mark.parametrize("sparse", [False, True])
def test_a_table_comes_in_pieces_whole_and_in_order(
    tmp_path: Path, service: tuple[Service, str], sparse: bool
) -> None:
    server, address = service
    server.sparse = sparse
    county = Collecting(tmp_path, (table(address),))
    rows = county.collected()
    assert server.posts == 4  # 3 areas × 10 years in pieces of at most 12 cells
    assert sorted({(row["alue"], row["alue_label"]) for row in rows}) == [
        ("KU398", "Lahti"),
        ("KU837", "Tampere"),
        ("SSS", "KOKO MAA"),
    ]
    assert len({(row["alue"], row["Vuosi"]) for row in rows}) == len(rows) == 30
    known = [row for row in rows if row["value"] is not None]
    assert len(known) == 26  # one missing in each piece
    assert all(row["value"] == _cell(row["alue"], str(row["Vuosi"])) for row in known)


def test_what_was_fetched_today_is_not_fetched_again(tmp_path: Path, service: tuple[Service, str]) -> None:
    server, address = service
    county = Collecting(tmp_path, (table(address),))
    county.collect()
    assert county.collected() == []
    assert server.posts == 4
    county.now += timedelta(days=1)
    assert county.collected() == []
    assert server.posts == 8
    server.shift = 5
    county.now += timedelta(days=1)
    assert len(county.collected()) == 30


def test_pieces_that_came_before_a_failure_are_not_fetched_again(
    tmp_path: Path, service: tuple[Service, str]
) -> None:
    server, address = service
    county = Collecting(tmp_path, (table(address),))
    server.trouble = []
    good = server.answer

    def fails_at_the_third(asked: Asked) -> Answer:
        return Answer(404) if asked.method == "POST" and server.posts == 2 else good(asked)

    with served(fails_at_the_third) as other:
        broken = Collecting(tmp_path, (table(address.replace(address.split("/PxWeb")[0], other)),))
        assert "answered 404" in broken.collect().refused[0].reason
        server.asked.append(Asked("POST", "", {}, {}, b""))  # from now on it works
        before = server.posts
        assert len(broken.collected()) == 30
        assert server.posts - before == 2
    assert county.ledger.refused() == ()


def test_too_many_questions_are_waited_out(tmp_path: Path, service: tuple[Service, str]) -> None:
    server, address = service
    server.trouble = [Answer(429, headers={"Retry-After": "10"})]
    county = Collecting(tmp_path, (table(address),))
    assert len(county.collected()) == 30
    assert 10.0 in county.waits


@pytest.mark.parametrize(
    ("select", "said"),
    [
        ({"Kunta": ("KU398",)}, "'Kunta' names no variable"),
        ({"*": ("KU398",)}, "'*' names several variables"),
        ({"contentscode": ("kuolleet",)}, "no value of contentscode"),
    ],
)
def test_what_the_table_does_not_have_is_said_with_what_it_has(
    tmp_path: Path, service: tuple[Service, str], select: dict[str, tuple[str, ...]], said: str
) -> None:
    county = Collecting(tmp_path, (table(service[1], **select),))
    (refused,) = county.collect().refused
    assert said in refused.reason
    assert "It has" in refused.reason


def test_an_address_that_is_no_table_is_refused(tmp_path: Path, service: tuple[Service, str]) -> None:
    server, address = service
    server.trouble = [Answer(body=b"[]")]
    county = Collecting(tmp_path, (table(address),))
    assert "something else than a table" in county.collect().refused[0].reason


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=4),
    st.integers(1, 50),
)
def test_pieces_hold_every_cell_once_and_none_is_too_large(lengths: list[int], cells: int) -> None:
    variables = tuple(
        Variable(f"v{n}", f"v{n}", tuple(str(value) for value in range(length)))
        for n, length in enumerate(lengths)
    )
    met = [cell for piece in pieces(variables, cells) for cell in product(*(each.values for each in piece))]
    assert sorted(met) == sorted(product(*(each.values for each in variables)))
    assert all(prod(len(each.values) for each in piece) <= cells for piece in pieces(variables, cells))
