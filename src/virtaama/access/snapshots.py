"""The published snapshots as a reader meets them: opened read-only, exchanged when a newer one appears."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from threading import Lock

import duckdb

from virtaama.access.answers import AreaName, Snapshot
from virtaama.lake.published import CURRENT
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.plan import Coverage
from virtaama.model.concepts import Text
from virtaama.problems import NotReady

ATTEMPTS = 5

Row = tuple[object, ...]


class OpenSnapshot:
    """One snapshot and what is needed of it at every question, read once.

    Every question gets a cursor of its own, so threads do not meet. The file stays readable for running
    questions when a newer snapshot has taken its place and it has been deleted.
    """

    def __init__(self, path: Path, catalogue: Catalogue, memory: str, threads: int) -> None:
        # An instance of its own: a second one on the same file would be the first again, and after a fork
        # the parent's, whose threads are not here. So the file is attached, not opened.
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": memory,
                "threads": threads,
                "autoload_known_extensions": False,
                "autoinstall_known_extensions": False,
            },
        )
        quoted = str(path).replace("'", "''")
        self._connection.execute(f"ATTACH '{quoted}' AS published (READ_ONLY)")
        self._connection.execute("USE published")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")
        self.info = self._info()
        self.coverage = {
            metric: Coverage(first, last)
            for metric, first, last in self._tuples("SELECT metric, first_month, last_month FROM meta.metric")
        }
        self.areas = self._areas()
        self.within = {area.code: area.within for area in self.areas if area.level == "unit"}
        self.members = {d.name: self._members(d.code_list, d.concept) for d in catalogue.dimensions}
        self.applied = {
            int(batch): moment
            for batch, moment in self._tuples(
                "SELECT batch, max(applied_at) FROM meta.applied GROUP BY batch"
            )
        }

    def read(self, sql: str, parameters: list[object] | None = None) -> list[tuple]:  # type: ignore[type-arg]
        """The rows of a query made by the platform; values are bound."""
        cursor = self._connection.cursor()
        try:
            cursor.execute("USE published")
            return cursor.execute(sql, parameters or []).fetchall()
        finally:
            cursor.close()

    def periods(self) -> tuple[date, date]:
        """The first and the last month for which any metric is whole."""
        if not self.coverage:
            raise NotReady("The published snapshot holds no figures yet: land and load deliveries first.")
        return (
            min(c.first for c in self.coverage.values()),
            max(c.last for c in self.coverage.values()),
        )

    def _tuples(self, sql: str) -> list[tuple]:  # type: ignore[type-arg]
        return self._connection.execute(sql).fetchall()

    def _info(self) -> Snapshot:
        [(number, published, model_version, catalogue_version, last_delivery)] = self._tuples(
            "SELECT number, published, model_version, catalogue_version, last_delivery FROM meta.snapshot"
        )
        return Snapshot(
            number=number,
            published=datetime.fromisoformat(published),
            model_version=model_version,
            catalogue_version=catalogue_version,
            last_delivery=last_delivery,
        )

    def _areas(self) -> tuple[AreaName, ...]:
        return tuple(
            AreaName(level=level, code=code, name=Text(name_fi, name_sv or name_fi, name_fi), within=within)
            for level, code, name_fi, name_sv, within in self._tuples(
                "SELECT level, code, name_fi, name_sv, within FROM meta.area ORDER BY place, name_fi, code"
            )
        )

    def _members(self, code_list: str, concept: str) -> dict[str, Text]:
        if concept:
            return {area.code: area.name for area in self.areas if area.level == concept}
        if not code_list or not self._has("ref", code_list):
            return {}
        return {
            code: Text(fi, sv, en)
            for code, fi, sv, en in self._tuples(
                "SELECT code, label_fi, label_sv, label_en FROM ref."
                f'"{code_list}" ORDER BY code, valid_until NULLS LAST'
            )
        }

    def _has(self, schema: str, table: str) -> bool:
        found = self._connection.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?", [schema, table]
        ).fetchone()
        return bool(found and found[0])


class PublishedFolder:
    """The folder snapshots are published to. Looks at each question whether a newer one is there."""

    def __init__(
        self, folder: Path, catalogue: Catalogue, *, memory: str = "512MB", threads: int = 1
    ) -> None:
        self._folder = folder
        self._catalogue = catalogue
        self._memory = memory
        self._threads = threads
        self._lock = Lock()
        self._process = 0
        self._name = ""
        self._open: OpenSnapshot | None = None
        self._of_parents: list[OpenSnapshot] = []

    def current(self) -> OpenSnapshot:
        """The newest snapshot; NotReady while nothing is published."""
        with self._lock:
            for _ in range(ATTEMPTS):
                name = self._named()
                if self._open and self._process != os.getpid():
                    # What was opened before a fork is the parent's: not used, and not closed either.
                    self._of_parents.append(self._open)
                    self._open = None
                if self._open is None or name != self._name:
                    try:
                        opened = OpenSnapshot(
                            self._folder / name, self._catalogue, self._memory, self._threads
                        )
                    except duckdb.IOException:
                        if self._named() == name:
                            raise
                        continue  # deleted between reading its name and opening it: a newer one is there
                    self._open, self._name, self._process = opened, name, os.getpid()
                return self._open
        raise NotReady(f"{self._folder}: snapshots are being exchanged too fast to open one. Try again.")

    def _named(self) -> str:
        try:
            return (self._folder / CURRENT).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            raise NotReady(
                "Nothing is published yet. Run `virtaama land`, then `virtaama load`; loading publishes."
            ) from None
