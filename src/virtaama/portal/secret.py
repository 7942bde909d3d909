"""The secret that signs sessions and forms, kept with the project's other keys."""

from __future__ import annotations

from pathlib import Path

from virtaama.problems import NotReady

SHORTEST = 32


def read_secret(project_folder: Path) -> str:
    """The portal's secret of this project; NotReady when there is none or it is too short to be random."""
    file = project_folder / "keys" / "portal.key"
    if not file.is_file():
        raise NotReady(
            f"{file}: there is no secret for the portal.\n"
            "  `virtaama new` makes one; VIRTAAMA_PROJECT must name the project folder."
        )
    secret = file.read_bytes().strip()
    if len(secret) < SHORTEST or len(set(secret)) < 8:
        raise NotReady(
            f"{file}: the secret of the portal is too short or too even to be random.\n"
            "  Delete the file and run `virtaama new` to have one made; everyone signs in again."
        )
    return secret.decode("latin-1")
