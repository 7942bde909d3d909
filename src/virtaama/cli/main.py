"""The command `virtaama`. Every command is a verb; each help closes on an example.

Exit codes: 0 done · 1 something unforeseen · 64 the command was not understood · 130 stopped by the
user; those of the errors in `virtaama.problems` are their own.
"""

from __future__ import annotations

import sys

import click

from virtaama.cli.ask import ask
from virtaama.cli.compare import compare
from virtaama.cli.console import say
from virtaama.cli.contract import contract
from virtaama.cli.demo import demo
from virtaama.cli.explain import explain
from virtaama.cli.features import features
from virtaama.cli.flow import check, collect, land, load, plan
from virtaama.cli.intake import intake
from virtaama.cli.invent import invent
from virtaama.cli.keep import backup, restore, verify
from virtaama.cli.models import back_out, rebuild
from virtaama.cli.new import new
from virtaama.cli.quality import quality
from virtaama.cli.runs import runs
from virtaama.cli.serve import serve
from virtaama.cli.watch import watch
from virtaama.problems import VirtaamaError
from virtaama.project.room import told_of_full_disk

NOT_UNDERSTOOD = 64
STOPPED = 130


class InOrder(click.Group):
    """Lists its commands in the order in which they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=InOrder)
@click.version_option(package_name="virtaama", message="%(version)s")
def virtaama() -> None:
    """Carry what a county's source systems know to the people who steer it.

    \b
    Example:
        virtaama demo mycounty --residents 2000
    """


for command in (
    new,
    invent,
    check,
    land,
    collect,
    plan,
    load,
    back_out,
    rebuild,
    watch,
    intake,
    quality,
    contract,
    ask,
    explain,
    features,
    runs,
    verify,
    backup,
    restore,
    compare,
    serve,
    demo,
):
    virtaama.add_command(command)


def main() -> None:
    """Run the command line; errors a person can act on end it without a traceback."""
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
