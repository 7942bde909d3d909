"""The reference of all commands, written from the commands themselves.

`python -m virtaama.cli.reference` prints docs/reference/cli.md; a test keeps the two the same.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from virtaama.cli.main import virtaama

_OPENING = """# Commands

Written from the commands themselves: `python -m virtaama.cli.reference > docs/reference/cli.md`.

Results go to stdout, everything else to stderr. [Exit codes](exit-codes.md) are the same for all.
`virtaama COMMAND --help` shows what stands here.
"""


def reference() -> str:
    """The whole page."""
    return _OPENING + "".join(_section(name, command) for name, command in _all(virtaama))


def _all(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command by its whole name, those of a group after it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{above}{name}", command
        if isinstance(command, click.Group):
            yield from _all(command, f"{above}{name} ")


def _section(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=command.name)
    usage = " ".join([f"virtaama {name}", *command.collect_usage_pieces(context)])
    text, _, example = inspect.cleandoc(command.help or "").partition("\b\nExample:\n")
    rows = [
        f"| `{_names(option)}{_value(option, context)}` | {_meaning(option, context)} |"
        for option in command.params
        if isinstance(option, click.Option)
    ]
    parts = [f"## {name}", text.strip(), f"    {usage}"]
    if rows:
        parts.append("\n".join(["| Option | Meaning |", "|---|---|", *rows]))
    return "\n" + "\n\n".join([*parts, "Example:", f"    {example.strip()}"]) + "\n"


def _names(option: click.Option) -> str:
    return ", ".join([*option.opts, *option.secondary_opts])


def _value(option: click.Option, context: click.Context) -> str:
    return "" if option.is_flag else f" {option.make_metavar(context)}".replace("|", "\\|")


def _meaning(option: click.Option, context: click.Context) -> str:
    record = option.get_help_record(context)
    return " ".join(record[1].split()).replace("|", "\\|") if record else ""


if __name__ == "__main__":
    click.echo(reference(), nl=False)
