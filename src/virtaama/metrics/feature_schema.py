"""The shape of feature files as JSON Schema: for editors, and for the first half of every check."""

from __future__ import annotations

from virtaama.model.concepts import Purpose
from virtaama.model.schema import DEFINITION, LABELS
from virtaama.model.shape import NAME, Shape, expression, members, named, number, one_of, text, texts, words

ROW_PURPOSES = (Purpose.PLANNING, Purpose.EVALUATION)
"""Why rows about single persons may be opened at all; the other purposes are served by figures."""

SPAN = "^[1-9][0-9]* (day|days|month|months)$"
_MEASURED = {
    "labels": LABELS,
    "definition": DEFINITION,
    "fact": text("The fact whose rows are counted."),
    "aggregate": text("count, days, sum(x), mean(x), median(x) or p90(x)."),
    "where": expression("Only rows for which this is true."),
    "by": text("The relationship to the instance a row belongs to; without it the fact's person."),
}
COLUMN = members(
    "What is known of an instance when the day is over: a `value`, or rows of a `fact` in the `last` months or days.",
    {
        **_MEASURED,
        "value": expression("An expression over the columns of the concept; `at` is the snapshot day."),
        "last": text("How far back rows are looked for: 3 months, 90 days.", pattern=SPAN),
    },
    required=("labels",),
)
OUTCOME = members(
    "What came after the day.",
    {**_MEASURED, "next": text("How far ahead rows are looked for: 3 months, 90 days.", pattern=SPAN)},
    required=("labels", "fact", "aggregate", "next"),
)
TABLE = members(
    "A row for each instance of a concept on each day of a calendar.",
    {
        "labels": LABELS,
        "definition": words("What the table holds, in a sentence or two, in three languages."),
        "of": text("The concept whose instances have rows."),
        "calendar": text("The calendar of its days."),
        "where": expression("Only instances for which this is true; `at` is the snapshot day."),
        "purposes": {
            **texts("What its rows may be opened for.", minItems=1),
            "items": one_of([purpose.value for purpose in ROW_PURPOSES], "A purpose of use."),
        },
        "identifying": texts("Columns by which somebody who knows a person could find their row."),
        "alike": number("At least so many rows of a day must share them: 5.", minimum=2, multipleOf=1),
        "sensitive": texts("Columns in which rows that share them must differ."),
        "domain": text(
            "The use whose pseudonyms its rows are opened under: tables of one domain can be joined. Default: a domain "
            "of its own.",
            pattern=NAME,
        ),
        "legal_basis": text("The law its use rests on."),
        "owner": text("Who answers for it."),
        "columns": {**named("What is known when the day is over.", COLUMN), "minProperties": 1},
        "outcomes": named("What came after it, for a model to learn.", OUTCOME),
    },
    required=("labels", "definition", "of", "calendar", "purposes", "legal_basis", "owner", "columns"),
)
FEATURES = Shape(
    "features",
    members(
        "Feature tables.",
        {"features": named("Feature tables by name.", TABLE, names=NAME)},
        required=("features",),
    ),
)
"""The shape of the files in the folder `features`."""
