"""A project folder, wired: the one place where the core meets engines, lake and keys."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self, TypeVar

from virtaama.access.audit import AuditLog
from virtaama.access.door import Door
from virtaama.access.roles import parse_roles
from virtaama.access.rows import OpenedRows, RowDoor
from virtaama.engines.port import Engine, FileDamaged
from virtaama.keyring import Keyring
from virtaama.lake.batches import Batch, Rejected
from virtaama.lake.deployments import Deployment
from virtaama.lake.files import Lake
from virtaama.lake.ledger import Ledger
from virtaama.lake.marts import FeatureMart
from virtaama.lake.published import check, current_name, snapshot_number
from virtaama.loading.deployed import refuse_unfinished
from virtaama.loading.evolve import CountedLoss, refuse_losses
from virtaama.loading.features import Built, FeatureBuild, applied_batches, build_features
from virtaama.loading.load import Loaded, LoadPlan, load, plan
from virtaama.loading.lock import in_turn, only_one
from virtaama.loading.on_spark import problems_on_spark
from virtaama.loading.publish import Publication, publish
from virtaama.loading.quality import check_deliveries
from virtaama.loading.speed import rows_per_second
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.feature_parse import parse_features
from virtaama.metrics.feature_tables import FeatureTable
from virtaama.metrics.parse import parse_catalogue
from virtaama.model.collect import addresses_of, host_of
from virtaama.model.model import Model
from virtaama.model.parse import parse_model
from virtaama.privacy.policy import Asker, Purpose, Role
from virtaama.problems import Busy, Damaged, NotReady, Problem, ProblemsFound, VirtaamaError
from virtaama.project.back_out import BackedOut, earlier_model, put_back, write_files
from virtaama.project.backup import Backup, back_up, back_up_keys
from virtaama.project.compare_engines import Comparison, compare_engines
from virtaama.project.demo_users import DemoUser, parse_demo_users
from virtaama.project.rebuild import Rebuilt, beside, differing_tables, hashes_of, swap
from virtaama.project.room import told_of_full_disk
from virtaama.project.settings import Settings, files_in, read_settings
from virtaama.project.verify import Checked, verify
from virtaama.project.warehouse import opened, set_aside
from virtaama.quality.held import HeldBack, held_back
from virtaama.quality.results import Result, state_of
from virtaama.sql.spelling import EngineName
from virtaama.vault.derive import star
from virtaama.vault.design import design

# What reads sources and what invents them is brought in by the methods that need it: clients of databases and of
# the web are a third of what starting costs, and a load or a question has no use for them.
if TYPE_CHECKING:
    from virtaama.loading.land import LandReport
    from virtaama.project.invented import Invented
    from virtaama.synthetic.county import CountySize

MODEL_FOLDERS = ("systems", "concepts", "codes", "mappings", "derived", "calendars")
METRIC_FOLDER = "metrics"
FEATURE_FOLDER = "features"
ACCESS_FILE = "access.yaml"

Done = TypeVar("Done")

Progress = Callable[[int, int, str], None]
"""Told how much is done, of how much, and what is at hand."""


def silent(done: int, total: int, what: str) -> None:
    """Nobody watches."""


Notice = Callable[[str], None]


def unnoticed(text: str) -> None:
    """Nobody is told; the run on record says it too."""


class Project:
    """An open project. What it is made of is read when first asked for, and then kept."""

    def __init__(self, settings: Settings, notice: Notice = unnoticed) -> None:
        self.settings = settings
        self._notice = notice

    @classmethod
    def open(cls, folder: Path, notice: Notice = unnoticed) -> Self:
        """The project in `folder`; NotReady when there is none, ProblemsFound when its settings are wrong.

        `notice` is told what a person should know though the work goes on.
        """
        return cls(read_settings(folder), notice)

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
    def features(self) -> tuple[FeatureTable, ...]:
        """Feature tables, checked against model and facts; ProblemsFound likewise."""
        files = dict(files_in(self.settings.folder, FEATURE_FOLDER))
        return parse_features(files, self.model, self.catalogue) if files else ()

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
        for part in ("model", "catalogue", "features", "roles"):
            try:
                getattr(self, part)
            except ProblemsFound as found:
                problems += found.problems
        if not problems:
            problems += self._unnamed_hosts()
        if not problems and self.settings.engine is EngineName.SPARK:
            problems += problems_on_spark(self.model, self.catalogue)
        if problems:
            raise ProblemsFound(tuple(problems))

    def _unnamed_hosts(self) -> Iterator[Problem]:
        for feed in self.model.feeds:
            spoken_to = [host_of(address) for address in addresses_of(feed.collect)] if feed.collect else []
            spoken_to += [feed.intake.host] if feed.intake and feed.intake.topic else []
            for host in spoken_to:
                if host not in self.settings.hosts:
                    what = f"feed '{feed.id}' speaks to {host}, which is not among `hosts`."
                    yield Problem(feed.place, what, f"Write hosts: [{host}] in virtaama.yaml.")

    # The flow

    def invent(self, size: CountySize, progress: Progress = silent) -> Invented:
        """Write the deliveries of an invented county. The same size and seed give the same bytes."""
        from virtaama.project.invented import write_invented

        return write_invented(self.settings.deliveries, size, progress)

    def land(self, progress: Progress = silent, *, only: frozenset[str] | None = None) -> LandReport:
        """Take what is new in the deliveries folder into the lake, or these files of it alone.

        Refused deliveries are in the report.
        """
        from virtaama.loading.land import land_deliveries

        feeds, keyring = self.model.feeds, self.keyring
        with only_one(self.settings.lock), self._run("land") as tell:
            self._refuse_other_keys()
            report = land_deliveries(
                feeds,
                self.settings.deliveries,
                self.lake,
                self.ledger,
                keyring,
                _now(),
                progress,
                memory=self.settings.memory,
                threads=self.settings.threads,
                only=only,
            )
            tell(_counts(report))
        return report

    def collect(self, feeds: tuple[str, ...] = (), progress: Progress = silent) -> LandReport:
        """Ask the sources that are asked rather than waited for: all feeds that are collected, or those named.

        A source that did not answer is among what was refused.
        """
        from virtaama.loading.collect import Reach, collect_feeds

        collected = tuple(
            feed for feed in self.model.feeds if feed.collect and feed.id in (feeds or (feed.id,))
        )
        if unknown := sorted(set(feeds) - {feed.id for feed in collected}):
            raise NotReady(f"{', '.join(unknown)}: no such feed is collected.\n  See `collect` in systems/.")
        reach = Reach(
            project=self.settings.folder,
            folder=self.settings.deliveries / ".collect",
            cache=self.settings.cache,
            hosts=self.settings.hosts,
        )
        turn = partial(in_turn, self.settings.lock)
        with only_one(self.settings.data / "collect.lock"), self._run("collect", turn) as tell:
            with turn():
                self._refuse_other_keys()
            report = collect_feeds(
                collected,
                self.lake,
                self.ledger,
                self.keyring,
                reach,
                _now(),
                progress,
                memory=self.settings.memory,
                threads=self.settings.threads,
                turn=turn,
            )
            tell(_counts(report))
        return report

    def plan(self) -> LoadPlan:
        """What `load` would do now. Nothing is changed."""
        try:
            with opened(self.settings, self.ledger) as engine:
                return plan(self.model, self.ledger, self.lake, engine)
        except FileDamaged as damage:
            raise Damaged(
                f"{self.settings.warehouse} is not to be trusted: {damage}.\n"
                "  `virtaama load` moves it aside and makes it again from the lake."
            ) from None

    @property
    def speed(self) -> float | None:
        """Rows a second that loads have read here; None where none has."""
        return rows_per_second(self.ledger.runs())

    def losses(self) -> tuple[CountedLoss, ...]:
        """What would leave the warehouse with the model of now; nothing where it is made anew."""
        try:
            with opened(self.settings, self.ledger) as engine:
                return plan(self.model, self.ledger, self.lake, engine).model.losses
        except FileDamaged:
            return ()

    def load(self, progress: Progress = silent, accepted: frozenset[str] = frozenset()) -> Loaded:
        """Bring every landed batch that is not loaded yet into the warehouse. Readers see it when published.

        A warehouse that is not whole, or not what the ledger tells of, is moved aside and made again.
        `accepted` names what may leave it with a changed model, else WouldLose.
        """
        with only_one(self.settings.lock):
            return self._mending(lambda: self._load(progress, accepted))

    def check_quality(self) -> tuple[Result, ...]:
        """Hold what was delivered, and what was not, against what is expected; the state of every expectation.

        What came of it is appended to the ledger.
        """
        with only_one(self.settings.lock):
            self._mending(self._check_alone, again=lambda: self._load(silent))
        return self.quality_now()

    def quality_now(self) -> tuple[Result, ...]:
        """The state of every expectation of the model that was checked, by subject and name."""
        return state_of(self.model, self.ledger.results())

    def publish(self, progress: Progress = silent) -> Publication:
        """Make what the warehouse holds now visible to readers, all at once."""
        with only_one(self.settings.lock):
            return self._mending(lambda: self._publish(progress), again=lambda: self._load(silent))

    def open_features(
        self,
        table: FeatureTable,
        asker: Asker,
        purpose: Purpose,
        *,
        first: date | None = None,
        last: date | None = None,
        progress: Progress = silent,
    ) -> OpenedRows:
        """The rows of a feature table, built first where what they are made from has changed.

        Raises NotAllowed, on record, before anything is built. Who it was built and opened for goes on record.
        """
        door = RowDoor(marts=self.settings.features, roles=self.roles, audit=self.audit, clock=_now)
        allowed = door.decide(table, asker, purpose)
        with only_one(self.settings.lock):
            built = self._mending(
                lambda: self._build_features(table, progress), again=lambda: self._load(silent)
            )
        if built.written:
            door.built(table, allowed, built.written, built.rows)
        return door.open(table, allowed, first, last)

    def _build_features(self, table: FeatureTable, progress: Progress) -> Built:
        model = self.model
        with self._run("features") as tell, opened(self.settings, self.ledger) as engine:
            refuse_unfinished(engine, model)
            build = FeatureBuild(
                table=table,
                model=model,
                design=design(model),
                catalogue=self.catalogue,
                batches=applied_batches(engine, self.ledger.batches()),
            )
            mart = FeatureMart(self.settings.features / table.name)
            built = build_features(engine, build, mart, _now(), progress)
            tell({"days": built.days, "days_written": built.written, "rows": built.rows})
        return built

    def _load(self, progress: Progress, accepted: frozenset[str] = frozenset()) -> Loaded:
        model = self.model
        with opened(self.settings, self.ledger) as engine:
            waiting = plan(model, self.ledger, self.lake, engine)
            if waiting.is_empty:
                return Loaded(batches=0, rows_in=0, rows_new=0)
            refuse_losses(waiting.model, accepted)
            self.ledger.record_deployment(
                Deployment(
                    version=model.version,
                    moment=_now(),
                    files=dict(files_in(self.settings.folder, *MODEL_FOLDERS, METRIC_FOLDER)),
                )
            )
            with self._run("load") as tell:
                loaded = load(
                    model,
                    self.ledger,
                    self.lake,
                    engine,
                    now=_now,
                    progress=progress,
                    accepted=accepted,
                )
                counts = {
                    "batches": loaded.batches,
                    "rows_read": loaded.rows_in,
                    "rows_new": loaded.rows_new,
                    "rows_again": loaded.rows_again,
                }
                tell({name: count for name, count in counts.items() if name != "rows_again" or count})
            if model.expectations:
                self._check(
                    engine, frozenset(a.number for batch_load in waiting.batches for a in batch_load.arrivals)
                )
        return loaded

    def _check_alone(self) -> None:
        with opened(self.settings, self.ledger) as engine:
            self._check(engine)

    def _check(self, engine: Engine, again: frozenset[int] = frozenset()) -> None:
        with self._run("quality") as tell:
            (run, *_) = self.ledger.runs()
            results = check_deliveries(
                self.model, self.ledger, self.lake, engine, run=run.id, now=_now(), again=again
            )
            tell({"checks": len(results), "checks_failed": sum(not result.passed for result in results)})

    def _judge(self, results: tuple[Result, ...]) -> HeldBack:
        """Keep what came of checks of concepts; what is held back as things stand."""
        self.ledger.record_results(results)
        return held_back(self.ledger.results(), self.model, self.catalogue)

    def _publish(self, progress: Progress) -> Publication:
        model, catalogue = self.model, self.catalogue
        with self._run("publish") as tell, opened(self.settings, self.ledger) as engine:
            refuse_unfinished(engine, model)
            publication = publish(
                engine,
                star=partial(star, model, design(model)),
                model=model,
                catalogue=catalogue,
                batches=self.ledger.batches(),
                folder=self.settings.published,
                county_code=self.settings.county_code,
                moment=_now(),
                judge=self._judge,
                run=self.ledger.runs()[0].id,
                progress=progress,
            )
            tell(
                {
                    "snapshot": publication.number,
                    "figures": publication.figures,
                    "metrics_held_back": len(publication.held),
                    "marts_written": len(publication.written),
                    "marts_taken_over": len(publication.taken_over),
                }
            )
        return publication

    @property
    def is_published(self) -> bool:
        """Whether readers see what the warehouse holds, under the model and the metrics of now, undamaged."""
        name = current_name(self.settings.published)
        try:
            manifest = check(self.settings.published / name) if snapshot_number(name) else None
        except Damaged:
            return False
        newest = next((run for run in self.ledger.runs() if run.kind in ("load", "publish")), None)
        return (
            manifest is not None
            and newest is not None
            and newest.kind == "publish"
            and newest.ok
            and (manifest.model_version, manifest.catalogue_version)
            == (self.model.version, self.catalogue.version)
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

    # Models

    def rebuild(self, progress: Progress = silent, *, swapped: bool = True) -> Rebuilt:
        """Make a second warehouse from the lake alone, compare the two, and put it in the place of the first.

        Not `swapped`: it is only made and compared. Readers keep what is published.
        """
        warehouse = self.settings.warehouse
        with only_one(self.settings.lock), beside(warehouse) as file:
            with self._run("rebuild") as tell:
                with opened(self.settings, self.ledger, file) as engine:
                    loaded = load(self.model, self.ledger, self.lake, engine, now=_now, progress=progress)
                    made = hashes_of(engine)
                before = self._hashes_before()
                other = () if before is None else differing_tables(before, made)
                tell({"batches": loaded.batches, "rows_read": loaded.rows_in, "tables_differing": len(other)})
            aside = swap(file, warehouse) if swapped else None
        return Rebuilt(tables=len(made), differing=other, compared=before is not None, aside=aside)

    def _hashes_before(self) -> dict[str, str] | None:
        """What the warehouse holds; None where it cannot be read, or has yet to follow the model or the lake."""
        if not self.settings.warehouse.exists():
            return None
        try:
            with opened(self.settings, self.ledger) as engine:
                if not plan(self.model, self.ledger, self.lake, engine).is_empty:
                    return None
                return hashes_of(engine)
        except FileDamaged:
            return None

    def back_out(self, version: str = "", to: Path | None = None) -> BackedOut:
        """Put the files of the model that was in use before in their place, or a copy of them in a folder.

        The warehouse follows with the next load. NotReady when there is no such model.
        """
        with only_one(self.settings.lock):
            found = earlier_model(self.ledger.deployments(), version)
            if to:
                write_files(found, to)
                return BackedOut(model=found, folder=to, aside=None)
            folders = (*MODEL_FOLDERS, METRIC_FOLDER)
            return put_back(found, self.settings.folder, folders, self.settings.data / "models")

    def compare_engines(self, folder: Path | None = None, progress: Progress = silent) -> Comparison:
        """Load and publish the lake on DuckDB and on Spark, in folders that are deleted, and compare all of it.

        The project itself is not changed. `folder` must be seen by the workers of the cluster under the same
        path; without one it is below `data`.
        """
        below = folder or self.settings.data
        below.mkdir(parents=True, exist_ok=True)
        with only_one(self.settings.lock), TemporaryDirectory(prefix="compare-", dir=below) as place:
            return compare_engines(
                self.settings,
                self.model,
                self.catalogue,
                self.ledger,
                Path(place).resolve(),
                _now().replace(tzinfo=None),
                progress,
            )

    # Keeping

    def verify(self, progress: Progress = silent) -> tuple[Checked, ...]:
        """Read everything that is kept, part by part; what is wrong with a part is in it."""
        with only_one(self.settings.lock):
            return tuple(verify(self.settings, self.ledger, self.keyring, progress))

    def back_up(self, folder: Path, keys: Path | None = None, progress: Progress = silent) -> Backup:
        """Add a backup as of now to a folder of backups; the keys go to a folder of their own, where asked."""
        with only_one(self.settings.lock):
            made = back_up(self.settings, self.ledger, self.keyring, folder, _now(), progress)
        if keys:
            back_up_keys(self.settings, keys, folder)
        return made

    # Inside

    def _mending(self, work: Callable[[], Done], again: Callable[[], object] = lambda: None) -> Done:
        """Do the work; where the warehouse is not to be trusted, move it aside, do `again` and the work anew."""
        try:
            return work()
        except FileDamaged as damage:
            with self._run("set_aside"):
                told = set_aside(self.settings.warehouse, str(damage))
            self._notice(str(told))
        try:
            again()
            return work()
        except FileDamaged as damage:
            raise Damaged(
                f"{self.settings.warehouse}: made again from the lake, and again not to be trusted: {damage}.\n"
                "  Disk or memory of this machine may be failing: have them looked at. The lake was only read."
            ) from None

    def _refuse_other_keys(self) -> None:
        if others := self.ledger.recognise_keys(self.keyring.prints()):
            named = ", ".join(f"{name}.key" for name in others)
            raise NotReady(
                f"{self.settings.keys}: {named}: not the keys this lake was made with.\n"
                "  Bring the right ones back from their safe copy: under other keys every person would become "
                "another. Nothing was landed."
            )

    @contextmanager
    def _run(
        self, kind: str, turn: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> Iterator[Callable[[dict[str, int]], None]]:
        """A run on record from its start to its end, whatever the end is.

        The caller holds the lock, or gives a `turn` in which a note is made.
        """
        with turn():
            run = self.ledger.start_run(kind, _now())
        counts: dict[str, int] = {}
        try:
            with told_of_full_disk():
                yield counts.update
        except BaseException as error:
            # Only our own messages are sure to hold no personal data.
            ours = isinstance(error, VirtaamaError | FileDamaged)
            # What went wrong may go wrong here too, and matters more.
            with suppress(sqlite3.Error, Busy), turn():
                self.ledger.finish_run(
                    run,
                    finished=_now(),
                    ok=False,
                    counts={},
                    error=str(error) if ours else type(error).__name__,
                )
            raise
        with turn():
            self.ledger.finish_run(run, finished=_now(), ok=True, counts=counts)


def _counts(report: LandReport) -> dict[str, int]:
    return {
        "landed": len(report.landed),
        "repeated": len(report.repeats),
        "refused": len(report.refused),
        "rows_set_aside": report.rejected,
    }


def _now() -> datetime:
    """The moment, in local time with its zone."""
    return datetime.now().astimezone()
