"""By what a delivery is known again: a mark of its bytes that nobody without the key can make.

A plain hash would tell what it is made of where little is unknown: of a delivery of one row whose other fields stand
in the lake, the identity code is found by trying all codes there are.
"""

from __future__ import annotations

import hmac
from pathlib import Path

from virtaama.keyring import Keyring
from virtaama.lake.files import sha256_of


def mark_of(path: Path, keyring: Keyring) -> str:
    """64 hex digits, the same for the same bytes: an HMAC-SHA256 over their SHA-256."""
    return mark_of_text(sha256_of(path), keyring)


def mark_of_text(text: str, keyring: Keyring) -> str:
    """The same for a text that tells a delivery from others."""
    return hmac.digest(keyring.derived("deliveries"), text.encode(), "sha256").hex()
