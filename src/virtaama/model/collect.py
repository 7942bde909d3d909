"""How deliveries are fetched where nobody hands over files: the member `collect` of a system or a feed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from virtaama.model.documents import Entry
from virtaama.model.shape import Schema, members, named, number, one_of, text, texts
from virtaama.problems import Place, Problem


class About(StrEnum):
    """What Sotkanet is asked for."""

    DATA = "data"
    INDICATORS = "indicators"
    REGIONS = "regions"


@dataclass(frozen=True, slots=True, kw_only=True)
class FromDatabase:
    """The rows of the feed's query. All of them each time; or by `mark`; or by `compare`.

    `mark` is a column that grows: what is above the highest value met is asked for, `overlap` (seconds, or
    units of a number) below it too, so that a transaction that ended late is met. `compare` names the columns
    that identify a row: a whole extract is read and only what differs from before is kept; a row that is gone
    comes with the field `removed` true.
    """

    url_from: str
    mark: str = ""
    overlap: int = 600
    compare: tuple[str, ...] = ()
    removed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FromFhirBulk:
    """A FHIR bulk export (Bulk Data Access 2.0), of all patients, of a group or of the whole system."""

    url: str
    level: str = "system"  # system | patient | the id of a group as group/<id>
    token_from: str = ""
    client_id: str = ""
    token_url: str = ""
    key_from: str = ""
    key_id: str = ""
    scope: str = ""
    patience: int = 7200  # seconds an export may take


@dataclass(frozen=True, slots=True, kw_only=True)
class FromSotkanet:
    """Indicators of THL's Sotkanet, its regions, or its figures."""

    url: str
    about: About = About.DATA
    indicators: tuple[int, ...] = ()
    genders: tuple[str, ...] = ("total",)
    years: tuple[int, int] = (0, 0)  # first and last; 0 where the indicator's own range counts


@dataclass(frozen=True, slots=True, kw_only=True)
class FromPxWeb:
    """A table of a PxWeb service. `select` gives, by variable, its values; a star stands for any part."""

    url: str
    select: tuple[tuple[str, tuple[str, ...]], ...] = ()
    cells: int = 100_000  # in one question


Collect = FromDatabase | FromFhirBulk | FromSotkanet | FromPxWeb

SOTKANET = "https://sotkanet.fi/rest/1.1"
_WHERE = "Where the secret is: env:NAME, or file:/path outside the project. Never the secret itself."
COLLECT: Schema = members(
    "How deliveries are fetched where nobody hands over files. One of its members.",
    {
        "database": members(
            "The rows of `query`, from a database.",
            {
                "url_from": text("Where the SQLAlchemy address of the database is. " + _WHERE),
                "mark": text(
                    "A column of the query that grows with every change: only what is new is asked for."
                ),
                "overlap": number(
                    "How far below the highest mark is asked again, for transactions that end late: seconds, "
                    "or units of a number.",
                    minimum=0,
                    multipleOf=1,
                ),
                "compare": texts(
                    "The columns that identify a row: only rows that differ from before are kept."
                ),
                "removed": text("With compare: the boolean field that says that a row is gone."),
            },
        ),
        "fhir_bulk": members(
            "A FHIR bulk export over HTTP.",
            {
                "url": text("The address of the FHIR server."),
                "level": text("system, patient, or group/<id>: what is exported."),
                "token_from": text("Where the bearer token is. " + _WHERE),
                "client_id": text("With SMART backend services: the identifier the server knows us by."),
                "token_url": text("With SMART backend services: where tokens are issued."),
                "key_from": text("With SMART backend services: where the private key (PEM) is. " + _WHERE),
                "key_id": text("With SMART backend services: the `kid` the server knows our key by."),
                "scope": text(
                    "With SMART backend services: what is asked for; without it system/<Type>.read."
                ),
                "patience": number("Seconds an export may take.", minimum=1, multipleOf=1),
            },
        ),
        "sotkanet": members(
            "THL's statistics and indicators.",
            {
                "url": text("The address of the service."),
                "about": one_of([each.value for each in About], "data, indicators or regions."),
                "indicators": {
                    "description": "Numbers of indicators.",
                    "type": "array",
                    "items": {"type": "integer", "minimum": 1},
                    "minItems": 1,
                    "uniqueItems": True,
                },
                "genders": {
                    **texts("Which of total, male and female.", minItems=1),
                    "items": one_of(("total", "male", "female"), "total, male or female."),
                },
                "years": {
                    "description": "First and last year; without it all years of an indicator.",
                    "type": "array",
                    "items": {"type": "integer", "minimum": 1900, "maximum": 2100},
                    "minItems": 2,
                    "maxItems": 2,
                },
            },
        ),
        "pxweb": members(
            "A table of a PxWeb service, such as StatFin.",
            {
                "url": text("The address of the table in the service's API, up to .px."),
                "select": {
                    **named(
                        "Values by variable, with * for any part; a variable not named: all.",
                        texts("Values."),
                    ),
                    "propertyNames": {"minLength": 1},
                },
                "cells": number("The most cells asked for at once.", minimum=1, multipleOf=1),
            },
        ),
    },
)
_FORMATS = {"database": "sql", "fhir_bulk": "fhir", "sotkanet": "json_lines", "pxweb": "json_lines"}
_NEEDED = {"database": ("url_from",), "fhir_bulk": ("url",), "sotkanet": (), "pxweb": ("url",)}
_SECRETS = ("url_from", "token_from", "key_from")
_ADDRESSES = ("url", "token_url")
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://((?P<hidden>[^/@]*)@)?(?P<host>\[[0-9a-f:]+\]|[^/:@\s]+)(:\d+)?([/?]\S*)?"
)


