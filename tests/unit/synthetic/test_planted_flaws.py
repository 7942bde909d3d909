"""Whoever reads the files carefully finds exactly what the manifest says, by plain means.

Nothing of the generator is used here but its public function: the files are parsed with csv, json and
sqlite3, and every flaw is counted anew.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

import pytest

from virtaama.synthetic import CountySize, Flaw, Manifest, invent

CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
CENTURIES = dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)


@dataclass(frozen=True)
class Reading:
    """How a careful reader reads a feed: its files, what names a row, when it happened, what to look at."""

    feed: str
    files: str
    encoding: str = "utf-8-sig"
    key: tuple[str, ...] = ()
    happened: tuple[str, ...] = ()  # the first of these that has a value
    dates: tuple[str, ...] = ()
    identity: str = ""
    codes: dict[str, set[str]] = field(default_factory=dict)
    ended: dict[str, set[str]] = field(default_factory=dict)
    deleted: tuple[str, str] = ("", "")


CONTACT_TYPES = {"R10", "R20", "R30", "R41", "R52", "R56", "R60", "R71", "R72", "R80", "R90"}
ENDED_CONTACT_TYPES = {"R40", "R50", "R51", "R55", "R70"}
READINGS = (
    Reading(
        feed="primary_care.visits",
        files=r"primary_care/.*/avohilmo_2",
        encoding="latin-1",
        key=("AVOHILMO_ID",),
        happened=("KAYNTI_ALKOI", "AJANVARAUS_VARATTU"),
        dates=("KAYNTI_ALKOI",),
        identity="TNRO",
        codes={"KAYNTI_YHTEYSTAPA": CONTACT_TYPES | ENDED_CONTACT_TYPES},
        ended={"KAYNTI_YHTEYSTAPA": ENDED_CONTACT_TYPES},
        deleted=("TILA", "P"),
    ),
    Reading(
        feed="primary_care.diagnoses",
        files=r"primary_care/.*/avohilmo_icd10_",
        encoding="latin-1",
        key=("AVOHILMO_ID", "JARJESTYS"),
    ),
    Reading(
        feed="specialised_care.episodes",
        files=r"specialised_care/.*/hilmo_2",
        encoding="latin-1",
        key=("HILMO_ID",),
        happened=("LPVM", "TUPVA"),
        dates=("TUPVA", "LPVM", "LAHPVM"),
        identity="TNRO",
        codes={
            "YHTEYSTAPA": CONTACT_TYPES | ENDED_CONTACT_TYPES,
            "EA": {"10", "10K", "20", "20O", "30", "40", "50", "55", "65", "77", "80", "98"},
        },
        ended={"YHTEYSTAPA": ENDED_CONTACT_TYPES},
        deleted=("TILA", "P"),
    ),
    Reading(
        feed="client_system.encounters",
        files=r"client_system/.*/Encounter",
        key=("id",),
        happened=("started",),
        dates=("started",),
        identity="identity",
        codes={
            "service": {
                "T71",
                "T73",
                "lapsiperheet",
                "tyoikaiset",
                "iakkaat",
                "vammaispalvelut",
                "lastensuojelu",
            }
        },
        deleted=("status", "entered-in-error"),
    ),
    Reading(
        feed="home_care.visits",
        files=r"home_care/.*/kotihoito_kaynnit_",
        key=("KAYNTI_ID",),
        happened=("SUUNNITELTU_ALKU",),
        dates=("TOTEUTUNUT_ALKU",),
        identity="HENKILOTUNNUS",
        deleted=("TILA", "P"),
    ),
    Reading(
        feed="contact_centre.contacts",
        files=r"contact_centre/",
        key=("contact_id",),
        happened=("queued_at",),
        dates=("queued_at",),
        identity="person",
    ),
    Reading(
        feed="staff.shifts",
        files=r"staff/.*/vuorot_",
        key=("VUORO_ID",),
        happened=("SUUNNITELTU_ALKU",),
    ),
    Reading(
        feed="staff.absences",
        files=r"staff/.*/poissaolot_",
        key=("POISSAOLO_ID",),
        dates=("ALKAA", "PAATTYY"),
    ),
    Reading(
        feed="client_feedback.feedback",
        files=r"client_feedback/",
        key=("PALAUTE_ID",),
        happened=("PVM",),
        dates=("PVM",),
    ),
    Reading(
        feed="population_register.residents",
        files=r"population_register/.*/vaesto_",
        dates=("MUUTOSPVM", "SYNTYMAPVM", "KUOLINPVM"),
        identity="HENKILOTUNNUS",
        deleted=("MUUTOSLAJI", "P"),
    ),
)


@dataclass(frozen=True)
class Invented:
    files: dict[str, bytes]
    manifest: Manifest

    def planted(self, kind: Flaw, feed: str) -> dict[str, int]:
        return {
            row.file: row.count for row in self.manifest.as_rows() if (row.kind, row.feed) == (kind, feed)
        }


@cache
def small_county() -> Invented:
    manifest = Manifest()
    files = {
        file.path: file.data for file in invent(CountySize(residents=1_500, months=6), manifest=manifest)
    }
    return Invented(files, manifest)


def rows_of(reading: Reading, path: str, data: bytes) -> Iterator[dict[str, str]]:
    if path.endswith("json"):
        for line in data.decode().splitlines():
            yield _encounter(json.loads(line))
    elif path.endswith("jsonl"):
        for line in data.decode().splitlines():
            yield {name: "" if value is None else str(value) for name, value in json.loads(line).items()}
    else:
        encoding = "latin-1" if is_wrongly_encoded(path, data) else reading.encoding
        yield from csv.DictReader(io.StringIO(data.decode(encoding)), delimiter=";")


def _encounter(resource: dict[str, object]) -> dict[str, str]:
    text = json.dumps(resource)
    return {
        "id": str(resource["id"]),
        "status": str(resource["status"]),
        "started": re.findall(r'"start": "([^"]*)', text)[0][:19],
        "class": re.findall(r'"class": .*?"code": "([^"]*)', text)[0],
        "service": re.findall(r'"serviceType": .*?"code": "([^"]*)', text)[0],
        "identity": re.findall(r'"urn:oid:1.2.246.21", "value": "([^"]*)', text)[0],
        "content": text,
    }


def is_wrongly_encoded(path: str, data: bytes) -> bool:
    if not path.startswith("population_register/"):
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def deliveries(reading: Reading) -> list[tuple[str, bytes]]:
    """The files of a feed in order of delivery, without those whose bytes came before."""
    seen: set[bytes] = set()
    found = []
    for path, data in sorted(small_county().files.items(), key=lambda item: item[0].split("/")[1]):
        if re.match(reading.files, path) and data not in seen:
            seen.add(data)
            found.append((path, data))
    return found


def moment(text: str) -> datetime | None:
    for style in ("%d.%m.%Y %H:%M", "%d.%m.%Y", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"):
        try:
            return datetime.strptime(text, style)
        except ValueError:
            continue
    return None


def has_right_check(code: str) -> bool:
    digits = code[:6] + code[7:10]
    return code[10] == CHECK_CHARACTERS[int(digits) % 31]


def months_between(path: str, happened: datetime) -> int:
    year, month = path.split("/")[1].split("-")
    return int(year) * 12 + int(month) - happened.year * 12 - happened.month


def count_by_file(found: Iterable[tuple[str, bool]]) -> dict[str, int]:
    return dict(Counter(path for path, is_flaw in found if is_flaw))


def every_row(reading: Reading) -> Iterator[tuple[str, dict[str, str]]]:
    for path, data in deliveries(reading):
        for row in rows_of(reading, path, data):
            yield path, row


def ids(readings: Iterable[Reading]) -> list[str]:
    return [reading.feed for reading in readings]


@pytest.mark.parametrize("reading", READINGS, ids=ids(READINGS))
def test_repeated_rows_are_the_lines_that_stand_twice_in_a_file(reading: Reading) -> None:
    found = {
        path: len(lines) - len(set(lines))
        for path, data in deliveries(reading)
        if len(lines := data.splitlines()) != len(set(lines))
    }
    assert found == small_county().planted(Flaw.REPEATED_ROW, reading.feed)


@pytest.mark.parametrize("reading", READINGS, ids=ids(READINGS))
def test_late_rows_happened_two_months_before_their_first_delivery(reading: Reading) -> None:
    met: set[tuple[str, ...]] = set()
    found = []
    for path, row in every_row(reading):
        key = tuple(row[name] for name in reading.key)
        happened = next((moment(row[name]) for name in reading.happened if row[name]), None)
        is_late = happened is not None and key not in met and months_between(path, happened) >= 2
        found.append((path, is_late))
        met.add(key)
    assert count_by_file(found) == small_county().planted(Flaw.LATE_ROW, reading.feed)


KEYED = [reading for reading in READINGS if reading.key]


@pytest.mark.parametrize("reading", KEYED, ids=ids(KEYED))
def test_corrections_and_deletions_are_ids_met_in_an_earlier_file(reading: Reading) -> None:
    met: dict[tuple[str, ...], tuple[str, dict[str, str]]] = {}
    corrections, deletions = [], []
    column, value = reading.deleted
    for path, row in every_row(reading):
        key = tuple(row[name] for name in reading.key)
        earlier = met.get(key)
        again = earlier is not None and earlier[0] != path and earlier[1] != row
        is_deleted = bool(column) and row[column] == value
        corrections.append((path, again and not is_deleted))
        deletions.append((path, again and is_deleted))
        met[key] = (path, row)
    assert count_by_file(corrections) == small_county().planted(Flaw.CORRECTION, reading.feed)
    assert count_by_file(deletions) == small_county().planted(Flaw.DELETION, reading.feed)


def test_residents_registered_in_error_are_removed() -> None:
    reading = READINGS[-1]
    found = count_by_file((path, row["MUUTOSLAJI"] == "P") for path, row in every_row(reading))
    assert found == small_county().planted(Flaw.DELETION, reading.feed)
    assert found


@pytest.mark.parametrize("reading", READINGS, ids=ids(READINGS))
def test_unknown_and_ended_codes_are_not_in_the_lists_of_today(reading: Reading) -> None:
    unknown = count_by_file(
        (path, any(row[name] and row[name] not in codes for name, codes in reading.codes.items()))
        for path, row in every_row(reading)
    )
    ended = count_by_file(
        (path, any(row[name] in codes for name, codes in reading.ended.items()))
        for path, row in every_row(reading)
    )
    assert unknown == small_county().planted(Flaw.UNKNOWN_CODE, reading.feed)
    assert ended == small_county().planted(Flaw.ENDED_CODE, reading.feed)


@pytest.mark.parametrize("reading", READINGS, ids=ids(READINGS))
def test_impossible_dates_are_days_the_calendar_does_not_have(reading: Reading) -> None:
    found = count_by_file(
        (path, any(row[name] and moment(row[name]) is None for name in reading.dates))
        for path, row in every_row(reading)
    )
    assert found == small_county().planted(Flaw.IMPOSSIBLE_DATE, reading.feed)


@pytest.mark.parametrize("reading", READINGS, ids=ids(READINGS))
def test_bad_identities_have_a_wrong_check_character(reading: Reading) -> None:
    found = count_by_file(
        (
            path,
            bool(reading.identity and row[reading.identity]) and not has_right_check(row[reading.identity]),
        )
        for path, row in every_row(reading)
    )
    assert found == small_county().planted(Flaw.BAD_IDENTITY, reading.feed)


def test_one_file_is_in_the_wrong_encoding() -> None:
    found = {
        path: sum(not line.isascii() for line in data.splitlines())
        for path, data in small_county().files.items()
        if is_wrongly_encoded(path, data)
    }
    assert found == small_county().planted(Flaw.WRONG_ENCODING, "population_register.residents")
    assert len(found) == 1
    (path,) = found
    lines = small_county().files[path].count(b"\n") - 1
    assert 3 <= found[path] <= 0.45 * lines


def test_one_column_is_renamed_from_a_month_on() -> None:
    headers = {
        path: data.decode("latin-1").split("\n")[0]
        for path, data in small_county().files.items()
        if "/vaesto_" in path
    }
    found = {path: 1 for path, header in headers.items() if "KOTIKUNTA" not in header}
    assert all(";KUNTA;" in headers[path] for path in found)
    assert sorted(found) == sorted(headers)[len(headers) - len(found) :]
    assert found == small_county().planted(Flaw.RENAMED_COLUMN, "population_register.residents")


def test_repeated_deliveries_are_the_bytes_of_another_file() -> None:
    first: dict[bytes, str] = {}
    found = {}
    for path, data in sorted(small_county().files.items(), key=lambda item: item[0].split("/")[1]):
        if first.setdefault(data, path) != path:
            found[path] = 1
    planted = {
        row.file: row.count for row in small_county().manifest.as_rows() if row.kind == Flaw.REPEATED_DELIVERY
    }
    assert found == planted
    assert len(found) == 2


def old_system_files() -> dict[str, bytes]:
    return {path: data for path, data in small_county().files.items() if path.startswith("old_system/")}


def ask(data: bytes, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(":memory:") as database:
        database.deserialize(data)
        return database.execute(query).fetchall()


def test_some_persons_have_several_numbers_in_the_old_system() -> None:
    found = {
        path: len(
            ask(data, "SELECT hetu FROM asiakas WHERE hetu IS NOT NULL GROUP BY hetu HAVING count(*) > 1")
        )
        for path, data in old_system_files().items()
    }
    assert found == small_county().planted(Flaw.SEVERAL_CLIENT_NUMBERS, "old_system.clients")


def test_old_system_holds_unknown_and_ended_codes() -> None:
    for kind, where in ((Flaw.UNKNOWN_CODE, "= 'X'"), (Flaw.ENDED_CODE, "= 'R50' AND pvm >= '20190101'")):
        found = {
            path: ask(data, f"SELECT count(*) FROM kaynti WHERE tyyppi {where}")[0][0]
            for path, data in old_system_files().items()
        }
        assert found == small_county().planted(kind, "old_system.visits")


def test_old_system_is_delivered_again_corrected() -> None:
    (_, first), (path, second) = sorted(old_system_files().items())
    before = {row[0]: row for row in ask(first, "SELECT * FROM kaynti")}
    after = {row[0]: row for row in ask(second, "SELECT * FROM kaynti")}
    assert {path: sum(before[key] != row for key, row in after.items())} == small_county().planted(
        Flaw.CORRECTION, "old_system.visits"
    )
    assert {path: len(before.keys() - after.keys())} == small_county().planted(
        Flaw.DELETION, "old_system.visits"
    )


def test_every_kind_of_flaw_is_planted_in_a_small_county() -> None:
    assert {row.kind for row in small_county().manifest.as_rows()} == set(Flaw)


@pytest.mark.parametrize(
    ("feed", "changed"),
    [
        ("specialised_care.episodes", ("KIIREELLISYYS", "LPVM")),
        ("client_system.encounters", ("class",)),
        ("primary_care.visits", ("KAYNTI_KAVIJARYHMA",)),
        ("home_care.visits", ("TOTEUTUNUT_ALKU",)),
    ],
)
def test_a_correction_changes_more_than_its_own_moment(feed: str, changed: tuple[str, ...]) -> None:
    (reading,) = (reading for reading in READINGS if reading.feed == feed)
    met: dict[tuple[str, ...], tuple[str, dict[str, str]]] = {}
    corrected = 0
    for path, row in every_row(reading):
        key = tuple(row[name] for name in reading.key)
        before_path, before = met.get(key, (path, row))
        column, value = reading.deleted
        if before_path != path and before != row and row[column] != value:
            corrected += 1
            assert any(before[name] != row[name] for name in changed)
        met[key] = (path, row)
    assert corrected


def test_requests_and_decisions_are_not_late() -> None:
    for path, data in small_county().files.items():
        if "kotihoito_paatokset" in path:
            days = [row["TEHTY"] for row in csv.DictReader(io.StringIO(data.decode()), delimiter=";")]
        elif path.endswith("ServiceRequest.ndjson"):
            days = [json.loads(line)["authoredOn"] for line in data.decode().splitlines()]
        else:
            continue
        assert all(months_between(path, datetime.fromisoformat(day)) < 2 for day in days)
