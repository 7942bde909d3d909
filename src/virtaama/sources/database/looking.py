"""A database looked into: its tables, what identifies their rows, what they refer to, and some of their rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy
from sqlalchemy.exc import SQLAlchemyError

from virtaama.model.concepts import Type
from virtaama.problems import NotReady
from virtaama.sources.sql_database import as_text

SAMPLE = 20_000  # rows looked at of each table


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """A table. `types` are those the database declares, where they say something; `rows` is text, empty for null."""

    name: str
    columns: tuple[str, ...]
    types: tuple[Type | None, ...]
    key: tuple[str, ...]
    references: tuple[tuple[tuple[str, ...], str, tuple[str, ...]], ...]  # columns, table, its columns
    rows: tuple[tuple[str, ...], ...]
    query: str  # a SELECT of all of it, as this database spells it


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """What was found at an address. `host` is empty where it is a file."""

    name: str
    host: str
    tables: tuple[LookedAt, ...]


def look_into(address: str, schema: str | None = None) -> Database:
    """The tables of a database; NotReady when it cannot be looked into. Only reads."""
    try:
        url = sqlalchemy.make_url(address)
        engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
        with _reading(engine) as connection:
            inspector = sqlalchemy.inspect(connection)
            tables = tuple(
                _table(connection, inspector, name, schema)
                for name in sorted(inspector.get_table_names(schema))
            )
    except (SQLAlchemyError, ImportError) as error:
        # What a database says may quote its address.
        raise NotReady(
            f"The database could not be looked into ({type(error).__name__}).\n"
            "  Check its address, that it answers and that its driver is installed: "
            "docs/how-to/collect-from-a-database.md."
        ) from None
    if not any(table.rows for table in tables):
        raise NotReady("The database has no table with rows.\n  Name another schema with --schema.")
    return Database(name=url.database or "database", host=(url.host or "").lower(), tables=tables)


@contextmanager
def _reading(engine: sqlalchemy.Engine) -> Iterator[sqlalchemy.Connection]:
    is_postgresql = engine.dialect.name == "postgresql"
    with engine.connect() as connection:
        yield connection.execution_options(postgresql_readonly=True) if is_postgresql else connection


def _table(
    connection: sqlalchemy.Connection, inspector: sqlalchemy.Inspector, name: str, schema: str | None
) -> LookedAt:
    described = inspector.get_columns(name, schema)
    columns = tuple(str(each["name"]) for each in described)
    table = sqlalchemy.table(name, *map(sqlalchemy.column, columns), schema=schema)
    everything = sqlalchemy.select(*table.columns)
    is_sqlite = connection.dialect.name == "sqlite"
    return LookedAt(
        name=name,
        columns=columns,
        # SQLite takes any value whatever a column declares.
        types=tuple(None if is_sqlite else _declared(each["type"]) for each in described),
        key=tuple(inspector.get_pk_constraint(name, schema)["constrained_columns"] or ()),
        references=tuple(
            (tuple(each["constrained_columns"]), each["referred_table"], tuple(each["referred_columns"]))
            for each in inspector.get_foreign_keys(name, schema)
        ),
        rows=tuple(_texts(row) for row in connection.execute(everything.limit(SAMPLE))),
        query=" ".join(str(everything.compile(dialect=connection.dialect)).split()),
    )


def _texts(row: Sequence[object]) -> tuple[str, ...]:
    return tuple(as_text(value) or "" for value in row)


def _declared(kind: object) -> Type | None:
    """The type of values by the type a column declares; None where only the values can tell."""
    match kind:
        case sqlalchemy.Boolean():
            return Type.BOOLEAN
        case sqlalchemy.Integer():
            return Type.INTEGER
        case sqlalchemy.Numeric():
            return Type.DECIMAL
        case sqlalchemy.DateTime():
            return Type.TIMESTAMP
        case sqlalchemy.Date():
            return Type.DATE
        case _:
            return None
