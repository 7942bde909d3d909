"""What a backup holds, written down so that nothing missing or changed goes unnoticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from virtaama.problems import Damaged, NotReady

FORM = 1
FILE = "MANIFEST.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A backup: `files` gives the SHA-256 of each, by its place below the folder of backups."""

    made: datetime
    project: str
    ledger: str  # identity of the ledger
    batches: int
    audit_entries: int
    audit_seal: str  # of the newest entry
    keys: Mapping[str, str]  # the prints of the keys that open it; never the keys
    files: Mapping[str, str]

    def write(self, folder: Path) -> None:
        told = {"form": FORM, **asdict(self), "made": self.made.isoformat()}
        text = json.dumps({**told, "seal": _seal(told)}, indent=1, sort_keys=True)
        (folder / FILE).write_text(f"{text}\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raises Damaged when it is not as it was written, NotReady when a newer Virtaama wrote it."""
        path = folder / FILE
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            seal, form = told.pop("seal"), told["form"]
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            raise Damaged(
                f"{path}: cannot be read.\n  Take another backup; nothing was brought back."
            ) from None
        if seal != _seal(told):
            raise Damaged(
                f"{path}: has changed since it was written.\n  Take another backup; nothing was brought back."
            )
        if form > FORM:
            raise NotReady(
                f"{path}: made by a newer version of Virtaama (form {form}, this version knows {FORM}).\n"
                "  Install that version to bring it back."
            )
        del told["form"]
        return cls(**{**told, "made": datetime.fromisoformat(told["made"])})


def _seal(told: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
