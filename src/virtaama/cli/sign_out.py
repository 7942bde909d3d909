"""End sessions of the portal."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from virtaama.cli.options import project_option
from virtaama.project.settings import read_settings


@click.command("sign-out")
@click.argument("account", required=False)
@click.option("--everybody", is_flag=True, help="The sessions of all accounts.")
@project_option
def sign_out(account: str | None, everybody: bool, folder: Path) -> None:
    """End every session of an account in the portal, or of everybody. Works while the portal is served.

    An account is called as in the audit log. Take its groups away at the county's provider too: a session that is
    ended can be begun again.

    \b
    Example:
        virtaama sign-out analyytikko --project demo
    """
    if bool(account) == everybody:
        raise click.UsageError("name one account, or say --everybody.")
    # Become the portal's process: commands and pages do not import each other.
    named = [account] if account else []
    project = str(read_settings(folder).folder)
    os.execv(sys.executable, [sys.executable, "-m", "virtaama.portal.end_sessions", project, *named])  # nosec B606 # our own interpreter and module, without a shell
