"""What a chart shows, in one sentence, for those who do not see it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from virtaama.metrics.definitions import Metric
from virtaama.portal.steering.filters import Filters
from virtaama.portal.steering.queries import Row, Rows
from virtaama.portal.ui.formats import number, period_name


def about_trend(metric: Metric, trend: Rows, filters: Filters, language: str) -> str:
    shown = trend.shown
    if not shown:
        return _("There is no value for any period.")
    lowest = min(shown, key=value_of)
    highest = max(shown, key=value_of)
    sentence = _(
        "The newest value, of %(newest_period)s, is %(newest)s; the highest was %(highest)s in %(highest_period)s"
        " and the lowest %(lowest)s in %(lowest_period)s."
    ) % {
        "newest": value_in_words(metric, shown[-1], language),
        "newest_period": period_name(shown[-1].figure.period, filters.grain, language),
        "highest": value_in_words(metric, highest, language),
        "highest_period": period_name(highest.figure.period, filters.grain, language),
        "lowest": value_in_words(metric, lowest, language),
        "lowest_period": period_name(lowest.figure.period, filters.grain, language),
    }
    return with_missing(sentence, trend)


def about_bars(metric: Metric, rows: Rows, language: str) -> str:
    """Of areas or of the members of a dimension."""
    shown = sorted(rows.shown, key=value_of)
    if not shown:
        return _("There is no value for any row.")
    sentence = _(
        "The highest is %(highest_name)s (%(highest)s) and the lowest %(lowest_name)s (%(lowest)s)."
    ) % {
        "highest_name": shown[-1].name,
        "highest": value_in_words(metric, shown[-1], language),
        "lowest_name": shown[0].name,
        "lowest": value_in_words(metric, shown[0], language),
    }
    return with_missing(sentence, rows)


def with_missing(sentence: str, rows: Rows) -> str:
    if not rows.without_value:
        return sentence
    missing = ngettext(
        "%(count)s row of %(all)s has no value; the table tells why.",
        "%(count)s rows of %(all)s have no value; the table tells why.",
        rows.without_value,
    ) % {"count": rows.without_value, "all": len(rows.rows)}
    return f"{sentence} {missing}"


def value_in_words(metric: Metric, row: Row, language: str) -> str:
    return f"{number(value_of(row), metric.decimals, language)} {metric.unit.in_language(language)}".strip()


def value_of(row: Row) -> float:
    if row.figure.value is None:
        raise ValueError("asked for the value of a row without one")
    return row.figure.value
