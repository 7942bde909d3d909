"""The shape of model files as JSON Schema: for editors, and for the first half of every check."""

from __future__ import annotations

from virtaama.model.collect import COLLECT
from virtaama.model.concepts import Kind, Purpose, Sensitivity, Type
from virtaama.model.expected import EXPECTATIONS
from virtaama.model.feeds import LINKS, Delivery, Format, Outcome
from virtaama.model.intake import INTAKE
from virtaama.model.rule_schema import CALENDARS, MADE_BY, VALUE_RULES
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
    truth,
    words,
)

ENCODINGS = ("utf-8", "latin-1")

LABELS = words("The name people read, in three languages.")
DEFINITION = words("What is meant, in a sentence or two, in three languages. Without it the labels stand.")

CSV = members(
    "How the text files of this source are written.",
    {
        "delimiter": text("What stands between two values: ';', ',' or a tabulator."),
        "quote": text("What surrounds a value that holds the delimiter; usually '\"'."),
        "encoding": one_of(ENCODINGS, "utf-8 (with or without a byte order mark) or latin-1."),
        "decimal": one_of((",", "."), "The decimal separator."),
        "date": text("How a day is written, as in strptime: %d.%m.%Y."),
        "timestamp": text("How a moment is written, as in strptime: %d.%m.%Y %H:%M."),
        "null": {
            "description": "What stands for no value.",
            "type": "array",
            "items": {"type": "string"},
        },
    },
)
_OUTCOMES = [outcome.value for outcome in Outcome]
DRIFT = members(
    "What is done when the columns of a delivery are not the declared ones: accept, quarantine or stop.",
    {
        "added": one_of(_OUTCOMES, "A column nobody declared."),
        "missing": one_of(_OUTCOMES, "A declared column is absent."),
        "renamed": one_of(_OUTCOMES, "A column comes under a name listed in `also`."),
        "retyped": one_of(_OUTCOMES, "Values do not read as the declared type."),
    },
)
EXTRACTED = text(
    "A regular expression over the path of a file with the groups year and month, and day if there is one: "
    "the moment the delivery describes. Without it the moment of landing counts."
)
REJECT_AT_MOST = number(
    "The share of unreadable rows above which a delivery is refused: 0.05 is five in a hundred.",
    minimum=0,
    maximum=1,
)
FORMAT = one_of([each.value for each in Format], "What the files are: csv, fhir, json_lines, sql or parquet.")
TYPE = one_of(
    [each.value for each in Type],
    "text, integer, decimal, date, timestamp, boolean; identity is a personal identity code, kept as a pseudonym.",
)
FIELD = members(
    "One field, named as the source names it.",
    {
        "type": TYPE,
        "also": texts("Former names of the same column."),
        "format": text("How a day or a moment is written here, where it differs from the rest (strptime)."),
        "path": text(
            "For JSON: an SQL expression over the column `resource`. Without it the member of this name."
        ),
        "direct": truth(
            "The value names a person: it is enciphered under their own key before anything is written."
        ),
        "whose": one_or_more(
            "For a direct field: the fields that tell whom it names, where that is not what the feed says."
        ),
        "required": truth("A row without a value is set aside."),
        "optional": truth("The column may be absent without that being a change."),
    },
    required=("type",),
)
FEED = members(
    "One kind of delivery: the same columns, again and again.",
    {
        "labels": LABELS,
        "files": text(
            "Which files below the deliveries folder, with * for any part; `a.zip!B.csv` is inside a zip."
        ),
        "delivery": one_of(
            [each.value for each in Delivery],
            "full: what is absent has been deleted. changes, events: absence means nothing.",
        ),
        "complete_for": one_or_more(
            "With changes: the fields for whose values a delivery holds all rows. What such a value had, and is "
            "absent from a delivery that names it, has ended; of values it does not name absence means nothing."
        ),
        "whose": one_or_more(
            "The fields that tell whom the direct fields name: an identity code, or a number the system knows the "
            "person by. In each row the first that is filled. Not needed where one identity code is required."
        ),
        "row_order": expression(
            "An expression that ranks two rows of one key in one delivery: the later wins. Without it the later row."
        ),
        "fields": {
            "description": "The fields by their names at the source.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": FIELD,
        },
        "format": FORMAT,
        "csv": CSV,
        "query": text("For SQL: the SELECT that gives the rows."),
        "resource": text("For FHIR: the type of resource, such as Encounter."),
        "drift": DRIFT,
        "extracted": EXTRACTED,
        "reject_at_most": REJECT_AT_MOST,
        "replaces": one_or_more(
            "The feeds, as system.feed, whose place this one took: it speaks where both know something."
        ),
        "collect": COLLECT,
        "intake": INTAKE,
        "filled_by": one_of([LINKS], "What of ours delivers it: links are decided by `virtaama link`."),
        "expectations": EXPECTATIONS,
    },
    required=("labels", "delivery", "fields"),
)
SYSTEMS = members(
    "A source system and what it delivers.",
    {
        "system": text("The name of the system in the model.", pattern=NAME),
        "labels": LABELS,
        "format": FORMAT,
        "csv": CSV,
        "extracted": EXTRACTED,
        "reject_at_most": REJECT_AT_MOST,
        "drift": DRIFT,
        "collect": COLLECT,
        "intake": INTAKE,
        "feeds": {
            **named("The feeds. What they do not say themselves they take from the system.", FEED),
            "minProperties": 1,
        },
    },
    required=("system", "labels", "format", "feeds"),
)

