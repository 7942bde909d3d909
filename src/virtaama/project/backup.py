"""Backups: everything that cannot be made again, as of one moment, checked while it is copied.

A folder of backups holds the files of the lake once, for they never change, and for each backup a folder of
its own with the ledger, the identity store, the other databases, the files of the project and a manifest. The
warehouse and what is published are left out: they are made again from the lake. Keys are copied only where that
is asked for, and never into the same folder.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import rmtree

from virtaama.access.audit import AuditLog
from virtaama.identities.store import Identities
from virtaama.identities.tables import FILE as STORE
from virtaama.keyring import FORMAT_FILE, Keyring, key_files
from virtaama.lake.files import Lake, sha256_of
from virtaama.lake.ledger import Ledger
from virtaama.lake.sqlite_files import copy_database, readable
from virtaama.problems import NotReady
from virtaama.project.copies import copy, files_below, sync
from virtaama.project.erasing.journal import is_begun
from virtaama.project.manifest import Manifest
from virtaama.project.settings import Settings

LAKE = "lake"
PROJECT = "project"
DATA = "data"
LEDGER = "ledger.sqlite"
IDENTITIES = "identities"

_NAME = re.compile(r"backup-(\d+)")
_SQLITE = b"SQLite format 3\0"
_PASSING = (
    ".unfinished",
    ".tmp",
    "-journal",
    "-wal",
    "-shm",
    ".turns",
    ".next",
    ".anchoring",
)  # ends of names of what passes

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was made, every file of it hashed while it was copied."""

    number: int
    folder: Path
    batches: int
    files: int
    new: int  # files of the lake that no earlier backup held


