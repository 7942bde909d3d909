"""A small FHIR server that knows Bulk Data Access 2.0: kick-off, status, manifest, NDJSON, SMART backend services."""

from __future__ import annotations

import base64
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384

from tests.http_server import Answer, Asked

BEGINNING = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class FhirServer:
    """Resources with the moment of their last change. Each export takes an hour of the server's clock."""

    token: str = ""
    public_key: rsa.RSAPublicKey | None = None
    polls: int = 2  # times an export is not ready yet
    trouble: list[Answer] = field(default_factory=list)  # answered first, one question each
    cuts: list[int] = field(default_factory=list)  # where downloads break, one download each
    ranges: bool = True
    errors: list[dict[str, Any]] = field(default_factory=list)
    promised: int | None = None
    address: str = ""
    clock: datetime = BEGINNING
    changed: dict[tuple[str, str], tuple[datetime, dict[str, Any] | None]] = field(default_factory=dict)
    exports: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def put(self, kind: str, id: str, **content: Any) -> None:
        resource = {"resourceType": kind, "id": id, **content}
        self.changed[kind, id] = (self.clock, resource)

    def delete(self, kind: str, id: str) -> None:
        self.changed[kind, id] = (self.clock, None)

    def count(self, method: str, ending: str) -> int:
        return sum(each.method == method and each.path.endswith(ending) for each in self.asked)

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if self.trouble:
            return self.trouble.pop(0)
        if asked.path == "/token":
            return self._give_token(asked)
        if self.token and asked.headers.get("authorization") != f"Bearer {self.token}":
            return Answer(401)
        if asked.path.endswith("$export"):
            return self._begin(asked)
        name = asked.path.split("/")[-1]
        if asked.path.startswith("/status/"):
            return self._status(asked, name)
        return self._download(asked, name)

    def _begin(self, asked: Asked) -> Answer:
        if "respond-async" not in asked.headers.get("prefer", ""):
            return Answer(400)
        if asked.headers.get("accept") != "application/fhir+json":
            return Answer(406)
        since = datetime.fromisoformat(asked.query["_since"]) if "_since" in asked.query else None
        types = asked.query["_type"].split(",")
        name = str(len(self.exports) + 1)
        met = {key: value for key, value in self.changed.items() if key[0] in types}
        new = {key: value for key, (moment, value) in met.items() if since is None or moment > since}
        self.exports[name] = {
            "left": self.polls,
            "moment": self.clock.isoformat().replace("+00:00", "Z"),
            "files": {
                kind: [resource for (found, _), resource in new.items() if found == kind and resource]
                for kind in types
            },
            "deleted": [f"{kind}/{id}" for (kind, id), resource in new.items() if resource is None and since],
        }
        self.clock += timedelta(hours=1)
        return Answer(202, headers={"Content-Location": f"{self.address}/status/{name}"})

    def _status(self, asked: Asked, name: str) -> Answer:
        export = self.exports.get(name)
        if export is None:
            return Answer(404)
        if asked.method == "DELETE":
            del self.exports[name]
            return Answer(202)
        if export["left"]:
            export["left"] -= 1
            return Answer(202, headers={"X-Progress": "half of it", "Retry-After": "7"})
        output = [
            {
                "type": kind,
                "url": f"{self.address}/files/{name}-{kind}-{part}.ndjson",
                "count": len(resources[part::2]) if self.promised is None else self.promised,
            }
            for kind, resources in export["files"].items()
            for part in (0, 1)
            if resources[part::2]
        ]
        manifest = {
            "transactionTime": export["moment"],
            "request": f"{self.address}/$export",
            "requiresAccessToken": bool(self.token),
            "output": output,
            "deleted": [{"type": "Bundle", "url": f"{self.address}/files/{name}-deleted"}]
            if export["deleted"]
            else [],
            "error": [{"type": "OperationOutcome", "url": f"{self.address}/files/{name}-error"}]
            if self.errors
            else [],
        }
        return Answer(body=json.dumps(manifest).encode(), headers={"Content-Type": "application/json"})

    def _download(self, asked: Asked, name: str) -> Answer:
        number, kind, *part = name.removesuffix(".ndjson").split("-")
        export = self.exports[number]
        if kind == "deleted":
            entries = [{"request": {"method": "DELETE", "url": url}} for url in export["deleted"]]
            lines: list[Any] = [{"resourceType": "Bundle", "type": "transaction", "entry": entries}]
        elif kind == "error":
            lines = [{"resourceType": "OperationOutcome", "issue": self.errors}]
        else:
            lines = export["files"][kind][int(part[0]) :: 2]
        body = b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)
        headers = {"ETag": '"1"', "Content-Type": "application/fhir+ndjson"} if self.ranges else {}
        cut = self.cuts.pop(0) if self.cuts else None
        begins = asked.headers.get("range", "")
        if self.ranges and begins and asked.headers.get("if-range") == '"1"':
            start = int(begins.removeprefix("bytes=").rstrip("-"))
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            return Answer(206, body[start:], headers, cut)
        return Answer(200, body, headers, cut)

    def _give_token(self, asked: Asked) -> Answer:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        head, claims, signature = form["client_assertion"].split(".")
        assert self.public_key is not None
        self.public_key.verify(_raw(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), SHA384())
        said = json.loads(_raw(claims))
        assert json.loads(_raw(head)) == {"alg": "RS384", "typ": "JWT", "kid": "our-key"}
        assert said["iss"] == said["sub"] == "virtaama-client"
        assert said["aud"] == f"{self.address}/token"
        self.token = f"given-{Counter(each.path for each in self.asked)['/token']}-for {form['scope']}"
        given = {
            "access_token": self.token,
            "token_type": "bearer",
            "expires_in": 300,
            "scope": form["scope"],
        }
        return Answer(body=json.dumps(given).encode())


def _raw(coded: str) -> bytes:
    return base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4))
