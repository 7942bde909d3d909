"""What is counted over all workers of the portal, in the database they share: no worker keeps counts of its own.

Asking and counting are one step: of many who ask at the same moment no more are let through than there is room for.
Who is counted stands there as a keyed digest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from django.utils.crypto import salted_hmac

from virtaama.portal.core.models import Counted
from virtaama.privacy.quotas import Counts, Let, Quota, Standing

TABLE = Counted._meta.db_table
_KEEP = (
    f"INSERT INTO {TABLE} (name, counts, until) VALUES (%s, %s, %s) "  # nosec B608 # the table is a constant; values are bound
    "ON CONFLICT (name) DO UPDATE SET counts = excluded.counts, until = excluded.until"
)


def count(
    quotas: Sequence[tuple[Quota, str]], *, moment: float | None = None, using: str = DEFAULT_DB_ALIAS
) -> Let:
    """Count once with each quota, for whom stands beside it; with none where one of them has no room."""
    now = timezone.now().timestamp() if moment is None else moment
    names = [name_of(quota, whose) for quota, whose in quotas]
    connection = connections[using]
    with (
        _not_waiting_for_the_disk(connection),
        transaction.atomic(using=using),
        connection.cursor() as cursor,
    ):
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL synchronous_commit TO off")
            # One after the other for each name, in one order for all. SQLite lets one writer in at a time anyway.
            for lock in sorted(_lock_of(name) for name in names):
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
        marks = ", ".join(["%s"] * len(names))
        cursor.execute(f"SELECT name, counts FROM {TABLE} WHERE name IN ({marks})", names)  # nosec B608 # the table is a constant; values are bound
        kept = {name: _read(written) for name, written in cursor.fetchall()}
        let = Let.through(
            tuple(
                Standing.of(quota, kept.get(name, {}), now)
                for name, (quota, _) in zip(names, quotas, strict=True)
            )
        )
        if let.held_back is None:
            if len(kept) < len(names):  # somebody new: those who have not been here for a span go
                cursor.execute(f"DELETE FROM {TABLE} WHERE until <= %s", [now])  # nosec B608 # the table is a constant; values are bound
            for name, standing in zip(names, let.standings, strict=True):
                cursor.execute(_KEEP, [name, _written(standing.counts), standing.until])
    return let


def name_of(quota: Quota, whose: str) -> str:
    """What somebody is counted under."""
    digest = salted_hmac("virtaama.portal.counting", whose, algorithm="sha256").hexdigest()[:32]
    return f"{quota.name}:{digest}"


def _lock_of(name: str) -> int:
    """A number of 63 bits for a name: of two names with one number one waits for the other, no more."""
    return int(salted_hmac("virtaama.portal.counting.lock", name, algorithm="sha256").hexdigest()[:15], 16)


def _read(written: str) -> Counts:
    return {int(at): int(count) for at, count in json.loads(written)}


def _written(counts: Counts) -> str:
    return json.dumps(sorted(counts.items()), separators=(",", ":"))


@contextmanager
def _not_waiting_for_the_disk(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Counts of minutes need not survive a power cut; a request waits for no disk on their account.

    The file stays whole: by SQLite's write-ahead log what was counted last may be missing after a power cut, and after
    nothing else.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = NORMAL")
        try:
            yield
        finally:
            cursor.execute("PRAGMA synchronous = FULL")
