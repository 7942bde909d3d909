"""What the interoperability platform asks of whoever brings something, as options."""

from __future__ import annotations

import click

from virtaama.cli.options import Command
from virtaama.interchange.platform import OF_COUNTIES, Publisher, Status


def publisher_options(command: Command) -> Command:
    for option in (
        click.option(
            "--status",
            type=click.Choice([status.value for status in Status]),
            default=Status.DRAFT.value,
            show_default=True,
            help="How far it is, in the platform's words.",
        ),
        click.option(
            "--domain",
            "domains",
            multiple=True,
            metavar="P",
            default=OF_COUNTIES,
            show_default=True,
            help="An information domain: a main class of the public service classification.",
        ),
        click.option(
            "--organisation",
            default="",
            metavar="UUID",
            help="The identifier the platform gave the county's organisation.",
        ),
    ):
        command = option(command)
    return command


def publisher_of(
    *, organisation: str, domains: tuple[str, ...], status: str, prefix: str = "", registry: str = ""
) -> Publisher:
    """The publisher the options name; a mistake of usage where the platform knows no such thing."""
    publisher = Publisher(
        prefix=prefix,
        registry=registry,
        organisation=organisation.lower(),
        domains=domains,
        status=Status(status),
    )
    if wrong := tuple(publisher.wrong()):
        raise click.UsageError("\n".join(wrong))
    return publisher
