"""The shape of release files as JSON Schema: for editors, and for the first half of every check."""

from __future__ import annotations

from virtaama.metrics.question import Grain, Level
from virtaama.metrics.releases import Audience, Licence
from virtaama.model.schema import LABELS
from virtaama.model.shape import NAME, Schema, Shape, members, named, number, one_of, text, texts, words


def _some_of(choices: list[str], description: str) -> Schema:
    return {**texts(description, minItems=1), "items": one_of(choices, "One of them.")}


RELEASE = members(
    "A data set of anonymous figures.",
    {
        "labels": LABELS,
        "definition": words("What the data set holds, in a sentence or two, in three languages."),
        "metrics": texts("The metrics it gives.", minItems=1),
        "levels": _some_of([level.value for level in Level], "The areas it gives them for."),
        "breakdowns": texts("The dimensions it breaks them down by, one at a time."),
        "grains": _some_of([grain.value for grain in Grain], "The lengths of its periods."),
        "first_year": number("The year it begins with.", minimum=1900, multipleOf=1),
        "last_year": number("The year it ends with; without it, it grows.", minimum=1900, multipleOf=1),
        "threshold": number(
            "Figures about fewer persons are hidden: 5 if not said.", minimum=2, multipleOf=1
        ),
        "rounding": number(
            "Counts are rounded to multiples of it: 5 if not said, 1 for none.", minimum=1, multipleOf=1
        ),
        "audience": one_of([each.value for each in Audience], "Who gets it."),
        "legal_basis": text("The law it is given by."),
        "owner": text("Who answers for it."),
        "licence": one_of([each.value for each in Licence], "Under which licence others may use it."),
    },
    required=(
        "labels",
        "definition",
        "metrics",
        "levels",
        "grains",
        "first_year",
        "audience",
        "legal_basis",
        "owner",
    ),
)
RELEASES = Shape(
    "releases",
    members(
        "Data sets of anonymous figures.",
        {"releases": named("Data sets by name.", RELEASE, names=NAME)},
        required=("releases",),
    ),
)
"""The shape of the files in the folder `releases`."""
