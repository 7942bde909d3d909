"""The shape of the files in the folder `links` as JSON Schema: for editors, and for the first half of every check."""

from __future__ import annotations

from virtaama.linkage.definitions import Kind, Level
from virtaama.model.concepts import Purpose
from virtaama.model.schema import DEFINITION, LABELS
from virtaama.model.shape import NAME, Shape, members, named, number, one_of, text, texts, truth, words

COMPARISON = members(
    "Two members that are held against each other: attributes or relationships of the two concepts.",
    {
        "of": text(
            "Of the concept whose instances are linked; without it the member of the comparison's name."
        ),
        "to": text("Of the concept they are linked to; without it the member of the comparison's name."),
        "as": one_of(
            [each.value for each in Kind],
            "name: by Jaro–Winkler. given_names: in any order, or the first. day: also the other way round or one "
            "digit wrong. code: the same or not.",
        ),
        "locates": truth(
            "It says where somebody lives: reviewers do not see it where a protection order holds."
        ),
    },
    required=("as",),
)
RULE = members(
    "What links without weighing; exactly one of `through` and `agree`.",
    {
        "labels": LABELS,
        "through": text("A relationship of the concept to itself: the instance it says to be the same as."),
        "agree": texts("Comparisons that are all the same.", minItems=1),
    },
    required=("labels",),
)
CARD = members(
    "What a user of the weights must know.",
    {
        "use": words("What it is for."),
        "not_for": words("What it is not for."),
        "limits": words("Where it fails."),
        "measured": text("Where its precision and recall stand."),
    },
    required=("use", "not_for", "limits", "measured"),
)
LINKAGE = members(
    "Instances of one concept linked to those of another.",
    {
        "labels": LABELS,
        "definition": DEFINITION,
        "of": text("The concept whose instances are linked."),
        "to": text("The concept they are linked to."),
        "told_by": text(
            "The relationship by which sources tell it themselves; who has it is never looked at."
        ),
        "protection": text(
            "The attribute of the concept they are linked to that says that a protection order holds."
        ),
        "feed": text("Where links are delivered, as system.feed: a feed that is `filled_by: links`."),
        "version": number("Rises with every change of what is compared or decided.", minimum=1, multipleOf=1),
        "purpose": one_of([each.value for each in Purpose], "Why names are compared."),
        "legal_basis": text("The law its use rests on."),
        "owner": text("Who answers for it."),
        "compare": {**named("What is compared, by name.", COMPARISON, names=NAME), "minProperties": 1},
        "rules": named("What links without weighing, in the order they are tried.", RULE, names=NAME),
        "candidates": {
            "description": "What two must share to be looked at: lists of comparisons, or parts of them.",
            "type": "array",
            "minItems": 1,
            "items": texts("Comparisons, or parts such as birth_date.swapped.", minItems=1),
        },
        "thresholds": members(
            "Weights of pairs, base 2: 10 is a thousand to one.",
            {
                "link": number("From here on a pair is linked."),
                "review": number("From here on people decide; below is nothing."),
                "ahead": number(
                    "So far above the next of an instance a pair must be to be linked.", minimum=0
                ),
            },
            required=("link", "review", "ahead"),
        ),
        "card": CARD,
    },
    required=(
        *(
            "labels",
            "definition",
            "of",
            "to",
            "told_by",
            "feed",
            "version",
            "purpose",
            "legal_basis",
            "owner",
        ),
        *("compare", "rules", "candidates", "thresholds", "card"),
    ),
)
SHARES = {
    "description": "How often among the same (m), and among others (u).",
    "type": "array",
    "items": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    "minItems": 2,
    "maxItems": 2,
}
WEIGHTS = members(
    "What Splink learned for a linkage.",
    {
        "version": number("Rises each time it is learned.", minimum=1, multipleOf=1),
        "learned": text("The day.", pattern=r"^\d{4}-\d{2}-\d{2}$"),
        "learned_from": text("From what, in words."),
        "same": {
            "description": "The share of the instances looked at that have somebody to be linked to.",
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": 1,
        },
        "levels": named(
            "For each comparison its levels.",
            members(
                "How often each level is met.",
                {each.value: SHARES for each in Level if each != Level.MISSING},
            ),
        ),
    },
    required=("version", "learned", "learned_from", "same", "levels"),
)
LINKS = Shape(
    "links",
    members(
        "Linkages, or the weights of linkages.",
        {
            "links": named("Linkages by name.", LINKAGE, names=NAME),
            "weights": named("What was learned for each linkage, by its name.", WEIGHTS, names=NAME),
        },
    ),
)
"""The shape of the files in the folder `links`."""