WAS = one_or_more(
    "The former name, or names where several became one. What it held is kept under the new name."
)
ATTRIBUTE = members(
    "A fact about one instance.",
    {
        "type": TYPE,
        "sensitivity": one_of(
            [each.value for each in Sensitivity],
            "open: about no person. personal: about a person. special: health and social care, GDPR article 9. "
            "direct: names a person, kept only enciphered.",
        ),
        "purposes": {
            **texts("What special attributes may be used for."),
            "items": one_of([each.value for each in Purpose], "A purpose of use."),
            "minItems": 1,
        },
        "unit": text("EUR, kg; left out where there is none."),
        "code_list": text("The list the values come from."),
        "was": WAS,
        **VALUE_RULES,
        "labels": LABELS,
        "definition": DEFINITION,
    },
    required=("type", "labels"),
)
RELATIONSHIP = members(
    "A reference from one instance to another.",
    {
        "to": text("The concept pointed to."),
        "one_each": truth("Two instances in one delivery that refer to the same one are a finding."),
        "otherwise": text(
            "The path whose end is referred to where no source tells it: client_record.resident."
        ),
        "was": WAS,
        "labels": LABELS,
        "definition": DEFINITION,
    },
    required=("to", "labels"),
)
RETENTION = members(
    "How long instances are kept: the rule of the law, and where the facts stand from which it counts.",
    {
        "rule": text("The rule, as potilasasiakirjat.hoitomerkinnat; of all codes `rules` does not name."),
        "by": text("The attribute whose code says which rule it is."),
        "rules": {
            "description": "The rule for each code of `by`.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": text("A rule."),
        },
        "facts": {
            "description": "For each fact of the rules, as death or case_closed, the attribute that tells it, or "
            "several of which the first that has a value counts; `resident.death_date` follows a relationship.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": one_or_more("The attribute."),
        },
        "none": text("Why instances follow no rule: then nothing is said of when they are destroyed."),
    },
)
PROTECTION = members(
    "What is withheld of persons under a protection order (turvakielto), everywhere.",
    {
        "told_by": text("At the concept of the persons: the truth value that tells who has an order."),
        "through": text("At every other concept: the relationship to the person."),
        "places": texts(
            "Attributes and relationships that tell where the person lives: nobody is told them."
        ),
        "hints": texts(
            "Those that tell of places through the services used, as the unit of a visit: told only to professionals "
            "in whose care the person is."
        ),
    },
)
CONCEPT = members(
    "Something the county knows about.",
    {
        "kind": one_of([each.value for each in Kind], "entity: it lasts. event: it happens."),
        "labels": LABELS,
        "definition": DEFINITION,
        "key": texts("The attributes that together identify an instance.", minItems=1),
        "time": texts("The attributes that say when an event happened; the first that has a value counts."),
        "valid": members(
            "From when until when an instance holds, as it says itself.",
            {
                "since": text("The attribute with the first day or moment."),
                "until": text("The attribute with the last day, or the moment it ended."),
            },
            required=("since", "until"),
        ),
        "was": WAS,
        "retention": RETENTION,
        "protection": PROTECTION,
        "attributes": named("What is known of each instance.", ATTRIBUTE),
        "relationships": named("What each instance refers to.", RELATIONSHIP),
        "expectations": EXPECTATIONS,
    },
    required=("kind", "labels", "definition", "key", "attributes"),
)
CONCEPTS = members(
    "Concepts of the model.",
    {"concepts": named("Concepts by name.", CONCEPT)},
    required=("concepts",),
)

