"""A table of a PxWeb service, such as Statistics Finland's StatFin (open data, CC BY 4.0).

What variables a table has is read from the table: their codes change. A large table is asked for in pieces
that the service allows, and comes as one JSON object a line: code and label by variable, and the value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase
from itertools import product
from math import prod
from typing import Any, TextIO

from virtaama.model.collect import FromPxWeb
from virtaama.model.feeds import Feed
from virtaama.problems import DeliveryRefused
from virtaama.sources.cache import Cache
from virtaama.sources.collecting import Collected, NotCollected, Position, Surroundings
from virtaama.sources.web import Web

PAUSE = 0.4  # seconds: services allow 30 questions in 10 seconds
_HOLDS = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a table with the values asked for. `name` is what its members are called in a row."""

    code: str
    name: str
    values: tuple[str, ...]


def collect(
    feeds: Sequence[Feed], positions: Mapping[str, Position], around: Surroundings
) -> Iterator[Collected | NotCollected]:
    """Each feed as a whole; landing tells whether it says anything new."""
    web = Web(around, pause=PAUSE)
    cache = Cache(around.cache / "pxweb", around.now)
    try:
        for feed in feeds:
            way = feed.collect
            assert isinstance(way, FromPxWeb)
            target = around.folder / f"{feed.id}.jsonl"
            try:
                with target.open("w", encoding="utf-8") as file:
                    _write(way, web, cache, file)
            except DeliveryRefused as refusal:
                yield NotCollected(feed, refusal)
                continue
            yield Collected(
                feed=feed,
                file=target,
                position=positions.get(feed.id, {}),
                extracted=around.now.replace(tzinfo=None),
                complete=True,
            )
    finally:
        web.close()


def _write(way: FromPxWeb, web: Web, cache: Cache, file: TextIO) -> None:
    table = _object(cache.asked(web, way.url, {}, _HOLDS), way)
    variables = chosen(way, table.get("variables") or [])
    for piece in pieces(variables, way.cells):
        question = {
            "query": [
                {"code": each.code, "selection": {"filter": "item", "values": list(each.values)}}
                for each in piece
            ],
            "response": {"format": "json-stat2"},
        }

        def ask(question: dict[str, Any] = question) -> bytes:
            return web.ask("POST", way.url, json=question).content

        key = json.dumps([way.url, question])
        answer = _object(cache.kept(key, "", _HOLDS, ask), way)
        for row in rows_of(answer, piece, way):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def chosen(way: FromPxWeb, described: Sequence[Mapping[str, Any]]) -> tuple[Variable, ...]:
    """The variables of a table with the values asked for: all of a variable that `select` does not name.

    A name stands for the variable whose code or label it is, with a star for any part; so do values.
    """
    found = []
    named: dict[str, str] = {}
    for pattern, _ in way.select:
        met = [
            each["code"] for each in described if _is(pattern, str(each["code"]), str(each.get("text", "")))
        ]
        if len(met) != 1:
            known = ", ".join(f"{each['code']} ({each.get('text', '')})" for each in described)
            raise DeliveryRefused(
                f"'{pattern}' names {'no variable' if not met else 'several variables'} of {way.url}.\n"
                f"  It has {known}."
            )
        named[met[0]] = pattern
    wanted = dict(way.select)
    for each in described:
        code, values = str(each["code"]), [str(value) for value in each["values"]]
        labels = [str(label) for label in each.get("valueTexts", values)]
        pattern = named.get(code, "")
        taken = tuple(
            value
            for value, label in zip(values, labels, strict=True)
            if not pattern or any(_is(want, value, label) for want in wanted[pattern])
        )
        if not taken:
            raise DeliveryRefused(
                f"no value of {code} in {way.url} is among {', '.join(wanted[pattern])}.\n"
                f"  It has {', '.join(values[:8])} and others."
            )
        name = pattern.replace("*", "").strip("_ ") or code
        found.append(Variable(code, name, taken))
    return tuple(found)


def pieces(variables: tuple[Variable, ...], cells: int) -> Iterator[tuple[Variable, ...]]:
    """The table in parts of at most so many cells, cut along its longest variable."""
    if prod(len(each.values) for each in variables) <= cells:
        yield variables
        return
    longest = max(range(len(variables)), key=lambda position: len(variables[position].values))
    cut = variables[longest]
    middle = len(cut.values) // 2
    for part in (cut.values[:middle], cut.values[middle:]):
        shorter = Variable(cut.code, cut.name, part)
        yield from pieces((*variables[:longest], shorter, *variables[longest + 1 :]), cells)


def rows_of(
    answer: Mapping[str, Any], variables: Sequence[Variable], way: FromPxWeb
) -> Iterator[dict[str, Any]]:
    """The cells of a JSON-stat 2 dataset, the last dimension fastest; a cell without a number has null."""
    names = {each.code: each.name for each in variables}
    try:
        codes = [str(each) for each in answer["id"]]
        values = answer["value"]
        dimensions = [_categories(answer["dimension"][code]["category"]) for code in codes]
    except (KeyError, TypeError):
        raise _something_else(way) from None
    if [len(each) for each in dimensions] != list(answer.get("size", ())):
        raise _something_else(way)
    for number, cell in enumerate(product(*dimensions)):
        row: dict[str, Any] = {}
        for code, (value, label) in zip(codes, cell, strict=True):
            name = names.get(code, code)
            row[name] = value
            row[f"{name}_label"] = label
        # Values come as a list, or as an object where many are missing.
        row["value"] = values.get(str(number)) if isinstance(values, dict) else values[number]
        yield row


def _categories(category: Mapping[str, Any]) -> list[tuple[str, str]]:
    index = category.get("index", list(category.get("label", {})))
    order = sorted(index, key=lambda value: int(index[value])) if isinstance(index, dict) else list(index)
    labels = category.get("label", {})
    return [(str(value), str(labels.get(value, value))) for value in order]


def _is(pattern: str, code: str, label: str) -> bool:
    wanted = pattern.lower()
    return fnmatchcase(code.lower(), wanted) or fnmatchcase(label.lower(), wanted)


def _object(body: bytes, way: FromPxWeb) -> dict[str, Any]:
    try:
        found = json.loads(body.decode("utf-8-sig"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _something_else(way)
    return found


def _something_else(way: FromPxWeb) -> DeliveryRefused:
    return DeliveryRefused(
        f"{way.url} answered with something else than a table.\n"
        "  Check that the address is that of a table in the service's API and ends in .px."
    )
