"""The keys of a project: files of 32 random bytes in a folder only their owner can read.

The folder lies outside the data folder, and outside that of the identity store. Some keys are changed from time
to time and have a number, `identity-1.key`; all that are there can be read, the newest closes. Losing those of
the identity store means that no later delivery can be joined to an earlier one and that no name is read again;
losing `quarantine.key` means that what was set aside stays closed.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from virtaama.problems import Damaged, NotReady, Place, Problem, ProblemsFound

KEYS = ("root", "quarantine", "audit", "portal")
NUMBERED = ("identity", "wrapping", "domain")
"""Kinds of keys that are changed: of what persons are known by, of what is closed, of pseudonyms in extracts."""

OF_THE_LOADER = ("quarantine", "domain")
"""Keys, by name or kind, that whoever only reads what is published has no use for."""

FORMAT = 2
FORMAT_FILE = "FORMAT"  # not there in form 1
_CLOSING = ("root", "quarantine")  # and the numbered ones: their prints are on record
_LENGTH = 32
_NONCE = 12
_NUMBERED = re.compile(rf"({'|'.join(NUMBERED)})-([1-9]\d*)\.key", re.ASCII)


@dataclass(frozen=True, slots=True)
class Box:
    """Closes bytes under one key, and opens them (AES-256-GCM). `context` must be given again to open them."""

    _key: bytes = field(repr=False)

    def seal(self, raw: bytes, context: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self._key).encrypt(nonce, raw, context.encode())

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """What `seal` closed; Damaged when the key, the context or the bytes are not the same."""
        try:
            return AESGCM(self._key).decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
        except (InvalidTag, ValueError):
            raise Damaged(f"What was closed as {context} was not sealed with this project's key.") from None


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys in memory, but those `without`. Never printed: `repr` shows the folder only."""

    folder: Path
    _keys: dict[str, bytes] = field(repr=False)
    without: tuple[str, ...] = ()

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Make the folder and every key that is not there yet; a key that is there is never replaced."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not any(folder.glob("*.key")):
            _write_new(folder / FORMAT_FILE, f"{FORMAT}\n".encode())
        _refuse_other_form(folder)
        first = (f"{kind}-1" for kind in NUMBERED if not _numbers(folder, kind))
        for name in (*KEYS, *first):
            _write_new(folder / f"{name}.key", secrets.token_bytes(_LENGTH))
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path, without: tuple[str, ...] = ()) -> Self:
        """Read all keys but those `without`, by name or kind, which need not be there and are not looked at.

        Refused when one is missing (NotReady), or too open or damaged (ProblemsFound).
        """
        _refuse_other_form(folder)
        needed = [name for name in KEYS if name not in without]
        missing = [f"{name}.key" for name in needed if not (folder / f"{name}.key").is_file()]
        missing += [
            f"{kind}-1.key" for kind in NUMBERED if kind not in without and not _numbers(folder, kind)
        ]
        if missing:
            raise NotReady(
                f"{folder}: no key {', '.join(missing)}.\n"
                "  Bring the keys of this project back from their safe copy; for a new project `virtaama new` "
                "makes them. New keys would not open what the old ones have closed."
            )
        paths = tuple(path for path in key_files(folder) if path.stem.partition("-")[0] not in without)
        if problems := _problems(folder, paths):
            raise ProblemsFound(tuple(problems))
        return cls(folder, {path.stem: path.read_bytes() for path in paths}, without)

    def again(self) -> Self:
        """The same keys, with those that have come to the folder since they were read."""
        return self.open(self.folder, self.without)

    def key(self, name: str) -> bytes:
        """The 32 bytes of one key, `audit` or `identity-2`, for those who sign, close or seal with it themselves."""
        return self._keys[name]

    def numbers(self, kind: str) -> tuple[int, ...]:
        """The numbers of a kind of key that are there, in order."""
        return tuple(
            sorted(int(n) for name in self._keys for k, _, n in [name.partition("-")] if k == kind and n)
        )

    def with_next(self, kind: str) -> Self:
        """The keys with one more of a kind, which is on disk when this returns."""
        number = self.numbers(kind)[-1] + 1
        _write_new(self.folder / f"{kind}-{number}.key", secrets.token_bytes(_LENGTH))
        return self.again()

    def derived(self, use: str) -> bytes:
        """32 bytes for another use, the same as long as the project is; no key can be told from them."""
        return hmac.digest(self._keys["root"], f"virtaama {use}".encode(), "sha256")

    def box(self, use: str) -> Box:
        """What is closed for another use than quarantine, under a key derived for it."""
        return Box(self.derived(use))

    def print_of(self, name: str) -> str:
        """A mark by which a key is known again; nothing of the key can be told from it."""
        return hmac.digest(self._keys[name], f"virtaama print of {name}".encode(), "sha256").hex()[:16]

    def prints(self) -> dict[str, str]:
        """The mark of each key that closes data."""
        return {name: self.print_of(name) for name in self._keys if name in _CLOSING or "-" in name}

    def seal(self, raw: bytes, context: str) -> bytes:
        """Close quarantined bytes; `context` (the feed) must be given again to open them (AES-256-GCM)."""
        return Box(self._keys["quarantine"]).seal(raw, context)

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """Open what `seal` closed; Damaged when the key, the context or the bytes are not the same."""
        try:
            return Box(self._keys["quarantine"]).unseal(sealed, context)
        except Damaged:
            raise Damaged(f"A quarantined row of {context} was not sealed with this project's key.") from None