# What rules make is kept no longer than what it is made from, and is made of what is told.
_OF_MADE = {
    name: member for name, member in CONCEPT["properties"].items() if name not in ("retention", "protection")
}
DERIVED = members(
    "Concepts no source delivers: rules make them from other concepts.",
    {
        "derived": named(
            "Derived concepts by name.",
            members(
                "Something the county can work out from what it knows.",
                {**_OF_MADE, **MADE_BY},
                required=(*CONCEPT["required"], "rules", "legal_basis", "source", "owner"),
            ),
        )
    },
    required=("derived",),
)

CODE = members(
    "A code and the days on which it is in force.",
    {
        "fi": text("In Finnish."),
        "sv": text("In Swedish."),
        "en": text("In English."),
        "from": text("The first day, as 2019-01-01.", format="date"),
        "until": text("The last day, as 2018-12-31.", format="date"),
        "broader": text("The code of the same list it is part of."),
    },
    required=("fi", "sv", "en"),
)
CODE_LIST = members(
    "A closed list of codes.",
    {
        "labels": LABELS,
        "source": text("Who publishes the list, and under what name or number."),
        "codes": {
            "description": "The codes.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": CODE,
        },
    },
    required=("labels", "source", "codes"),
)
CODES = members(
    "Code lists of the model.",
    {"code_lists": named("Code lists by name.", CODE_LIST)},
    required=("code_lists",),
)

_EACH = expression("An SQL expression over the fields of the feed, read as DuckDB.")
MAPPING = members(
    "How the rows of a feed describe instances of a concept.",
    {
        "feed": text("The feed, as system.feed."),
        "concept": text("The concept described."),
        "where": expression("Only rows for which this is true."),
        "deleted": expression(
            "Rows for which this is true say that their instance was deleted at the source."
        ),
        "key": {
            **named("An expression for each attribute of the concept's key.", _EACH),
            "minProperties": 1,
        },
        "attributes": named("An expression for each attribute this feed knows.", _EACH),
        "relationships": named(
            "An expression for the key of what is pointed to; a key of several parts names each.",
            {
                "type": ["string", "number", "boolean", "object"],
                "propertyNames": {"pattern": NAME},
                "additionalProperties": _EACH,
            },
        ),
    },
    required=("feed", "concept", "key"),
)
MAPPINGS = members(
    "How what is delivered becomes what is known.",
    {
        "mappings": {
            "description": "The mappings; where two disagree the earlier wins.",
            "type": "array",
            "items": MAPPING,
        }
    },
    required=("mappings",),
)

KINDS = {
    "systems": Shape("systems", SYSTEMS),
    "concepts": Shape("concepts", CONCEPTS),
    "codes": Shape("codes", CODES),
    "mappings": Shape("mappings", MAPPINGS),
    "derived": Shape("derived", DERIVED),
    "calendars": Shape("calendars", CALENDARS),
}
"""The shape of the files in each folder of a model."""
