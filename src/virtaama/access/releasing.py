"""A release behind the door: what is read for it, how it is protected, and what is told of it.

The exact figures are read and protected here and never leave: what is given is what may be published.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import inf
from pathlib import Path

from virtaama.access.answers import AreaName, Snapshot
from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import Act
from virtaama.access.behind import Behind
from virtaama.access.plan import Reading
from virtaama.access.snapshots import PublishedFolder
from virtaama.lake.release_record import ReleaseRecord
from virtaama.metrics.counts import Wanted, counted, windows_of
from virtaama.metrics.definitions import Catalogue, Measure, Metric
from virtaama.metrics.plan import Breakdown, Coverage, MetricPlan, measures_of, overlap
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.release_cells import bound
from virtaama.metrics.release_tables import (
    Read,
    Row,
    about_nobody,
    counts_of,
    wanted,
    wanted_of_earlier,
)
from virtaama.metrics.released import ReleasedFigure, Status, released
from virtaama.metrics.releases import Earlier, Release
from virtaama.metrics.render.questions import question_query
from virtaama.metrics.render.trees import Stars
from virtaama.model.concepts import Text
from virtaama.model.digest import digest
from virtaama.model.model import Model
from virtaama.privacy.disclosure.protect import Protection, Why, protect
from virtaama.privacy.disclosure.rounding import rounded
from virtaama.privacy.disclosure.tables import Key
from virtaama.privacy.policy import Asker, Purpose, Refused, ReleaseAllowed, Role, decide_release
from virtaama.problems import NotAllowed, NotProtected
from virtaama.sql.spelling import spelled

ReadRows = Callable[[Reading], list[tuple]]  # type: ignore[type-arg]


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """What a release gives, and what may be told of how it was protected.

    `cells` are the counts behind its figures; `shown` and `hidden` are what it adds to the record of what has
    left the county. `audited` are the groups an attacker's knowledge was worked out of, `narrowest` the least
    room left to any of them (None where there is no end to it), and `too_narrow` those with less than they need.
    """

    figures: tuple[ReleasedFigure, ...]
    shown: Mapping[Key, float]
    hidden: Mapping[Key, Why]
    audited: int
    narrowest: float | None
    too_narrow: int

    @property
    def cells(self) -> int:
        return len(self.shown) + len(self.hidden)

    @property
    def given(self) -> int:
        return sum(figure.status is Status.GIVEN for figure in self.figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeRelease:
    """A protected release, the how-manieth of its name, and the snapshot and records it goes back to."""

    release: Release
    number: int
    protected: Protected
    snapshot: Snapshot
    areas: tuple[AreaName, ...]
    members: Mapping[str, Mapping[str, Text]]  # words for the members of each dimension
    made: datetime
    record: int  # of the audit log


class ReleaseDoor:
    """Makes data sets of anonymous figures. There is no other way to them."""

    def __init__(
        self,
        *,
        published: Path,
        released: Path,
        catalogue: Catalogue,
        model: Model,
        roles: tuple[Role, ...],
        audit: AuditLog,
        county_code: str,
        county: Text,
        clock: Callable[[], datetime],
        memory: str = "512MB",
        threads: int = 1,
    ) -> None:
        self._published = PublishedFolder(published, catalogue, memory=memory, threads=threads)
        self._record = ReleaseRecord(released)
        self._catalogue = catalogue
        self._model = model
        self._roles = {role.name: role for role in roles}
        self._audit = audit
        self._behind = Behind(model, catalogue)
        self._county_code = county_code
        self._county = AreaName(level=Level.COUNTY, code=county_code, name=county)
        self._clock = clock

    def make(self, release: Release, asker: Asker, purpose: Purpose) -> MadeRelease:
        """The figures of a release, protected together with all that was released before.

        That they were made, and which figures they show and hide, is on record, on disk, before they are given.
        Raises NotAllowed when the asker has no right to make it and NotProtected when what is known already
        leaves no way to protect it; both are on record by then.
        """
        snapshot = self._published.current()
        data, providers = self._behind.metrics(release.metrics)

        def on_record(decision: str, figures: int) -> int:
            return self._audit.append(
                moment=self._clock(),
                asker=asker.id,
                role=asker.role,
                purpose=purpose.value,
                question=json.dumps({"make release": release.name, "defined as": digest(release)}),
                decision=decision,
                snapshot=snapshot.info.number,
                rows=figures,
                act=Act.RELEASE,
                data=data,
                providers=providers,
            )

        decision = decide_release(release.name, asker, purpose, self._roles.get(asker.role))
        if isinstance(decision, Refused):
            on_record(f"refused: {decision.reason}", 0)
            raise NotAllowed(f"{decision.reason}. The question was recorded and not answered.")
        protected = make_protected(
            release,
            decision,
            self._record.earlier(),
            lambda reading: snapshot.read(reading.sql, list(reading.parameters), reading.marts),
            catalogue=self._catalogue,
            model=self._model,
            coverage=snapshot.coverage,
            within=snapshot.within,
            county=self._county_code,
        )
        if protected.too_narrow:
            why = f"{protected.too_narrow} hidden figures could be worked out"
            on_record(f"refused: {why}", 0)
            raise NotProtected(
                f"Release '{release.name}': {why}, because of what earlier releases have shown.\n"
                "  Leave out breakdowns, levels or grains, or raise its threshold. Nothing was written."
            )
        record = on_record("allowed", protected.given)
        number = self._record.add(
            release.name,
            protected.shown,
            protected.hidden,
            rounding=release.rounding,
            threshold=release.threshold,
        )
        return MadeRelease(
            release=release,
            number=number,
            protected=protected,
            snapshot=snapshot.info,
            areas=(self._county, *snapshot.areas),
            members=snapshot.members,
            made=self._clock(),
            record=record,
        )


def make_protected(
    release: Release,
    allowed: ReleaseAllowed,
    earlier: Earlier,
    read_rows: ReadRows,
    *,
    catalogue: Catalogue,
    model: Model,
    coverage: Mapping[str, Coverage],
    within: Mapping[str, str | None],
    county: str,
) -> Protected:
    """Read the tables of a release and of all that was released of the same measures; protect them together."""
    assert isinstance(allowed, ReleaseAllowed)
    if allowed.release != release.name:
        raise TypeError("the leave is for another release")
    own = wanted(release, catalogue)
    others = wanted_of_earlier(earlier, own, catalogue)
    reader = _Reader(read_rows, catalogue, model, coverage, county)
    read: Read = {**reader.rows(own, years_of(release)), **reader.rows(others, _ANY_TIME)}
    free = about_nobody(catalogue)
    metrics = [catalogue.metric(name) for name in release.metrics]
    known = earlier.known(counts_of(read, read, free))
    protection = protect(
        bound(
            read,
            threshold=max(release.threshold, *(metric.minimum_group for metric in metrics)),
            within=within,
            kept={key: threshold for key, threshold in earlier.hidden.items() if key not in known},
            free=free,
            shares=frozenset((m.numerator, m.denominator) for m in catalogue.metrics if m.denominator),
            county=county,
        ),
        hidden_before=earlier.hidden.keys(),
        shown_before=known,
    )
    whole = {
        name: both
        for name in release.metrics
        if name in coverage and (both := overlap((coverage[name], years_of(release))))
    }
    return _told(release, read, own, whole, protection, free, catalogue)


def _told(
    release: Release,
    read: Read,
    own: Iterable[Wanted],
    whole: Mapping[str, Coverage],
    protection: Protection,
    free: frozenset[Measure],
    catalogue: Catalogue,
) -> Protected:
    counts = counts_of(read, own, free)
    hidden = {key: protection.hidden[key] for key in counts.keys() & protection.hidden.keys()}
    shown = {key: rounded(count, release.rounding) for key, count in counts.items() if key not in hidden}
    return Protected(
        figures=released(release, read, whole, protection.hidden.keys(), free, catalogue),
        shown=shown,
        hidden=hidden,
        audited=len(protection.intervals),
        narrowest=min(
            (i.high - i.low for i in protection.intervals if i.high < inf),
            default=None,
        ),
        too_narrow=len(protection.too_narrow),
    )


def years_of(release: Release) -> Coverage:
    """The years a release is of, as months."""
    return Coverage(date(release.first_year, 1, 1), date(release.last_year or _ANY_TIME.last.year, 12, 1))


_ANY_TIME = Coverage(date(1900, 1, 1), date(9999, 12, 1))


class _Reader:
    """Reads true counts, one table at a time."""

    def __init__(
        self,
        read_rows: ReadRows,
        catalogue: Catalogue,
        model: Model,
        coverage: Mapping[str, Coverage],
        county: str,
    ) -> None:
        self._read_rows = read_rows
        self._catalogue = catalogue
        self._model = model
        self._coverage = coverage
        self._county = county

    def rows(self, tables: Iterable[Wanted], years: Coverage) -> dict[Wanted, tuple[Row, ...]]:
        """The rows of each table; those of one measure and grain are read at once."""
        together: dict[tuple[Measure, Grain], list[Wanted]] = {}
        for table in tables:
            together.setdefault((table.measure, table.grain), []).append(table)
        found: dict[Wanted, list[Row]] = {table: [] for table in tables}
        for (measure, grain), alike in together.items():
            metric, coverage = self._metric_of(measure)
            whole = overlap((coverage, years)) if coverage else None
            if whole is None:
                continue
            breakdowns = tuple(Breakdown(table.level, table.dimension) for table in alike)
            plan = MetricPlan(metric=metric, breakdowns=breakdowns, coverage=whole)
            for level, dimension, period, area, member, value, persons in self._read(plan, grain):
                table = Wanted(measure, Level(level), dimension, grain)
                found[table].append(Row(area, member, period, value, persons))
        return {table: tuple(rows) for table, rows in found.items()}

    def _read(self, plan: MetricPlan, grain: Grain) -> list[tuple]:  # type: ignore[type-arg]
        stars = Stars(self._model)
        query = question_query(plan, grain, self._county, self._catalogue, stars)
        return self._read_rows(
            Reading(
                sql="SELECT level, dimension, period, area, member, numerator, persons "  # nosec B608 # spelled from a tree of ours
                f"FROM ({spelled(query)}) ORDER BY ALL",
                marts=frozenset(f"star/{concept}" for concept in stars.concepts_in(query)),
            )
        )

    def _metric_of(self, measure: Measure) -> tuple[Metric, Coverage | None]:
        """A measure as a metric of its own, and the months it is whole for."""
        windows = {*windows_of(measure)}
        for metric in self._catalogue.metrics:
            if any(windows & {each, counted(each)} for each in measures_of(metric)):
                alone = replace(metric, numerator=measure, denominator=None)
                return alone, self._coverage.get(metric.name)
        raise KeyError(measure.fact)
