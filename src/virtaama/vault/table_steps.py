"""One thing to do to the tables of a warehouse when its model changes, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from virtaama.model.concepts import CodeList
from virtaama.vault.tables import CodeTable, Hub


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable:
    """Make a table, where there is none of the name."""

    name: str
    columns: tuple[tuple[str, str], ...]  # with the engine type


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTable:
    """Take a table away, and all it holds."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameTable:
    """Call a table otherwise; what it holds stays."""

    name: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameColumn:
    """Call a column otherwise; what it holds stays."""

    table: str
    column: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyCodes:
    """Take the codes of a list out before they are written anew."""

    table: CodeTable


@dataclass(frozen=True, slots=True, kw_only=True)
class FillCodes:
    """Write the codes of a list anew. Binds one list per column, in the order of the code table."""

    table: CodeTable
    codes: CodeList


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepNamedKeys:
    """Leave in a hub only the keys that some history names. `named_in`: (table, column) of each."""

    hub: Hub
    named_in: tuple[tuple[str, str], ...]


TableStep = DropTable | RenameTable | RenameColumn | CreateTable | EmptyCodes | FillCodes | KeepNamedKeys