def key_files(folder: Path) -> tuple[Path, ...]:
    """The keys in a folder, by name; what else lies there is none."""
    named = {f"{name}.key" for name in KEYS}
    return tuple(
        path for path in sorted(folder.glob("*.key")) if path.name in named or _NUMBERED.fullmatch(path.name)
    )


def _numbers(folder: Path, kind: str) -> list[int]:
    found = (_NUMBERED.fullmatch(path.name) for path in folder.glob(f"{kind}-*.key"))
    return sorted(int(match[2]) for match in found if match)


def _write_new(path: Path, content: bytes) -> None:
    """Whole and on disk, or not there: a key cut short by a crash would be refused for ever. What is there stays."""
    if path.exists():
        return
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.link(unfinished, path)  # refuses where a key is there
    unfinished.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _refuse_other_form(folder: Path) -> None:
    path = folder / FORMAT_FILE
    found = path.read_text(encoding="ascii", errors="replace").strip() if path.is_file() else ""
    if found == str(FORMAT):
        return
    if not found and not (folder / "identity.key").is_file():
        return  # no keys of a form: what is missing is said
    if found in ("", "1"):
        raise NotReady(
            f"{folder}: the keys are kept in form 1, this version of Virtaama knows form {FORMAT}.\n"
            "  Form 1 is that of projects whose persons have pseudonyms computed from their codes; the lake of such a "
            "project cannot be read on.\n"
            "  Make a new project with `virtaama new`, bring its model and its deliveries over and land them anew; or "
            "go on with the version that made it. Nothing was read."
        )
    raise NotReady(
        f"{path}: the keys are kept in form {found[:8]}, this version of Virtaama knows form {FORMAT}.\n"
        "  Install the version that wrote them. Nothing was read."
    )


def _problems(folder: Path, paths: tuple[Path, ...]) -> list[Problem]:
    found = []
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        found.append(
            Problem(
                Place(str(folder)),
                "others than its owner can open the key folder.",
                f"chmod 700 {folder}",
            )
        )
    for path in paths:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            found.append(
                Problem(
                    Place(str(path)),
                    "others than its owner can read the key.",
                    f"chmod 600 {path}",
                )
            )
        elif path.stat().st_size != _LENGTH:
            found.append(
                Problem(
                    Place(str(path)),
                    f"a key has {_LENGTH} bytes, this file has {path.stat().st_size}.",
                    "Bring the key back from its safe copy.",
                )
            )
    return found
