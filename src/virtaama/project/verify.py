"""Whether everything that is kept is what was kept: ledger, identities, lake, warehouse, snapshots, audit log."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from virtaama.access.audit import AuditLog
from virtaama.access.audit_anchors import TOO_OLD, Anchors
from virtaama.engines.port import FileDamaged
from virtaama.engines.reading_through import read_through
from virtaama.identities.checking import damage
from virtaama.identities.tables import FILE as STORE
from virtaama.keyring import Keyring
from virtaama.lake.files import Lake
from virtaama.lake.ledger import Ledger
from virtaama.lake.published import CURRENT, check, current_name, snapshot_number
from virtaama.lake.sqlite_files import readable
from virtaama.loading.reconcile import reconcile
from virtaama.problems import Damaged, VirtaamaError
from virtaama.project.copies import files_below
from virtaama.project.identities import open_identities
from virtaama.project.settings import Settings
from virtaama.project.warehouse import opened, set_aside

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One part that was looked at. `wrong` is empty when it is as it should be; `seen` says how much of it there is."""

    part: str
    seen: str
    wrong: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def verify(settings: Settings, ledger: Ledger, keyring: Keyring, progress: Progress) -> Iterator[Checked]:
    """Read everything once; the caller holds the project's lock.

    Nothing is mended. A warehouse that is not to be trusted is moved aside, so that the next load makes it again.
    """
    yield _ledger(ledger, keyring)
    yield _identities(settings, ledger, keyring)
    yield _lake(settings, ledger, progress)
    yield _warehouse(settings, ledger)
    yield _snapshots(settings)
    yield _audit(settings, keyring)
    for path in sorted(settings.data.glob("*.sqlite")):
        if path != settings.audit:
            yield _database(path)


def _ledger(ledger: Ledger, keyring: Keyring) -> Checked:
    wrong = list(ledger.damage())
    numbers = sorted(batch.number for batch in ledger.batches())
    if numbers != list(range(1, len(numbers) + 1)):
        wrong.append("the numbers of its batches have gaps")
    wrong += [
        f"{name}.key is not the key it was written with" for name in ledger.recognise_keys(keyring.prints())
    ]
    return Checked(part="ledger", seen=f"{len(numbers)} batches", wrong=tuple(wrong))


def _identities(settings: Settings, ledger: Ledger, keyring: Keyring) -> Checked:
    if ledger.identities() is None and not (settings.identities / STORE).exists():
        return Checked(part="identities", seen="none yet")
    try:
        with closing(open_identities(settings, keyring, ledger)) as identities:
            return Checked(
                part="identities", seen=f"{identities.count()} persons", wrong=damage(identities.store)
            )
    except VirtaamaError as error:
        return Checked(part="identities", seen=STORE, wrong=(str(error).splitlines()[0],))


def _lake(settings: Settings, ledger: Ledger, progress: Progress) -> Checked:
    lake = Lake(settings.lake)
    batches = ledger.batches()
    wrong = []
    for done, batch in enumerate(batches):
        progress(done, len(batches), batch.file)
        try:
            lake.verified_path(batch)
        except Damaged as damage:
            wrong.append(str(damage).splitlines()[0])
    known = {settings.lake / batch.parquet for batch in batches}
    unknown = [path for path in files_below(settings.lake) if path.suffix == ".parquet" and path not in known]
    remarks = (
        (f"{len(unknown)} files no batch tells of: left over from a landing that was broken off",)
        if unknown
        else ()
    )
    return Checked(part="lake", seen=f"{len(batches)} files", wrong=tuple(wrong), remarks=remarks)


def _warehouse(settings: Settings, ledger: Ledger) -> Checked:
    aside = [path.name for path in settings.warehouse.parent.glob("*.damaged-*")]
    remarks = [f"{name} was moved aside; delete it when it has been looked into" for name in sorted(aside)]
    if not settings.warehouse.exists():
        return Checked(part="warehouse", seen="none yet", remarks=tuple(remarks))
    try:
        with opened(settings, ledger) as engine:
            waiting = reconcile(engine, ledger)
        rows = read_through(settings.warehouse)
    except FileDamaged as damage:
        # A load that has little to do would not meet the damaged block.
        moved = set_aside(settings.warehouse, str(damage))
        wrong = f"{damage}; moved aside as {moved.to.name}, `virtaama load` makes it again from the lake"
        return Checked(part="warehouse", seen=settings.warehouse.name, wrong=(wrong,), remarks=tuple(remarks))
    except VirtaamaError as error:
        return Checked(
            part="warehouse", seen=settings.warehouse.name, wrong=(str(error),), remarks=tuple(remarks)
        )
    if waiting:
        remarks.append(f"{len(waiting)} batches wait for `virtaama load`")
    return Checked(part="warehouse", seen=f"{rows} rows", remarks=tuple(remarks))


def _snapshots(settings: Settings) -> Checked:
    folder = settings.published
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    snapshots = [name for name in names if snapshot_number(name)]
    wrong = []
    for name in snapshots:
        try:
            check(folder / name)
        except Damaged as damage:
            wrong.append(f"{str(damage).splitlines()[0]} `virtaama load` publishes a new one")
    if current := current_name(folder):
        if current not in snapshots:
            wrong.append(f"{CURRENT} names {current}, which is not there")
    elif snapshots:
        wrong.append(f"{CURRENT} is missing")
    return Checked(part="snapshots", seen=f"{len(snapshots)} published", wrong=tuple(wrong))


def _audit(settings: Settings, keyring: Keyring) -> Checked:
    anchors = Anchors(settings.anchors, keyring.key("audit")) if settings.anchors else None
    if not settings.audit.exists():
        gone = anchors is not None and anchors.newest() is not None
        return Checked(
            part="audit log", seen="none yet", wrong=("it is gone; anchors tell of it",) if gone else ()
        )
    try:
        with (
            readable(settings.audit, "the audit log"),
            closing(AuditLog(settings.audit, keyring.key("audit"))) as log,
        ):
            entries = log.verify_chain()
            wrong = tuple(anchors.differing(log)) if anchors else ()
            remarks = tuple(_anchored(anchors))
    except Damaged as damage:
        return Checked(part="audit log", seen=settings.audit.name, wrong=(str(damage).splitlines()[0],))
    return Checked(part="audit log", seen=f"{entries} entries", wrong=wrong, remarks=remarks)


def _anchored(anchors: Anchors | None) -> Iterator[str]:
    """Whether a cut end would be noticed."""
    if anchors is None:
        yield "not anchored outside: an end that was cut off would not be noticed (docs/how-to/audit.md)"
        return
    newest = anchors.newest()
    if newest is None:
        yield "not anchored yet: `virtaama audit anchor` notes its head outside"
    elif (age := datetime.now().astimezone() - newest.moment) > TOO_OLD:
        yield f"the last anchor is {age.total_seconds() / 3600:.0f} hours old; it should be hourly"


def _database(path: Path) -> Checked:
    try:
        with readable(path, "it"), closing(sqlite3.connect(path, timeout=30)) as connection:
            wrong = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    except Damaged:
        wrong = ["it is no database"]
    return Checked(
        part=path.name, seen="accounts and sessions" if path.stem == "portal" else "", wrong=tuple(wrong)
    )
