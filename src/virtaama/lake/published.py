"""Published snapshots as they lie in their folder: names, the manifest of a snapshot, and its check.

A snapshot is a folder of Parquet marts, `star`, `ref`, `meta` and `figures`, with a manifest that lists
every file. What the manifest does not list is not part of it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from virtaama.lake.files import sha256_of
from virtaama.problems import Damaged

CURRENT = "CURRENT"
"""The file that holds the name of the newest snapshot."""

READING = "reading-"
"""How the folders begin in which readers put aside what they cannot hold in memory, until they are done."""

MANIFEST = "manifest.json"
FORMAT = 2


def snapshot_name(number: int) -> str:
    return f"snapshot-{number}"


def snapshot_number(name: str) -> int | None:
    """The number in the name of a snapshot; None for anything else."""
    number = name.removeprefix("snapshot-")
    return int(number) if number.isdecimal() and name == snapshot_name(int(number)) else None


def current_name(published: Path) -> str:
    """What CURRENT names; empty while nothing is published."""
    try:
        return (published / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MartFile:
    """One Parquet file; `path` is relative to the snapshot."""

    path: str
    sha256: str
    size: int  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mart:
    """A table of a snapshot, such as `star/visit` or `figures/visits_per_1000`.

    `inputs` names everything its rows were made from, each with a digest: equal inputs, equal rows. Where
    they are empty nothing is known of that, and the mart is never taken over by a later snapshot.
    """

    name: str
    rows: int
    files: tuple[MartFile, ...]
    inputs: dict[str, str] = field(default_factory=dict)
    months: tuple[date, date] | None = None  # figures: the first and the last month that are whole

    @property
    def kind(self) -> str:
        return self.name.partition("/")[0]

    @property
    def table(self) -> str:
        return self.name.partition("/")[2]

    def paths(self, snapshot: Path) -> tuple[Path, ...]:
        return tuple(snapshot / file.path for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a snapshot is: from which model and metrics, until when, and its marts with all their files."""

    number: int
    published: datetime
    model_version: str
    catalogue_version: str
    last_delivery: datetime | None  # newest extraction moment loaded
    definitions: dict[str, str]  # digest of the definition of each metric
    marts: tuple[Mart, ...]

    def mart(self, name: str) -> Mart | None:
        return next((mart for mart in self.marts if mart.name == name), None)

    def of_kind(self, kind: str) -> tuple[Mart, ...]:
        return tuple(mart for mart in self.marts if mart.kind == kind)


def write_manifest(snapshot: Path, manifest: Manifest) -> Path:
    """Write the manifest with a digest of its own; return its path."""
    content = json.loads(json.dumps({"format": FORMAT, **asdict(manifest)}, default=_isoformat))
    path = snapshot / MANIFEST
    whole = {"manifest": content, "sha256": _digest(content)}
    path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def read_manifest(snapshot: Path) -> Manifest:
    """The manifest of a snapshot; Damaged when it is missing or not as it was written."""
    path = snapshot / MANIFEST
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
        content = whole["manifest"]
        if whole["sha256"] != _digest(content):
            raise _damaged(snapshot, f"{MANIFEST} is not as it was written")
        if content["format"] != FORMAT:
            raise _damaged(
                snapshot, f"{MANIFEST} is of form {content['format']}, this version reads {FORMAT}"
            )
        return _manifest(content)
    except FileNotFoundError:
        raise _damaged(snapshot, f"{MANIFEST} is missing") from None
    except (ValueError, KeyError, TypeError):
        raise _damaged(snapshot, f"{MANIFEST} cannot be read") from None


def check_sizes(snapshot: Path, manifest: Manifest) -> None:
    """Damaged when a listed file is missing or has another size than it was written with."""
    for mart in manifest.marts:
        for file in mart.files:
            if _size(snapshot, file) != file.size:
                raise _damaged(snapshot, f"{file.path} is not the file that was written")


def check_bytes(snapshot: Path, mart: Mart) -> None:
    """Damaged when a file of the mart is missing or has other bytes than were written."""
    for file in mart.files:
        if _size(snapshot, file) != file.size or sha256_of(snapshot / file.path) != file.sha256:
            raise _damaged(snapshot, f"{file.path} is not the file that was written")


def check(snapshot: Path) -> Manifest:
    """The manifest of a snapshot after every byte it lists was looked at; Damaged when one has changed."""
    manifest = read_manifest(snapshot)
    for mart in manifest.marts:
        check_bytes(snapshot, mart)
    return manifest


def _size(snapshot: Path, file: MartFile) -> int:
    try:
        return (snapshot / file.path).stat().st_size
    except FileNotFoundError:
        raise _damaged(snapshot, f"{file.path} is missing") from None


def _damaged(snapshot: Path, what: str) -> Damaged:
    return Damaged(
        f"{snapshot}: {what}.\n"
        "  Nothing was read from it. Run `virtaama load`: it publishes anew what is damaged."
    )


def _manifest(content: dict[str, Any]) -> Manifest:
    return Manifest(
        number=content["number"],
        published=datetime.fromisoformat(content["published"]),
        model_version=content["model_version"],
        catalogue_version=content["catalogue_version"],
        last_delivery=datetime.fromisoformat(content["last_delivery"]) if content["last_delivery"] else None,
        definitions=content["definitions"],
        marts=tuple(
            Mart(
                name=mart["name"],
                rows=mart["rows"],
                files=tuple(MartFile(**file) for file in mart["files"]),
                inputs=mart["inputs"],
                months=_months(*mart["months"]) if mart["months"] else None,
            )
            for mart in content["marts"]
        ),
    )


def _months(first: str, last: str) -> tuple[date, date]:
    return date.fromisoformat(first), date.fromisoformat(last)


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _isoformat(value: object) -> str:
    assert isinstance(value, date)
    return value.isoformat()
