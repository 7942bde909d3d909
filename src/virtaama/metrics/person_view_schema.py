"""The shape of person view files as JSON Schema: for editors, and for the first half of every check."""

from __future__ import annotations

from virtaama.model.schema import LABELS
from virtaama.model.shape import (
    NAME,
    Shape,
    expression,
    members,
    named,
    number,
    one_of,
    one_or_more,
    text,
    texts,
)
from virtaama.statutes.access_rights import Content, Domain, Service

_SERVICES = [each.value for each in Service]

PERSONS = members(
    "Whom the views are of.",
    {
        "of": text("The concept of persons: its key is one identity."),
        "family_name": text("Its family name: openings by somebody of the same name are flagged."),
        "address": texts("What tells of neighbours: openings by somebody with the same address are flagged."),
        "staff": members(
            "The county's own staff: openings of colleagues are flagged.",
            {"of": text("The concept."), "person": text("The relationships that lead to the person.")},
            required=("of", "person"),
        ),
        "numbers": members(
            "Client numbers persons can be found by.",
            {
                "of": text("The concept."),
                "number": text("Its attribute with the number."),
                "person": text("The relationships that lead to the person."),
            },
            required=("of", "number", "person"),
        ),
    },
    required=("of",),
)
LIMIT = members(
    "How long an event gives a care relation.",
    {
        "valid_from": text("The first day this holds.", format="date"),
        "days_after": number("Days after the event is over.", minimum=0, multipleOf=1),
        "days_before": number("Days before it begins: 0 where not said.", minimum=0, multipleOf=1),
    },
    required=("valid_from", "days_after"),
)
RELATION = members(
    "Events at a unit that give its staff a care relation with the person.",
    {
        "of": text("The concept of the events."),
        "person": text("The relationships that lead to the person."),
        "unit": text("The relationships that lead to the unit."),
        "starts": one_or_more("When it begins; the first that is there."),
        "ends": text(
            "When it ends; while that is not known it goes on. Without it, it is over when it begins."
        ),
        "where": expression("Which events count."),
        "limits": {
            "description": "How long it lasts, by day.",
            "type": "array",
            "minItems": 1,
            "items": LIMIT,
        },
    },
    required=("of", "person", "unit", "starts", "limits"),
)
SECTION = members(
    "A part of a person's record.",
    {
        "labels": LABELS,
        "content": one_of([each.value for each in Content], "The kind of data, as decree 457/2024 opens it."),
        "service": one_of(_SERVICES, "The service or service task every row belongs to."),
        "domain": one_of(
            [each.value for each in Domain],
            "Of rows nobody can tell the service of: opened to who opens every service of the domain.",
        ),
        "services": members(
            "The service or service task of each row, told by a value.",
            {
                "by": one_or_more("The values that tell it; the first that is there."),
                "values": {
                    "description": "What each value stands for.",
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": one_of(_SERVICES, "A service or service task."),
                },
            },
            required=("by", "values"),
        ),
        "of": text("The concept whose rows are shown."),
        "person": one_or_more(
            "The relationships that lead to the person, each alone enough; none for persons."
        ),
        "unit": one_or_more("The relationships that lead to the unit; the first that is there."),
        "time": one_or_more("When a row is of; the first that is there. Newest rows come first."),
        "where": expression("Which rows are shown."),
        "columns": texts("What is shown: attributes, also through relationships.", minItems=1),
    },
    required=("labels", "content", "of", "columns"),
)
PERSON_VIEWS = Shape(
    "person_views",
    members(
        "What of one person can be shown to a professional.",
        {
            "persons": PERSONS,
            "care_relations": named("Care relations by name.", RELATION, names=NAME),
            "sections": named("Parts of the record by name, in their order.", SECTION, names=NAME),
        },
    ),
)
"""The shape of the files in the folder `person_views`."""
