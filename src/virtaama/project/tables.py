"""The tables of a database as extracts: typed by what the database declares, else by what the values look like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from virtaama.model.concepts import Type
from virtaama.project.extract import Column, Extract, Reference, columns_of, plain_name
from virtaama.project.relations import related

if TYPE_CHECKING:  # the client of databases is brought in where one is looked into
    from virtaama.sources.database.looking import Database, LookedAt

_FITS = {Type.INTEGER: (Type.INTEGER, Type.TEXT, Type.DECIMAL), Type.DECIMAL: (Type.DECIMAL, Type.TEXT)}


def extracts_of(database: Database) -> tuple[tuple[Extract, ...], dict[str, str]]:
    """The tables that hold rows, with their references; and the query of each, by its name."""
    tables = [table for table in database.tables if table.rows]
    names = _names(tables)
    columns = {table.name: _columns(table) for table in tables}
    keys = {table.name: _key(table, columns[table.name]) for table in tables}
    extracts = [
        Extract(
            file=f"table {table.name}",
            name=names[table.name],
            columns=columns[table.name],
            keys=keys[table.name],
            references=tuple(_references(table, names, columns, keys)),
        )
        for table in tables
    ]
    return related(extracts), {names[table.name]: table.query for table in tables}


def _names(tables: list[LookedAt]) -> dict[str, str]:
    """A name of the model for each table, none twice."""
    found: dict[str, str] = {}
    for table in tables:
        name = plain_name(table.name)
        while name in found.values():
            name = f"{name}_x"
        found[table.name] = name
    return found


def _columns(table: LookedAt) -> tuple[Column, ...]:
    looked = columns_of(table.columns, table.rows)
    return tuple(_declared(column, kind) for column, kind in zip(looked, table.types, strict=True))


def _declared(column: Column, kind: Type | None) -> Column:
    if kind is None:
        is_number = column.type is Type.TEXT and not column.codes and _are_numbers(column)
        return replace(column, type=Type.DECIMAL, direct=False) if is_number else column
    if column.codes and kind is Type.INTEGER:
        return column  # numbers that are codes stay text
    return replace(column, type=kind, format="", direct=False, codes=())


def _are_numbers(column: Column) -> bool:
    """Numbers with more decimals than are kept: a database holds them, a file seldom does."""
    try:
        return any("." in value for value in column.distinct) and all(
            abs(float(value)) < 1e14 and value[-1:].isdecimal() for value in column.distinct
        )
    except ValueError:
        return False


def _key(table: LookedAt, columns: tuple[Column, ...]) -> tuple[str, ...]:
    filled = {column.name for column in columns if column.filled}
    return table.key if table.key and set(table.key) <= filled else ()


def _references(
    table: LookedAt,
    names: Mapping[str, str],
    columns: Mapping[str, tuple[Column, ...]],
    keys: Mapping[str, tuple[str, ...]],
) -> list[Reference]:
    """The foreign keys that hold the key of another table, in the order of its columns."""
    found = []
    for own, other, theirs in table.references:
        if other not in names or set(theirs) != set(keys[other]):
            continue
        ordered = tuple(own[theirs.index(name)] for name in keys[other])
        types = {column.name: column.type for column in columns[table.name]}
        wanted = {column.name: column.type for column in columns[other]}
        fits = [
            wanted[name] in _FITS.get(types[mine], (types[mine],))
            for mine, name in zip(ordered, keys[other], strict=True)
        ]
        if all(fits):
            found.append(Reference(ordered, names[other]))
    return found
