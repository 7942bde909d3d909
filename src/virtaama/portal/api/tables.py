"""Figures as a table for other programs: one form in every language, and no cell a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from io import StringIO

from virtaama.access.answers import Answer
from virtaama.metrics.definitions import Metric
from virtaama.portal.ui.formats import period_written
from virtaama.privacy.spreadsheets import harmless

COLUMNS = (
    "metric",
    "level",
    "area",
    "area_name",
    "period",
    "first_day",
    "member",
    "member_label",
    "value",
    "missing",
    "numerator",
    "denominator",
    "rows",
)


def csv_of(metric: Metric, answer: Answer, labels: Mapping[str, str], names: Mapping[str, str]) -> bytes:
    """Every figure of an answer. `labels` has the words for members, `names` those for areas."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for figure in answer.figures:
        writer.writerow(
            "" if cell is None else harmless(cell) if isinstance(cell, str) else cell
            for cell in (
                metric.name,
                figure.level.value,
                figure.area,
                names.get(figure.area),
                period_written(figure.period, figure.grain),
                figure.period,
                figure.member,
                labels.get(figure.member or "", figure.member),
                figure.value,
                figure.missing.value if figure.missing else None,
                figure.numerator,
                figure.denominator,
                figure.rows,
            )
        )
    return text.getvalue().encode()
