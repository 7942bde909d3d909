"""Take events of devices in."""

from __future__ import annotations

from pathlib import Path

import click

from virtaama.cli.console import say
from virtaama.cli.options import project_option
from virtaama.cli.signals import stopping
from virtaama.project.project import Project


@click.command()
@click.option(
    "--address", default="127.0.0.1", show_default=True, help="Any other than loopback expects TLS in front."
)
@click.option("--port", type=click.IntRange(0, 65535), default=8100, show_default=True)
@project_option
def intake(address: str, port: int, folder: Path) -> None:
    """Take events in over HTTP and MQTT, and make deliveries of them, until stopped.

    An event is acknowledged when it is on disk. What was sent twice is delivered once. The deliveries are
    landed by `watch` or `land`. Stops with Ctrl-C or SIGTERM when what was taken is delivered.

    \b
    Example:
        virtaama intake --port 8100 --project demo
    """
    # Servers and clients are brought in here: no other command has a use for them.
    from virtaama.project.intake import Listening, take_in

    project = Project.open(folder)
    project.check()
    with stopping() as stop:
        tally = take_in(project, Listening(address=address, port=port), stop, say)
    say(str(tally))
