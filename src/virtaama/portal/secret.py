"""The secret that signs sessions and forms, kept with the project's other keys."""

from __future__ import annotations

import stat
from itertools import pairwise
from pathlib import Path

from virtaama.problems import NotReady

SHORTEST = 32


def read_secret(keys: Path) -> str:
    """The portal's secret in this folder of keys; NotReady when there is none, or none that is random and secret."""
    file = keys / "portal.key"
    if not file.is_file():
        raise NotReady(
            f"{file}: there is no secret for the portal.\n"
            "  `virtaama new` makes one; VIRTAAMA_PROJECT must name the project folder."
        )
    secret = file.read_bytes()
    if len(secret) < SHORTEST or is_made_up(secret):
        raise NotReady(
            f"{file}: the secret of the portal is too short or too even to be random.\n"
            "  Delete the file and let `virtaama new` make another; everyone then signs in again."
        )
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise NotReady(
            f"{file}: others than its owner can read the secret of the portal.\n  chmod 600 {file}"
        )
    return secret.hex()


def is_made_up(secret: bytes) -> bool:
    """Whether someone wrote it, or a program counted it: few different bytes, even steps, or plain text.

    Of 32 random bytes less than one in 10^13 is taken for one.
    """
    steps = {(after - before) % 256 for before, after in pairwise(secret)}
    return (
        len(set(secret)) < SHORTEST // 4
        or len(steps) == 1
        or all(32 <= byte < 127 for byte in secret.strip())
    )
