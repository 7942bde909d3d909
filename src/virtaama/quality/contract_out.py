"""A feed as an open data contract (ODCS 3): fields, types, quality, owners, service levels.

What the standard has words for is said in its words, for any tool to read. What it has none for stands in
custom properties whose names begin with `virtaama`, so that a contract read back is the same feed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from virtaama.model.concepts import CodeList
from virtaama.model.expectations import DRIFTED
from virtaama.model.expected import KINDS
from virtaama.quality.contract_shape import VERSION, Plain

LOGICAL = {
    "text": "string",
    "identity": "string",
    "integer": "integer",
    "decimal": "number",
    "date": "date",
    "timestamp": "timestamp",
    "boolean": "boolean",
}
SEVERITIES = {"note": "info", "warn": "warning", "stop": "error"}
DIMENSIONS = {
    "required": "completeness",
    "unique": "uniqueness",
    "range": "accuracy",
    "pattern": "conformity",
    "codes": "conformity",
    "holds": "consistency",
    "volume": "coverage",
    "drift": "consistency",
}
OF_SYSTEM = ("format", "csv", "extracted", "reject_at_most", "drift")
FEED, FIELD, EXPECTATION = "virtaamaFeed", "virtaamaField", "virtaamaExpectation"
ENGINE = "virtaama"
_OBJECT = "${object}"


def contract_of(system: Plain, name: str, *, version: str, code_lists: Mapping[str, CodeList]) -> Plain:
    """The contract of a feed. `system` is its file as it is written, `version` changes with the description."""
    feed: Plain = system["feeds"][name]
    whole = {member: system[member] for member in OF_SYSTEM if member in system} | feed
    for member in ("csv", "drift"):
        if member in system and member in feed:
            whole[member] = system[member] | feed[member]
    expected: dict[str, Plain] = feed.get("expectations", {})
    labels = feed["labels"]
    own = {key: value for key, value in whole.items() if key not in ("fields", "expectations")}
    owners = dict.fromkeys(str(each["owner"]) for each in expected.values())
    about_fields = [
        _without_nothing(_property(field, described, _quality_of(field, expected, code_lists)))
        for field, described in feed["fields"].items()
    ]
    table = {
        "name": name,
        "logicalType": "object",
        "physicalType": "file",
        "physicalName": whole.get("files"),
        "businessName": labels["fi"],
        "description": labels["en"],
        "properties": about_fields,
        "quality": [_rule(n, each, code_lists) for n, each in expected.items() if _of_table(each)],
    }
    return _without_nothing(
        {
            "apiVersion": VERSION,
            "kind": "DataContract",
            "id": f"{system['system']}.{name}",
            "name": labels["en"],
            "version": version,
            "status": "active",
            "domain": system["system"],
            "description": {"purpose": f"{labels['fi']} · {labels['sv']} · {labels['en']}"},
            "servers": _servers(whole),
            "schema": [_without_nothing(table)],
            "team": {
                "name": system["labels"]["en"],
                "members": [{"username": owner, "role": "owner"} for owner in owners],
            },
            "slaProperties": [
                level
                for rule, each in expected.items()
                if "fresh" in each
                for level in _levels(name, rule, each)
            ],
            "customProperties": [
                {"property": FEED, "value": {"system_labels": system["labels"], **own}},
            ],
        }
    )


def _servers(whole: Plain) -> list[Plain]:
    if not whole.get("files"):
        return []
    return [{"server": "deliveries", "type": "local", "path": whole["files"], "format": whole["format"]}]


def _property(name: str, described: Plain, quality: list[Plain]) -> Plain:
    kind = described["type"]
    more = {key: value for key, value in described.items() if key not in ("type", "required")}
    if LOGICAL[kind] == "string" and kind != "text":
        more["type"] = kind
    guarded = "direct identifier" if described.get("direct") else "personal" if kind == "identity" else None
    return {
        "name": name,
        "logicalType": LOGICAL[kind],
        "physicalType": kind,
        "required": True if described.get("required") else None,
        "classification": guarded,
        "quality": quality,
        "customProperties": [{"property": FIELD, "value": more}] if more else [],
    }


def _quality_of(field: str, expected: Mapping[str, Plain], code_lists: Mapping[str, CodeList]) -> list[Plain]:
    return [
        _rule(name, each, code_lists)
        for name, each in expected.items()
        if not _of_table(each) and "fresh" not in each and field in _fields(each)
    ]


def _of_table(expectation: Plain) -> bool:
    kind = kind_of(expectation)
    return kind in ("holds", "volume") or (kind == "unique" and len(expectation["unique"]) > 1)


def kind_of(expectation: Plain) -> str:
    return next(kind for kind in KINDS if kind in expectation)


def _fields(expectation: Plain) -> list[str]:
    named = expectation[kind_of(expectation)]
    return named if isinstance(named, list) else [named]


def _rule(name: str, expectation: Plain, code_lists: Mapping[str, CodeList]) -> Plain:
    kind = kind_of(expectation)
    message = expectation.get("message", {})
    return _without_nothing(
        {
            "id": name,
            "name": name,
            "description": message.get("en"),
            "dimension": DIMENSIONS[kind],
            "severity": SEVERITIES[expectation.get("severity", "warn")],
            **_measure(kind, expectation, code_lists),
            "customProperties": [{"property": EXPECTATION, "value": expectation}],
        }
    )


def _measure(kind: str, expectation: Plain, code_lists: Mapping[str, CodeList]) -> Plain:
    """What is measured and what is allowed, in the words of the standard where it has them."""
    where = expectation.get("where")
    match kind:
        case "required" if not where:
            return {"type": "library", "metric": "nullValues", **_allowed(expectation)}
        case "unique" if not where:
            columns = expectation["unique"]
            together = {"arguments": {"properties": columns}} if len(columns) > 1 else {}
            return {"type": "library", "metric": "duplicateValues", **together, **_allowed(expectation)}
        case "codes" if not where:
            codes = [code.code for code in code_lists[expectation["list"]].codes]
            return _invalid({"validValues": codes}, expectation)
        case "pattern" if not where:
            return _invalid({"pattern": expectation["matches"]}, expectation)
        case "volume" if "of_median" not in expectation["volume"]:
            return {"type": "library", "metric": "rowCount", **_bounds(expectation["volume"])}
        case "required" | "range" | "pattern" | "holds" if _is_plain_sql(expectation):
            failed = _failed(kind, expectation)
            condition = f"({where}) AND {failed}" if where else failed
            return _counted(condition, where, expectation)
        case _:
            return {"type": "custom", "engine": ENGINE, "implementation": expectation}


def _is_plain_sql(expectation: Plain) -> bool:
    return "extracted" not in (expectation.get("least"), expectation.get("most"))


def _failed(kind: str, expectation: Plain) -> str:
    match kind:
        case "required":
            return f"{_quoted(expectation['required'])} IS NULL"
        case "holds":
            return f"NOT ({expectation['holds']})"
        case "pattern":
            matches = str(expectation["matches"]).replace("'", "''")
            return f"NOT regexp_full_match({_quoted(expectation['pattern'])}, '{matches}')"
        case _:
            column = _quoted(expectation["range"])
            return "(" + " OR ".join(_sides(column, expectation)) + ")"


def _sides(column: str, expectation: Plain) -> Iterator[str]:
    for member, sign in (("least", "<"), ("most", ">")):
        if member in expectation:
            bound = expectation[member]
            written = str(bound) if isinstance(bound, int | float) else f"DATE '{bound}'"
            yield f"{column} {sign} {written}"


def _counted(condition: str, where: str | None, expectation: Plain) -> Plain:
    if expectation.get("unit") == "count":
        query = f"SELECT count(*) FROM {_OBJECT} WHERE {condition}"  # nosec B608 # a text for a contract; it is not run here
    else:
        looked_at = f" WHERE {where}" if where else ""
        failed = f"count(CASE WHEN {condition} THEN 1 END)"
        query = f"SELECT 100.0 * {failed} / nullif(count(*), 0) FROM {_OBJECT}{looked_at}"  # nosec B608 # a text for a contract; it is not run here
    return {"type": "sql", "query": query, **_allowed(expectation)}


def _invalid(arguments: Plain, expectation: Plain) -> Plain:
    return {"type": "library", "metric": "invalidValues", "arguments": arguments, **_allowed(expectation)}


def _allowed(expectation: Plain) -> Plain:
    at_most = expectation.get("at_most", DRIFTED if "drift" in expectation else 0)
    if expectation.get("unit") == "count":
        unit, limit = "rows", at_most
    else:
        unit, limit = "percent", round(at_most * 100, 10)
    return {"unit": unit, **({"mustBeLessOrEqualTo": limit} if limit else {"mustBe": 0})}


def _bounds(volume: Plain) -> Plain:
    least, most = volume.get("least"), volume.get("most")
    if least is not None and most is not None:
        return {"mustBeBetween": [least, most]} if least != most else {"mustBe": least}
    return {"mustBeLessOrEqualTo": most} if least is None else {"mustBeGreaterOrEqualTo": least}


def _levels(feed: str, name: str, expectation: Plain) -> Iterator[Plain]:
    custom = [{"property": EXPECTATION, "value": {"name": name, **expectation}}]
    yield {
        "property": "frequency",
        "value": 1,
        "unit": expectation["fresh"],
        "element": feed,
        "customProperties": custom,
    }
    yield {"property": "latency", "value": expectation.get("within", 0), "unit": "d", "element": feed}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _without_nothing(members: dict[str, Any]) -> Plain:
    return {name: value for name, value in members.items() if value not in (None, [], {})}
