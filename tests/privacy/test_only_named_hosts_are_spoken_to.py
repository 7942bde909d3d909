"""The network is reached from few places, and each asks first whether the project names the host."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from joserfc.jwk import RSAKey

from tests.unit.loading.collections import Collecting
from tests.unit.loading.deliveries import feed, fields
from virtaama.model.collect import Collect, FromDatabase, FromFhirBulk, FromPxWeb, FromSotkanet
from virtaama.model.concepts import Text
from virtaama.model.feeds import Format
from virtaama.portal.core.sign_in.failures import SignInFailed
from virtaama.portal.core.sign_in.provider import ENDPOINTS, Provider
from virtaama.portal.core.sign_in.signing_key import SigningKey
from virtaama.project.sign_in import SignIn

SOURCES = Path(__file__).parents[2] / "src" / "virtaama"
REACHING_OUT = {
    "requests",
    "authlib.integrations.requests_client",
    "urllib.request",
    "http.client",
    "paho.mqtt.client",
    "psycopg",
    "socket",
    "smtplib",
    "ftplib",
}
ELSEWHERE = "elsewhere.example.fi"
NO_KEY = SigningKey(RSAKey.generate_key(2048), "PS256", {"kid": "x"})


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_few_modules_reach_out() -> None:
    reaching = {
        path.relative_to(SOURCES).as_posix()
        for path in SOURCES.rglob("*.py")
        if REACHING_OUT & {*imported(path)}
    }
    # Loader and reader have a pair of sockets: neither is bound to a place nor connected to one.
    pairs = {f"sources/apart/{name}.py" for name in ("__main__", "messages", "processes", "reader")}
    for pair in pairs:
        assert not re.search(
            r"connect\(|bind\(|listen\(",
            (SOURCES / pair).read_text(encoding="utf-8").replace("duckdb.connect(", ""),
        )
    assert reaching - pairs == {
        "portal/core/sign_in/provider.py",  # asks the county's provider; below
        "cli/serve.py",  # looks whether a port of its own is free
        "sources/intake/mqtt_line.py",  # project/intake.py asks for the host first
        "sources/web.py",
    }


@pytest.mark.parametrize(
    ("collect", "format"),
    [
        (FromDatabase(url_from="env:REGISTER"), Format.SQL),
        (FromFhirBulk(url=f"https://{ELSEWHERE}/fhir"), Format.FHIR),
        (FromSotkanet(url=f"https://{ELSEWHERE}/rest/1.1", indicators=(127,)), Format.JSON_LINES),
        (FromPxWeb(url=f"https://{ELSEWHERE}/api/table.px"), Format.JSON_LINES),
    ],
)
def test_every_way_of_collecting_is_refused_at_a_host_that_is_not_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, collect: Collect, format: Format
) -> None:
    monkeypatch.setenv("REGISTER", f"postgresql+psycopg://reader:hush@{ELSEWHERE}/x")
    described = {
        "format": format,
        "files": "",
        "extracted": "",
        "collect": collect,
        "query": "SELECT 1 AS id",
    }
    one = feed(*fields(id="text", deleted="boolean"), resource="Patient", **described)
    (refused,) = Collecting(tmp_path, (one,)).collect().refused
    assert f"{ELSEWHERE} is not among the hosts this project speaks to." in refused.reason
    assert "hush" not in refused.reason


def test_the_portal_speaks_to_the_provider_virtaama_yaml_names_and_to_no_other_host() -> None:
    told = Text("x", "x", "x")
    named = SignIn(
        address="https://portal.example", issuer="https://login.example/county", client_id="x", contact=told
    )
    addresses = dict.fromkeys(ENDPOINTS, "https://login.example/county/x")
    for name in ENDPOINTS:
        elsewhere = {"issuer": named.issuer, **addresses, name: f"https://{ELSEWHERE}/x"}
        with pytest.raises(SignInFailed, match="at a host that is not among those spoken to"):
            Provider(sign_in=named, key=NO_KEY).check(elsewhere)
        Provider(sign_in=named, key=NO_KEY, hosts=frozenset({ELSEWHERE})).check(elsewhere)
