"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from getpass import getuser
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def project_option(command: Command) -> Command:
    return click.option(
        "--project",
        "folder",
        type=click.Path(path_type=Path),
        default=".",
        show_default="the folder one stands in",
        envvar="VIRTAAMA_PROJECT",
        show_envvar=True,
        help="The project folder.",
    )(command)


def asker_options(command: Command) -> Command:
    """In which role and for which purpose the question is put; both go on record."""
    for option in (
        click.option(
            "--own-municipality",
            "own",
            multiple=True,
            metavar="CODE",
            help="Municipality of the asker, for roles that see only their own.",
        ),
        click.option(
            "--purpose",
            default="steering",
            show_default=True,
            help="What the answer is for: steering, planning, evaluation, data_quality.",
        ),
        click.option(
            "--as-role",
            "role",
            default="analyst",
            show_default=True,
            help="The role in which one asks, from access.yaml.",
        ),
    ):
        command = option(command)
    return command


def terminal_user() -> str:
    """Who sits at the terminal, as the system knows them."""
    return f"terminal:{getuser()}"
