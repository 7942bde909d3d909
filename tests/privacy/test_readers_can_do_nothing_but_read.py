"""Property: whatever statement came to a reader's connection, it opens no other file, writes none and changes nothing.

Nobody sends SQL to a reader: all of it is made by the platform. This is the wall behind that one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from tests.unit.published_county import CATALOGUE, published_county
from virtaama.access.snapshots import OpenSnapshot, PublishedFolder
from virtaama.problems import NotReady

IN_MEMORY = pa.table({"secret": [1]})
"""What a scan of the process's own variables would find."""

OTHER_FILES = """
SELECT * FROM read_csv('{other}') | SELECT * FROM '{other}' | SELECT * FROM read_text('{other}')
SELECT * FROM read_blob('{other}') | SELECT * FROM sniff_csv('{other}') | SELECT * FROM read_json('{other}')
SELECT * FROM read_json_objects('{other}') | SELECT * FROM read_ndjson('{other}') | SELECT * FROM glob('{folder}/*')
SELECT * FROM read_parquet('{folder}/published/../other.csv') | SELECT * FROM parquet_metadata('{other}')
SELECT * FROM parquet_file_metadata('{other}') | SELECT * FROM parquet_schema('{other}')
SELECT * FROM parquet_kv_metadata('{other}') | SELECT * FROM read_csv('/proc/self/environ')
SELECT * FROM read_text('{folder}/published/link.csv') | SELECT * FROM read_csv('{folder}/audit.sqlite')
SELECT * FROM read_parquet('http://127.0.0.1/x.parquet') | SELECT * FROM read_csv('s3://x/y.csv')
SELECT * FROM query('SELECT * FROM read_csv(''{other}'')') | SELECT getenv('HOME')
SELECT * FROM IN_MEMORY | SELECT * FROM OTHER_FILES | SELECT * FROM sqlite_scan('{folder}/audit.sqlite', 'record')
"""
WRITING = """
COPY (SELECT 1) TO '{inside}' | COPY figures TO '{folder}/x.csv' | EXPORT DATABASE '{folder}/x'
IMPORT DATABASE '{folder}/x' | ATTACH '{folder}/x.duckdb' AS x | ATTACH ':memory:' AS x
CREATE TABLE t AS SELECT 1 AS a | CREATE TEMP TABLE t AS SELECT 1 AS a | CREATE VIEW v AS SELECT 1 AS a
CREATE OR REPLACE VIEW figures AS SELECT 1 AS a | DROP VIEW figures | DROP SCHEMA star CASCADE
ALTER VIEW figures RENAME TO x | INSERT INTO figures SELECT * FROM figures | UPDATE figures SET value = 1
DELETE FROM figures | TRUNCATE figures | MERGE INTO figures USING figures AS o ON true WHEN MATCHED THEN DELETE
WITH gone AS (DELETE FROM figures RETURNING *) SELECT * FROM gone
WITH more AS (INSERT INTO figures SELECT * FROM figures RETURNING *) SELECT * FROM more
SELECT * FROM query('COPY figures TO ''{folder}/x.csv''') | SELECT 1; COPY figures TO '{folder}/x.csv'
CREATE MACRO harmless() AS 1 | CREATE SECRET s (TYPE S3) | CREATE SEQUENCE s | CREATE TYPE t AS ENUM ('a')
"""
SETTING = """
SET enable_external_access = true | SET allowed_directories = ['/'] | SET allowed_paths = ['{other}']
SET lock_configuration = false | SET GLOBAL memory_limit = '90GB' | SET threads = 64 | RESET memory_limit
SET temp_directory = '{folder}' | SET python_enable_replacements = true | PRAGMA memory_limit = '90GB'
SET autoload_known_extensions = true | SET allow_unsigned_extensions = true | SET log_query_path = '{folder}/x'
SET profiling_output = '{folder}/x' | CALL enable_logging(storage = 'file', storage_path = '{folder}/x')
INSTALL httpfs | LOAD httpfs | LOAD '{other}' | FORCE INSTALL json | UPDATE EXTENSIONS
USE star | DETACH memory | CHECKPOINT | VACUUM | BEGIN | COMMIT | PREPARE p AS SELECT 1 | EXECUTE p
CALL pragma_version() | PRAGMA database_list | EXPLAIN ANALYZE SELECT 1
"""


def each(statements: str) -> list[str]:
    return [
        one.strip() for line in statements.strip().splitlines() for one in line.split(" | ") if one.strip()
    ]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OpenSnapshot, Path]]:
    folder = tmp_path_factory.mktemp("reader")
    published_county(folder)
    (folder / "other.csv").write_text("a\n1\n")
    (folder / "published" / "link.csv").symlink_to(folder / "other.csv")
    before = set(folder.rglob("*"))
    snapshot = PublishedFolder(folder / "published", CATALOGUE).current()
    figures = snapshot.read("SELECT * FROM figures ORDER BY ALL")
    assert figures
    yield snapshot, folder
    assert snapshot.read("SELECT * FROM figures ORDER BY ALL") == figures
    assert set(folder.rglob("*")) == before, "a file came or went"
    assert "HOME" in os.environ


def written(statement: str, folder: Path) -> str:
    inside = folder / "published" / "snapshot-1" / "new.parquet"
    return (
        statement.replace("{folder}", str(folder))
        .replace("{other}", str(folder / "other.csv"))
        .replace("{inside}", str(inside))
    )


@pytest.mark.parametrize("statement", each(OTHER_FILES + WRITING + SETTING))
def test_it_is_refused(opened: tuple[OpenSnapshot, Path], statement: str) -> None:
    snapshot, folder = opened
    with pytest.raises((ValueError, NotReady, duckdb.Error)):
        snapshot.read(written(statement, folder))


@pytest.mark.parametrize("statement", each(OTHER_FILES + SETTING.split("INSTALL")[0]))
def test_the_engine_refuses_it_by_itself(opened: tuple[OpenSnapshot, Path], statement: str) -> None:
    """Also where somebody had found a way past `read`."""
    snapshot, folder = opened
    with pytest.raises(duckdb.Error), snapshot._connection.cursor() as raw:
        raw.execute(written(statement, folder)).fetchall()


def test_what_it_may_be_asked_tells_of_no_path_but_its_own(opened: tuple[OpenSnapshot, Path]) -> None:
    snapshot, folder = opened
    for harmless in ("duckdb_databases()", "pragma_database_size()", "duckdb_settings()"):
        told = repr(snapshot.read(f"SELECT * FROM {harmless}"))
        assert "audit.sqlite" not in told
        assert "other.csv" not in told
        assert told.count(str(folder)) == told.count(f"{folder}/published/")
