"""The shape of metric files as JSON Schema: for editors, and for the first half of every check."""

from __future__ import annotations

from virtaama.metrics.definitions import Direction, Family, Window
from virtaama.metrics.indicator_schema import INDICATOR, PACKAGE
from virtaama.model.schema import LABELS
from virtaama.model.shape import NAME, Shape, expression, members, named, number, one_of, text, texts, words

_EACH = expression("An SQL expression, read as DuckDB; relationship.attribute follows a relationship.")

FACT = members(
    "Rows that can be counted: one for each instance of a concept, or several facts laid end to end.",
    {
        "of": text("The concept whose instances are counted."),
        "union": texts("Facts laid end to end, with the `by` and `columns` all of them have.", minItems=1),
        "where": expression("Only instances for which this is true."),
        "time": expression("The moment an instance happened."),
        "during": {
            "description": "The first and the last day an instance holds; without an end it still does.",
            "type": "array",
            "items": _EACH,
            "minItems": 2,
            "maxItems": 2,
        },
        "person": text("The relationship to the person counted; self where the concept is the person."),
        "by": named("An expression for each dimension figures can be broken down by.", _EACH),
        "columns": named("Further values that aggregates may use.", _EACH),
    },
)
DIMENSION = members(
    "Something figures are broken down by.",
    {
        "labels": LABELS,
        "code_list": text("The code list whose words name its members."),
        "concept": text("The concept whose names name its members."),
        "branch": text("Of `unit`: the attribute of its concept that says to which branch a unit belongs."),
    },
    required=("labels",),
)
MEASURE = members(
    "An aggregate over a fact.",
    {
        "fact": text("The fact counted."),
        "aggregate": text("count, persons, sum(x), mean(x), median(x) or p90(x)."),
        "where": expression("Only rows for which this is true."),
        "window": one_of(
            [each.value for each in Window],
            "Which rows a period sees: period, period_end, month_ends, days, year_to_date, whole_year.",
        ),
        "per_person_having": expression(
            "Only rows of persons whose rows in the period satisfy this together."
        ),
    },
    required=("fact", "aggregate"),
)
TARGET = members(
    "What is aimed at, from a day on.",
    {
        "value": number("The value aimed at."),
        "source": text("Who says so."),
        "from": text("The first day, as 2024-01-01.", format="date"),
    },
    required=("value", "source", "from"),
)
METRIC = members(
    "A number with a meaning: numerator / denominator * scale, or the numerator alone.",
    {
        "labels": LABELS,
        "definition": words("What is counted, in a sentence or two, in three languages."),
        "family": one_of(
            [each.value for each in Family],
            "need, availability, quality, effectiveness or cost (612/2021 §29).",
        ),
        "unit": words("What the figure counts, in three languages."),
        "direction": one_of([each.value for each in Direction], "Which way is better."),
        "decimals": number("How many decimals are shown.", minimum=0, multipleOf=1),
        "numerator": MEASURE,
        "denominator": MEASURE,
        "scale": number("What the ratio is multiplied by: 100 for a percentage."),
        "levels": texts("The areas it makes sense for: county, municipality, unit.", minItems=1),
        "by": texts("The dimensions it can be broken down by."),
        "legal_basis": text("The law or norm it serves."),
        "source": text("Where the data come from, in words."),
        "owner": text("Who answers for the definition."),
        "targets": {"description": "What is aimed at.", "type": "array", "items": TARGET},
        "minimum_group": number(
            "Fewer persons are not shown. 0 only for figures about no person.", minimum=0, multipleOf=1
        ),
        **INDICATOR,
    },
    required=(
        "labels",
        "definition",
        "family",
        "unit",
        "direction",
        "numerator",
        "levels",
        "legal_basis",
        "source",
        "owner",
    ),
)

METRICS = Shape(
    "metrics",
    members(
        "Facts, dimensions, metrics and packages of services.",
        {
            "facts": named("What can be counted.", FACT),
            "dimensions": named("What figures are broken down by.", DIMENSION),
            "metrics": named("The figures.", METRIC, names=NAME),
            "packages": named("Services that are steered together.", PACKAGE, names=NAME),
        },
    ),
)
"""The shape of the files in the folder `metrics`."""
