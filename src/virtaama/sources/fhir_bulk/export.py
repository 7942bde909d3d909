"""FHIR Bulk Data Access: an export is asked for, waited for, downloaded; the next one begins where it ended.

Resources come as the server wrote them. One that was deleted at the source becomes a line with its type, its
id and `deleted` true. An export that was begun is on record, so that a run that died does not begin another.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from virtaama.model.collect import FromFhirBulk
from virtaama.model.feeds import Feed
from virtaama.problems import DeliveryRefused
from virtaama.sources.collecting import Collected, NotCollected, Position, Surroundings
from virtaama.sources.fhir_bulk.tokens import Tokens
from virtaama.sources.web import Web, json_of, retry_after

_LEVELS = {"system": "", "patient": "Patient/"}
_LONGEST = 60.0  # seconds between two questions after an export, where the server says nothing
_GRAVE = ("fatal", "error")


def collect(
    feeds: Sequence[Feed], positions: Mapping[str, Position], around: Surroundings
) -> Iterator[Collected | NotCollected]:
    """One export for the feeds that begin at the same place."""
    groups: dict[tuple[Any, str, str], list[Feed]] = {}
    for feed in feeds:
        position = positions.get(feed.id, {})
        begins = (feed.collect, position.get("since", ""), position.get("pending", ""))
        groups.setdefault(begins, []).append(feed)
    for (way, since, pending), together in groups.items():
        types = tuple(sorted({feed.resource for feed in together}))
        web = Web(around)
        export = _Export(way, around, web, Tokens(way, around, web, types), types)
        try:
            yield from export.collect(together, positions, since, pending)
        except DeliveryRefused as refusal:
            yield from (NotCollected(feed, refusal) for feed in together)
        finally:
            web.close()


@dataclass(frozen=True, slots=True)
class _Export:
    way: FromFhirBulk
    around: Surroundings
    web: Web
    tokens: Tokens
    types: tuple[str, ...]

    def collect(
        self, feeds: Sequence[Feed], positions: Mapping[str, Position], since: str, pending: str
    ) -> Iterator[Collected]:
        status, manifest = pending, self._manifest(pending, is_ours=False) if pending else None
        if manifest is None:
            status = self._begin(since)
            for feed in feeds:
                self.around.keep(feed, {**positions.get(feed.id, {}), "pending": status})
            manifest = self._manifest(status, is_ours=True)
        assert manifest is not None
        self._refuse_errors(manifest)
        moment = _moment(manifest, self.around.now)
        for feed in feeds:
            target = self.around.folder / f"{feed.id}.ndjson"
            lines = self._fill(feed, manifest, target)
            yield Collected(
                feed=feed,
                file=target if lines else None,
                position={"since": manifest["transactionTime"]},
                extracted=moment,
            )
        # All of it has landed: the server need not keep it.
        self.web.ask("DELETE", status, headers=self.tokens.header(), expect=range(200, 500))

    def _begin(self, since: str) -> str:
        """Ask for an export; where its state is told."""
        level = _LEVELS.get(self.way.level, f"Group/{self.way.level.removeprefix('group/')}/")
        wanted = {"_type": ",".join(self.types), "_outputFormat": "application/fhir+ndjson"}
        answer = self.web.ask(
            "GET",
            f"{self.way.url.rstrip('/')}/{level}$export",
            params=wanted | ({"_since": since} if since else {}),
            headers={
                **self.tokens.header(),
                "Accept": "application/fhir+json",
                "Prefer": "respond-async",
            },
            expect=(202,),
        )
        if not (status := answer.headers.get("Content-Location", "")):
            raise DeliveryRefused(
                f"the server took the export of {', '.join(self.types)} and did not say where its state is told.\n"
                "  Its owner can tell whether it knows FHIR Bulk Data Access."
            )
        return urljoin(self.way.url, status)

    def _manifest(self, status: str, *, is_ours: bool) -> dict[str, Any] | None:
        """What the export holds, once it is ready; None where the server has forgotten an export of before."""
        waited, pause = 0.0, 1.0
        while waited <= self.way.patience:
            answer = self.web.ask(
                "GET",
                status,
                headers={**self.tokens.header(), "Accept": "application/json"},
                expect=(200, 202) if is_ours else (200, 202, 400, 404, 410),
            )
            if answer.status_code == 200:
                manifest: dict[str, Any] = json_of(answer, dict)
                return manifest
            if answer.status_code != 202:
                return None
            asked = retry_after(answer)
            pause = min(_LONGEST, 2 * pause) if asked is None else max(asked, 0.5)
            self.around.wait(pause)
            waited += pause
        raise DeliveryRefused(
            f"the export of {', '.join(self.types)} was not ready in {self.way.patience} seconds.\n"
            "  The next run goes on waiting for it; `patience` says how long one waits."
        )

    def _fill(self, feed: Feed, manifest: dict[str, Any], target: Path) -> int:
        """Write the resources of one type, then what was deleted; how many lines."""
        lines = 0
        with target.open("wb") as file:
            for number, output in enumerate(_files(manifest, "output")):
                if output.get("type") == feed.resource:
                    part = self._downloaded(output, manifest, target.with_suffix(f".{number}"))
                    count = _append(part, file)
                    if output.get("count") not in (None, count):
                        raise DeliveryRefused(
                            f"a file of {feed.resource} holds {count} resources, and {output['count']} were promised.\n"
                            "  Ask again later; when it goes on, ask the owner of the server."
                        )
                    lines += count
            for number, output in enumerate(_files(manifest, "deleted")):
                part = self._downloaded(output, manifest, target.with_suffix(f".deleted{number}"))
                for line in _deletions(part, feed.resource):
                    file.write(line)
                    lines += 1
        return lines

    def _downloaded(self, output: dict[str, Any], manifest: dict[str, Any], part: Path) -> Path:
        headers = {"Accept": "application/fhir+ndjson"}
        if manifest.get("requiresAccessToken"):
            headers |= self.tokens.header()
        self.web.download(urljoin(self.way.url, str(output.get("url", ""))), part, headers)
        return part

    def _refuse_errors(self, manifest: dict[str, Any]) -> None:
        found = []
        for number, output in enumerate(_files(manifest, "error")):
            part = self._downloaded(output, manifest, self.around.folder / f"error{number}")
            for line in part.read_bytes().splitlines():
                found += [
                    str(issue.get("code", ""))
                    for issue in _object(line).get("issue", ())
                    if isinstance(issue, dict) and issue.get("severity") in _GRAVE
                ]
        if found:
            raise DeliveryRefused(
                f"the server could not export everything: {len(found)} errors ({', '.join(sorted(set(found)))}).\n"
                "  Nothing was taken; the next run asks for the same again. Ask the owner of the server."
            )


def _files(manifest: dict[str, Any], member: str) -> list[dict[str, Any]]:
    listed = manifest.get(member) or []
    return [each for each in listed if isinstance(each, dict)]


def _append(part: Path, file: Any) -> int:
    """Append the lines of a file; how many of them hold something."""
    count = 0
    with part.open("rb") as opened:
        for line in opened:
            if line.strip():
                file.write(line if line.endswith(b"\n") else line + b"\n")
                count += 1
    part.unlink()
    return count


def _deletions(part: Path, resource: str) -> Iterator[bytes]:
    with part.open("rb") as opened:
        for line in opened:
            for entry in _object(line).get("entry", ()):
                request = entry.get("request", {}) if isinstance(entry, dict) else {}
                kind, _, id = str(request.get("url", "")).partition("/")
                if request.get("method") == "DELETE" and kind == resource and id:
                    gone = {"resourceType": kind, "id": id, "deleted": True}
                    yield json.dumps(gone).encode() + b"\n"


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _moment(manifest: dict[str, Any], now: datetime) -> datetime:
    """The moment the export describes, in local time."""
    try:
        moment = datetime.fromisoformat(str(manifest["transactionTime"]))
    except (KeyError, ValueError):
        raise DeliveryRefused(
            "the export does not say which moment it describes (transactionTime).\n"
            "  Without it nobody knows where the next one begins. Ask the owner of the server."
        ) from None
    return moment.astimezone(now.tzinfo).replace(tzinfo=None)
