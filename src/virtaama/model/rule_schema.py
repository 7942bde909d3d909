"""The shape of rules in model files: how values and instances are made, and the days states are taken."""

from __future__ import annotations

from virtaama.model.calendars import Every
from virtaama.model.shape import expression, members, named, number, one_of, text, texts, words

_VALUE = expression(
    "An SQL expression over the other columns of the concept; relationship.attribute follows a relationship."
)
_ROWS = expression("An aggregate over the rows put together, read as DuckDB.")
_VERSION = number("The number of this version of the rule.", minimum=1, multipleOf=1)
_VALID_FROM = text("The first day this version is in force, as 2024-01-01.", format="date")
_LEGAL_BASIS = text("The law or norm behind this version, where it is another than before.")
_COLUMNS = named("An aggregate for each attribute and relationship that `by` does not fill.", _ROWS)

VALUE_RULES = {
    "rule": _VALUE,
    "rules": {
        "description": "The expressions that give the value, each from its day on.",
        "type": "array",
        "minItems": 1,
        "items": members(
            "One version of how a value is computed.",
            {"version": _VERSION, "valid_from": _VALID_FROM, "rule": _VALUE, "legal_basis": _LEGAL_BASIS},
            required=("version", "valid_from", "rule"),
        ),
    },
}
"""Members of an attribute that is computed."""

EPISODE = members(
    "Rows of one concept that follow each other closely, put together.",
    {
        "of": text("The concept whose rows are put together."),
        "by": texts("Attributes or relationships: rows that agree in them may belong together.", minItems=1),
        "from": expression("The first day of a row."),
        "until": expression(
            "The last day of a row; null where it has not ended. Without it a row is a moment."
        ),
        "gap": text("How long after the end of one row the next may start: 1 day.", pattern="^[0-9]+ days?$"),
        "where": expression("Only rows for which this is true."),
        "columns": _COLUMNS,
    },
    required=("of", "by", "from", "gap", "columns"),
)
GROUP = members(
    "Rows of one concept that share values, put together.",
    {
        "of": text("The concept whose rows are put together."),
        "by": texts("Attributes or relationships: rows that agree in them belong together.", minItems=1),
        "where": expression("Only rows for which this is true."),
        "columns": _COLUMNS,
    },
    required=("of", "by", "columns"),
)
RULE = members(
    "One version of how the instances are made: `sql`, `episode` or `group`.",
    {
        "version": _VERSION,
        "valid_from": _VALID_FROM,
        "sql": text("One SELECT over concepts by their names."),
        "episode": EPISODE,
        "group": GROUP,
        "legal_basis": _LEGAL_BASIS,
    },
    required=("version", "valid_from"),
)
MADE_BY = {
    "rules": {
        "description": "How the instances are made; each version from its day on.",
        "type": "array",
        "minItems": 1,
        "items": RULE,
    },
    "legal_basis": text("The law or norm the concept serves."),
    "source": text("Where the data come from, in words."),
    "owner": text("Who answers for the rule."),
}
"""Members of a concept that rules make."""

CALENDAR = members(
    "Days at which states are taken: the last of each period, days of each year, or days by name.",
    {
        "labels": words("The name people read, in three languages."),
        "definition": words("What is meant, in a sentence or two, in three languages."),
        "every": one_of([each.value for each in Every], "The last day of each month, quarter or year."),
        "yearly": {
            **texts("Days of every year, as 06-30.", minItems=1),
            "items": text(
                "A month and a day, as 06-30.", pattern="^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
            ),
        },
        "dates": {
            **texts("Days, as 2025-06-16.", minItems=1),
            "items": text("A day, as 2025-06-16.", format="date"),
        },
        "from": text("No day before this one, as 2023-01-01.", format="date"),
        "until": text("No day after this one.", format="date"),
        "keep": number("How many of the newest days are kept; without it all are.", minimum=1, multipleOf=1),
    },
    required=("labels",),
)
CALENDARS = members(
    "Snapshot calendars of the model.",
    {"calendars": named("Calendars by name.", CALENDAR)},
    required=("calendars",),
)
