"""Answers of open services, kept so that nothing is asked for twice. What is kept can be thrown away."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from virtaama.sources.web import Web

# What is sent to ask whether an answer still holds, and where it came from.
_VALIDATORS = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of answers, each with what is known of its age. A damaged one counts as none."""

    folder: Path
    now: datetime

    def asked(self, web: Web, url: str, params: Mapping[str, Any], fresh: timedelta) -> bytes:
        """The answer of a service: the one that is kept while it is fresh, else when the service says that it
        still holds, else a new one.
        """
        key = json.dumps([url, sorted(params.items())])
        about, body = self._read(key)
        if body is not None and self._is_fresh(about, fresh):
            return body
        validators: dict[str, str] = {
            name: about[name] for name in _VALIDATORS if body is not None and name in about
        }
        answer = web.ask("GET", url, params=params, headers=validators, expect=(200, 304))
        if answer.status_code == 304 and body is not None:
            self._write(key, about, body)
            return body
        found = {
            name: answer.headers[given] for name, given in _VALIDATORS.items() if given in answer.headers
        }
        self._write(key, found, answer.content)
        return answer.content

    def kept(self, key: str, stamp: str, fresh: timedelta | None, make: Callable[[], bytes]) -> bytes:
        """What was made before under the same stamp and is still fresh (None: for ever); else made now."""
        about, body = self._read(key)
        if (
            body is not None
            and about.get("stamp") == stamp
            and (fresh is None or self._is_fresh(about, fresh))
        ):
            return body
        made = make()
        self._write(key, {"stamp": stamp}, made)
        return made

    def _is_fresh(self, about: Mapping[str, str], fresh: timedelta) -> bool:
        age = self.now.replace(tzinfo=None) - datetime.fromisoformat(about["fetched"])
        return timedelta(0) <= age < fresh

    def _paths(self, key: str) -> tuple[Path, Path]:
        name = hashlib.sha256(key.encode()).hexdigest()[:32]
        return self.folder / f"{name}.json", self.folder / f"{name}.body"

    def _read(self, key: str) -> tuple[dict[str, str], bytes | None]:
        told, stored = self._paths(key)
        try:
            about, body = json.loads(told.read_bytes()), stored.read_bytes()
        except (OSError, ValueError):
            return {}, None
        if not isinstance(about, dict) or about.get("sha256") != hashlib.sha256(body).hexdigest():
            return {}, None
        return about, body

    def _write(self, key: str, about: Mapping[str, str], body: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        told, stored = self._paths(key)
        fetched = self.now.replace(tzinfo=None).isoformat()
        digest = hashlib.sha256(body).hexdigest()
        for path, content in (
            (stored, body),
            (told, json.dumps({**about, "fetched": fetched, "sha256": digest}).encode()),
        ):
            unfinished = path.with_suffix(path.suffix + ".unfinished")
            unfinished.write_bytes(content)
            unfinished.replace(path)
