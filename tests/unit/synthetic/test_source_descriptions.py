"""The county's source descriptions name every file and column the invented systems hand over."""

from __future__ import annotations

import json
import sqlite3
from fnmatch import fnmatch
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from virtaama.synthetic import CountySize, invent


@cache
def delivered() -> dict[str, bytes]:
    return {file.path: file.data for file in invent(CountySize(residents=600, months=4))}


@cache
def described() -> dict[str, dict[str, Any]]:
    """Each feed, with the format and encoding of its system where it has none of its own."""
    feeds = {}
    for file in files("virtaama.content").joinpath("county/systems").iterdir():
        system = yaml.safe_load(file.read_text(encoding="utf-8"))
        for name, feed in system["feeds"].items():
            shared = {"format": system["format"], "encoding": system.get("csv", {}).get("encoding")}
            if "filled_by" not in feed:  # ours, no source's
                feeds[f"{system['system']}.{name}"] = shared | feed
    return feeds


def matching(feed: dict[str, Any]) -> dict[str, bytes]:
    return {path: data for path, data in delivered().items() if fnmatch(path, feed["files"])}


def test_every_feed_has_files_and_every_file_a_feed() -> None:
    found = {name: set(matching(feed)) for name, feed in described().items()}
    assert [name for name, paths in found.items() if not paths] == []
    assert set().union(*found.values()) == set(delivered())


def test_a_file_belongs_to_one_feed_unless_it_is_a_database() -> None:
    for path in delivered():
        owners = [name for name, feed in described().items() if fnmatch(path, feed["files"])]
        assert len(owners) == 1 or path.endswith(".sqlite"), path


def test_csv_headers_are_the_fields_in_order() -> None:
    for name, feed in described().items():
        if feed["format"] != "csv":
            continue
        usual = list(feed["fields"])
        renamed = [(field.get("also") or [column])[0] for column, field in feed["fields"].items()]
        for path, data in matching(feed).items():
            header = data.split(b"\n")[0].decode("utf-8-sig").split(";")
            assert header in (usual, renamed), (name, path)


def test_json_lines_have_the_members_named() -> None:
    for feed in described().values():
        if feed["format"] == "json_lines":
            for data in matching(feed).values():
                assert all(list(json.loads(line)) == list(feed["fields"]) for line in data.splitlines())


def test_fhir_resources_are_of_the_kind_named() -> None:
    for feed in described().values():
        if feed["format"] == "fhir":
            for data in matching(feed).values():
                assert {json.loads(line)["resourceType"] for line in data.splitlines()} <= {feed["resource"]}


def test_queries_of_the_old_system_give_the_fields_named() -> None:
    for feed in described().values():
        if feed["format"] == "sql":
            for data in matching(feed).values():
                with sqlite3.connect(":memory:") as database:
                    database.deserialize(data)
                    columns = [column[0] for column in database.execute(feed["query"]).description]
                assert columns == list(feed["fields"])
