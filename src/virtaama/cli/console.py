"""How commands speak: data on stdout, talk and progress on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

Tell = Callable[[int, int, str], None]
"""Told how much is done, of how much (0 where nobody knows), and what is at hand."""

_PLAIN_LINE_EVERY = 5.0  # seconds, where nobody watches a bar
_WIDE = 240  # columns of a table that goes into a file or a pipe: nothing is cut


def data() -> Console:
    """Where results go."""
    return Console(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else _WIDE)


def talk() -> Console:
    """Where everything else goes."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    talk().print(text, markup=False)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """A table of results; numbers stand to the right."""
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
    console = talk()
    if console.is_terminal:
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
