"""How units record, asked through the door: sums that never tell of a few persons.

A group of rows (a concept, feed, unit and month) behind which fewer persons stand than the reader may see
is left out of every sum, and where it is the only one of its month the next smallest with it; so is a field
that so few rows were looked at for. Because what is left out is in no sum, nothing can be found by
subtraction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from virtaama.access.answers import Snapshot
from virtaama.model.concepts import Text
from virtaama.model.model import Model


class By(StrEnum):
    """What sums are made for."""

    FIELD = "field"  # each field or rule of a concept, as each feed delivers it
    UNIT = "unit"
    MONTH = "month"
    UNIT_AND_FIELD = "unit_and_field"


_COLUMNS = {
    By.FIELD: ("concept", "field", "rule", "feed"),
    By.UNIT: ("unit",),
    By.MONTH: ("month",),
    By.UNIT_AND_FIELD: ("concept", "field", "rule", "feed", "unit"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingQuestion:
    """Which rows are looked at, and what sums are made for.

    `first` and `last` are first days of months, both included; what has no month is always looked at.
    `expected_only` leaves out what nobody expects a value of, but for values that are wrong. `level` and
    `within` are what the policy looks at: units are the level `unit`, everything together the county.
    """

    by: By
    system: str = ""
    concept: str = ""
    field: str = ""
    area: str | None = None  # a unit, by its code
    first: date | None = None
    last: date | None = None
    expected_only: bool = True
    within: str | None = None

    @property
    def of_another_time(self) -> bool:
        return False

    @property
    def level(self) -> str:
        by_unit = self.area or self.by in (By.UNIT, By.UNIT_AND_FIELD)
        return "unit" if by_unit else "county"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingLine:
    """Sums for one field, unit or month; what the sums are not made by is empty.

    `month` is None for what lasts and for events without a usable time; `unit` is None where none is recorded.
    """

    concept: str = ""
    field: str = ""
    rule: str = ""
    feed: str = ""
    unit: str | None = None
    month: date | None = None
    rows: int
    missing: int
    wrong: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingAnswer:
    question: RecordingQuestion
    lines: tuple[RecordingLine, ...]
    left_out: int  # groups of too few persons, in no sum
    snapshot: Snapshot
    record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    sql: str
    parameters: dict[str, object]


_GROUPS = """
groups AS (
    SELECT concept, feed, unit, month, max(guard) AS guard FROM recording GROUP BY ALL
), judged AS (
    SELECT *, 0 < guard AND guard < $smallest AS few FROM groups
), ranked AS (
    SELECT *,
        count_if(few) OVER (PARTITION BY concept, feed, month) AS all_few,
        row_number() OVER (PARTITION BY concept, feed, month, few ORDER BY guard, unit) AS place
    FROM judged
), guarded AS (
    SELECT concept, feed, unit, month, few OR (guard > 0 AND all_few = 1 AND place = 1) AS hidden FROM ranked
), faulty AS (
    SELECT concept, field, rule, feed FROM recording GROUP BY ALL HAVING bool_or(expected) OR sum(wrong) > 0
)
"""


def query(asked: RecordingQuestion, smallest: int, units: Sequence[str] | None) -> Query:
    """The sums asked for. `units` are those the reader may see; None is all, those without a code included."""
    by = _COLUMNS[asked.by]
    conditions = ["(r.month IS NULL OR r.month BETWEEN $first AND $last)"]
    values: dict[str, object] = {
        "smallest": smallest,
        "first": asked.first or date.min,
        "last": asked.last or date.max,
    }
    for name, column, value in (
        ("system", "split_part(r.feed, '.', 1)", asked.system),
        ("concept", "r.concept", asked.concept),
        ("field", "r.field", asked.field),
        ("area", "r.unit", asked.area),
    ):
        if value:
            conditions.append(f"{column} = ${name}")
            values[name] = value
    if units is not None:
        conditions.append("list_contains($units, r.unit)")
        values["units"] = list(units)
    missing = "r.missing"
    if asked.expected_only:
        # A field nobody expects a value of counts for its wrong values alone.
        conditions.append(
            "(r.concept, r.field, r.rule, r.feed) IN (SELECT (concept, field, rule, feed) FROM faulty)"
        )
        missing = "CASE WHEN r.expected THEN r.missing ELSE 0 END"
    named = ", ".join(f"r.{column}" for column in by)
    too_few = "(g.hidden OR (r.guard > 0 AND r.rows < $smallest))"
    sums = ", ".join(
        f"coalesce(sum({value}) FILTER (WHERE NOT {too_few}), 0)::BIGINT AS {column}"
        for column, value in (("rows", "r.rows"), ("missing", missing), ("wrong", "r.wrong"))
    )
    sql = (
        f"WITH {_GROUPS} SELECT {named}, {sums}, count_if({too_few}) AS left_out "  # nosec B608 # conditions are constants; values are bound
        "FROM recording r JOIN guarded g ON r.concept = g.concept AND r.feed = g.feed "
        "AND r.unit IS NOT DISTINCT FROM g.unit AND r.month IS NOT DISTINCT FROM g.month "
        f"WHERE {' AND '.join(conditions)} GROUP BY ALL ORDER BY ALL"
    )
    return Query(sql=sql, parameters=values)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingWords:
    """What concepts, fields, rules, feeds and systems are called."""

    concepts: dict[str, Text]
    fields: dict[tuple[str, str], Text]
    rules: dict[tuple[str, str], Text]
    feeds: dict[str, Text]
    systems: dict[str, Text]


def words_of(model: Model) -> RecordingWords:
    return RecordingWords(
        concepts={concept.name: concept.labels for concept in model.concepts},
        fields={
            (concept.name, name): labels
            for concept in model.concepts
            for name, labels in (
                *((a.name, a.labels) for a in concept.attributes),
                *((r.name, r.labels) for r in concept.relationships),
            )
        },
        rules={(e.subject, e.name): e.message for e in model.expectations},
        feeds={feed.id: feed.labels for feed in model.feeds},
        systems={system.name: system.labels for system in model.systems},
    )


def lines(
    asked: RecordingQuestion, rows: Sequence[tuple[object, ...]]
) -> tuple[tuple[RecordingLine, ...], int]:
    """The rows of a query as lines, those of no rows left out; and how many groups were."""
    by = _COLUMNS[asked.by]
    found = []
    left_out = 0
    for row in rows:
        *values, count, missing, wrong, hidden = row
        left_out += int(str(hidden))
        if count:
            named = dict(zip(by, values, strict=True))
            found.append(RecordingLine(**named, rows=count, missing=missing, wrong=wrong))  # type: ignore[arg-type]
    return tuple(found), left_out