def numbers(folder: Path) -> tuple[int, ...]:
    """The backups in a folder, the oldest first."""
    found = (
        (_NAME.fullmatch(path.name) for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else ()
    )
    return tuple(sorted(int(match[1]) for match in found if match))


def back_up(
    settings: Settings,
    ledger: Ledger,
    keyring: Keyring,
    identities: Identities,
    folder: Path,
    moment: datetime,
    progress: Progress,
) -> Backup:
    """Make a backup in the folder; the caller holds the project's lock, the portal may go on.

    Raises Damaged when a file of the lake is not what the ledger says: it is never copied over a good one.
    """
    _refuse_inside(settings, folder)
    if is_begun(settings.erasing):
        raise NotReady(
            "An erasure was broken off: a backup of now would hold what is to go.\n"
            "  Run `virtaama erase --finish` first."
        )
    number = max(numbers(folder), default=0) + 1
    finished = folder / f"backup-{number}"
    unfinished = folder / f"backup-{number}.unfinished"
    if unfinished.exists():
        rmtree(unfinished)
    unfinished.mkdir(parents=True)
    files: dict[str, str] = {}
    new = 0
    batches = ledger.batches()
    lake = Lake(settings.lake)
    for done, batch in enumerate(batches):
        progress(done, len(batches), batch.file)
        target = folder / LAKE / batch.parquet
        if not (target.is_file() and sha256_of(target) == batch.parquet_sha256):
            copy(lake.verified_path(batch), target)
            new += 1
        files[f"{LAKE}/{batch.parquet}"] = batch.parquet_sha256
    if settings.audit.exists():
        with readable(settings.audit, "the audit log"), closing(_log(settings.audit, keyring)) as log:
            log.head()  # brings a log of an earlier form up before it is copied
    ledger.copy_to(unfinished / LEDGER)
    # After the lake and its ledger: whoever these name is in the store by then.
    (unfinished / IDENTITIES).mkdir(mode=0o700)
    identities.copy_to(unfinished / IDENTITIES / STORE)
    (unfinished / IDENTITIES / STORE).chmod(0o600)
    for place, path in (*_data_files(settings), *_project_files(settings)):
        _copy_one(path, unfinished / place)
    # A roster is there before the entry that names it: after the log, all that are named are there.
    for place, path in _data_files(settings):
        if path.parent == settings.rosters and not (unfinished / place).exists():
            _copy_one(path, unfinished / place)
    for path in files_below(unfinished):
        files[f"{finished.name}/{path.relative_to(unfinished).as_posix()}"] = sha256_of(path)
    entries, seal = _head(unfinished / DATA / settings.audit.name, keyring)
    Manifest(
        made=moment,
        project=settings.name,
        ledger=ledger.identity,
        batches=len(batches),
        audit_entries=entries,
        audit_seal=seal,
        keys=keyring.prints(),
        files=files,
    ).write(unfinished)
    for path in files_below(unfinished):
        sync(path)
    sync(unfinished)
    unfinished.rename(finished)
    sync(folder)
    progress(len(batches), len(batches), "")
    return Backup(number=number, folder=finished, batches=len(batches), files=len(files), new=new)


def back_up_keys(settings: Settings, folder: Path, backups: Path) -> None:
    """Copy the keys to a folder of their own, which only its owner can read."""
    folder, backups = folder.resolve(), backups.resolve()
    if folder == backups or backups in folder.parents or folder in backups.parents:
        raise NotReady(
            f"{folder}: lies in the folder of the backups.\n"
            "  Whoever gets a backup must not get the keys with it: keep them elsewhere."
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for key in (*key_files(settings.keys), settings.keys / FORMAT_FILE):
        target = folder / key.name
        if target.exists() and target.read_bytes() != key.read_bytes():
            raise NotReady(
                f"{target}: another key is kept here.\n  Choose another folder; no key is ever written over."
            )
        copy(key, target, 0o600)


def _refuse_inside(settings: Settings, folder: Path) -> None:
    folder = folder.resolve()
    for own in (settings.folder, settings.data, settings.keys, settings.identities, settings.deliveries):
        if folder == own or own in folder.parents:
            raise NotReady(
                f"{folder}: lies inside {own}.\n  Keep backups outside the project, best on another machine."
            )


def _data_files(settings: Settings) -> list[tuple[str, Path]]:
    """Whatever lies in the data folder and cannot be made again, but for the ledger and what it tells of."""
    left_out = (
        settings.warehouse.parent,
        settings.published,
        settings.features,
        settings.direct,
        settings.retention,
        settings.erasing,
    )
    return [
        (f"{DATA}/{path.relative_to(settings.data).as_posix()}", path)
        for path in files_below(settings.data)
        if not path.name.endswith(_PASSING)
        and path not in (settings.ledger, settings.lock)
        and not any(folder in path.parents for folder in left_out)
        and not (settings.lake in path.parents and path.suffix == ".parquet")
    ]


def _project_files(settings: Settings) -> list[tuple[str, Path]]:
    own = (settings.data, settings.keys, settings.identities, settings.deliveries)
    return [
        (f"{PROJECT}/{path.relative_to(settings.folder).as_posix()}", path)
        for path in files_below(settings.folder)
        if path.suffix in (".yaml", ".yml", ".md", ".sql", ".csv")
        and not any(folder in path.parents for folder in own)
        and not any(part.startswith(".") for part in path.relative_to(settings.folder).parts)
    ]


def _copy_one(path: Path, target: Path) -> None:
    with path.open("rb") as file:
        is_database = file.read(len(_SQLITE)) == _SQLITE
    if is_database:
        target.parent.mkdir(parents=True, exist_ok=True)
        with readable(path, "it"), closing(sqlite3.connect(path, timeout=30)) as connection:
            copy_database(connection, target)
    else:
        copy(path, target)


def _head(audit: Path, keyring: Keyring) -> tuple[int, str]:
    """Number and seal of the newest audit entry of a copy, after its whole chain was verified."""
    if not audit.exists():
        return 0, ""
    with closing(_log(audit, keyring)) as log:
        log.verify_chain()
        return log.head()


def _log(path: Path, keyring: Keyring) -> AuditLog:
    return AuditLog(path, keyring.key("audit"))
