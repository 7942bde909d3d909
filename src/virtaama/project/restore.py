"""Bringing a backup back: everything is checked before anything is written, and the project appears last."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from virtaama.access.audit import AuditLog
from virtaama.identities.tables import FILE as STORE
from virtaama.keyring import FORMAT_FILE, Keyring, key_files
from virtaama.lake.files import sha256_of
from virtaama.lake.ledger import Ledger
from virtaama.problems import Damaged, NotReady
from virtaama.project.backup import LAKE, PROJECT, numbers
from virtaama.project.copies import copy
from virtaama.project.manifest import Manifest
from virtaama.project.settings import SETTINGS_FILE, Settings, parse_settings

_MARK = "RESTORING"  # lies in the data folder until everything is there

Progress = Callable[[int, int, str], None]


def restore(
    backups: Path,
    folder: Path,
    *,
    number: int | None,
    keys: Path | None,
    progress: Progress,
) -> tuple[Manifest, Settings]:
    """Make the project of a backup anew in `folder`, the newest backup where no number is given.

    Nothing is written over. A restore that was broken off is begun anew by the same call. Raises NotReady
    where there is no such backup or the folder is taken, Damaged where a file of the backup is not what its
    manifest says.
    """
    chosen = _chosen(backups, number)
    manifest = Manifest.read(chosen)
    places = {_place(place, chosen.name): place for place in manifest.files}
    text = _checked_text(backups / places[f"{PROJECT}/{SETTINGS_FILE}"], manifest, places)
    settings = parse_settings(text, folder)
    _refuse_taken(settings)
    keyring = _keys(keys, manifest) if keys else None
    _refuse_damaged(backups, manifest, progress)

    mark = settings.data / _MARK
    settings.data.mkdir(parents=True, exist_ok=True)
    mark.touch()
    for done, (place, source) in enumerate(sorted(places.items())):
        progress(done, len(places), place)
        target = _target(settings, place)
        if target.name == SETTINGS_FILE and target.parent == settings.folder:
            continue
        mode = None
        if target.parent == settings.identities:
            settings.identities.mkdir(mode=0o700, parents=True, exist_ok=True)
            mode = 0o600
        if copy(backups / source, target, mode) != manifest.files[source]:
            raise Damaged(f"{backups / source}: changed while it was read.\n  Run the command again.")
    if keys:
        settings.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings.keys.chmod(0o700)
        for key in (*key_files(keys), keys / FORMAT_FILE):
            copy(key, settings.keys / key.name, 0o600)
    settings.deliveries.mkdir(parents=True, exist_ok=True)
    _check(settings, manifest, keyring)
    mark.unlink()
    copy(backups / places[f"{PROJECT}/{SETTINGS_FILE}"], settings.folder / SETTINGS_FILE)
    return manifest, settings


def _chosen(backups: Path, number: int | None) -> Path:
    there = numbers(backups)
    if not there:
        raise NotReady(f"{backups}: no backup here.\n  Name the folder `virtaama backup` was given.")
    if number is not None and number not in there:
        listed = ", ".join(str(each) for each in there)
        raise NotReady(f"{backups}: no backup {number} here.\n  There are: {listed}.")
    return backups / f"backup-{number or there[-1]}"


def _place(name: str, backup: str) -> str:
    """Where a file of the backup belongs: below `lake/`, `project/` or `data/`, or the ledger."""
    return name if name.startswith(f"{LAKE}/") else name.removeprefix(f"{backup}/")


def _target(settings: Settings, place: str) -> Path:
    part, _, rest = place.partition("/")
    match part:
        case "ledger.sqlite":
            return settings.ledger
        case "lake":
            return settings.lake / rest
        case "identities":
            return settings.identities / rest
        case "data":
            return settings.data / rest
        case _:
            return settings.folder / rest


def _checked_text(path: Path, manifest: Manifest, places: dict[str, str]) -> str:
    if not path.is_file() or sha256_of(path) != manifest.files[places[f"{PROJECT}/{SETTINGS_FILE}"]]:
        raise Damaged(
            f"{path}: is not the file that was backed up.\n  Take another backup; nothing was written."
        )
    return path.read_text(encoding="utf-8")


def _refuse_taken(settings: Settings) -> None:
    if (settings.folder / SETTINGS_FILE).exists():
        raise NotReady(
            f"{settings.folder}: a project is here already. Choose another folder; nothing was changed."
        )
    if (settings.identities / STORE).exists() and not (settings.data / _MARK).exists():
        raise NotReady(
            f"{settings.identities}: an identity store is here already.\n"
            "  Move what is there aside; nothing was changed."
        )
    if settings.data.is_dir() and any(settings.data.iterdir()) and not (settings.data / _MARK).exists():
        raise NotReady(
            f"{settings.data}: the data folder virtaama.yaml names is not empty.\n"
            "  Move what is there aside; nothing was changed."
        )


def _keys(folder: Path, manifest: Manifest) -> Keyring:
    keyring = Keyring.open(folder)
    prints = keyring.prints()  # there may be newer ones by now
    if others := [f"{name}.key" for name, mark in manifest.keys.items() if prints.get(name) != mark]:
        raise NotReady(
            f"{folder}: not the keys this backup was made with: {', '.join(others)}.\n"
            "  Take their safe copy; nothing was written."
        )
    return keyring


def _refuse_damaged(backups: Path, manifest: Manifest, progress: Progress) -> None:
    bad = []
    for done, (place, digest) in enumerate(manifest.files.items()):
        progress(done, len(manifest.files), f"checking {place}")
        path = backups / place
        if not path.is_file():
            bad.append(f"{path}: is missing")
        elif sha256_of(path) != digest:
            bad.append(f"{path}: is not the file that was backed up")
    if bad:
        listed = "\n".join(bad[:20]) + (f"\n… and {len(bad) - 20} more" if len(bad) > 20 else "")
        raise Damaged(f"{listed}\n  Take another backup; nothing was written.")


def _check(settings: Settings, manifest: Manifest, keyring: Keyring | None) -> None:
    with closing(Ledger.open(settings.ledger)) as ledger:
        if damage := ledger.damage():
            raise Damaged(f"{settings.ledger}: {damage[0]}.\n  Take another backup.")
        assert (ledger.identity, len(ledger.batches())) == (manifest.ledger, manifest.batches)
    if keyring and manifest.audit_entries:
        with closing(AuditLog(settings.audit, keyring.key("audit"))) as log:
            log.verify_chain()
            if log.head() != (manifest.audit_entries, manifest.audit_seal):
                raise Damaged(f"{settings.audit}: ends elsewhere than when it was backed up.")