def read_collect(system: Entry, feed: Entry) -> Collect | None:
    """What a feed is fetched by: its own members, then those of its system; None where files are delivered."""
    found = _Merged(system.member("collect"), feed.member("collect"))
    if feed.text("files") or feed.member("intake"):
        return None
    match found.kind:
        case "database":
            return FromDatabase(
                url_from=found.text("url_from"),
                mark=found.text("mark"),
                overlap=_whole(found.text("overlap"), 600),
                compare=found.texts("compare"),
                removed=found.text("removed"),
            )
        case "fhir_bulk":
            return FromFhirBulk(
                url=found.text("url"),
                level=found.text("level") or "system",
                token_from=found.text("token_from"),
                client_id=found.text("client_id"),
                token_url=found.text("token_url"),
                key_from=found.text("key_from"),
                key_id=found.text("key_id"),
                scope=found.text("scope"),
                patience=_whole(found.text("patience"), 7200),
            )
        case "sotkanet":
            years = found.texts("years")
            about = found.text("about")
            return FromSotkanet(
                url=found.text("url") or SOTKANET,
                about=About(about) if about in list(About) else About.DATA,
                indicators=tuple(_whole(each, 0) for each in found.texts("indicators")),
                genders=found.texts("genders") or ("total",),
                years=(_whole(years[0], 0), _whole(years[1], 0)) if len(years) == 2 else (0, 0),
            )
        case "pxweb":
            return FromPxWeb(
                url=found.text("url"),
                select=found.select,
                cells=_whole(found.text("cells"), 100_000),
            )
        case _:
            return None


def collect_problems(system: Entry, feed: str, entry: Entry) -> Iterator[Problem]:
    """What is wrong with how a feed is fetched; its fields are judged elsewhere."""
    above, own = system.member("collect"), entry.member("collect")
    if entry.member("intake"):
        return
    if entry.member("filled_by"):
        if given := [name for name in ("files", "collect") if entry.member(name)]:
            what = f"feed '{feed}' is filled by links, and has `{given[0]}`."
            yield Problem(entry.place, what, "Nobody else delivers it: take it out.")
        return
    if entry.text("files"):
        if "://" in entry.text("files"):
            what = f"feed '{feed}' reads an address, and `files` is a path below the deliveries folder."
            yield Problem(entry.place, what, "Write `collect: {database: {url_from: env:NAME}}` instead.")
        if own is not None:
            what = f"feed '{feed}' has both `files` and `collect`."
            yield Problem(own.place, what, "A feed is handed over or fetched: keep one of the two.")
        return
    if above is None and own is None:
        what = f"feed '{feed}' has neither `files` nor `collect`."
        yield Problem(entry.place, what, "Write files: with the path below the deliveries folder.")
        return
    found = _Merged(above, own)
    place = own.place if own else entry.place
    if found.kind not in _FORMATS:
        what = f"collect of feed '{feed}' must name one way: {', '.join(_FORMATS)}."
        yield Problem(place, what, "Write it here or above the feeds, as collect: {database: {…}}.")
        return
    for name in _NEEDED[found.kind]:
        if not found.text(name):
            yield Problem(place, f"collect {found.kind} of feed '{feed}' has no '{name}'.")
    for name in _SECRETS:
        if (written := found.text(name)) and not is_secret_reference(written):
            # The value itself may be the secret: it is not said.
            what = f"{name} of feed '{feed}' does not say where the secret is."
            yield Problem(place, what, "Write env:NAME or file:/path; a secret never stands in a model.")
    for name in _ADDRESSES:
        if written := found.text(name):
            yield from _address(written, name, feed, place)
    yield from _ways(found, feed, place)


