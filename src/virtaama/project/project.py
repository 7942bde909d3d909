"""A project folder, wired: the one place where the core meets engines, lake and keys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Self

from virtaama.engines.port import FileDamaged
from virtaama.lake.batches import Batch, Rejected
from virtaama.lake.direct_marts import DirectMarts
from virtaama.lake.published import check, current_name, snapshot_number
from virtaama.loading.evolve import CountedLoss
from virtaama.loading.load import Loaded, LoadPlan, load, plan
from virtaama.loading.lock import in_turn, only_one
from virtaama.loading.speed import rows_per_second
from virtaama.privacy.policy import Asker, Purpose
from virtaama.problems import Damaged, NotReady
from virtaama.project.back_out import BackedOut, earlier_model, put_back, write_files
from virtaama.project.doors import door_of
from virtaama.project.mended import Done, mended
from virtaama.project.on_record import now, on_record
from virtaama.project.parts import METRIC_FOLDER, MODEL_FOLDERS, Parts
from virtaama.project.rebuild import Rebuilt, beside, differing_tables, hashes_of, swap
from virtaama.project.settings import Settings, read_settings
from virtaama.project.told import Notice, Progress, silent, unnoticed
from virtaama.project.warehouse import opened
from virtaama.project.work import build_now, check_now, load_now, publish_now
from virtaama.quality.results import Result, state_of

# What only some of the methods need is brought in by these: clients of databases and of the web, columns in memory
# and cryptography are most of what starting costs, and a load has no use for them.
if TYPE_CHECKING:
    from virtaama.access.audit_anchors import Anchor
    from virtaama.access.door import Door
    from virtaama.access.look_ups import Counts
    from virtaama.access.looked import LogReport
    from virtaama.access.names import Names
    from virtaama.access.opened import PersonQuestion
    from virtaama.access.oversight import Oversight
    from virtaama.access.person_door import PersonDoor
    from virtaama.access.releasing import MadeRelease
    from virtaama.access.rows import OpenedRows
    from virtaama.loading.land import LandReport
    from virtaama.loading.publish import Publication
    from virtaama.metrics.feature_tables import FeatureTable
    from virtaama.metrics.releases import Release
    from virtaama.project.backup import Backup
    from virtaama.project.compare_engines import Comparison
    from virtaama.project.invented import Invented
    from virtaama.project.verify import Checked
    from virtaama.synthetic.county import CountySize


class Project(Parts):
    """An open project: everything that is done with one."""

    def __init__(
        self, settings: Settings, notice: Notice = unnoticed, without_keys: tuple[str, ...] = ()
    ) -> None:
        super().__init__(settings, without_keys)
        self._notice = notice

    @classmethod
    def open(cls, folder: Path, notice: Notice = unnoticed, without_keys: tuple[str, ...] = ()) -> Self:
        """The project in `folder`; NotReady when there is none, ProblemsFound when its settings are wrong.

        `notice` is told what a person should know though the work goes on. Keys it is opened without are not read.
        """
        return cls(read_settings(folder), notice, without_keys)

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
        with only_one(self.settings.lock), on_record(self.ledger, "land") as tell:
            self._refuse_other_keys()
            report = land_deliveries(
                feeds,
                self.settings.deliveries,
                self.lake,
                self.ledger,
                keyring,
                self.identities,
                now(),
                progress,
                only=only,
                erased=self.erased,
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
        with only_one(self.settings.data / "collect.lock"), on_record(self.ledger, "collect", turn) as tell:
            with turn():
                self._refuse_other_keys()
            report = collect_feeds(
                collected,
                self.lake,
                self.ledger,
                self.keyring,
                self.identities,
                reach,
                now(),
                progress,
                memory=self.settings.memory,
                turn=turn,
                erased=self.erased,
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
            return self._mended(lambda: load_now(self, progress, accepted), again=_nothing)

    def check_quality(self) -> tuple[Result, ...]:
        """Hold what was delivered, and what was not, against what is expected; the state of every expectation.

        What came of it is appended to the ledger.
        """
        with only_one(self.settings.lock):
            self._mended(lambda: check_now(self))
        return self.quality_now()

    def quality_now(self) -> tuple[Result, ...]:
        """The state of every expectation of the model that was checked, by subject and name."""
        return state_of(self.model, self.ledger.results())

    def publish(self, progress: Progress = silent) -> Publication:
        """Make what the warehouse holds now visible to readers, all at once."""
        with only_one(self.settings.lock):
            return self._mended(lambda: publish_now(self, progress))

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
        from virtaama.access.rows import RowDoor

        door = RowDoor(
            marts=self.settings.features,
            roles=self.roles,
            audit=self.audit,
            model=self.model,
            catalogue=self.catalogue,
            clock=now,
            domains=self.identities.domain,
        )
        allowed = door.decide(table, asker, purpose)
        with only_one(self.settings.lock):
            built = self._mended(lambda: build_now(self, table, progress))
        if built.written:
            door.built(table, allowed, built.written, built.rows)
        return door.open(table, allowed, first, last)

    def make_release(self, release: Release, asker: Asker, purpose: Purpose) -> tuple[MadeRelease, Path]:
        """Make a data set of anonymous figures and write it; what it holds, and where it lies.

        Raises NotAllowed and NotProtected, on record, before anything is written.
        """
        # The solver is brought in where a release is made.
        from virtaama.access.releasing import ReleaseDoor
        from virtaama.project.data_set import write_data_set

        door = ReleaseDoor(
            published=self.settings.published,
            released=self.settings.released,
            catalogue=self.catalogue,
            model=self.model,
            roles=self.roles,
            audit=self.audit,
            county_code=self.settings.county_code,
            county=self.settings.county,
            clock=now,
        )
        with only_one(self.settings.data / "release.lock"):
            made = door.make(release, asker, purpose)
            return made, write_data_set(made, self.catalogue, self.settings.releases)

    def data_sets(self, release: Release) -> tuple[int, ...]:
        """The numbers under which a release was made, the oldest first."""
        from virtaama.project.data_set import written

        return written(self.settings.releases, release.name)

    def data_set(self, release: Release, number: int) -> dict[str, Any]:
        """The description of a data set that was made; NotReady where there is none."""
        from virtaama.project.data_set import read_description

        return read_description(self.settings.releases, release.name, number)

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
            and DirectMarts(self.settings.direct).holds(self.direct_wanted)
        )

    def door(self) -> Door:
        """The one way to figures. NotReady is raised by what it is asked, while nothing is published."""
        return door_of(self)

    def previews(self) -> Door:
        """The same for drafts: metrics that wait for a decision, computed when they are asked for."""
        return door_of(self, drafts=True)

    def open_quarantine(self, batches: tuple[int, ...], asker: Asker) -> tuple[tuple[Batch, Rejected], ...]:
        """The rows of batches that were set aside, as delivered. Raises NotAllowed; either goes on record first."""
        from virtaama.project.quarantine import open_rows

        return open_rows(self, batches, asker)

    # Models

    def rebuild(self, progress: Progress = silent, *, swapped: bool = True) -> Rebuilt:
        """Make a second warehouse from the lake alone, compare the two, and put it in the place of the first.

        Not `swapped`: it is only made and compared. Readers keep what is published.
        """
        warehouse = self.settings.warehouse
        with only_one(self.settings.lock), beside(warehouse) as file:
            with on_record(self.ledger, "rebuild") as tell:
                with opened(self.settings, self.ledger, file) as engine:
                    loaded = load(self.model, self.ledger, self.lake, engine, now=now, progress=progress)
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
        from virtaama.project.compare_engines import compare_engines

        below = folder or self.settings.data
        below.mkdir(parents=True, exist_ok=True)
        with only_one(self.settings.lock), TemporaryDirectory(prefix="compare-", dir=below) as place:
            return compare_engines(
                self.settings,
                self.model,
                self.catalogue,
                self.ledger,
                Path(place).resolve(),
                now().replace(tzinfo=None),
                progress,
            )

    # Keeping

    def verify(self, progress: Progress = silent) -> tuple[Checked, ...]:
        """Read everything that is kept, part by part; what is wrong with a part is in it."""
        from virtaama.project.verify import verify

        with only_one(self.settings.lock):
            return tuple(verify(self.settings, self.ledger, self.keyring, progress))

    def back_up(self, folder: Path, keys: Path | None = None, progress: Progress = silent) -> Backup:
        """Add a backup as of now to a folder of backups; the keys go to a folder of their own, where asked."""
        from virtaama.project.backup import back_up, back_up_keys

        with only_one(self.settings.lock):
            made = back_up(self.settings, self.ledger, self.keyring, self.identities, folder, now(), progress)
        if keys:
            back_up_keys(self.settings, keys, folder)
        return made

    def anchor(self) -> Anchor:
        """Note the head of the audit log outside. NotReady where no place is named or it is not there."""
        if self.anchors is None:
            raise NotReady(
                "No place for anchors is named.\n"
                "  Write `audit: {anchor: <folder outside>}` in virtaama.yaml; see docs/how-to/audit.md."
            )
        return self.anchors.add(self.audit, now())

    def log_report(
        self,
        code: str,
        asker: Asker,
        *,
        first: date | None = None,
        last: date | None = None,
        reason: str = "",
    ) -> LogReport:
        """Who has seen the person of an identity code. The code becomes a key at once and is kept nowhere.

        Raises NotAllowed, on record; ValueError for what is no identity code, or a period that needs a reason.
        """
        from virtaama.project.oversight import oversight_of, person_of

        person = person_of(code, self.identities)
        return oversight_of(self).report(
            person.key, asker, first=first, last=last, reason=reason, also=person.also
        )

    def person_door(self, counts: Counts) -> PersonDoor:
        """The one way to single persons, counted by `counts`. NotReady where the project shows none."""
        from virtaama.project.persons import person_door_of

        return person_door_of(self, counts)

    def person_asked(self, reference: str, reason: str, *, break_glass: bool = False) -> PersonQuestion:
        """The question for the person of an identity code; what is none is asked for as a client number."""
        from virtaama.project.persons import asked_for

        return asked_for(self, reference, reason, break_glass=break_glass)

    def oversight(self) -> Oversight:
        """The door to the audit log itself."""
        from virtaama.project.oversight import oversight_of

        return oversight_of(self)

    def person_referred_to(self, reference: str) -> bytes:
        """The key of the person an identity code, a surrogate or a key refers to; ValueError where it is none."""
        from virtaama.project.oversight import referred_to

        return referred_to(reference, self.identities)

    @property
    def names(self) -> Names:
        """What systems, roles and data are called, for reports."""
        from virtaama.project.oversight import names_of

        return names_of(self)

    def anchor_if_due(self) -> Anchor | None:
        """The same where a place is named and the newest anchor there is an hour old."""
        return self.anchors.add_if_due(self.audit, now()) if self.anchors else None

    # Inside

    def _mended(self, work: Callable[[], Done], again: Callable[[], object] | None = None) -> Done:
        """The work done; on a warehouse made again, and loaded unless `again` is something else, where need be."""
        anew = again or partial(load_now, self, silent)
        return mended(self.settings, self.ledger, self._notice, work, anew)

    def _refuse_other_keys(self) -> None:
        if others := self.ledger.recognise_keys(self.keyring.prints()):
            named = ", ".join(f"{name}.key" for name in others)
            raise NotReady(
                f"{self.settings.keys}: {named}: not the keys this lake was made with.\n"
                "  Bring the right ones back from their safe copy: under other keys every person would become "
                "another. Nothing was landed."
            )


def _nothing() -> None:
    """The work itself does again what is to be done."""


def _counts(report: LandReport) -> dict[str, int]:
    return {
        "landed": len(report.landed),
        "repeated": len(report.repeats),
        "refused": len(report.refused),
        "rows_set_aside": report.rejected,
    }
