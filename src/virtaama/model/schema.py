"""The shape of model files as JSON Schema: for editors, and for the first half of every check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from virtaama.model.concepts import Kind, Purpose, Sensitivity, Type
from virtaama.model.documents import Entry, did_you_mean
from virtaama.model.feeds import Delivery, Format, Outcome
from virtaama.problems import Problem

Schema = dict[str, Any]

NAME = "^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
ENCODINGS = ("utf-8", "latin-1")


def _text(description: str, **more: Any) -> Schema:
    return {"description": description, "type": "string", "minLength": 1, **more}


def _expression(description: str) -> Schema:
    # A number or a truth value that nobody put in quotes is an expression as well.
    return {"description": description, "type": ["string", "number", "boolean"]}


def _one_of(choices: Sequence[str], description: str) -> Schema:
    return {"description": description, "enum": list(choices)}


def _truth(description: str) -> Schema:
    return {"description": description, "type": "boolean"}


def _texts(description: str, **more: Any) -> Schema:
    return {
        "description": description,
        "type": "array",
        "items": {"type": "string", "minLength": 1},
        "uniqueItems": True,
        **more,
    }


def _members(description: str, members: Schema, required: Sequence[str] = ()) -> Schema:
    return {
        "description": description,
        "type": "object",
        "properties": members,
        "required": list(required),
        "additionalProperties": False,
    }


def _named(description: str, each: Schema, *, names: str = NAME) -> Schema:
    """Members whose names the writer chooses."""
    return {
        "description": description,
        "type": "object",
        "propertyNames": {"pattern": names},
        "additionalProperties": each,
    }


def _words(description: str) -> Schema:
    languages = {"fi": "In Finnish.", "sv": "In Swedish.", "en": "In English."}
    return _members(
        description,
        {language: _text(what) for language, what in languages.items()},
        required=tuple(languages),
    )


LABELS = _words("The name people read, in three languages.")
DEFINITION = _words("What is meant, in a sentence or two, in three languages. Without it the labels stand.")

CSV = _members(
    "How the text files of this source are written.",
    {
        "delimiter": _text("What stands between two values: ';', ',' or a tabulator."),
        "quote": _text("What surrounds a value that holds the delimiter; usually '\"'."),
        "encoding": _one_of(ENCODINGS, "utf-8 (with or without a byte order mark) or latin-1."),
        "decimal": _one_of((",", "."), "The decimal separator."),
        "date": _text("How a day is written, as in strptime: %d.%m.%Y."),
        "timestamp": _text("How a moment is written, as in strptime: %d.%m.%Y %H:%M."),
        "null": {
            "description": "What stands for no value.",
            "type": "array",
            "items": {"type": "string"},
        },
    },
)
_OUTCOMES = [outcome.value for outcome in Outcome]
DRIFT = _members(
    "What is done when the columns of a delivery are not the declared ones: accept, quarantine or stop.",
    {
        "added": _one_of(_OUTCOMES, "A column nobody declared."),
        "missing": _one_of(_OUTCOMES, "A declared column is absent."),
        "renamed": _one_of(_OUTCOMES, "A column comes under a name listed in `also`."),
        "retyped": _one_of(_OUTCOMES, "Values do not read as the declared type."),
    },
)
EXTRACTED = _text(
    "A regular expression over the path of a file with the groups year and month, and day if there is one: "
    "the moment the delivery describes. Without it the moment of landing counts."
)
REJECT_AT_MOST = {
    "description": "The share of unreadable rows above which a delivery is refused: 0.05 is five in a hundred.",
    "type": "number",
    "minimum": 0,
    "maximum": 1,
}
FORMAT = _one_of(
    [each.value for each in Format], "What the files are: csv, fhir, json_lines, sql or parquet."
)
TYPE = _one_of(
    [each.value for each in Type],
    "text, integer, decimal, date, timestamp, boolean; identity is a personal identity code, kept as a pseudonym.",
)
FIELD = _members(
    "One field, named as the source names it.",
    {
        "type": TYPE,
        "also": _texts("Former names of the same column."),
        "format": _text("How a day or a moment is written here, where it differs from the rest (strptime)."),
        "path": _text(
            "For JSON: an SQL expression over the column `resource`. Without it the member of this name."
        ),
        "direct": _truth("The value names a person: it is enciphered before anything is written."),
        "required": _truth("A row without a value is set aside."),
        "optional": _truth("The column may be absent without that being a change."),
    },
    required=("type",),
)
FEED = _members(
    "One kind of delivery: the same columns, again and again.",
    {
        "labels": LABELS,
        "files": _text(
            "Which files below the deliveries folder, with * for any part; `a.zip!B.csv` is inside a zip."
        ),
        "delivery": _one_of(
            [each.value for each in Delivery],
            "full: what is absent has been deleted. changes, events: absence means nothing.",
        ),
        "row_order": _expression(
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
        "query": _text("For SQL: the SELECT that gives the rows."),
        "resource": _text("For FHIR: the type of resource, such as Encounter."),
        "drift": DRIFT,
        "extracted": EXTRACTED,
        "reject_at_most": REJECT_AT_MOST,
    },
    required=("labels", "files", "delivery", "fields"),
)
SYSTEMS = _members(
    "A source system and what it delivers.",
    {
        "system": _text("The name of the system in the model.", pattern=NAME),
        "labels": LABELS,
        "format": FORMAT,
        "csv": CSV,
        "extracted": EXTRACTED,
        "reject_at_most": REJECT_AT_MOST,
        "drift": DRIFT,
        "feeds": {
            **_named("The feeds. What they do not say themselves they take from the system.", FEED),
            "minProperties": 1,
        },
    },
    required=("system", "labels", "format", "feeds"),
)

ATTRIBUTE = _members(
    "A fact about one instance.",
    {
        "type": TYPE,
        "sensitivity": _one_of(
            [each.value for each in Sensitivity],
            "open: about no person. personal: about a person. special: health and social care, GDPR article 9. "
            "direct: names a person, kept only enciphered.",
        ),
        "purposes": {
            **_texts("What special attributes may be used for."),
            "items": _one_of([each.value for each in Purpose], "A purpose of use."),
            "minItems": 1,
        },
        "unit": _text("EUR, kg; left out where there is none."),
        "code_list": _text("The list the values come from."),
        "labels": LABELS,
        "definition": DEFINITION,
    },
    required=("type", "labels"),
)
RELATIONSHIP = _members(
    "A reference from one instance to another.",
    {
        "to": _text("The concept pointed to."),
        "one_each": _truth("Two instances in one delivery that refer to the same one are a finding."),
        "labels": LABELS,
        "definition": DEFINITION,
    },
    required=("to", "labels"),
)
CONCEPT = _members(
    "Something the county knows about.",
    {
        "kind": _one_of([each.value for each in Kind], "entity: it lasts. event: it happens."),
        "labels": LABELS,
        "definition": DEFINITION,
        "key": _texts("The attributes that together identify an instance.", minItems=1),
        "time": _texts("The attributes that say when an event happened; the first that has a value counts."),
        "attributes": _named("What is known of each instance.", ATTRIBUTE),
        "relationships": _named("What each instance refers to.", RELATIONSHIP),
    },
    required=("kind", "labels", "definition", "key", "attributes"),
)
CONCEPTS = _members(
    "Concepts of the model.",
    {"concepts": _named("Concepts by name.", CONCEPT)},
    required=("concepts",),
)

CODE = _members(
    "A code and the days on which it is in force.",
    {
        "fi": _text("In Finnish."),
        "sv": _text("In Swedish."),
        "en": _text("In English."),
        "from": _text("The first day, as 2019-01-01.", format="date"),
        "until": _text("The last day, as 2018-12-31.", format="date"),
    },
    required=("fi", "sv", "en"),
)
CODE_LIST = _members(
    "A closed list of codes.",
    {
        "labels": LABELS,
        "source": _text("Who publishes the list, and under what name or number."),
        "codes": {
            "description": "The codes.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": CODE,
        },
    },
    required=("labels", "source", "codes"),
)
CODES = _members(
    "Code lists of the model.",
    {"code_lists": _named("Code lists by name.", CODE_LIST)},
    required=("code_lists",),
)

_EACH = _expression("An SQL expression over the fields of the feed, read as DuckDB.")
MAPPING = _members(
    "How the rows of a feed describe instances of a concept.",
    {
        "feed": _text("The feed, as system.feed."),
        "concept": _text("The concept described."),
        "where": _expression("Only rows for which this is true."),
        "deleted": _expression(
            "Rows for which this is true say that their instance was deleted at the source."
        ),
        "key": {
            **_named("An expression for each attribute of the concept's key.", _EACH),
            "minProperties": 1,
        },
        "attributes": _named("An expression for each attribute this feed knows.", _EACH),
        "relationships": _named(
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
MAPPINGS = _members(
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

KINDS: dict[str, Schema] = {"systems": SYSTEMS, "concepts": CONCEPTS, "codes": CODES, "mappings": MAPPINGS}
"""The schema of the files in each folder of a model."""


def published() -> Iterator[tuple[str, Schema]]:
    """File name and content of each schema as editors fetch it."""
    for folder, schema in KINDS.items():
        yield (
            f"{folder}.json",
            {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": folder, **schema},
        )


_VALIDATORS = {
    folder: Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for folder, schema in KINDS.items()
}


def shape_problems(folder: str, root: Entry) -> Iterator[Problem]:
    """Whatever in a file is not of the shape its folder asks for."""
    for error in _VALIDATORS[folder].iter_errors(root.plain()):
        yield from _said(error, root)


# Saying what a schema found --------------------------------------------------------------------------

_SECTIONS = {
    "concepts": "concept",
    "attributes": "attribute",
    "relationships": "relationship",
    "feeds": "feed",
    "fields": "field",
    "code_lists": "code list",
    "codes": "code",
}
_KINDS_OF_VALUE = {
    "string": "a text",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list: [a, b]",
    "object": "members: {name: value}",
}


def _subject(path: Sequence[str | int]) -> str:
    """What a path leads to, in words: labels of attribute 'sex'."""
    for position in range(len(path) - 1, 0, -1):
        section, name = path[position - 1], path[position]
        rest = " ".join(str(step) for step in path[position + 1 :] if isinstance(step, str))
        if section == "mappings" and isinstance(name, int):
            subject = f"mapping {name + 1}"
        elif section in _SECTIONS and isinstance(name, str) and _is_section(path, position - 1):
            subject = f"{_SECTIONS[str(section)]} '{name}'"
        else:
            continue
        return f"{rest} of {subject}" if rest else subject
    return " ".join(str(step) for step in path) or "the file"


def _is_section(path: Sequence[str | int], position: int) -> bool:
    """A member called `codes` may also be the writer's own name for something."""
    return position == 0 or path[position - 1] not in _SECTIONS