def format_problem(collect: Collect, written: str, feed: str, place: Place) -> Iterator[Problem]:
    """What is fetched has a format of its own."""
    kind = kind_of(collect)
    if written != _FORMATS[kind]:
        what = f"feed '{feed}' is collected from {kind} and of format {written}."
        yield Problem(place, what, f"Write `format: {_FORMATS[kind]}`.")


def kind_of(collect: Collect) -> str:
    """The word the model language has for a way of fetching."""
    match collect:
        case FromDatabase():
            return "database"
        case FromFhirBulk():
            return "fhir_bulk"
        case FromSotkanet():
            return "sotkanet"
        case FromPxWeb():
            return "pxweb"


def addresses_of(collect: Collect) -> tuple[str, ...]:
    """The addresses that stand in the model; that of a database does not."""
    match collect:
        case FromFhirBulk(url=url, token_url=token_url):
            return tuple(each for each in (url, token_url) if each)
        case FromSotkanet(url=url) | FromPxWeb(url=url):
            return (url,)
        case FromDatabase():
            return ()


def host_of(address: str) -> str:
    """The host of an address, in small letters."""
    parts = _ADDRESS.fullmatch(address)
    return parts["host"].strip("[]").lower() if parts else ""


def is_secret_reference(written: str) -> bool:
    kind, _, rest = written.partition(":")
    return (kind == "env" and rest.isidentifier()) or (kind == "file" and rest.startswith(("/", "~/")))


@dataclass(frozen=True, slots=True)
class _Merged:
    """The member `collect` of a feed over that of its system."""

    above: Entry | None
    own: Entry | None

    @property
    def kind(self) -> str:
        """The one way named, by the feed or else by its system; empty where there is none or several."""
        for entry in (self.own, self.above):
            names = [name for name, _ in entry.members()] if entry else []
            if names:
                return names[0] if len(names) == 1 else ""
        return ""

    def _entry(self, name: str) -> Entry | None:
        for entry in (self.own, self.above):
            way = entry.member(self.kind) if entry else None
            if way and (found := way.member(name)):
                return found
        return None

    def text(self, name: str) -> str:
        found = self._entry(name)
        return found.scalar if found else ""

    def texts(self, name: str) -> tuple[str, ...]:
        found = self._entry(name)
        return tuple(item.scalar for item in found.items()) if found else ()

    @property
    def select(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        found = self._entry("select")
        members = found.members() if found else iter(())
        return tuple((name, tuple(item.scalar for item in entry.items())) for name, entry in members)


def _whole(written: str, otherwise: int) -> int:
    try:
        return int(float(written))
    except ValueError:
        return otherwise


def _address(written: str, name: str, feed: str, place: Place) -> Iterator[Problem]:
    parts = _ADDRESS.fullmatch(written)
    scheme, hidden, host = (parts["scheme"], parts["hidden"], parts["host"]) if parts else ("", "", "")
    if hidden:
        what = f"{name} of feed '{feed}' holds a user name or a password."
        yield Problem(place, what, "Take it out and write token_from: env:NAME.")
    elif not host:
        yield Problem(place, f"{name} of feed '{feed}' is no address.", "Write it as https://host/path.")
    elif scheme == "http" and host not in ("127.0.0.1", "localhost", "[::1]"):
        what = f"{name} of feed '{feed}' is not encrypted on its way."
        yield Problem(place, what, "Write https://; http:// is for this machine alone.")


def _ways(found: _Merged, feed: str, place: Place) -> Iterator[Problem]:
    if found.kind == "database":
        if found.text("mark") and found.texts("compare"):
            what = f"feed '{feed}' is collected by mark and by comparison."
            yield Problem(place, what, "Keep `mark` where a column grows with every change, else `compare`.")
        if bool(found.texts("compare")) != bool(found.text("removed")):
            what = f"feed '{feed}': `compare` and `removed` go together."
            yield Problem(
                place, what, "compare names the key, removed a boolean field that says a row is gone."
            )
    if found.kind == "fhir_bulk":
        smart = [name for name in ("client_id", "token_url", "key_from") if found.text(name)]
        if smart and len(smart) < 3:
            what = f"feed '{feed}': client_id, token_url and key_from go together."
            yield Problem(place, what, "With a token that is given to you write token_from alone.")
        level = found.text("level")
        if level and level not in ("system", "patient") and not level.startswith("group/"):
            what = f"level of feed '{feed}' is '{level}', which is not known."
            yield Problem(place, what, "Write system, patient or group/<id>.")
    if found.kind == "sotkanet" and found.text("about") in ("", "data") and not found.texts("indicators"):
        yield Problem(place, f"feed '{feed}' names no indicators.", "Write indicators: [127].")
