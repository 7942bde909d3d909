"""docs/reference/api.md and openapi.json, made of the API's own description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.portal.project_for_tests import set_up_django

HEAD = """# The API

Generated from the API's own description by `python tools/api.py`; that description is [openapi.json](openapi.json).
How to use it: [Use the API](../how-to/use-the-api.md).

Everything but `health` asks for a session of the portal or a token of the county's sign-in. It is read by GET and told
as JSON, or as CSV where the address ends so."""


def described() -> dict[str, Any]:
    set_up_django()
    from virtaama.portal.api.schema import openapi

    return openapi()


def description() -> bytes:
    described()
    from virtaama.portal.api.schema import as_json

    return as_json()


def page() -> str:
    api = described()
    lines = [HEAD, ""]
    for path, methods in api["paths"].items():
        lines += operation(path, methods["get"])
    lines += ["## Shapes", ""]
    for name, shape in api["components"]["schemas"].items():
        lines += shape_of(name, shape)
    return "\n".join(lines).rstrip() + "\n"


def operation(path: str, told: dict[str, Any]) -> Iterator[str]:
    yield from (f"## `GET {path}`", "", f"{told['summary']}. {told.get('description', '')}".strip(), "")
    parameters = [each for each in told["parameters"] if each["in"] != "header"]
    if parameters:
        yield from ("| Parameter | | Form | Meaning |", "|---|---|---|---|")
        for each in parameters:
            needed = "required" if each["required"] else ""
            yield f"| `{each['name']}` | {needed} | {form(each['schema'])} | {each['description']} |"
        yield ""
    content = told["responses"]["200"]["content"]
    answers = (f"{kind}, {form(each['schema'])}" for kind, each in content.items())
    yield f"Answer: {', '.join(answers)}."
    yield ""


def shape_of(name: str, shape: dict[str, Any]) -> Iterator[str]:
    yield from (f"### {name}", "")
    if words := " ".join(shape.get("description", "").split()):
        yield from (words, "")
    if "enum" in shape:
        yield from ("One of " + ", ".join(f"`{each}`" for each in shape["enum"]) + ".", "")
        return
    yield from ("| Member | Form | Meaning |", "|---|---|---|")
    for member, told in shape.get("properties", {}).items():
        yield f"| `{member}` | {form(told)} | {told.get('description', '')} |"
    yield ""


def form(schema: dict[str, Any]) -> str:
    """The form of a value in few words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        told = f"[{name}](#{name.lower()})"
    elif "anyOf" in schema:
        told = " or ".join(form(each) for each in schema["anyOf"])
    elif schema.get("type") == "array":
        told = f"list of {form(schema['items'])}"
    else:
        told = schema.get("format") or schema.get("type", "anything")
    if "default" in schema and schema["default"] is not None:
        told += f", `{schema['default']}` by itself"
    return told