def _said(error: ValidationError, root: Entry) -> Iterator[Problem]:
    path = tuple(error.absolute_path)
    here, subject = root.at(path), _subject(path)
    named = "propertyNames" in list(error.absolute_schema_path)
    wanted: Any = error.validator_value
    match error.validator:
        case "additionalProperties":
            known = list(error.schema.get("properties", {}))  # type: ignore[union-attr]
            for name, entry in here.members():
                if name not in known:
                    yield Problem(
                        entry.place, f"{subject} has no member '{name}'.", did_you_mean(name, known)
                    )
        case "required":
            # One error for each missing member, named nowhere but in its message.
            name = error.message.split("'")[1]
            yield Problem(here.place, f"{subject} has no '{name}'.", _how_to_write(error, name))
        case "enum":
            what = f"{subject} is '{here.scalar}', which is not known."
            yield Problem(here.place, what, did_you_mean(here.scalar, [str(choice) for choice in wanted]))
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            what = _KINDS_OF_VALUE["string" if "string" in kinds else kinds[0]]
            yield Problem(here.place, f"{subject} must be {what}.", _advice_on_type(error, kinds))
        case "pattern" if named:
            place = next((e.place for n, e in here.members() if n == error.instance), here.place)
            yield Problem(place, f"'{error.instance}' cannot be a name.", _NAMES)
        case "format":
            what = f"{subject} is '{here.scalar}', which is not a day."
            yield Problem(here.place, what, "Write it as 2024-01-31.")
        case "pattern":
            yield Problem(here.place, f"'{here.scalar}' cannot be a name.", _NAMES)
        case "minLength" | "minItems" | "minProperties":
            yield Problem(here.place, f"{subject} is empty.")
        case "uniqueItems":
            yield Problem(here.place, f"{subject} names something twice.")
        case "minimum" | "maximum":
            yield Problem(here.place, f"{subject} is {here.scalar}; it goes from 0 to 1.")
        case _:
            yield Problem(here.place, f"{subject}: {error.message}.")


_NAMES = "Use small letters a to z, digits and single underscores, a letter first."


def _how_to_write(error: ValidationError, name: str) -> str:
    if name in ("labels", "definition"):
        return f"Write {name}: {{fi: …, sv: …, en: …}}."
    if name in ("fi", "sv", "en"):
        return "All three languages are needed: {fi: …, sv: …, en: …}."
    described = error.schema["properties"].get(name, {})  # type: ignore[index]
    if "enum" in described:
        return f"Write {name}: followed by one of {', '.join(described['enum'])}."
    return f"Write {name}: {described.get('description', '')}"


def _advice_on_type(error: ValidationError, kinds: Sequence[str]) -> str:
    if kinds == ["string"] and isinstance(error.instance, (int, float, bool)):
        return f'Put it in quotation marks: "{error.instance}".'
    return ""
