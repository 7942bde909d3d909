"""The packs of dated law: those of the package, and newer ones of the project's folder `statutes`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from virtaama.project.settings import files_in
from virtaama.statutes.editions import Statutes
from virtaama.statutes.kinds import KINDS

STATUTE_FOLDER = "statutes"


def statutes_of(folder: Path) -> Statutes:
    """The packs that count in a project: the newest edition of each name."""
    return Statutes(KINDS, _shipped_texts(), dict(files_in(folder, STATUTE_FOLDER)))


@cache
def shipped_statutes() -> Statutes:
    """The packs of the package alone."""
    return Statutes(KINDS, _shipped_texts())


@cache
def _shipped_texts() -> dict[str, str]:
    folder = files("virtaama") / "content" / "statutes"
    return {f"{kind.name}.yaml": (folder / f"{kind.name}.yaml").read_text(encoding="utf-8") for kind in KINDS}
