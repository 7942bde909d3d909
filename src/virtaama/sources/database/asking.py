"""A live database asked over SQLAlchemy: everything, or what lies above the highest mark met.

The rows are written as JSON lines: text of each value, null for what is empty. Late commits are met because
a window below the mark is asked again; its rows are known by their digest, so none is delivered twice.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from virtaama.model.collect import FromDatabase
from virtaama.model.feeds import Delivery, Feed
from virtaama.problems import DeliveryRefused
from virtaama.sources.collecting import Collected, NotCollected, Position, Surroundings, pause_before
from virtaama.sources.database import marks
from virtaama.sources.sql_database import as_text

_ATTEMPTS = 3
_FETCHED = 2_000  # rows held at a time
_CONNECT_SECONDS = 15


def collect(
    feeds: Sequence[Feed], positions: Mapping[str, Position], around: Surroundings
) -> Iterator[Collected | NotCollected]:
    """Ask for each feed in turn, each in a transaction of its own that only reads."""
    for feed in feeds:
        try:
            yield _collect(feed, positions.get(feed.id, {}), around)
        except DeliveryRefused as refusal:
            yield NotCollected(feed, refusal)


def _collect(feed: Feed, position: Position, around: Surroundings) -> Collected:
    way = feed.collect
    assert isinstance(way, FromDatabase)
    target = around.folder / f"{feed.id}.jsonl"
    try:
        with _connected(way, around) as connection:
            if way.mark:
                return _above_mark(connection, feed, way, position, around, target)
            names, rows = _rows(connection, sqlalchemy.text(_literal(feed.query)), {})
            with target.open("w", encoding="utf-8") as file:
                count = sum(file.write(_line(names, row)) > 0 for row in rows)
            if not count and (way.compare or feed.delivery is Delivery.FULL):
                raise DeliveryRefused(
                    f"the query of {feed.id} gives no row, and would say that everything is gone.\n"
                    "  Check the source; nothing was changed."
                )
    except (SQLAlchemyError, ImportError) as error:
        # The message of a database may quote its address or what is stored in it: only its kind is passed on.
        raise DeliveryRefused(
            f"the database of {feed.id} could not be asked ({type(error).__name__}).\n"
            f"  Check that it answers, that {way.url_from} holds its address and that its driver is installed; "
            f"then `query` at {feed.place} against its tables."
        ) from None
    return Collected(
        feed=feed,
        file=target if count else None,
        position=position,
        extracted=around.now.replace(tzinfo=None),
        complete=True,
    )


def _above_mark(
    connection: sqlalchemy.Connection,
    feed: Feed,
    way: FromDatabase,
    position: Position,
    around: Surroundings,
    target: Path,
) -> Collected:
    highest = marks.read(position["mark"]) if "mark" in position else None
    since = None if highest is None else marks.below(highest, way.overlap)
    names, rows = _rows(
        connection, _question(feed.query, way.mark, since), {} if since is None else {"since": since}
    )
    column = _position_of(way.mark, names, feed)
    met = frozenset(position.get("near", ()))
    near: deque[tuple[Any, str]] = deque()
    new = 0
    with target.open("w", encoding="utf-8") as file:
        for row in rows:
            mark = row[column]
            if mark is None:
                raise DeliveryRefused(
                    f"{way.mark} of {feed.id} is null in some rows, which would never be met again.\n"
                    f"  Give it a value in `query`, as in coalesce({way.mark}, created)."
                )
            line = _line(names, row)
            digest = around.digest(line.encode())
            if digest not in met:
                file.write(line)
                new += 1
            highest = marks.higher(highest, mark)
            near.append((mark, digest))
            lowest = marks.below(highest, way.overlap)
            while near[0][0] < lowest:
                near.popleft()
    moved = dict(position)
    if highest is not None:
        moved = {"mark": marks.written(highest), "near": sorted({digest for _, digest in near})}
    return Collected(
        feed=feed,
        file=target if new else None,
        position=moved,
        extracted=around.now.replace(tzinfo=None),
    )


def _question(query: str, mark: str, since: marks.Mark | None) -> sqlalchemy.Select[Any]:
    column: sqlalchemy.ColumnClause[Any] = sqlalchemy.column(mark)
    rows: sqlalchemy.Select[Any] = sqlalchemy.select(sqlalchemy.literal_column("*")).select_from(
        sqlalchemy.text(f"({_literal(query)}) rows_asked")
    )
    if since is not None:
        rows = rows.where(sqlalchemy.or_(column >= sqlalchemy.bindparam("since"), column.is_(None)))
    return rows.order_by(column)


def _literal(query: str) -> str:
    """A query in which no colon stands for a value that is bound."""
    return query.strip().rstrip(";").replace(":", "\\:")


def _position_of(mark: str, names: Sequence[str], feed: Feed) -> int:
    if mark not in names:
        raise DeliveryRefused(
            f"the query of {feed.id} gives no column '{mark}', by which it is to be collected.\n"
            f"  Correct `mark` or `query` at {feed.place}."
        )
    return names.index(mark)


def _rows(
    connection: sqlalchemy.Connection, question: Any, values: Mapping[str, Any]
) -> tuple[tuple[str, ...], Iterator[Sequence[Any]]]:
    result = connection.execute(question, values)
    return tuple(result.keys()), iter(result)


def _line(names: Sequence[str], row: Sequence[Any]) -> str:
    return json.dumps(dict(zip(names, map(as_text, row), strict=True)), ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class _Address:
    """Where a database is. Never shown: it may hold a password."""

    url: sqlalchemy.URL


def _address(way: FromDatabase, around: Surroundings) -> _Address:
    try:
        url = sqlalchemy.make_url(around.secret(way.url_from))
    except SQLAlchemyError:
        raise DeliveryRefused(
            f"{way.url_from} does not hold the address of a database.\n"
            "  Write it as SQLAlchemy reads it: postgresql+psycopg://reader:password@host/database."
        ) from None
    if url.host:
        around.may_speak_to(url.host)
    return _Address(url)


@contextmanager
def _connected(way: FromDatabase, around: Surroundings) -> Iterator[sqlalchemy.Connection]:
    url = _address(way, around).url
    is_postgresql = url.get_backend_name() == "postgresql"
    engine = sqlalchemy.create_engine(
        url,
        poolclass=sqlalchemy.NullPool,
        connect_args={"connect_timeout": _CONNECT_SECONDS} if is_postgresql else {},
    )
    options: dict[str, Any] = {"stream_results": True, "max_row_buffer": _FETCHED}
    if is_postgresql:
        options |= {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            connection = engine.connect()
            break
        except OperationalError:
            if attempt == _ATTEMPTS:
                raise
            around.wait(pause_before(attempt))
    with connection:
        yield connection.execution_options(**options)
