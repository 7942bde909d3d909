"""The published snapshots as a reader meets them: Parquet that is only read, exchanged when newer is there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from time import monotonic
from uuid import uuid4

import duckdb

from virtaama.access.answers import AreaName, Snapshot
from virtaama.access.expectations import Held
from virtaama.lake.published import (
    READING,
    Mart,
    check_bytes,
    check_sizes,
    current_name,
    read_manifest,
    snapshot_name,
    snapshot_number,
)
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.plan import Coverage
from virtaama.metrics.render.figures import FIGURE_COLUMNS
from virtaama.model.concepts import Text
from virtaama.privacy.policy import UnitPlace
from virtaama.problems import Damaged, NoRoom, NotReady

LOOK_AGAIN = 60.0
"""Seconds until a snapshot that was found damaged is looked at again: someone may have brought it back."""

ON_DEMAND = ("star", "history")
"""Marts that most questions do without: checked, and given a view, when they are first read."""


class OpenSnapshot:
    """One snapshot and what is needed of it at every question, read once.

    A DuckDB in memory reads its files and nothing else: views name each file, and no setting can be changed
    afterwards. Every question gets a cursor of its own, so threads do not meet. Whether a file is the one
    that was written is checked before it is first read; Damaged when it is not.
    """

    def __init__(self, folder: Path, catalogue: Catalogue, memory: str, threads: int) -> None:
        self._folder = folder
        self._manifest = manifest = read_manifest(folder)
        check_sizes(folder, manifest)
        self._at_hand: set[str] = set()  # marts that are checked and have a view
        self._making = Lock()
        for mart in manifest.marts:
            if mart.kind not in ON_DEMAND:
                check_bytes(folder, mart)
        # An instance of its own for each: after a fork the parent's threads are not here.
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": memory,
                "threads": threads,
                "autoload_known_extensions": False,
                "autoinstall_known_extensions": False,
                "allow_community_extensions": False,
                # What a question about the past does not hold in memory is put aside, and only then.
                "temp_directory": str(folder.parent / f"{READING}{uuid4().hex}"),
                "preserve_insertion_order": False,
            },
        )
        self._connection.execute("SET parquet_metadata_cache = true")
        self._connection.execute("SET allowed_directories = ?", [[f"{folder.resolve()}/"]])
        self._connection.execute("SET enable_external_access = false")
        self._make_views()
        self._connection.execute("SET lock_configuration = true")
        self.info = Snapshot(
            number=manifest.number,
            published=manifest.published,
            model_version=manifest.model_version,
            catalogue_version=manifest.catalogue_version,
            last_delivery=manifest.last_delivery,
        )
        self.definitions = manifest.definitions
        self.held = self._held()
        self.coverage = {
            mart.table: Coverage(*mart.months) for mart in manifest.of_kind("figures") if mart.months
        }
        self.areas = self._areas()
        self.within = {area.code: area.within for area in self.areas if area.level == "unit"}
        self.units = {
            area.code: UnitPlace(area.within, area.branch) for area in self.areas if area.level == "unit"
        }
        self.members = {d.name: self._members(d.code_list, d.concept) for d in catalogue.dimensions}
        self.applied: dict[int, datetime] = {
            int(batch): moment
            for batch, moment in self._tuples(
                "SELECT batch, max(applied_at) FROM meta.applied GROUP BY batch"
            )
        }

    @property
    def name(self) -> str:
        return self._folder.name

    @property
    def keeps_history(self) -> bool:
        """Whether it was published with what tells of the past."""
        return bool(self._manifest.of_kind("history"))

    def read(
        self,
        sql: str,
        parameters: list[object] | dict[str, object] | None = None,
        marts: Iterable[str] = (),
    ) -> list[tuple]:  # type: ignore[type-arg]
        """The rows of one SELECT made by the platform; values are bound. `marts` are the stars and histories it reads.

        Damaged when a file is not what was written, or when the snapshot is no longer there; NotReady when
        the model asks for something the snapshot was published without.
        """
        for name in marts:
            self._bring(name)
        cursor = self._connection.cursor()
        try:
            [statement] = cursor.extract_statements(sql)
            if statement.type != duckdb.StatementType.SELECT:
                raise ValueError("a reader may do nothing but read")
            return cursor.execute(statement, parameters or []).fetchall()
        except duckdb.OutOfMemoryException as error:
            raise NoRoom(
                "The question needs more memory than a reader may have. Ask for fewer metrics at a time."
            ) from error
        except duckdb.IOException as error:
            raise Damaged(f"{self._folder}: a file of the snapshot can no longer be read.") from error
        except (duckdb.BinderException, duckdb.CatalogException) as error:
            raise self._lacks() from error
        finally:
            cursor.close()

    def words_of(self, code_list: str) -> dict[str, Text]:
        """The words for the codes of a list; nothing for no list, or one that was not published."""
        if not code_list or self._manifest.mart(f"ref/{code_list}") is None:
            return {}
        rows = self.read(
            "SELECT code, label_fi, label_sv, label_en FROM ref."  # nosec B608 # a code list of the model, whose names have no quotes
            f'"{code_list}" ORDER BY code, valid_until NULLS LAST'
        )
        return {code: Text(fi, sv, en) for code, fi, sv, en in rows}

    def periods(self) -> tuple[date, date]:
        """The first and the last month for which any metric is whole."""
        if not self.coverage:
            raise NotReady("The published snapshot holds no figures yet: land and load deliveries first.")
        return (
            min(c.first for c in self.coverage.values()),
            max(c.last for c in self.coverage.values()),
        )

    def _bring(self, name: str) -> None:
        """Check a mart that is read on demand and make its view, once."""
        with self._making:
            mart = self._manifest.mart(name)
            if mart is None:
                raise self._lacks()
            if name not in self._at_hand:
                check_bytes(self._folder, mart)
                # A history is known by its own name, as in the vault.
                schema = "" if mart.kind == "history" else f"{mart.kind}."
                self._make_view(f'{schema}"{mart.table}"', [mart])
                self._at_hand.add(name)

    def _lacks(self) -> NotReady:
        return NotReady(
            f"This cannot be answered from snapshot {self._manifest.number}: it was published without what the"
            " question needs, under an earlier model or before there was any. Run `virtaama load`."
        )

    def _make_views(self) -> None:
        self._connection.execute("CREATE SCHEMA star")
        for kind in ("ref", "meta"):
            self._connection.execute(f"CREATE SCHEMA {kind}")
            for mart in self._manifest.of_kind(kind):
                self._make_view(f'{kind}."{mart.table}"', [mart])
        if metrics := self._manifest.of_kind("figures"):
            self._make_view("figures", metrics)
        else:
            nothing = ", ".join(f'NULL AS "{name}"' for name in (*FIGURE_COLUMNS, "guard"))
            self._connection.execute(f"CREATE VIEW figures AS SELECT {nothing} WHERE false")
        if recorded := self._manifest.of_kind("recording"):
            self._make_view("recording", recorded)

    def _make_view(self, name: str, marts: Sequence[Mart]) -> None:
        paths = [str(path).replace("'", "''") for mart in marts for path in mart.paths(self._folder)]
        files = ", ".join(f"'{path}'" for path in paths)
        rows = f"SELECT * FROM read_parquet([{files}])"  # nosec B608 # paths of a manifest that was checked, without quotes
        described = self._connection.execute(f"DESCRIBE {rows}").fetchall()
        # As 128-bit values keys are compared faster than as bytes.
        keys = ", ".join(f'CAST("{c[0]}" AS UUID) AS "{c[0]}"' for c in described if c[1] == "BLOB")
        replaced = f"SELECT * REPLACE ({keys}) FROM ({rows})" if keys else rows  # nosec B608 # columns of our own marts
        self._connection.execute(f"CREATE VIEW {name} AS {replaced}")

    def _tuples(self, sql: str) -> list[tuple]:  # type: ignore[type-arg]
        return self._connection.execute(sql).fetchall()

    def _held(self) -> dict[str, tuple[Held, ...]]:
        """Why metrics show what was published before; nothing in a snapshot that knew no such thing."""
        if self._manifest.mart("meta/held") is None:
            return {}
        found: dict[str, tuple[Held, ...]] = {}
        for metric, expectation, owner, fi, sv, en, since in self._tuples(
            "SELECT metric, expectation, owner, message_fi, message_sv, message_en, since FROM meta.held "
            "ORDER BY metric, expectation"
        ):
            why = Held(
                metric=metric,
                expectation=expectation,
                owner=owner,
                message=Text(fi, sv, en),
                since=datetime.fromisoformat(since),
            )
            found[metric] = (*found.get(metric, ()), why)
        return found

    def _areas(self) -> tuple[AreaName, ...]:
        return tuple(
            AreaName(
                level=level,
                code=code,
                name=Text(name_fi, name_sv or name_fi, name_fi),
                within=within,
                branch=branch,
            )
            for level, code, name_fi, name_sv, within, branch in self._tuples(
                "SELECT level, code, name_fi, name_sv, within, branch FROM meta.area "
                "ORDER BY place, name_fi, code"
            )
        )

    def _members(self, code_list: str, concept: str) -> dict[str, Text]:
        if concept:
            return {area.code: area.name for area in self.areas if area.level == concept}
        if not code_list or self._manifest.mart(f"ref/{code_list}") is None:
            return {}
        return {
            code: Text(fi, sv, en)
            for code, fi, sv, en in self._tuples(
                "SELECT code, label_fi, label_sv, label_en FROM ref."  # nosec B608 # a code list of the model, whose names have no quotes
                f'"{code_list}" ORDER BY code, valid_until NULLS LAST'
            )
        }


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
        self._open: OpenSnapshot | None = None
        self._of_parents: list[OpenSnapshot] = []
        self._damaged: dict[str, tuple[float, Damaged]] = {}  # when it was found

    def current(self) -> OpenSnapshot:
        """The newest snapshot that is whole; NotReady while nothing is published.

        Where the newest is damaged the one before it is used, and says so. Damaged when none is whole.
        """
        with self._lock:
            if self._open and self._process != os.getpid():
                # What was opened before a fork is the parent's: not used, and not closed either.
                self._of_parents.append(self._open)
                self._open = None
            newest = self._named()
            if self._open and self._open.name == newest:
                return self._open
            for name in (newest, *self._earlier(newest)):
                if self._is_damaged(name):
                    continue
                if self._open is None or self._open.name != name:
                    try:
                        opened = OpenSnapshot(
                            self._folder / name, self._catalogue, self._memory, self._threads
                        )
                    except Damaged as damaged:
                        self._damaged[name] = monotonic(), damaged
                        continue
                    if name != newest:
                        opened.info = replace(opened.info, newer_damaged=snapshot_number(newest))
                    self._open, self._process = opened, os.getpid()
                return self._open
            raise self._damaged[newest][1]

    def leave(self, snapshot: OpenSnapshot, damaged: Damaged) -> None:
        """Use the snapshot no more: something of it could not be read."""
        with self._lock:
            self._damaged[snapshot.name] = monotonic(), damaged
            if self._open is snapshot:
                self._open = None

    def _is_damaged(self, name: str) -> bool:
        found = self._damaged.get(name)
        if found and monotonic() - found[0] > LOOK_AGAIN:
            del self._damaged[name]
            return False
        return found is not None

    def _named(self) -> str:
        name = current_name(self._folder)
        if snapshot_number(name) is None:
            raise NotReady(
                "Nothing is published yet. Run `virtaama land`, then `virtaama load`; loading publishes."
            )
        return name

    def _earlier(self, newest: str) -> list[str]:
        """The snapshots before the newest, the nearest first."""
        top = snapshot_number(newest) or 0
        numbers = (snapshot_number(path.name) for path in self._folder.iterdir())
        return [snapshot_name(n) for n in sorted((n for n in numbers if n and n < top), reverse=True)]
