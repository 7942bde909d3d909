"""What an erasure has to know to be finished after it was broken off: sealed, and destroyed in the end.

It names who is erased, because nothing else does any more once it has begun. Whoever holds the keys of the project
and nothing else can open it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from virtaama.keyring import Keyring
from virtaama.lake.files import sync

_NAME = "journal.sealed"
_CONTEXT = "erasure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """One erasure that has begun. Keys of instances by concept, of 32 hexadecimal digits."""

    id: int  # in the ledger
    names: tuple[str, ...]
    codes: tuple[str, ...]
    subjects: tuple[str, ...]
    instances: Mapping[str, tuple[str, ...]]  # what goes
    shared: Mapping[str, tuple[str, ...]]  # what others are named with too: not compared
    searched: Mapping[str, tuple[str, ...]]  # instances that must be found nowhere, though their person stays
    before: Mapping[str, str] | None  # hashes of everybody else's tables; None where there was no warehouse
    set_aside: int  # rows that were set aside and name them
    originals: tuple[str, ...]  # delivered files to destroy


def write_journal(folder: Path, keyring: Keyring, journal: Journal) -> None:
    """On disk when this returns."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = {name: getattr(journal, name) for name in Journal.__slots__}
    sealed = keyring.seal(json.dumps(content).encode(), _CONTEXT)
    unfinished = folder / f"{_NAME}.unfinished"
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(folder / _NAME)
    sync(folder)


def is_begun(folder: Path) -> bool:
    """Whether an erasure was begun and is not finished."""
    return (folder / _NAME).exists()


def read_journal(folder: Path, keyring: Keyring) -> Journal | None:
    """The erasure that was begun; None where none was. Damaged where it cannot be opened."""
    path = folder / _NAME
    if not path.exists():
        return None
    content = json.loads(keyring.unseal(path.read_bytes(), _CONTEXT))

    def by_concept(name: str) -> dict[str, tuple[str, ...]]:
        return {concept: tuple(keys) for concept, keys in content[name].items()}

    return Journal(
        id=content["id"],
        names=tuple(content["names"]),
        codes=tuple(content["codes"]),
        subjects=tuple(content["subjects"]),
        instances=by_concept("instances"),
        shared=by_concept("shared"),
        searched=by_concept("searched"),
        before=content["before"],
        set_aside=content["set_aside"],
        originals=tuple(content["originals"]),
    )


def drop_journal(folder: Path) -> None:
    """The erasure is finished."""
    for path in (folder / _NAME, folder / f"{_NAME}.unfinished"):
        path.unlink(missing_ok=True)
    if folder.exists():
        folder.rmdir()
        sync(folder.parent)
