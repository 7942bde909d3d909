"""The software that is installed here and that the platform needs: read from the installation and from the lock."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from virtaama.descriptions.known import Component

PLATFORM = "virtaama"
LOCK = "run.txt"
SOURCES = Path(__file__).parents[3]
_LOCKED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?==(?P<version>[^\s;\\]+)", re.ASCII)
_HASH = re.compile(r"--hash=sha256:(?P<hash>[0-9a-f]{64})", re.ASCII)
_CLASSIFIED = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
}
"""Classifiers of packages in SPDX; one that says too little is no licence by itself."""
_SPDX = frozenset(
    {each for each in _CLASSIFIED.values() if each} | {"BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"}
)


def components() -> tuple[Component, ...]:
    """The platform, then all it needs, by name, as installed here with the licences they state."""
    hashes = locked(lock_text())
    platform, waiting = _platform()
    found: dict[str, Component] = {}
    met: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in met:
            continue
        met.add((name, extras))
        try:
            installed = distribution(name)
        except PackageNotFoundError:  # a part for other machines, or one that was not asked for
            continue
        needed = _needed(installed.requires or (), extras)
        before = found[name].requires if name in found else ()
        requires = tuple(sorted({*before, *(other for other, _ in needed)}))
        found[name] = _component(name, installed, requires, hashes.get((name, installed.version), ()))
        waiting += needed
    return (platform, *(found[name] for name in sorted(found)))


def _platform() -> tuple[Component, list[tuple[str, frozenset[str]]]]:
    """The platform itself and what it needs: as installed, else as its sources say."""
    try:
        installed = distribution(PLATFORM)
    except PackageNotFoundError:
        project = tomllib.loads((SOURCES / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        needed = _needed(project["dependencies"])
        return Component(
            name=PLATFORM,
            version=project["version"],
            licence=project["license"],
            summary=project["description"],
            requires=tuple(sorted({name for name, _ in needed})),
        ), needed
    needed = _needed(installed.requires or ())
    return _component(PLATFORM, installed, tuple(sorted({name for name, _ in needed})), ()), needed


def lock_text() -> str:
    """The lock beside the sources, else the one that was installed with the platform; empty where there is neither."""
    for place in (SOURCES / "requirements" / LOCK, Path(sys.prefix) / "share" / PLATFORM / LOCK):
        if place.is_file():
            return place.read_text(encoding="utf-8")
    return ""


def locked(lock: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """The SHA-256 of every file of each package and version a lock names."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    entry = ("", "")
    for line in lock.splitlines():
        if begins := _LOCKED.match(line):
            entry = (canonicalize_name(begins["name"]), begins["version"])
        if entry[0] and (hashed := _HASH.search(line)):
            found[entry] = (*found.get(entry, ()), hashed["hash"])
    return found


def _component(
    name: str, installed: Distribution, requires: tuple[str, ...], hashes: tuple[str, ...]
) -> Component:
    licence, is_spdx = _licence(installed)
    return Component(
        name=name,
        version=installed.version,
        licence=licence,
        is_spdx=is_spdx,
        summary=_told(installed, "Summary"),
        requires=requires,
        hashes=hashes,
    )


def _needed(lines: Iterable[str], extras: frozenset[str] = frozenset()) -> list[tuple[str, frozenset[str]]]:
    """The names that lines of requirements ask for on this machine, each with the extras it is asked for with."""
    found: list[tuple[str, frozenset[str]]] = []
    for line in lines:
        asked = Requirement(line)
        marker = asked.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            found.append((canonicalize_name(asked.name), frozenset(asked.extras)))
    return found


def _licence(installed: Distribution) -> tuple[str, bool]:
    """What a package says of its licence, and whether that is SPDX."""
    if expression := _told(installed, "License-Expression"):
        return expression, True
    classified = [
        line.rpartition("::")[2].strip()
        for line in installed.metadata.get_all("Classifier") or ()
        if line.startswith("License ::")
    ]
    known = sorted({_CLASSIFIED[each] for each in classified if _CLASSIFIED.get(each)})
    if known and len(known) == len(classified):
        return " AND ".join(known), True
    stated = _told(installed, "License")
    if stated in _SPDX:
        return stated, True
    # Some write the whole text of it there.
    return (stated if stated and "\n" not in stated else ", ".join(classified)), False


def _told(installed: Distribution, member: str) -> str:
    """What a package says of itself there; empty where it says nothing."""
    return installed.metadata[member].strip() if member in installed.metadata else ""
