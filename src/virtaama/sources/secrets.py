"""Secrets: in the environment or in a file outside the project, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

from virtaama.problems import DeliveryRefused


def read_secret(reference: str, project: Path) -> str:
    """What `env:NAME` or `file:/path` stands for; DeliveryRefused where there is nothing, or it lies in here."""
    kind, _, where = reference.partition(":")
    if kind == "env":
        found = os.environ.get(where, "")
    else:
        path = Path(where).expanduser().resolve()
        if path.is_relative_to(project.resolve()):
            raise DeliveryRefused(
                f"the secret {reference} lies inside the project.\n  Move it out: whoever copies the project "
                "must not get it with it."
            )
        found = path.read_text(encoding="utf-8").strip() if path.is_file() else ""
    if not found:
        raise DeliveryRefused(
            f"there is no secret {reference}.\n  Set the environment variable, or write the file, for the user "
            "that runs virtaama."
        )
    return found
