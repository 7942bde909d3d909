"""Bulk export from a server that is slow, busy, forgetful and breaks off: nothing is lost, nothing comes twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.fhir_server import FhirServer
from tests.http_server import Answer, served
from tests.unit.loading.collections import Collecting
from tests.unit.loading.deliveries import feed, fields
from virtaama.lake.ledger import Ledger
from virtaama.model.collect import FromFhirBulk
from virtaama.model.feeds import Feed, Format
from virtaama.sources.web import ATTEMPTS


@pytest.fixture
def server() -> Iterator[FhirServer]:
    server = FhirServer()
    with served(server.answer) as address:
        server.address = address
        yield server


def of(server: FhirServer, resource: str, **way: Any) -> Feed:
    described: dict[str, Any] = {"id": {"type": "text", "required": True}, "deleted": "boolean"}
    if resource == "Patient":
        described["hetu"] = {"type": "identity", "path": "resource ->> '$.identifier[0].value'"}
    return feed(
        *fields(**described),
        name=resource.lower(),
        format=Format.FHIR,
        files="",
        resource=resource,
        extracted="",
        collect=FromFhirBulk(url=server.address, **way),
    )


def project(tmp_path: Path, server: FhirServer, **way: Any) -> Collecting:
    return Collecting(tmp_path, (of(server, "Patient", **way), of(server, "Encounter", **way)))


def fill(server: FhirServer, patients: int = 3) -> None:
    for number in range(patients):
        server.put("Patient", f"p{number}", identifier=[{"value": "081074-910N"}])
    server.put("Encounter", "e1")


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(row["id"] for row in rows)


def test_one_export_brings_every_feed_what_it_keeps(tmp_path: Path, server: FhirServer) -> None:
    fill(server)
    county = project(tmp_path, server)
    assert ids(county.collected()) == ["e1", "p0", "p1", "p2"]
    assert server.count("GET", "$export") == 1
    assert server.asked[0].query["_type"] == "Encounter,Patient"
    assert county.waits == [7.0, 7.0]  # as the server asked
    assert server.count("DELETE", "") == 1
    batches = county.ledger.batches("register.patient")
    assert [row["hetu"] is not None for row in county.rows(batches[0])] == [True] * 3
    exported = datetime(2026, 11, 1, tzinfo=UTC).astimezone().replace(tzinfo=None)
    assert batches[0].extracted == exported  # the moment the server names, in local time


def test_the_next_export_begins_where_the_last_one_ended(tmp_path: Path, server: FhirServer) -> None:
    fill(server)
    county = project(tmp_path, server)
    county.collect()
    server.put("Patient", "p9", identifier=[{"value": "050698-917X"}])
    server.delete("Patient", "p1")
    rows = county.collected()
    assert [(row["id"], row["deleted"]) for row in rows] == [("p9", None), ("p1", True)]
    kickoffs = [each for each in server.asked if each.path.endswith("$export")]
    assert kickoffs[1].query["_since"] == "2026-11-01T00:00:00Z"
    assert county.collected() == []
    assert county.ledger.position("register.encounter")["since"] == "2026-11-01T02:00:00Z"


def test_a_resource_that_returns_to_what_it_was_comes_again(tmp_path: Path, server: FhirServer) -> None:
    county = Collecting(tmp_path, (of(server, "Patient"),))
    for note in ("a", "b", "a"):
        server.put("Patient", "p1", note=note)
        assert ids(county.collected()) == ["p1"]
    assert len(county.ledger.batches()) == 3


def test_a_busy_server_is_waited_for_as_long_as_it_asks(tmp_path: Path, server: FhirServer) -> None:
    fill(server)
    server.trouble = [Answer(429, headers={"Retry-After": "20"}), Answer(503), Answer(500)]
    county = project(tmp_path, server)
    assert len(county.collected()) == 4
    assert county.waits[0] == 20.0
    assert 2 <= county.waits[1] <= 4 <= county.waits[2] <= 8


def test_a_server_that_stays_busy_is_given_up_and_asked_again_by_the_next_run(
    tmp_path: Path, server: FhirServer
) -> None:
    fill(server)
    server.trouble = [Answer(503)] * ATTEMPTS
    county = project(tmp_path, server)
    refused = county.collect().refused
    assert len(refused) == 2  # both feeds
    assert "127.0.0.1 answered 503, 6 times to GET /$export." in refused[0].reason
    assert len(county.collected()) == 4
    assert county.ledger.refused() == ()


@pytest.mark.parametrize("ranges", [True, False])
def test_a_download_that_breaks_off_is_taken_up_or_begun_again(
    tmp_path: Path, server: FhirServer, ranges: bool
) -> None:
    for number in range(40):
        server.put("Patient", f"p{number}", note="x" * 4_000)
    server.cuts, server.ranges = [40_000, 30, 0], ranges
    county = project(tmp_path, server)
    assert len(county.collected()) == 40
    taken_up = [each.headers["range"] for each in server.asked if "range" in each.headers]
    assert taken_up == (["bytes=32768-"] * 3 if ranges else [])


def test_a_file_with_less_than_was_promised_is_refused(tmp_path: Path, server: FhirServer) -> None:
    fill(server)
    server.promised = 7
    county = project(tmp_path, server)
    assert "and 7 were promised" in county.collect().refused[0].reason
    assert county.ledger.batches() == ()


def test_a_run_that_died_goes_on_with_the_export_it_began(
    tmp_path: Path, server: FhirServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(server)
    county = project(tmp_path, server)

    def power_goes(*_: object, **__: object) -> None:
        raise OSError("the power went")

    monkeypatch.setattr(Ledger, "record_batch", power_goes)
    with pytest.raises(OSError, match="the power went"):
        county.collect()
    monkeypatch.undo()
    server.put("Patient", "later")  # after the export's moment: in the next one
    assert ids(county.collected()) == ["e1", "p0", "p1", "p2"]
    assert server.count("GET", "$export") == 1
    assert ids(county.collected()) == ["later"]


def test_an_export_the_server_has_forgotten_is_begun_again(tmp_path: Path, server: FhirServer) -> None:
    fill(server)
    server.polls = 1000
    county = project(tmp_path, server, patience=20)
    assert "not ready in 20 seconds" in county.collect().refused[0].reason
    server.exports.clear()  # restarted
    server.polls = 0
    assert len(county.collected()) == 4


def test_errors_of_the_server_are_told_by_their_kind_alone(tmp_path: Path, server: FhirServer) -> None:
    fill(server)
    server.errors = [{"severity": "error", "code": "exception", "diagnostics": "Virtanen 081074-910N"}]
    county = project(tmp_path, server)
    refused = county.collect().refused[0].reason
    assert "1 errors (exception)" in refused
    assert "Virtanen" not in refused
    server.errors = [{"severity": "warning", "code": "informational"}]
    assert len(county.collected()) == 4


@pytest.mark.parametrize(
    ("level", "path"),
    [("system", "/$export"), ("patient", "/Patient/$export"), ("group/17", "/Group/17/$export")],
)
def test_what_is_exported_is_chosen(tmp_path: Path, server: FhirServer, level: str, path: str) -> None:
    fill(server)
    project(tmp_path, server, level=level).collect()
    assert server.asked[0].path == path


def test_a_token_is_sent_and_never_shown(
    tmp_path: Path, server: FhirServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(server)
    server.token = "hush-hush"
    county = project(tmp_path, server, token_from="env:FHIR_TOKEN")
    monkeypatch.setenv("FHIR_TOKEN", "wrong-secret")
    refused = county.collect().refused[0].reason
    assert "The server does not know us" in refused
    assert "wrong-secret" not in refused
    monkeypatch.setenv("FHIR_TOKEN", "hush-hush")
    assert len(county.collected()) == 4
    assert b"hush" not in (tmp_path / "data" / "lake" / "ledger.sqlite").read_bytes()


def test_backend_services_sign_for_a_token_and_renew_it(
    tmp_path: Path, server: FhirServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    fill(server)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    server.public_key = key.public_key()
    path = tmp_path_factory.mktemp("secrets") / "key.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    county = project(
        tmp_path,
        server,
        client_id="virtaama-client",
        token_url=f"{server.address}/token",
        key_from=f"file:{path}",
        key_id="our-key",
    )
    assert len(county.collected()) == 4
    assert server.token == "given-1-for system/Encounter.read system/Patient.read"
    path.write_text("no key at all")
    assert "holds no key that can be used" in county.collect().refused[0].reason


def test_a_host_that_is_not_named_is_never_asked_however_one_is_sent_there(
    tmp_path: Path, server: FhirServer
) -> None:
    fill(server)
    elsewhere = Answer(307, headers={"Location": "http://localhost:9/$export"})
    server.trouble = [elsewhere]
    county = project(tmp_path, server)
    assert "localhost is not among the hosts" in county.collect().refused[0].reason
    silent = replace(county, hosts=frozenset({"fhir.example.fi"}))
    before = len(server.asked)
    assert "127.0.0.1 is not among the hosts" in silent.collect().refused[0].reason
    assert len(server.asked) == before


def test_nobody_is_held_up_while_a_server_is_asked(tmp_path: Path, server: FhirServer) -> None:
    fill(server)
    county = project(tmp_path, server)
    held: list[int] = []

    @contextmanager
    def turn() -> Iterator[None]:
        held.append(len(server.asked))
        yield
        assert len(server.asked) == held[-1]  # nothing was asked meanwhile

    county.turn = turn
    assert len(county.collected()) == 4
    assert len(held) == 4  # where the export stands, for each feed; then each delivery


def test_what_was_fetched_is_gone_when_it_has_landed(tmp_path: Path, server: FhirServer) -> None:
    fill(server)
    left = tmp_path / "deliveries" / ".collect" / "register.patient.ndjson"
    left.parent.mkdir(parents=True)
    left.write_text("what a run that was killed left behind")
    county = project(tmp_path, server)
    assert len(county.collected()) == 4
    assert not left.parent.exists()


def test_a_server_that_is_not_there_is_tried_with_growing_patience(tmp_path: Path) -> None:
    gone = FhirServer(address="http://127.0.0.1:1")
    county = project(tmp_path, gone)
    assert "did not answer (ConnectionError), 6 times" in county.collect().refused[0].reason
    assert len(county.waits) == ATTEMPTS - 1
    assert county.waits == sorted(county.waits)
