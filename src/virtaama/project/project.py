"""A project folder, wired: the one place where the core meets engines, lake and keys."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Self

from virtaama.access.audit import AuditLog
from virtaama.access.door import Door
from virtaama.access.roles import parse_roles
from virtaama.engines.duckdb import DuckDB
from virtaama.keyring import Keyring
from virtaama.lake.batches import Batch, Rejected
from virtaama.lake.files import Lake
from virtaama.lake.ledger import Ledger
from virtaama.loading.land import LandReport, land_deliveries
from virtaama.loading.load import Loaded, LoadPlan, load, plan
from virtaama.loading.lock import only_one
from virtaama.loading.publish import Publication, publish
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.parse import parse_catalogue
from virtaama.model.model import Model
from virtaama.model.parse import parse_model
from virtaama.privacy.policy import Purpose, Role
from virtaama.problems import NotReady, Problem, ProblemsFound, VirtaamaError
from virtaama.project.demo_users import DemoUser, parse_demo_users
from virtaama.project.invented import Invented, write_invented
from virtaama.project.settings import Settings, files_in, read_settings
from virtaama.synthetic.county import CountySize
from virtaama.vault.design import design
from virtaama.vault.views import star

MODEL_FOLDERS = ("systems", "concepts", "codes", "mappings")
METRIC_FOLDER = "metrics"
ACCESS_FILE = "access.yaml"

Progress = Callable[[int, int, str], None]
"""Told how much is done, of how much, and what is at hand."""


def silent(done: int, total: int, what: str) -> None:
    """Nobody watches."""


class Project:
    """An open project. What it is made of is read when first asked for, and then kept."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The project in `folder`; NotReady when there is none, ProblemsFound when its settings are wrong."""
        return cls(read_settings(folder))

    # What it is made of

    @cached_property
    def model(self) -> Model:
        """The concept model; ProblemsFound with every problem of its files."""
        return parse_model(dict(files_in(self.settings.folder, *MODEL_FOLDERS)))

    @cached_property
    def catalogue(self) -> Catalogue:
        """Facts, dimensions and metrics, checked against the model; ProblemsFound likewise."""
        return parse_catalogue(dict(files_in(self.settings.folder, METRIC_FOLDER)), self.model)

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """Who may ask what; no role shows smaller groups than the settings allow."""
        path = self.settings.folder / ACCESS_FILE
        roles = parse_roles(path.read_text(encoding="utf-8")) if path.is_file() else ()
        smallest = self.settings.minimum_group
        return tuple(replace(role, minimum_group=max(smallest, role.minimum_group)) for role in roles)

    @property
    def demo_users(self) -> tuple[DemoUser, ...]:
        """Who may sign in with a password of access.yaml; nobody outside a demo."""
        path = self.settings.folder / ACCESS_FILE
        if not self.settings.demo or not path.is_file():
            return ()
        return parse_demo_users(path.read_text(encoding="utf-8"))

    @cached_property
    def keyring(self) -> Keyring:
        return Keyring.open(self.settings.keys)

    @cached_property
    def lake(self) -> Lake:
        return Lake(self.settings.lake)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger.open(self.settings.ledger)

    def check(self) -> None:
        """Read everything; ProblemsFound with every problem of every file."""
        problems: list[Problem] = []
        for part in ("model", "catalogue", "roles"):
            try:
                getattr(self, part)
            except ProblemsFound as found:
                problems += found.problems
        if problems:
            raise ProblemsFound(tuple(problems))

    # The flow

    def invent(self, size: CountySize, progress: Progress = silent) -> Invented:
        """Write the deliveries of an invented county. The same size and seed give the same bytes."""
        return write_invented(self.settings.deliveries, size, progress)

    def land(self, progress: Progress = silent) -> LandReport:
        """Take what is new in the deliveries folder into the lake. Refused deliveries are in the report."""
        feeds, keyring = self.model.feeds, self.keyring
        with self._run("land") as tell:
            report = land_deliveries(
                feeds, self.settings.deliveries, self.lake, self.ledger, keyring, _now(), progress
            )
            tell(
                {
                    "landed": len(report.landed),
                    "repeated": len(report.repeats),
                    "refused": len(report.refused),
                    "rows_set_aside": report.rejected,
                }
            )
        return report

    def plan(self) -> LoadPlan:
        """What `load` would do now. Nothing is changed."""
        with self._warehouse() as engine:
            return plan(self.model, self.ledger, engine)

    def load(self, progress: Progress = silent) -> Loaded:
        """Bring every landed batch that is not loaded yet into the warehouse. Readers see it when published."""
        model = self.model
        waiting = self.plan()
        if not waiting.tables and not waiting.batches:
            return Loaded(batches=0, rows_in=0, rows_new=0)
        with self._run("load") as tell, self._warehouse() as engine:
            loaded = load(model, self.ledger, self.lake, engine, now=_now, progress=progress)
            tell({"batches": loaded.batches, "rows_read": loaded.rows_in, "rows_new": loaded.rows_new})
        return loaded

    def publish(self, progress: Progress = silent) -> Publication:
        """Make what the warehouse holds now visible to readers, all at once."""
        model, catalogue = self.model, self.catalogue
        with self._run("publish") as tell, self._warehouse() as engine:
            publication = publish(
                engine,
                star=partial(star, model, design(model)),
                model=model,
                catalogue=catalogue,
                batches=self.ledger.batches(),
                folder=self.settings.published,
                county_code=self.settings.county_code,
                moment=_now(),
                progress=progress,
            )
            tell({"snapshot": publication.number, "figures": publication.figures})
        return publication

    @property
    def is_published(self) -> bool:
        """Whether readers see what the warehouse holds, under the model and the metrics of now."""
        try:
            snapshot = self.door().snapshot()
        except NotReady:
            return False
        newest = next((run for run in self.ledger.runs() if run.kind in ("load", "publish")), None)
        return (
            newest is not None
            and newest.kind == "publish"
            and newest.ok
            and (snapshot.model_version, snapshot.catalogue_version)
            == (
                self.model.version,
                self.catalogue.version,
            )
        )

    def door(self) -> Door:
        """The one way to figures. NotReady is raised by what it is asked, while nothing is published."""
        return Door(
            published=self.settings.published,
            catalogue=self.catalogue,
            model=self.model,
            roles=self.roles,
            audit=self.audit,
            ledger=self.ledger,
            county_code=self.settings.county_code,
            county=self.settings.county,
            clock=_now,
        )

    @cached_property
    def audit(self) -> AuditLog:
        return AuditLog(self.settings.audit, self.keyring.key("audit"))

    def open_quarantine(self, batches: tuple[int, ...], by: str) -> tuple[tuple[Batch, Rejected], ...]:
        """The rows of batches that were set aside, as delivered. That they were opened goes on record first."""
        self.audit.append(
            moment=_now(),
            asker=by,
            role="",
            purpose=Purpose.DATA_QUALITY.value,
            question=json.dumps({"quarantine of batches": batches}),
            decision="allowed",
            snapshot=None,
            rows=sum(len(self.ledger.rejected(batch)) for batch in batches),
        )
        return tuple(
            (batch, replace(row, raw=self.keyring.unseal(row.raw, batch.feed)))
            for batch in self.ledger.batches()
            if batch.number in batches
            for row in self.ledger.rejected(batch.number)
        )

    # Inside

    @contextmanager
    def _warehouse(self) -> Iterator[DuckDB]:
        self.settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
        engine = DuckDB.open(
            self.settings.warehouse,
            folders=(self.settings.lake, self.settings.published),
            temporary=self.settings.warehouse.parent / "temporary",
        )
        try:
            yield engine
        finally:
            engine.close()

    @contextmanager
    def _run(self, kind: str) -> Iterator[Callable[[dict[str, int]], None]]:
        """One run at a time, on record from its start to its end, whatever the end is."""
        with only_one(self.settings.data / "lock"):
            run = self.ledger.start_run(kind, _now())
            counts: dict[str, int] = {}
            try:
                yield counts.update
            except BaseException as error:
                # Only our own messages are sure to hold no personal data.
                what = str(error) if isinstance(error, VirtaamaError) else type(error).__name__
                self.ledger.finish_run(run, finished=_now(), ok=False, counts={}, error=what)
                raise
            self.ledger.finish_run(run, finished=_now(), ok=True, counts=counts)


def _now() -> datetime:
    """The moment, in local time with its zone."""
    return datetime.now().astimezone()
