"""What the portal has no use for, and how the system keeps it from it.

The portal reads what is published, the stores it shares with the loader, and the keys of these. Deliveries hold
identity codes in the clear, the lake and the warehouse every row of everybody, quarantine what could not be read:
whoever takes over the portal is to get none of it.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

from virtaama.keyring import OF_THE_LOADER
from virtaama.problems import Place, Problem, ProblemsFound
from virtaama.project.parts import Parts
from virtaama.project.settings import Settings

_UNIT: Final = """\
# Made by `virtaama serve --unit`: make it anew when feeds, folders or keys are added.
[Unit]
Description=Virtaama portal of {name}
After=network-online.target

[Service]
User={user}
UMask=0077
ExecStart={program} serve --confined --project {folder} --address {address} --port {port}
Restart=on-failure
# Read only, but for what it writes: accounts, the audit log, what is said of pairs.
ProtectSystem=strict
ReadWritePaths={written}
ReadOnlyPaths={shown}
# What is the loader's alone.
{inaccessible}
# Nothing else of the machine, and no way round by other processes of the same user.
PrivateUsers=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectHome=yes
ProtectProc=invisible
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
RestrictNamespaces=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@debug @mount

[Install]
WantedBy=multi-user.target
"""


def loaders_own(parts: Parts) -> tuple[Path, ...]:
    """Files and folders of a project that the loader needs and the portal does not, whether they are there or not."""
    settings = parts.settings
    return (
        settings.deliveries,
        *(settings.lake / feed.id for feed in parts.model.feeds),
        settings.warehouse.parent,
        settings.features,
        settings.retention,
        settings.erasing,
        settings.cache,
        *(path for kind in OF_THE_LOADER for path in _keys(settings, kind)),
        *([settings.backups] if settings.backups else []),
    )


def shown(settings: Settings) -> tuple[Path, ...]:
    """What the loader publishes for the portal to show: nobody else changes it."""
    return (settings.published, settings.direct, settings.releases, settings.descriptions)


def refuse_what_is_the_loaders(parts: Parts) -> None:
    """ProblemsFound with everything of the loader's own that this process can read."""
    found = tuple(
        Problem(
            Place(str(path)),
            "the portal can read what is the loader's alone.",
            "Start it by the unit `virtaama serve --unit` writes; see docs/how-to/run-for-real.md.",
        )
        for path in loaders_own(parts)
        if os.access(path, os.R_OK)
    )
    if found:
        raise ProblemsFound(found)


def unit_of_portal(parts: Parts, address: str, port: int) -> str:
    """A unit of systemd that serves the portal of this project and lets it read what it needs."""
    settings = parts.settings
    return _UNIT.format(
        name=settings.name,
        user=settings.folder.owner(),
        program=shutil.which("virtaama") or Path(sys.executable).with_name("virtaama"),
        folder=settings.folder,
        address=address,
        port=port,
        written=" ".join(str(path) for path in _written(settings)),
        shown=" ".join(f"-{path}" for path in shown(settings)),
        inaccessible="\n".join(f"InaccessiblePaths=-{path}" for path in loaders_own(parts)),
    )


def _written(settings: Settings) -> tuple[Path, ...]:
    """Where the portal writes: SQLite makes journals beside the stores. Keys it only reads."""
    anchors = (settings.anchors,) if settings.anchors else ()
    return (settings.data, settings.identities, *anchors)


def _keys(settings: Settings, kind: str) -> tuple[Path, ...]:
    numbered = tuple(sorted(settings.keys.glob(f"{kind}-*.key")))
    return numbered or (settings.keys / f"{kind}.key",)
