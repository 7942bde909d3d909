"""The bill of materials of the software: CycloneDX 1.6, the same bytes for the same software and day."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any
from uuid import UUID

from virtaama.descriptions.known import Component

SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"


def bill_of_materials(components: tuple[Component, ...], made: date) -> dict[str, Any]:
    """The platform, which is the first of the components, and all it runs on.

    Its serial number is computed from what it holds, so that two are the same exactly when what they say is.
    """
    root, parts = components[0], sorted(components[1:], key=lambda each: each.name)
    held = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": f"{made.isoformat()}T00:00:00Z",
            "lifecycles": [{"phase": "operations"}],
            "component": _component(root, "application"),
        },
        "components": [_component(each, "library") for each in parts],
        "dependencies": [
            {
                "ref": _reference(each),
                "dependsOn": [_reference(needed) for needed in _needed(each, components)],
            }
            for each in (root, *parts)
        ],
    }
    digest = hashlib.sha256(json.dumps(held, sort_keys=True).encode()).digest()
    return {"$schema": SCHEMA, "serialNumber": f"urn:uuid:{UUID(bytes=digest[:16], version=5)}", **held}


def _component(each: Component, kind: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "type": kind,
        "bom-ref": _reference(each),
        "name": each.name,
        "version": each.version,
        "purl": _reference(each),
    }
    if each.summary:
        said["description"] = each.summary
    if each.licence:
        spdx = {"expression": each.licence}
        said["licenses"] = [spdx if each.is_spdx else {"license": {"name": each.licence}}]
    if each.hashes:
        # The lock names the files of every machine; which of them is installed here is not told apart.
        said["externalReferences"] = [
            {
                "type": "distribution",
                "url": f"https://pypi.org/project/{each.name}/{each.version}/",
                "hashes": [{"alg": "SHA-256", "content": found} for found in sorted(each.hashes)],
            }
        ]
    return said


def _needed(each: Component, components: tuple[Component, ...]) -> list[Component]:
    return sorted(
        (other for other in components if other.name in each.requires), key=lambda other: other.name
    )


def _reference(each: Component) -> str:
    return f"pkg:pypi/{each.name}@{each.version}"
