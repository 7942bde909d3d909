"""How commands speak: data on stdout, talk and progress on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

# What draws tables and bars is slow to start: it is brought in where one is drawn.
if TYPE_CHECKING:
    from rich.console import Console

Tell = Callable[[int, int, str], None]
"""Told how much is done, of how much (0 where nobody knows), and what is at hand."""

_PLAIN_LINE_EVERY = 5.0  # seconds, where nobody watches a bar
_WIDE = 240  # columns of a table that goes into a file or a pipe: nothing is cut


def data() -> Console:
    """Where results go."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else _WIDE)


def say(text: str) -> None:
    """To where everything goes that is no result."""
    click.echo(text, err=True)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """A table of results; numbers stand to the right."""
    from rich.table import Table

    cells = [["" if cell is None else cell for cell in row] for row in rows]
    table = Table(box=None, pad_edge=False, header_style="bold", show_header=any(columns))
    for index, column in enumerate(columns):
        numbers = [row[index] for row in cells if row[index] != ""]
        is_number = bool(numbers) and all(isinstance(cell, int | float) for cell in numbers)
        table.add_column(column, justify="right" if is_number else "left", overflow="fold")
    for row in cells:
        table.add_row(*(_spelled(cell) for cell in row))
    console = data()
    if title:
        console.print(title, markup=False, style="bold")
    console.print(table)


def _spelled(cell: object) -> str:
    text = f"{cell:,}".replace(",", " ") if isinstance(cell, int) else str(cell)
    return text.replace("[", r"\[")


@contextmanager
def progress(opening: str) -> Iterator[Tell]:
    """A bar on a terminal, else a plain line every few seconds. Says at the end how long it took."""
    started = time.monotonic()
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(stderr=True, highlight=False, soft_wrap=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(opening, total=None)

            def tell(done: int, total: int, what: str) -> None:
                bar.update(task, description=f"{opening} {what[-60:]}", completed=done, total=total or None)

            yield tell
    else:
        last = started

        def tell(done: int, total: int, what: str) -> None:
            nonlocal last
            if time.monotonic() - last >= _PLAIN_LINE_EVERY:
                last = time.monotonic()
                say(f"{opening} {done}/{total} {what}" if total else f"{opening} {what}")

        yield tell
    say(f"{opening}: {time.monotonic() - started:.1f} s")
