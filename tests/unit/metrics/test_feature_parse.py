"""Each way in which a feature table can be wrong, and what its writer is told; and its spans of time."""

from __future__ import annotations

from datetime import date

import pytest

from tests.spec.care import COMPUTED
from tests.spec.features import column, feature_table, hospital, table_text
from virtaama.metrics.feature_tables import Span
from virtaama.problems import ProblemsFound

COUNT = column("n", fact="visit", aggregate="count", last="1 month")
SAID = "features/use.yaml:{}: feature table 'use': {}"

PROBLEMS = [
    (COUNT.replace("visit", "visits"), 13, "n: 'visits' is not a fact. Did you mean 'visit'?"),
    (COUNT.replace("count", "persons"), 13, "n: a row is about one instance already: write count"),
    (COUNT.replace("count", "days"), 13, "n: days are counted of facts with `during`, and 'visit' has `time`"),
    (COUNT.replace("1 month", "1 fortnight"), 13, None),
    (COUNT.replace(", last: 1 month", ""), 13, "n: it does not say how far back it looks: write `last: 3 months`"),
    (COUNT.replace("count", "sum(waiting)"), 13, "n: 'visit' has no attribute 'waiting'; it has"),
    (column("n", labels="x").replace(", labels: x", ""), 13, "n: it has neither `value` nor `fact`"),
    (column("n", value="max(birth_date)"), 13, "n: aggregates are written in `aggregate` alone"),
    (column("missing", value="birth_date"), 3, "'missing' is the name of another of its columns"),
    (COUNT.replace("last", "by: resident.home, last"), 13, "n: 'resident.home' of fact 'visit' leads to"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "line", "said"), PROBLEMS, ids=[written.strip() for written, _, _ in PROBLEMS]
)
def test_what_a_column_lacks_is_said(written: str, line: int, said: str | None) -> None:
    with pytest.raises(ProblemsFound) as found:
        feature_table(table_text(written), *hospital())
    if said:
        assert SAID.format(line, said) in str(found.value)
    else:
        assert "last of column 'n' is '1 fortnight'." in str(found.value) or "fortnight" in str(found.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("of: resident", "of: residents", "'residents' is not a concept"),
        ("calendar: month_ends", "calendar: month_end", "'month_end' is not a calendar"),
        ("purposes: [planning]", "purposes: [steering]", "is 'steering', which is not known"),
    ],
)
def test_what_a_table_lacks_is_said(old: str, new: str, said: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        feature_table(table_text(COUNT).replace(old, new), *hospital())
    assert said in str(found.value)


def test_a_table_serves_no_purpose_that_what_it_reads_may_not_serve() -> None:
    model, catalogue = hospital(computed=COMPUTED)
    text = table_text(column("n", fact="stay", aggregate="count", where="long", last="1 month"))
    assert feature_table(text, model, catalogue).purposes
    with pytest.raises(ProblemsFound) as found:
        feature_table(text.replace("[planning]", "[planning, evaluation]"), model, catalogue)
    assert "n: reads 'long', which may not be used for evaluation" in str(found.value)


@pytest.mark.parametrize(
    ("span", "day", "before", "after"),
    [
        (Span(months=1), date(2025, 3, 31), date(2025, 2, 28), date(2025, 4, 30)),
        (Span(months=1), date(2025, 2, 28), date(2025, 1, 31), date(2025, 3, 31)),
        (Span(months=12), date(2024, 2, 29), date(2023, 2, 28), date(2025, 2, 28)),
        (Span(months=1), date(2025, 1, 30), date(2024, 12, 30), date(2025, 2, 28)),
        (Span(months=2), date(2025, 1, 15), date(2024, 11, 15), date(2025, 3, 15)),
        (Span(days=10), date(2025, 3, 5), date(2025, 2, 23), date(2025, 3, 15)),
    ],
)
def test_a_month_before_a_month_end_is_a_month_end(span: Span, day: date, before: date, after: date) -> None:
    assert (span.before(day), span.after(day)) == (before, after)
