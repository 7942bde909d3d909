from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.portal.project_for_tests import make_project
from virtaama.portal.exposure import is_loopback
from virtaama.portal.secret import read_secret
from virtaama.problems import NotReady


def test_a_project_without_a_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="no secret for the portal"):
        read_secret(tmp_path)


@pytest.mark.parametrize("secret", [b"change-me", b"a" * 64, b""])
def test_a_secret_that_is_not_random_is_refused(tmp_path: Path, secret: bytes) -> None:
    (tmp_path / "portal.key").write_bytes(secret)
    with pytest.raises(NotReady, match="too short or too even"):
        read_secret(tmp_path)


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("10.1.2.3", False),
        ("portal.example", False),
    ],
)
def test_loopback_is_what_only_this_machine_reaches(address: str, loopback: bool) -> None:
    assert is_loopback(address) is loopback


def settings_of(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    words = (
        "import virtaama.portal.settings as s; print(s.DEBUG, s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT)"
    )
    return subprocess.run(
        [sys.executable, "-c", words],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "VIRTAAMA_PROJECT": str(folder),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_debugging_is_refused_where_others_can_reach_it(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "project")
    refused = settings_of(folder, VIRTAAMA_DEBUG="1", VIRTAAMA_ADDRESS="0.0.0.0")
    assert refused.returncode != 0
    assert "VIRTAAMA_DEBUG shows the inside" in refused.stderr
    assert settings_of(folder, VIRTAAMA_DEBUG="1").stdout.split() == ["True", "False", "False"]


def test_any_address_but_loopback_expects_tls(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "project")
    refused = settings_of(folder, VIRTAAMA_ADDRESS="0.0.0.0")
    assert "Others can reach 0.0.0.0, and nothing says how they come by TLS." in refused.stderr
    told = {"VIRTAAMA_HOSTS": "portal.example", "VIRTAAMA_PROXIES": "10.0.0.2"}
    assert settings_of(folder, VIRTAAMA_ADDRESS="0.0.0.0", **told).stdout.split() == ["False", "True", "True"]


def test_a_named_proxy_host_expects_tls_too(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "project")
    assert settings_of(folder, VIRTAAMA_HOSTS="portal.example").stdout.split() == ["False", "True", "True"]
    assert settings_of(folder, VIRTAAMA_HOSTS="portal.example", VIRTAAMA_DEBUG="1").returncode != 0
