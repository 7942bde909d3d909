"""What looks for secrets in files finds them, and what is left where it is has a reason."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest

from tools import secrets_in_files
from tools.secrets_in_files import BASELINE, as_baseline, main, search


def test_everything_that_is_left_where_it_is_has_a_reason() -> None:
    results = json.loads(BASELINE.read_text(encoding="utf-8"))["results"]
    assert all(each["why"].strip() for several in results.values() for each in several)
    assert all((BASELINE.parent / file).is_file() for file in results), "a file is gone: take it out"


def test_a_secret_that_nobody_has_looked_at_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key = secrets.token_hex(20)
    for name, text in (
        ("settings.py", f'API_KEY = "{key}"\n'),
        ("key.pem", "-----BEGIN " + "RSA PRIVATE KEY-----\n"),
        ("fine.py", "password = ask()\n"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(secrets_in_files, "ROOT", tmp_path)
    monkeypatch.setattr(secrets_in_files, "BASELINE", tmp_path / ".secrets.baseline")
    monkeypatch.setattr(secrets_in_files, "kept", lambda: ["settings.py", "key.pem", "fine.py"])
    found = search(secrets_in_files.kept())
    assert {file for file, _, _ in found} == {"settings.py", "key.pem"}
    (tmp_path / ".secrets.baseline").write_text('{"results": {}}', encoding="utf-8")
    assert main(write=False) == 1
    told = capsys.readouterr().err
    assert "settings.py:1: looks like a secret" in told
    assert key not in told
    # Written down it is still refused, until somebody says why it is none.
    assert main(write=True) == 0
    assert main(write=False) == 1
    known = dict.fromkeys(found, "a test")
    (tmp_path / ".secrets.baseline").write_text(as_baseline(found, known), encoding="utf-8")
    assert main(write=False) == 0
    # What is no longer there does not stay on the list.
    (tmp_path / "settings.py").write_text("", encoding="utf-8")
    assert main(write=False) == 1
    assert "settings.py: " in capsys.readouterr().err
