"""The one door to figures: decide, plan, read, protect, record, answer. There is no other way."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path

from virtaama.access.answers import Answer, AreaName, Lineage, Snapshot
from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import Act
from virtaama.access.behind import Behind
from virtaama.access.expectations import ExpectationState, Held, states
from virtaama.access.lineage import lineage_of
from virtaama.access.plan import AnswerPlan, plan_answer
from virtaama.access.recording import RecordingAnswer, RecordingQuestion, RecordingWords, words_of
from virtaama.access.recording import lines as recording_lines
from virtaama.access.recording import query as recording_query
from virtaama.access.snapshots import OpenSnapshot, PublishedFolder
from virtaama.access.then import FirstDays, Then, asked_of, first_days
from virtaama.access.whole_months import whole_by_stars, whole_then
from virtaama.lake.batches import Batch
from virtaama.lake.ledger import Ledger
from virtaama.lake.noticed import QualityLine
from virtaama.lake.runs import Run
from virtaama.metrics.definitions import Catalogue, Metric
from virtaama.metrics.members import WORDS as NO_MEMBER
from virtaama.metrics.members import place
from virtaama.metrics.plan import Coverage, MetricPlan, definition_of
from virtaama.metrics.question import Figure, Level, Missing, Question
from virtaama.metrics.rounding import Rounding
from virtaama.model.concepts import Text
from virtaama.model.model import Model
from virtaama.privacy.disclosure.rounding import Lots
from virtaama.privacy.disclosure.threshold import is_too_few, smallest_shown
from virtaama.privacy.policy import Allowed, Asker, Purpose, Refused, Role, UnitPlace, decide, may_open
from virtaama.privacy.policy_mark import mark_of
from virtaama.problems import Damaged, NotAllowed
from virtaama.quality.results import Result
from virtaama.vault.design import design

DRAFTS = "drafts"
"""What a role opens whose holders preview metrics that wait for a decision."""


class Door:
    """Answers questions from the newest published snapshot. May be used by many threads at once."""

    def __init__(
        self,
        *,
        published: Path,
        catalogue: Catalogue,
        model: Model,
        roles: tuple[Role, ...],
        audit: AuditLog,
        ledger: Ledger,
        county_code: str,
        county: Text,
        clock: Callable[[], datetime],
        rounding_key: bytes,
        memory: str = "512MB",
        threads: int = 1,
        afresh: bool = False,
    ) -> None:
        """`afresh`: its metrics are drafts; nothing of them is published, and whoever asks must open `drafts`."""
        self._published = PublishedFolder(published, catalogue, memory=memory, threads=threads)
        self._catalogue = catalogue
        self._metrics = {metric.name: metric for metric in catalogue.metrics}
        self._definitions = {m.name: definition_of(m, catalogue) for m in catalogue.metrics}
        self._model = model
        self._design = design(model)
        self._roles = {role.name: role for role in roles}
        self._audit = audit
        self._behind = Behind(model, catalogue)
        self._ledger = ledger
        self._county_code = county_code
        self._county = county
        self._clock = clock
        self._lots = Lots(rounding_key)
        self._afresh = afresh

    def ask(self, question: Question, asker: Asker, purpose: Purpose) -> Answer:
        """The figures a question asks for, those missing with their reason.

        The question is on record, on disk, before this returns; a refused one too. Raises NotAllowed when
        the asker has no right to the question, NotReady when nothing is published, and whatever hinders
        the record from being written: then nothing is shown.
        """
        if self._afresh:
            self._require_page(DRAFTS, asker)
        while True:
            snapshot = self._published.current()
            try:
                return self._answer(question, asker, purpose, snapshot)
            except Damaged as damaged:
                # Its files went bad, or away under a question that took long: asked anew of what is there.
                self._published.leave(snapshot, damaged)

    def _answer(self, question: Question, asker: Asker, purpose: Purpose, snapshot: OpenSnapshot) -> Answer:
        role = self._roles.get(asker.role)
        decision = decide(question, asker, purpose, role, snapshot.units)
        if isinstance(decision, Refused):
            self._record(question, asker, purpose, f"refused: {decision.reason}", snapshot, 0)
            raise NotAllowed(f"{decision.reason}. The question was recorded and not answered.")
        then = self._then(question, snapshot)
        coverage = self._whole(question, then, snapshot)
        plan = plan_answer(
            question,
            decision,
            catalogue=self._catalogue,
            model=self._model,
            coverage=coverage,
            county=self._county_code,
            then=then,
            afresh=self._afresh,
        )
        figures = self._figures(question, decision, plan, snapshot, coverage)
        shown = sum(figure.value is not None for figure in figures)
        record = self._record(question, asker, purpose, "allowed", snapshot, shown)
        info = self._told(snapshot)
        of_these = tuple(name for name in info.redefined if name in question.metrics)
        return Answer(
            question=question,
            figures=figures,
            snapshot=replace(info, redefined=of_these),
            record=record,
            policy=mark_of(decision),
        )

    def catalogue(self) -> Catalogue:
        return self._catalogue

    def snapshot(self) -> Snapshot:
        """The newest published snapshot, and what has been defined otherwise since; NotReady without one."""
        return self._told(self._published.current())

    def areas(self, asker: Asker) -> tuple[AreaName, ...]:
        """The areas an asker may see: the county, municipalities by name, units with where they lie."""
        role = self._roles.get(asker.role)
        if role is None:
            return ()
        county = AreaName(level="county", code=self._county_code, name=self._county)
        own = asker.municipalities if role.own_municipality_only else None
        return tuple(
            area
            for area in (county, *self._published.current().areas)
            if area.level in role.levels
            and (own is None or area.level == "county" or (area.within or area.code) in own)
            and (area.level != "unit" or not role.branches or area.branch in role.branches)
        )

    def periods(self) -> tuple[date, date]:
        """The first and the last whole month with data, as first days."""
        return self._published.current().periods()

    def first_days(self) -> FirstDays | None:
        """The first days that can be asked of as what was true and as what was known; None where nothing tells."""
        snapshot = self._published.current()
        return first_days(self._applied(snapshot)) if snapshot.keeps_history else None

    def lineage(self, metric: str, asker: Asker) -> Lineage:
        """From a metric back to formula, feeds and batches. Holds no figures."""
        self._require_page("lineage", asker)
        snapshot = self._published.current()
        return lineage_of(
            self._metrics[metric],
            snapshot=snapshot,
            published=self._told(snapshot),
            batches=self._ledger.batches(),
            catalogue=self._catalogue,
            model=self._model,
            county=self._county_code,
        )

    def runs(self, asker: Asker) -> tuple[Run, ...]:
        """Every run of land, load and publish, the newest first."""
        self._require_page("runs", asker)
        return self._ledger.runs()

    def batches(self, asker: Asker, feed: str | None = None) -> tuple[Batch, ...]:
        """What was delivered, in the order in which history is read."""
        self._require_page("runs", asker)
        return self._ledger.batches(feed)

    def quality(self, asker: Asker) -> tuple[QualityLine, ...]:
        """What was noticed in the deliveries. Never names a person."""
        self._require_page("quality", asker)
        return self._ledger.quality()

    def expectations(self, asker: Asker) -> tuple[ExpectationState, ...]:
        """What is expected of the data, and whether it holds. Never names a person."""
        self._require_page("quality", asker)
        return states(self._model, self._ledger.results())

    def expectation_results(self, asker: Asker, expectation: ExpectationState) -> tuple[Result, ...]:
        """Every check of one expectation, in the order of history."""
        self._require_page("quality", asker)
        asked = expectation.expectation
        return tuple(r for r in self._ledger.results(asked.subject) if r.expectation == asked.name)

    def recording(self, asked: RecordingQuestion, asker: Asker) -> RecordingAnswer:
        """How units record: sums that leave out what would tell of few persons.

        Asked for data quality, and on record like every question. Raises NotAllowed and NotReady as `ask`.
        """
        self._require_page("recording", asker)
        snapshot = self._published.current()
        purpose = Purpose.DATA_QUALITY
        decision = decide(asked, asker, purpose, self._roles.get(asker.role), snapshot.units)
        if isinstance(decision, Refused):
            self._record(asked, asker, purpose, f"refused: {decision.reason}", snapshot, 0)
            raise NotAllowed(f"{decision.reason}. The question was recorded and not answered.")
        seen = [code for code, place in snapshot.units.items() if decision.sees(asked.level, place)]
        everything = len(seen) == len(snapshot.units)
        query = recording_query(asked, decision.role.minimum_group, None if everything else seen)
        found, left_out = recording_lines(asked, snapshot.read(query.sql, query.parameters))
        record = self._record(asked, asker, purpose, "allowed", snapshot, len(found))
        return RecordingAnswer(
            question=asked, lines=found, left_out=left_out, snapshot=snapshot.info, record=record
        )

    def held_back(self) -> Mapping[str, tuple[Held, ...]]:
        """Which metrics show what was published before, and why. Holds no figures."""
        return self._published.current().held

    def recording_words(self) -> RecordingWords:
        """The words for what recording is told of."""
        return words_of(self._model)

    def member_label(self, dimension: str, member: str, language: str) -> str:
        """The words for a member of a dimension; the member itself where no list has words for it."""
        named = self._published.current().members.get(dimension, {})
        name = named.get(member) or NO_MEMBER.get(member)
        if name is None:
            return member
        return name.in_language(language) or name.fi or member

    def _then(self, question: Question, snapshot: OpenSnapshot) -> Then | None:
        """Where in time a question is asked; None where it is asked of now."""
        if question.as_of is None and question.known is None:
            return None
        return asked_of(question, self._applied(snapshot), self._model, self._design)

    def _whole(self, question: Question, then: Then | None, snapshot: OpenSnapshot) -> dict[str, Coverage]:
        if then:
            return whole_then(question.metrics, then, snapshot, self._catalogue)
        if self._afresh:
            applied = self._applied(snapshot)
            return whole_by_stars(question.metrics, snapshot, applied, self._catalogue, self._model)
        return snapshot.coverage

    def _applied(self, snapshot: OpenSnapshot) -> tuple[Batch, ...]:
        """The batches a snapshot was published from."""
        return tuple(batch for batch in self._ledger.batches() if batch.number in snapshot.applied)

    def _told(self, snapshot: OpenSnapshot) -> Snapshot:
        """A snapshot with what has changed since it was published."""
        return replace(
            snapshot.info,
            redefined=tuple(
                name
                for name, digest in self._definitions.items()
                if snapshot.definitions.get(name) != digest and not self._afresh
            ),
            model_changed=snapshot.info.model_version != self._model.version,
        )

    # The parts of an answer

    def _figures(
        self,
        question: Question,
        allowed: Allowed,
        plan: AnswerPlan,
        snapshot: OpenSnapshot,
        coverage: dict[str, Coverage],
    ) -> tuple[Figure, ...]:
        areas = self._areas_asked(question, snapshot)
        seen = {code for code, place in areas if allowed.sees(question.level, place)}
        within = {code for code, _ in areas}
        found: dict[tuple[str, date, str, str], Figure] = {}
        members: dict[str, dict[str, None]] = {}
        smallest = {
            name: smallest_shown(allowed.role.minimum_group, self._metrics[name].minimum_group)
            for name in plan.defined
        }
        rounding = Rounding(allowed.role.rounding, self._lots, self._catalogue)
        for reading in plan.readings:
            for row in snapshot.read(reading.sql, list(reading.parameters), reading.marts):
                metric, period, area, member, numerator, denominator, value, rows, guard, missing = row
                if area not in within or area not in seen:
                    continue
                members.setdefault(metric, {})[member] = None
                figure = Figure(
                    metric=metric,
                    level=question.level,
                    area=area,
                    period=period,
                    grain=question.grain,
                    member=member or None,
                    value=value,
                    missing=Missing(missing) if missing else None,
                    numerator=numerator,
                    denominator=denominator,
                    rows=rows,
                )
                if is_too_few(guard, smallest[metric]):
                    figure = hidden(figure, Missing.TOO_FEW)
                figure = rounding.of(figure, self._metrics[metric], question.by)
                found[metric, period, area, member] = figure
        figures: list[Figure] = []
        for name in question.metrics:
            if name in plan.undefined:
                reasons = dict.fromkeys(plan.periods, Missing.NOT_DEFINED)
            else:
                reasons = self._reasons(self._metrics[name], question, plan.periods, coverage.get(name))
            whole = members.get(name, {"": None}) if question.by else {"": None}
            for area, _ in areas:
                for member in sorted(whole, key=place):
                    for period in plan.periods:
                        figure = found.get((name, period, area, member)) or _absent(
                            name, question, area, member, period, reasons[period]
                        )
                        if area not in seen:
                            figure = hidden(figure, Missing.NOT_ALLOWED)
                        figures.append(figure)
        return tuple(figures)

    def _areas_asked(self, question: Question, snapshot: OpenSnapshot) -> list[tuple[str, UnitPlace]]:
        """The areas of the answer, each with where it is."""
        if question.level is Level.COUNTY:
            return [(self._county_code, UnitPlace())]
        return [
            (area.code, snapshot.units[area.code] if question.level is Level.UNIT else UnitPlace(area.code))
            for area in snapshot.areas
            if area.level == question.level
            and question.area in (None, area.code)
            and (
                question.within is None or question.level is not Level.UNIT or area.within == question.within
            )
        ]

    def _reasons(
        self, metric: Metric, question: Question, periods: tuple[date, ...], coverage: Coverage | None
    ) -> dict[date, Missing]:
        """Why a metric has no figure in each period for which none was made."""
        if coverage is None:
            return dict.fromkeys(periods, Missing.NO_DATA)
        whole = MetricPlan(metric=metric, breakdowns=(), coverage=coverage).periods(question.grain)
        inside = Missing.NO_DENOMINATOR if metric.denominator else Missing.NO_DATA
        after = max(whole, default=coverage.last)
        return {
            period: inside
            if period in whole
            else Missing.NOT_DELIVERED
            if period > after
            else Missing.NO_DATA
            for period in periods
        }

    def refuse_page(self, page: str, asker: Asker, why: str = "the role does not open this page") -> None:
        """Put on record that a page, or something on it, was not opened for an asker."""
        self._audit.append(
            moment=self._clock(),
            asker=asker.id,
            role=asker.role,
            purpose="",
            question=json.dumps({"page": page}),
            decision=f"refused: {why}",
            snapshot=None,
            rows=0,
            act=Act.PAGE,
        )

    def _require_page(self, page: str, asker: Asker) -> None:
        if may_open(page, self._roles.get(asker.role)):
            return
        self.refuse_page(page, asker)
        raise NotAllowed(f"role '{asker.role}' does not open the page '{page}'. The refusal was recorded.")

    def _record(
        self,
        question: Question | RecordingQuestion,
        asker: Asker,
        purpose: Purpose,
        decision: str,
        snapshot: OpenSnapshot,
        rows: int,
    ) -> int:
        data, providers = (
            self._behind.metrics(question.metrics)
            if isinstance(question, Question)
            else self._behind.recording(question)
        )
        return self._audit.append(
            moment=self._clock(),
            asker=asker.id,
            role=asker.role,
            purpose=purpose.value,
            question=json.dumps(asdict(question), default=date.isoformat, ensure_ascii=False),
            decision=decision,
            snapshot=snapshot.info.number,
            rows=rows,
            data=data,
            providers=providers,
        )


def hidden(figure: Figure, reason: Missing) -> Figure:
    """The figure without any of its numbers."""
    return replace(figure, value=None, missing=reason, numerator=None, denominator=None, rows=None)


def _absent(metric: str, question: Question, area: str, member: str, period: date, reason: Missing) -> Figure:
    return Figure(
        metric=metric,
        level=question.level,
        area=area,
        period=period,
        grain=question.grain,
        member=member or None,
        value=None,
        missing=reason,
        numerator=None,
        denominator=None,
        rows=None,
    )
