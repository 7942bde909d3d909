"""From what the door tells to what the API answers: values into shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from virtaama.access import answers
from virtaama.access.answers import AreaName, Snapshot
from virtaama.access.expectations import Held
from virtaama.metrics import definitions
from virtaama.metrics import question as questions
from virtaama.metrics import releases as made
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.question import Level
from virtaama.model.concepts import Text
from virtaama.portal.api import shapes
from virtaama.portal.ui.formats import period_written
from virtaama.portal.ui.formulas import formula_in_words
from virtaama.portal.ui.words import MISSING
from virtaama.privacy.policy import Asker, Purpose, Role

FINLAND = ZoneInfo("Europe/Helsinki")
AREAS = ("municipality", "unit")  # dimensions that are areas: asked for by level, not broken down by


def language() -> str:
    return get_language() or "fi"


def words(text: Text) -> shapes.Words:
    return shapes.Words(fi=text.fi, sv=text.sv, en=text.en)


def moment(value: datetime) -> datetime:
    """A moment we recorded; without a zone it is UTC."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def local_moment(value: datetime) -> datetime:
    """A moment a source system told, by the clocks of Finland."""
    return value if value.tzinfo else value.replace(tzinfo=FINLAND)


def snapshot(told: Snapshot, months: tuple[date, date]) -> shapes.Snapshot:
    return shapes.Snapshot(
        number=told.number,
        published=moment(told.published),
        data_as_of=local_moment(told.last_delivery) if told.last_delivery else None,
        model_version=told.model_version,
        catalogue_version=told.catalogue_version,
        first_month=months[0],
        last_month=months[1],
        redefined=list(told.redefined),
        model_changed=told.model_changed,
        newer_damaged=told.newer_damaged,
    )


def reader(asker: Asker, role: Role | None) -> shapes.Reader:
    return shapes.Reader(
        name=asker.id,
        role=asker.role,
        purposes=[purpose for purpose in Purpose if role and purpose in role.purposes],
        levels=[level for level in Level if role and level.value in role.levels],
        municipalities=sorted(asker.municipalities),
        own_municipality_only=bool(role and role.own_municipality_only),
        branches=sorted(role.branches) if role else [],
        minimum_group=role.minimum_group if role else 0,
        rounding=role.rounding if role else 1,
    )


def metric(
    told: definitions.Metric, catalogue: Catalogue, held: Mapping[str, tuple[Held, ...]]
) -> shapes.Metric:
    labels = {dimension.name: dimension.labels for dimension in catalogue.dimensions}
    return shapes.Metric(
        name=told.name,
        labels=words(told.labels),
        definition=words(told.definition),
        family=told.family,
        unit=words(told.unit),
        decimals=told.decimals,
        direction=told.direction,
        levels=[level for level in Level if level.value in told.levels],
        breakdowns=[
            shapes.Breakdown(name=name, labels=words(labels[name]))
            for name in told.by
            if name not in AREAS and name in labels
        ],
        formula=list(formula_in_words(told, catalogue)) if catalogue.facts else [],
        legal_basis=told.legal_basis,
        source=told.source,
        owner=told.owner,
        minimum_group=told.minimum_group,
        targets=[
            shapes.Target(value=target.value, valid_from=target.valid_from, source=target.source)
            for target in told.targets
        ],
        held_back=[
            shapes.HeldBack(
                expectation=each.expectation,
                owner=each.owner,
                since=moment(each.since),
                message=words(each.message),
            )
            for each in held.get(told.name, ())
        ],
    )


def area(told: AreaName) -> shapes.Area:
    return shapes.Area(level=Level(told.level), code=told.code, names=words(told.name), within=told.within)


def question(told: questions.Question, purpose: Purpose) -> shapes.Question:
    return shapes.Question(
        metric=told.metrics[0],
        purpose=purpose,
        level=told.level,
        area=told.area,
        within=told.within,
        by=told.by,
        grain=told.grain,
        first=told.first,
        last=told.last,
        as_of=told.as_of,
        known=told.known,
    )


def figures(told: Iterable[questions.Figure], labels: Mapping[str, str]) -> list[shapes.Figure]:
    """Figures with their words; `labels` has those of members."""
    return [
        shapes.Figure(
            area=figure.area,
            period=period_written(figure.period, figure.grain),
            first_day=figure.period,
            member=figure.member,
            member_label=labels.get(figure.member, figure.member) if figure.member else None,
            value=figure.value,
            missing=figure.missing,
            missing_words=str(MISSING[figure.missing]) if figure.missing else None,
            numerator=figure.numerator,
            denominator=figure.denominator,
            rows=figure.rows,
        )
        for figure in told
    ]


def lineage(told: answers.Lineage, formula: tuple[str, ...]) -> shapes.Lineage:
    return shapes.Lineage(
        metric=told.metric,
        concepts=list(told.concepts),
        feeds=[
            shapes.Feed(
                feed=feed.feed,
                batches=feed.batches,
                rows=feed.rows,
                set_aside=feed.rejected,
                newest_file=feed.newest_file,
                describes=local_moment(feed.newest_extracted),
                loaded=moment(feed.loaded),
            )
            for feed in told.feeds
        ],
        formula=list(formula),
        steps=list(told.steps),
        sql=told.sql,
        snapshot=told.snapshot.number,
    )


def release(told: made.Release, data_sets: list[shapes.DataSet]) -> shapes.Release:
    return shapes.Release(
        name=told.name,
        labels=words(told.labels),
        definition=words(told.definition),
        audience=told.audience,
        legal_basis=told.legal_basis,
        owner=told.owner,
        metrics=list(told.metrics),
        data_sets=data_sets,
    )
