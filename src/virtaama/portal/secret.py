"""The secret that signs sessions and forms, kept with the project's other keys."""

from __future__ import annotations

from pathlib import Path

from virtaama.problems import NotReady

SHORTEST = 32


def read_secret(keys: Path) -> str:
    """The portal's secret in this folder of keys; NotReady when there is none, or none that is random."""
    file = keys / "portal.key"
    if not file.is_file():
        raise NotReady(
            f"{file}: there is no secret for the portal.\n"
            "  `virtaama new` makes one; VIRTAAMA_PROJECT must name the project folder."
        )
    secret = file.read_bytes()
    if len(secret) < SHORTEST or len(set(secret)) < SHORTEST // 4:
        raise NotReady(
            f"{file}: the secret of the portal is too short or too even to be random.\n"
            "  Delete the file and let `virtaama new` make another; everyone then signs in again."
        )
    return secret.hex()
