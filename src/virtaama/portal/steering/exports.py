"""Figures as files: the rows of a page, all of them, with what they mean and where they come from.

They are made from the same answer of the door as the page, so they obey the same rights and carry the
number of the same audit record.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from virtaama.access.answers import Answer
from virtaama.metrics.definitions import Metric
from virtaama.metrics.question import Figure
from virtaama.portal.steering.filters import Filters
from virtaama.portal.ui.exports import Cell, Export
from virtaama.portal.ui.formats import period_written
from virtaama.portal.ui.words import LEVELS, MISSING


def export(
    *,
    name: str,
    metrics: Sequence[Metric],
    answer: Answer,
    filters: Filters,
    member_labels: dict[str, str],
    by: str,
    asker: str,
    now: datetime,
    language: str,
) -> Export:
    """Every figure of an answer as a row. `member_labels` has the words for the members of `by`, if any."""
    defined = {metric.name: metric for metric in metrics}
    names = {area.code: area.name.in_language(language) for area in filters.areas}
    columns = (
        _("Metric"),
        _("Level"),
        _("Area code"),
        _("Area"),
        _("Period"),
        _("First day"),
        *((by, _("Code")) if by else ()),
        _("Value"),
        _("Unit"),
        _("Why missing"),
        _("Numerator"),
        _("Denominator"),
        _("Observations"),
        _("Snapshot"),
    )
    rows = tuple(
        row_of(figure, defined[figure.metric], names, member_labels, bool(by), answer, language)
        for figure in answer.figures
    )
    return Export(
        name=name, columns=columns, rows=rows, about=about(metrics, answer, filters, asker, now, language)
    )


def row_of(
    figure: Figure,
    metric: Metric,
    names: dict[str, str],
    member_labels: dict[str, str],
    broken_down: bool,
    answer: Answer,
    language: str,
) -> tuple[Cell, ...]:
    member = (member_labels.get(figure.member or "", figure.member), figure.member) if broken_down else ()
    return (
        metric.labels.in_language(language),
        str(LEVELS[figure.level]),
        figure.area,
        names.get(figure.area, figure.area),
        period_written(figure.period, figure.grain),
        figure.period,
        *member,
        figure.value,
        metric.unit.in_language(language),
        str(MISSING[figure.missing]) if figure.missing else None,
        figure.numerator,
        figure.denominator,
        figure.rows,
        answer.snapshot.number,
    )


def about(
    metrics: Sequence[Metric], answer: Answer, filters: Filters, asker: str, now: datetime, language: str
) -> tuple[tuple[str, str], ...]:
    snapshot, past = answer.snapshot, filters.past
    lines = [
        (_("Taken by"), asker),
        (_("Taken at"), timezone.localtime(now).isoformat(timespec="seconds")),
        (_("Area"), filters.area.name.in_language(language)),
        (_("Period"), filters.period_written),
        *(((_("As true at the end of"), past.as_of.isoformat()),) if past.as_of else ()),
        *(((_("As known at the end of"), past.known.isoformat()),) if past.known else ()),
        (_("Snapshot"), str(snapshot.number)),
        (_("Published"), snapshot.published.isoformat(timespec="seconds")),
        (
            _("Data as of"),
            snapshot.last_delivery.isoformat(timespec="seconds") if snapshot.last_delivery else "",
        ),
        (_("Model version"), snapshot.model_version),
        (_("Version of the metrics"), snapshot.catalogue_version),
        (_("Audit record"), str(answer.record)),
    ]
    if snapshot.redefined:
        lines.append((_("Defined otherwise since"), ", ".join(snapshot.redefined)))
    for metric in metrics:
        lines.append((metric.labels.in_language(language), metric.definition.in_language(language)))
        lines.append((_("Legal basis"), metric.legal_basis))
        lines.append((_("Source"), metric.source))
    return tuple(lines)
