"""A metric's formula in the reader's language: what is counted, over what, and for which rows.

Names of facts and conditions stay as the model has them: they are what one looks up there.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from virtaama.metrics.definitions import Catalogue, Measure, Metric, Window
from virtaama.metrics.plan import read_aggregate
from virtaama.portal.ui.formats import number

WINDOWS: dict[Window, Promise] = {
    Window.PERIOD: gettext_lazy("in the period"),
    Window.PERIOD_END: gettext_lazy("in force on the last day of the period"),
    Window.MONTH_ENDS: gettext_lazy("in force at the month ends of the period, on average"),
    Window.DAYS: gettext_lazy("counted in days that fall in the period"),
    Window.YEAR_TO_DATE: gettext_lazy("from 1 January to the end of the period"),
    Window.WHOLE_YEAR: gettext_lazy("in the calendar year of the period"),
}
AGGREGATES: dict[str, Promise] = {
    "count": gettext_lazy("number of rows of %(fact)s"),
    "persons": gettext_lazy("number of different persons in %(fact)s"),
    "sum": gettext_lazy("sum of %(column)s over %(fact)s"),
    "mean": gettext_lazy("mean of %(column)s over %(fact)s"),
    "median": gettext_lazy("median of %(column)s over %(fact)s"),
    "p90": gettext_lazy("90th percentile of %(column)s over %(fact)s"),
}


def formula_in_words(metric: Metric, catalogue: Catalogue) -> tuple[str, ...]:
    """The formula, a sentence a step."""
    steps = [_("Numerator: %(measure)s.") % {"measure": measure_in_words(metric.numerator, catalogue)}]
    if metric.denominator is None:
        return (*steps, _("Value: the numerator as it is."))
    steps.append(
        _("Denominator: %(measure)s.") % {"measure": measure_in_words(metric.denominator, catalogue)}
    )
    if metric.scale == 1:
        steps.append(_("Value: the numerator divided by the denominator."))
    else:
        scale = number(metric.scale, 0, get_language() or "fi")
        steps.append(
            _("Value: the numerator divided by the denominator, times %(scale)s.") % {"scale": scale}
        )
    return tuple(steps)


def measure_in_words(measure: Measure, catalogue: Catalogue) -> str:
    aggregate = read_aggregate(measure.aggregate)
    words = [
        str(AGGREGATES[aggregate.function]) % {"fact": measure.fact, "column": aggregate.argument},
        str(WINDOWS[measure.window]),
    ]
    known = next((fact for fact in catalogue.facts if fact.name == measure.fact), None)
    if known is not None and known.union:
        words.append(_("together from %(facts)s") % {"facts": ", ".join(known.union)})
    if known is not None and known.where:
        words.append(_("rows where %(condition)s") % {"condition": known.where})
    if measure.where:
        words.append(_("only where %(condition)s") % {"condition": measure.where})
    if measure.per_person_having:
        words.append(
            _("only persons whose rows in the period satisfy %(condition)s")
            % {"condition": measure.per_person_having}
        )
    return ", ".join(words)
