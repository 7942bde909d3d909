"""Serve the portal of a project."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from virtaama.cli.options import project_option
from virtaama.project.project import Project


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--address", default="127.0.0.1", show_default=True, help="Any other than loopback expects TLS in front."
)
@project_option
def serve(port: int, address: str, folder: Path) -> None:
    """Serve the portal until it is stopped with Ctrl-C.

    \b
    Example:
        virtaama serve --project demo --port 8000
    """
    start_portal(Project.open(folder), address, port)


def start_portal(project: Project, address: str, port: int) -> None:
    """Become the portal's process: commands and pages do not import each other."""
    project.door().snapshot()
    folder = str(project.settings.folder)
    os.execv(sys.executable, [sys.executable, "-m", "virtaama.portal", folder, address, str(port)])
