"""Serve the portal of a project."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import click

from virtaama.cli.options import project_option
from virtaama.keyring import OF_THE_LOADER
from virtaama.problems import NotReady
from virtaama.project.confined import refuse_what_is_the_loaders, unit_of_portal
from virtaama.project.project import Project


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--address", default="127.0.0.1", show_default=True, help="Any other than loopback expects TLS in front."
)
@click.option(
    "--confined", is_flag=True, help="Refuse to serve where what is the loader's alone can be read."
)
@click.option(
    "--unit", is_flag=True, help="Write a systemd unit that confines the portal of this project, and end."
)
@project_option
def serve(port: int, address: str, confined: bool, unit: bool, folder: Path) -> None:
    """Serve the portal until it is stopped with Ctrl-C.

    \b
    Example:
        virtaama serve --project demo --port 8000
    """
    project = Project.open(folder, without_keys=OF_THE_LOADER)
    if unit:
        click.echo(unit_of_portal(project, address, port), nl=False)
        return
    if confined:
        refuse_what_is_the_loaders(project)
    start_portal(project, address, port)


def require_free(address: str, port: int) -> None:
    """NotReady when another program listens there already."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        # The portal itself may have been stopped a moment ago; its address is free then.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise NotReady(
                f"{address}:{port} cannot be served on: {error.strerror}.\n"
                "  Choose another port with --port (make demo PORT=8001), or stop what uses it."
            ) from None


def start_portal(project: Project, address: str, port: int) -> None:
    """Become the portal's process: commands and pages do not import each other."""
    project.door().snapshot()
    require_free(address, port)
    folder = str(project.settings.folder)
    os.execv(sys.executable, [sys.executable, "-m", "virtaama.portal", folder, address, str(port)])  # nosec B606 # our own interpreter and module, without a shell
