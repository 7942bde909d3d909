"""The command `virtaama`. Every command is a verb; each help closes on an example.

Exit codes: 0 done · 1 something unforeseen · 64 the command was not understood · 130 stopped by the
user; those of the errors in `virtaama.problems` are their own.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from virtaama.cli.console import say
from virtaama.privacy.log_lines import keep_words_back
from virtaama.problems import VirtaamaError
from virtaama.project.room import told_of_full_disk

NOT_UNDERSTOOD = 64
STOPPED = 130


# In the order in which they are used, each with the module it is in: a command brings in what it needs, no other.
COMMANDS = {
    "new": "new",
    "invent": "invent",
    "check": "flow",
    "land": "flow",
    "collect": "flow",
    "plan": "flow",
    "load": "flow",
    "link": "link",
    "back-out": "models",
    "rebuild": "models",
    "watch": "watch",
    "intake": "intake",
    "quality": "quality",
    "contract": "contract",
    "model": "model",
    "codes": "codes",
    "ask": "ask",
    "explain": "explain",
    "metric": "metric",
    "features": "features",
    "release": "release",
    "describe": "describe",
    "runs": "runs",
    "audit": "audit",
    "identity": "identity",
    "statutes": "statutes",
    "crosswalk": "crosswalk",
    "funding": "funding",
    "retention": "retention",
    "erase": "erase",
    "verify": "keep",
    "backup": "keep",
    "restore": "keep",
    "compare": "compare",
    "serve": "serve",
    "sign-out": "sign_out",
    "demo": "demo",
}


class Commands(click.Group):
    """Finds a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"virtaama.cli.{COMMANDS[cmd_name]}")
        command = getattr(module, cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Commands)
@click.version_option(package_name="virtaama", message="%(version)s")
def virtaama() -> None:
    """Carry what a county's source systems know to the people who steer it.

    \b
    Example:
        virtaama demo mycounty --residents 2000
    """


def main() -> None:
    """Run the command line; no error ends it with a traceback, as one may quote what was read."""
    if os.environ.get("VIRTAAMA_DEBUG") != "1":
        keep_words_back()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; its exit code."""
    try:
        with told_of_full_disk():
            virtaama.main(arguments, prog_name="virtaama", standalone_mode=False)
    except VirtaamaError as error:
        say(str(error))
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return NOT_UNDERSTOOD
    except click.ClickException as error:
        error.show()
        return NOT_UNDERSTOOD
    except (click.Abort, KeyboardInterrupt):
        say("Stopped.")
        return STOPPED
    return 0
