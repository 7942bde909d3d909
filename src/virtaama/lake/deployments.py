"""The part of the ledger that remembers models: the files of each that was taken into use, in order."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

TABLES = """
CREATE TABLE IF NOT EXISTS deployment (
    id INTEGER PRIMARY KEY,
    version TEXT NOT NULL,
    moment TEXT NOT NULL,
    files TEXT NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS deployment_is_kept BEFORE UPDATE ON deployment
BEGIN SELECT raise(ABORT, 'models are appended, never changed'); END;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A model that was taken into use: its version, since when, and its files with those of the metrics."""

    version: str
    moment: datetime
    files: Mapping[str, str]  # path within the project → text


def append_deployment(connection: sqlite3.Connection, found: Deployment) -> None:
    connection.execute(
        "INSERT INTO deployment (version, moment, files) VALUES (?, ?, ?)",
        (found.version, found.moment.isoformat(), json.dumps(dict(found.files), ensure_ascii=False)),
    )


def read_deployments(connection: sqlite3.Connection) -> tuple[Deployment, ...]:
    """In the order in which they were taken into use."""
    return tuple(
        Deployment(version=version, moment=datetime.fromisoformat(moment), files=json.loads(files))
        for version, moment, files in connection.execute(
            "SELECT version, moment, files FROM deployment ORDER BY id"
        )
    )
