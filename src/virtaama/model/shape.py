"""Shapes of YAML files: JSON Schema built in few words, and what is said where a file has another shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from virtaama.model.documents import Entry, did_you_mean, read_document
from virtaama.model.fitting import fits
from virtaama.problems import Problem

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Schema = dict[str, Any]

NAME = "^[a-z][a-z0-9]*(_[a-z0-9]+)*$"


class Shape:
    """What a kind of file may look like."""

    def __init__(self, title: str, schema: Schema) -> None:
        self.schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **schema}

    def problems(self, root: Entry) -> Iterator[Problem]:
        """Whatever in a file is not of this shape."""
        value = root.plain()
        if fits(value, self.schema):
            return
        # Imported here: it is slow to start, and has nothing to say of a file that is right.
        from jsonschema import Draft202012Validator

        validator = Draft202012Validator(self.schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
        for error in validator.iter_errors(value):
            yield from _said(error, root)

    def read(self, file: str, text: str) -> tuple[Entry | None, tuple[Problem, ...]]:
        """The whole of a file (None where it is empty or unreadable), and what is wrong with it."""
        root, problems = read_document(file, text)
        return root, (*problems, *(self.problems(root) if root else ()))

    def read_all(self, files: Mapping[str, str]) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
        """The same of files (name → text), in the order of their names, and what is wrong with any of them."""
        read = [self.read(file, text) for file, text in sorted(files.items())]
        return tuple(root for root, _ in read if root is not None), tuple(
            wrong for _, found in read for wrong in found
        )


# Building a shape -----------------------------------------------------------------------------------


def text(description: str, **more: Any) -> Schema:
    return {"description": description, "type": "string", "minLength": 1, **more}


def expression(description: str) -> Schema:
    # A number or a truth value that nobody put in quotes is an expression as well.
    return {"description": description, "type": ["string", "number", "boolean"]}


def one_of(choices: Sequence[str], description: str) -> Schema:
    return {"description": description, "enum": list(choices)}


def truth(description: str) -> Schema:
    return {"description": description, "type": "boolean"}


def number(description: str, **more: Any) -> Schema:
    return {"description": description, "type": "number", **more}


def texts(description: str, **more: Any) -> Schema:
    return {
        "description": description,
        "type": "array",
        "items": {"type": "string", "minLength": 1},
        "uniqueItems": True,
        **more,
    }


def one_or_more(description: str) -> Schema:
    """A text, or a list of them."""
    return {
        "description": description,
        "type": ["string", "array"],
        "minLength": 1,
        "minItems": 1,
        "items": {"type": "string", "minLength": 1},
        "uniqueItems": True,
    }


def members(description: str, members: Schema, required: Sequence[str] = ()) -> Schema:
    return {
        "description": description,
        "type": "object",
        "properties": members,
        "required": list(required),
        "additionalProperties": False,
    }


def named(description: str, each: Schema, *, names: str = NAME) -> Schema:
    """Members whose names the writer chooses."""
    return {
        "description": description,
        "type": "object",
        "propertyNames": {"pattern": names},
        "additionalProperties": each,
    }


def words(description: str) -> Schema:
    languages = {"fi": "In Finnish.", "sv": "In Swedish.", "en": "In English."}
    return members(
        description,
        {language: text(what) for language, what in languages.items()},
        required=tuple(languages),
    )


# Saying what a schema found --------------------------------------------------------------------------

_SECTIONS = {
    "concepts": "concept",
    "derived": "derived concept",
    "calendars": "calendar",
    "attributes": "attribute",
    "relationships": "relationship",
    "feeds": "feed",
    "fields": "field",
    "code_lists": "code list",
    "codes": "code",
    "facts": "fact",
    "dimensions": "dimension",
    "metrics": "metric",
    "roles": "role",
    "groups": "group",
    "demo_users": "demo user",
    "releases": "release",
    "care_relations": "care relation",
    "sections": "section",
    "expectations": "expectation",
    "links": "linkage",
    "weights": "weights",
    "compare": "comparison",
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
        elif position == 1 and isinstance(name, int):
            subject = f"row {name + 1} of {section}"
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
        case "pattern" if wanted != NAME:
            yield Problem(here.place, f"{subject} is '{here.scalar}'.", str(error.schema["description"]))  # type: ignore[index]
        case "pattern":
            yield Problem(here.place, f"'{here.scalar}' cannot be a name.", _NAMES)
        case "uniqueItems":
            yield Problem(here.place, f"{subject} names something twice.")
        case "minimum":
            yield Problem(here.place, f"{subject} is {here.scalar}; it begins at {wanted}.")
        case "maximum":
            yield Problem(here.place, f"{subject} is {here.scalar}; it ends at {wanted}.")
        case "multipleOf":
            yield Problem(here.place, f"{subject} is {here.scalar}; it must be a whole number.")
        case "maxItems":
            yield Problem(here.place, f"{subject} holds more than {wanted} values.")
        case "minItems" if wanted > 1:
            yield Problem(here.place, f"{subject} must hold {wanted} values.")
        case "minLength" | "minItems" | "minProperties":
            yield Problem(here.place, f"{subject} is empty.")
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
