"""What the platform asks of an engine. Small on purpose: SQL trees in, columns out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlglot import exp

if TYPE_CHECKING:
    import pyarrow as pa

ROW_GROUP = 122_880
"""Rows of a Parquet row group where nothing else is asked for."""


class WrongType(Exception):
    """A value is not of the type a statement asks for. Does not say which value: it may name a person."""


class FileDamaged(Exception):
    """What the engine keeps its tables in is not whole. Says in words what is wrong with it."""


class Engine(Protocol):
    """One open warehouse. A statement is a tree; values are bound, never written into the text."""

    def run(self, statement: exp.Expr, parameters: dict[str, Any] | None = None) -> int:
        """Run a statement; return the number of rows it changed (0 where the engine does not say)."""
        ...

    def read(self, query: exp.Expr, parameters: dict[str, Any] | None = None) -> pa.Table:
        """Run a query; return its rows as columns."""
        ...

    def rows(self, query: exp.Expr, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run a query of a few rows; return each as its values by name."""
        ...

    def write(
        self,
        query: exp.Query,
        path: Path,
        parameters: dict[str, Any] | None = None,
        *,
        group: int = ROW_GROUP,
    ) -> int:
        """Write the rows of a query, in its order, to Parquet at `path`; return how many they are.

        `path` becomes one file or a folder of `*.parquet` part files in order, whichever the engine makes.
        Nothing is there before. Keys become 16-byte binary, which every engine reads; never a UUID. `group`
        is how many rows share statistics, where the engine lets one choose.
        """
        ...

    def view(self, name: str, files: Sequence[Path]) -> None:
        """Let statements of this connection read Parquet files that `write` made as the table `name`.

        A view of that name is replaced. Keys have the engine's own type again.
        """
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Everything inside commits together or not at all."""
        ...

    def columns(self, table: str) -> Sequence[tuple[str, str]]:
        """Name and engine type of each column; empty when there is no such table."""
        ...

    def tables(self) -> Sequence[str]:
        """The names of the tables that are kept, in order; temporary ones and views are left out."""
        ...

    def close(self) -> None: ...

    def let_go(self) -> None:
        """Close without tidying up, after an error."""
        ...
