"""What someone is called here whom a provider knows by an identity code alone: a mark that does not lead back to it."""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from pathlib import Path
from typing import Final

from virtaama.privacy.pseudonyms import is_identity_code, normalise
from virtaama.problems import NotReady

KEY_FILE: Final = "sign_in.persons.key"
PREFIX: Final = "person:"
_BYTES: Final = 32


def make_persons_key(keys: Path) -> None:
    """Make the key of the marks, unless one is there. It is no key of data: marks are of those who sign in."""
    path = keys / KEY_FILE
    if path.exists():
        return
    unfinished = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(unfinished, path)
    except FileExistsError:  # another process was quicker, and its key counts
        pass
    finally:
        unfinished.unlink()


def read_persons_key(keys: Path) -> bytes:
    """The key; NotReady where it is missing, short or open to others."""
    path = keys / KEY_FILE
    if not path.is_file():
        raise NotReady(f"{path}: the key of the marks of persons is missing.\n  `virtaama serve` makes one.")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise NotReady(f"{path}: others than its owner can read the key.\n  chmod 600 {path}")
    key = path.read_bytes()
    if len(key) != _BYTES:
        raise NotReady(f"{path}: {_BYTES} bytes are wanted. Bring the key back from its safe copy.")
    return key


def mark_of_person(code: str, key: bytes) -> str:
    """`person:` and 32 hexadecimal digits; ValueError, without the code, where it is no identity code."""
    normal = normalise(code)
    if not is_identity_code(normal):
        raise ValueError("no personal identity code")
    return PREFIX + hmac.digest(key, normal.encode(), "sha256")[:16].hex()
