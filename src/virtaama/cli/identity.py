"""The identity store: what it holds, and changing its keys."""

from __future__ import annotations

from pathlib import Path

import click

from virtaama.cli.console import print_table, progress, say
from virtaama.cli.options import project_option
from virtaama.project.project import Project

_KINDS = {
    "identity": "what persons are found by",
    "wrapping": "what is closed",
    "domain": "pseudonyms in extracts",
}


@click.group()
def identity() -> None:
    """Who persons are: look at the identity store, change its keys.

    \b
    Example:
        virtaama identity status --project demo
    """


@identity.command()
@project_option
def status(folder: Path) -> None:
    """Say how many persons the identity store holds, and under which keys. Names nobody.

    \b
    Example:
        virtaama identity status --project demo
    """
    from virtaama.identities.rotation import key_states

    identities = Project.open(folder, say).identities
    extent = identities.extent()
    keyring = identities.keyring
    states = {(state.kind, state.number): state.rows for state in key_states(identities.store)}
    print_table(
        ("key", "for", "rows", "state"),
        [
            (
                f"{kind}-{number}",
                said,
                states.get((kind, number)),
                _state(kind, number, states, keyring.numbers(kind)),
            )
            for kind, said in _KINDS.items()
            for number in sorted({*keyring.numbers(kind), *(n for k, n in states if k == kind)})
        ],
    )
    click.echo(
        f"{identities.count()} persons and numbers of clients; {extent.persons} were ever made, "
        f"{extent.forgotten} forgotten."
    )
    if len(states) > 2:
        say(
            "A change of keys was interrupted: `virtaama identity rotate` finishes it. Everything works meanwhile."
        )


def _state(kind: str, number: int, states: dict[tuple[str, int], int], numbers: tuple[int, ...]) -> str:
    if kind == "domain":
        return "in use" if number == numbers[-1] else "for extracts given before"
    newest = max(n for k, n in states if k == kind)
    if (kind, number) not in states:
        return "not yet used" if number > newest else "for backups made before"
    return "in use" if number == newest else "being replaced"


@identity.command()
@click.option(
    "--only",
    "kinds",
    multiple=True,
    type=click.Choice(list(_KINDS)),
    help="This kind of key alone; may be given several times. Default: identity and wrapping.",
)
@project_option
def rotate(kinds: tuple[str, ...], folder: Path) -> None:
    """Change the keys of the identity store: every row is closed anew under a next key.

    May be interrupted at any moment and is finished by the same command; both keys are read until then. Lake,
    warehouse and what is published are not touched. The old keys stay in the key folder, for backups made before:
    delete them when the last of those is gone. Copy the new keys to their safe place at once.

    \b
    Example:
        virtaama identity rotate --project demo
    """
    from virtaama.project.identities import rotate_keys

    project = Project.open(folder, say)
    with progress("Changing keys") as tell:
        done = rotate_keys(project, kinds or ("identity", "wrapping"), tell)
    if done.gone_on:
        say("A change that had been interrupted is finished. No new key was made.")
    say(f"{done.persons} persons were closed anew.")
    if done.no_longer_used:
        named = ", ".join(f"{name}.key" for name in done.no_longer_used)
        say(f"{named}: used by nothing now but backups made before. Delete when the last of them is gone.")
    say(f"Copy the keys in {project.settings.keys} to their safe place: `virtaama backup --keys`.")
