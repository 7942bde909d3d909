"""The keys of a project: files of 32 random bytes in a folder only their owner can read.

The folder lies outside the data folder. Losing `identity.key` means that no later delivery can be joined
to an earlier one; losing `direct.key` or `quarantine.key` means that what they closed stays closed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from virtaama.privacy import pseudonyms
from virtaama.problems import Damaged, NotReady, Place, Problem, ProblemsFound

KEYS = ("identity", "direct", "quarantine", "audit", "portal")
FORMAT = 1
FORMAT_FILE = "FORMAT"  # not there in form 1
_LENGTH = 32
_NONCE = 12


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys in memory. Never printed: `repr` shows names only."""

    _keys: dict[str, bytes] = field(repr=False)

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Make the folder and every key that is not there yet; a key that is there is never replaced."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in KEYS:
            path = folder / f"{name}.key"
            if not path.exists():
                _write_new(path, secrets.token_bytes(_LENGTH))
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Read all keys. Refused when one is missing (NotReady), or too open or damaged (ProblemsFound)."""
        _refuse_newer(folder)
        missing = [name for name in KEYS if not (folder / f"{name}.key").is_file()]
        if missing:
            raise NotReady(
                f"{folder}: no key {', '.join(f'{name}.key' for name in missing)}.\n"
                "  Bring the keys of this project back from their safe copy; for a new project `virtaama new` "
                "makes them. A new identity key would give every person a new pseudonym."
            )
        if problems := _problems(folder):
            raise ProblemsFound(tuple(problems))
        return cls({name: (folder / f"{name}.key").read_bytes() for name in KEYS})

    def key(self, name: str) -> bytes:
        """The 32 bytes of one key, for those who sign or seal with it themselves (audit, portal)."""
        return self._keys[name]

    def derived(self, use: str) -> bytes:
        """32 bytes for another use, the same as long as the keys are; no key can be told from them."""
        return hmac.new(self._keys["identity"], f"virtaama {use}".encode(), hashlib.sha256).digest()

    def prints(self) -> dict[str, str]:
        """A mark by which each key that closes data is known again; nothing of the key can be told from it."""
        return {
            name: hmac.new(
                self._keys[name], f"virtaama print of {name}".encode(), hashlib.sha256
            ).hexdigest()[:16]
            for name in ("identity", "direct", "quarantine")
        }

    def pseudonym(self, code: str) -> str:
        """The pseudonym of a normalised identity code."""
        return pseudonyms.pseudonym(code, self._keys["identity"])

    def encipher(self, field_name: str, text: str) -> str:
        """Close a direct attribute. The same text in the same field gives the same result (AES-256-SIV)."""
        return base64.b64encode(self._siv().encrypt(text.encode(), [field_name.encode()])).decode("ascii")

    def decipher(self, field_name: str, enciphered: str) -> str:
        """Open what `encipher` closed; Damaged when it is of another field, another key or changed."""
        try:
            return self._siv().decrypt(base64.b64decode(enciphered), [field_name.encode()]).decode()
        except (InvalidTag, ValueError):
            raise Damaged(
                f"A value of field {field_name} was not enciphered with this project's key."
            ) from None

    def encipher_all(self, field_name: str, texts: list[str]) -> list[str]:
        siv, bound = self._siv(), [field_name.encode()]
        return [base64.b64encode(siv.encrypt(text.encode(), bound)).decode("ascii") for text in texts]

    def seal(self, raw: bytes, context: str) -> bytes:
        """Close quarantined bytes; `context` (the feed) must be given again to open them (AES-256-GCM)."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self._keys["quarantine"]).encrypt(nonce, raw, context.encode())

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """Open what `seal` closed; Damaged when the key, the context or the bytes are not the same."""
        try:
            return AESGCM(self._keys["quarantine"]).decrypt(
                sealed[:_NONCE], sealed[_NONCE:], context.encode()
            )
        except (InvalidTag, ValueError):
            raise Damaged(f"A quarantined row of {context} was not sealed with this project's key.") from None

    def _siv(self) -> AESSIV:
        # AES-256-SIV takes 64 bytes; the stored 32 are expanded, so that every key file looks the same.
        return AESSIV(HKDFExpand(SHA512(), 64, b"virtaama direct").derive(self._keys["direct"]))


def _write_new(path: Path, key: bytes) -> None:
    """Whole and on disk, or not there: a key cut short by a crash would be refused for ever."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    os.link(unfinished, path)  # refuses where a key is there
    unfinished.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _refuse_newer(folder: Path) -> None:
    path = folder / FORMAT_FILE
    if path.is_file() and (found := path.read_text(encoding="ascii", errors="replace").strip()) != str(
        FORMAT
    ):
        raise NotReady(
            f"{path}: the keys are kept in form {found[:8]}, this version of Virtaama knows form {FORMAT}.\n"
            "  Install the version that wrote them. Nothing was read."
        )


def _problems(folder: Path) -> list[Problem]:
    found = []
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        found.append(
            Problem(
                Place(str(folder)),
                "others than its owner can open the key folder.",
                f"chmod 700 {folder}",
            )
        )
    for name in KEYS:
        path = folder / f"{name}.key"
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
