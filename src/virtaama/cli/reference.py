"""The reference of all commands, written from the commands themselves.

`python -m virtaama.cli.reference` prints docs/reference/cli.md; a test keeps the two the same.
"""

from __future__ import annotations

import inspect

import click

from virtaama.cli.main import virtaama

_OPENING = """# Commands

Written from the commands themselves: `python -m virtaama.cli.reference > docs/reference/cli.md`.

Results go to stdout, everything else to stderr. [Exit codes](exit-codes.md) are the same for all.
`virtaama COMMAND --help` shows what stands here.
"""


def reference() -> str:
    """The whole page."""
    return _OPENING + "".join(_section(command) for command in virtaama.commands.values())


def _section(command: click.Command) -> str:
    context = click.Context(command, info_name=command.name)
    usage = " ".join([f"virtaama {command.name}", *command.collect_usage_pieces(context)])
    text, _, example = inspect.cleandoc(command.help or "").partition("\b\nExample:\n")
    rows = [
        f"| `{_names(option)}{_value(option, context)}` | {_meaning(option, context)} |"
        for option in command.params
        if isinstance(option, click.Option)
    ]
    options = "\n".join(["| Option | Meaning |", "|---|---|", *rows])
    return f"\n## {command.name}\n\n{text.strip()}\n\n    {usage}\n\n{options}\n\nExample:\n\n    {example.strip()}\n"


def _names(option: click.Option) -> str:
    return ", ".join([*option.opts, *option.secondary_opts])


def _value(option: click.Option, context: click.Context) -> str:
    return "" if option.is_flag else f" {option.make_metavar(context)}".replace("|", "\\|")


def _meaning(option: click.Option, context: click.Context) -> str:
    record = option.get_help_record(context)
    return " ".join(record[1].split()).replace("|", "\\|") if record else ""


if __name__ == "__main__":
    click.echo(reference(), nl=False)
