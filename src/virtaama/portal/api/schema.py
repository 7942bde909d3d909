"""The API as OpenAPI 3.1: every operation with its parameters, answers and problems. Made of the same types."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.utils import translation
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from virtaama.portal.api.asked import MEANINGS
from virtaama.portal.api.operations import OPERATIONS, PARTS, ROOT, Operation
from virtaama.portal.api.problems import MEDIA_TYPE, STATUS, Kind, Problem

REFERENCE = "#/components/schemas/{model}"
DESCRIPTION = (
    "Metrics, areas and figures of the county for its own tools. It only reads, and answers through the same door as "
    "the portal: the same rights, the same protection of small groups, and an entry of the audit log before the answer."
)
HEADERS: dict[str, Any] = {
    "ETag": {
        "description": "What this answer is known by: it holds the policy it was given under and the snapshot.",
        "schema": {"type": "string"},
    },
    "Virtaama-Record": {
        "description": "The entry of the audit log a question is on record with.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
}
STANDING: dict[str, Any] = {
    "RateLimit-Policy": {
        "description": "How many requests (q) there may be in how many seconds (w).",
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": "How many of them are left (r), and in how many seconds there are more (t).",
        "schema": {"type": "string"},
    },
}
WAIT = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string", "pattern": "^[0-9]+$"}},
    **STANDING,
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of an answer you have kept.",
    "schema": {"type": "string"},
}
SIGNED_IN: list[dict[str, list[str]]] = [{"bearer": []}, {"session": []}]


@cache
def openapi() -> dict[str, Any]:
    """The description of the whole API, in English: it is for programs and those who write them."""
    with translation.override("en"):
        return made()


def made() -> dict[str, Any]:
    answers: list[type[BaseModel]] = [Problem, *(each.told for each in OPERATIONS if each.told)]
    _, described = models_json_schema(
        [(model, "serialization") for model in dict.fromkeys(answers)], ref_template=REFERENCE
    )
    components: dict[str, Any] = dict(described["$defs"])
    paths = {
        f"{ROOT}{operation.path}": {"get": operation_described(operation, components)}
        for operation in OPERATIONS
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Virtaama",
            "version": "1",
            "description": DESCRIPTION,
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": "/", "description": "The portal that serves this description."}],
        "security": SIGNED_IN,
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An access token of the county's sign-in, made for this API.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "virtaama_session",
                    "description": "The session of somebody who is signed in to the portal; by TLS its name begins "
                    "with __Host-.",
                },
            },
        },
    }


@cache
def as_json() -> bytes:
    return json.dumps(openapi(), ensure_ascii=False, indent=2).encode() + b"\n"


def operation_described(operation: Operation, components: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.id,
        "summary": str(operation.summary),
        "parameters": parameters(operation, components),
        "responses": {"200": answer(operation), **({} if operation.is_open else {"304": not_changed()})},
    }
    if operation.description:
        told["description"] = str(operation.description)
    if operation.is_open:
        told["security"] = []
    told["responses"] |= {str(status): problem(status) for status in statuses(operation)}
    return told


def parameters(operation: Operation, components: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of the path, then those of the query; what they name in turn goes to the components."""
    found = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": str(MEANINGS[name]),
            "schema": {"type": "string", "pattern": PARTS[name]},
        }
        for name in names_in(operation.path)
    ]
    described = operation.asked.model_json_schema(ref_template=REFERENCE, mode="validation")
    components.update(described.get("$defs", {}))
    for name, schema in described.get("properties", {}).items():
        found.append(
            {
                "name": name,
                "in": "query",
                "required": name in described.get("required", []),
                "description": str(MEANINGS[name]),
                "schema": without_null(schema),
            }
        )
    return found if operation.is_open else [*found, IF_NONE_MATCH]


def without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that may be left out: null cannot be written in an address."""
    told = {key: value for key, value in schema.items() if key not in ("title", "anyOf")}
    if told.get("default", 0) is None:
        del told["default"]
    choices = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    return told | choices[0] if choices else told


def names_in(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def answer(operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {"description": f"{operation.summary}."}
    if operation.told:
        content = {"application/json": {"schema": {"$ref": REFERENCE.format(model=operation.told.__name__)}}}
    else:
        content = {"text/csv": {"schema": {"type": "string"}}}
    headers = {} if operation.is_open else {**HEADERS, **STANDING}
    return told | {"content": content} | ({"headers": headers} if headers else {})


def not_changed() -> dict[str, Any]:
    return {"description": "The answer you have kept is still it.", "headers": {**HEADERS, **STANDING}}


def statuses(operation: Operation) -> list[int]:
    """The problems an operation may end in."""
    kinds = {Kind.NOT_BY_TLS, Kind.ONLY_READS, Kind.NOT_UNDERSTOOD, Kind.BROKEN, Kind.NOT_READY}
    if not operation.is_open:
        kinds |= {Kind.NOT_SIGNED_IN, Kind.NOT_ALLOWED, Kind.TOO_OFTEN}
    if "{" in operation.path:
        kinds.add(Kind.NOT_FOUND)
    return sorted({STATUS[kind] for kind in kinds})


def problem(status: int) -> dict[str, Any]:
    kinds = ", ".join(kind.value for kind in Kind if STATUS[kind] == status)
    told: dict[str, Any] = {
        "description": f"No answer: {kinds}.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(model="Problem")}}},
    }
    if status == 429:
        told["headers"] = WAIT
    return told
