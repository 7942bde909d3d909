"""An open data contract (ODCS 3) as the description of feeds with what is expected of them.

The words of the standard decide; custom properties whose names begin with `virtaama` add what the standard
has no words for. What cannot be taken over is told, never dropped in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from virtaama.model.naming import as_name
from virtaama.quality.contract_out import ENGINE, EXPECTATION, FEED, FIELD, LOGICAL, OF_SYSTEM, SEVERITIES
from virtaama.quality.contract_shape import Plain

_TYPES = {
    "string": "text",
    "integer": "integer",
    "number": "decimal",
    "date": "date",
    "timestamp": "timestamp",
    "boolean": "boolean",
}
_WITHOUT_COUNTERPART = ("time", "object", "array", "map", "vector")
_FORMATS = {
    "csv": "csv",
    "json": "json_lines",
    "jsonl": "json_lines",
    "ndjson": "json_lines",
    "parquet": "parquet",
}
_RHYTHMS = {
    "day": ("d", "day", "days"),
    "week": ("w", "week", "weeks"),
    "month": ("m", "mo", "month", "months"),
    "quarter": ("q", "quarter", "quarters"),
    "year": ("y", "yr", "year", "years"),
}
_GRAVE = {theirs: ours for ours, theirs in SEVERITIES.items()} | {"critical": "stop", "high": "stop"}
UNKNOWN_OWNER = "unknown"


@dataclass
class TakenOver:
    """What a contract became: a system with its feeds, code lists it brought, and what was left out."""

    system: Plain = field(default_factory=dict)
    code_lists: dict[str, Plain] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def taken_over(contract: Plain, known_lists: frozenset[str] = frozenset()) -> TakenOver:
    """The feeds a valid contract describes; `known_lists` are code lists the project has already."""
    reading = _Reading(contract, known_lists)
    reading.read()
    return reading.result


class _Reading:
    def __init__(self, contract: Plain, known_lists: frozenset[str]) -> None:
        self.contract = contract
        self.known_lists = known_lists
        self.result = TakenOver()
        own = custom(contract, FEED)
        self.own: Plain = own if isinstance(own, dict) else {}
        self.owner = self._owner()

    def read(self) -> None:
        tables = self.contract.get("schema", [])
        name = self.contract.get("domain") or str(self.contract["id"]).partition(".")[0]
        team = self.contract.get("team")
        called = team.get("name") if isinstance(team, dict) else None
        self.result.system = {
            "system": as_name(str(name)),
            "labels": self.own.get("system_labels") or words(called or self.contract.get("name") or name),
            "format": self.own.get("format") or self._format(),
            "feeds": {as_name(str(table["name"])): self._feed(table) for table in tables},
        }
        if not tables:
            self.result.left_out.append("the contract describes no object, so there is no feed")

    # Feeds and fields

    def _feed(self, table: Plain) -> Plain:
        own = {k: v for k, v in self.own.items() if k not in ("system_labels", "format")}
        feed: Plain = {
            "labels": own.pop("labels", None)
            or words(str(table.get("businessName") or table.get("description") or table["name"])),
        }
        server: Plain = next((s for s in self.contract.get("servers", []) if s.get("path")), {})
        files = server.get("path") or own.pop("files", None) or f"{self.contract['id']}/*"
        if not own.get("collect"):
            feed["files"] = str(files).removeprefix("./").lstrip("/")
        own.pop("files", None)
        feed["delivery"] = own.pop("delivery", "changes")
        if not self.own:
            self.result.left_out.append(
                f"{table['name']}: whether a delivery holds everything or changes is not said; `delivery: "
                "changes` was taken"
            )
        feed |= {name: own[name] for name in (*OF_SYSTEM, *own) if name in own}
        feed["fields"] = {each["name"]: self._field(each) for each in table.get("properties", [])}
        expected = dict(self._expected(table))
        if expected:
            feed["expectations"] = expected
        return feed

    def _field(self, described: Plain) -> Plain:
        own = custom(described, FIELD)
        more: Plain = dict(own) if isinstance(own, dict) else {}
        logical = described.get("logicalType", "string")
        kind = more.pop("type", None)
        if kind is None or LOGICAL.get(kind) != logical:
            kind = _TYPES.get(logical, "text")
        if logical in _WITHOUT_COUNTERPART:
            self.result.left_out.append(f"{described['name']}: a {logical} is read as text")
        return {"type": kind, **({"required": True} if described.get("required") else {}), **more}

    def _format(self) -> str:
        for server in self.contract.get("servers", []):
            if server.get("format") in _FORMATS:
                return _FORMATS[server["format"]]
        return "csv"

    # What is expected

    def _expected(self, table: Plain) -> Iterator[tuple[str, Plain]]:
        taken: set[str] = set()
        for name, expectation in self._all(table):
            free = name
            while free in taken:
                free = f"{free}_2"
            taken.add(free)
            yield free, expectation

    def _all(self, table: Plain) -> Iterator[tuple[str, Plain]]:
        keys = [p for p in table.get("properties", []) if p.get("primaryKey")]
        if keys:
            ordered = sorted(keys, key=lambda each: each.get("primaryKeyPosition", -1))
            yield "key_is_unique", {"unique": [each["name"] for each in ordered], "owner": self.owner}
        for described in table.get("properties", []):
            yield from self._of_options(described)
            for rule in described.get("quality", []):
                yield from self._of_rule(rule, described["name"], table)
        for rule in table.get("quality", []):
            yield from self._of_rule(rule, "", table)
        yield from self._of_levels(table)

    def _of_options(self, described: Plain) -> Iterator[tuple[str, Plain]]:
        name, options = described["name"], described.get("logicalTypeOptions", {})
        if described.get("unique") and not described.get("primaryKey"):
            yield f"{as_name(name)}_is_unique", {"unique": [name], "owner": self.owner}
        bounds = {
            ours: options[theirs]
            for ours, theirs in (("least", "minimum"), ("most", "maximum"))
            if theirs in options
        }
        if bounds:
            yield f"{as_name(name)}_in_range", {"range": name, **bounds, "owner": self.owner}
        if "pattern" in options:
            yield (
                f"{as_name(name)}_has_its_form",
                {"pattern": name, "matches": options["pattern"], "owner": self.owner},
            )

    def _of_rule(self, rule: Plain, column: str, table: Plain) -> Iterator[tuple[str, Plain]]:
        said = rule.get("name") or rule.get("id") or rule.get("metric") or rule.get("type") or "rule"
        name = as_name(str(said))
        own = custom(rule, EXPECTATION)
        if rule.get("engine") == ENGINE and isinstance(rule.get("implementation"), dict):
            own = rule["implementation"]
        found: Plain | None = dict(own) if isinstance(own, dict) else self._measured(rule, column, name)
        if found is None:
            self.result.left_out.append(
                f"{table['name']}{'.' + column if column else ''}: rule '{said}' "
                f"({rule.get('metric') or rule.get('type') or 'text'}) has no counterpart"
            )
            return
        if isinstance(own, dict):
            self._renew(found, rule)
            self._bring_list(found, rule)
        severity = _GRAVE.get(str(rule.get("severity", "")).lower())
        if severity and not (severity == "warn" and "severity" not in found):
            found["severity"] = severity
        found.setdefault("owner", self.owner)
        if "message" not in found and rule.get("description"):
            found["message"] = words(rule["description"])
        yield name, found

    def _renew(self, expectation: Plain, rule: Plain) -> None:
        """What a party to the contract changed in the words of the standard counts."""
        if rule.get("metric") == "rowCount":
            expectation["volume"] = {
                **{k: v for k, v in expectation["volume"].items() if k not in ("least", "most")},
                **rows_between(rule),
            }
            return
        if rule.get("type") == "custom":
            return
        limit = at_most(rule)
        if limit is None:
            return
        unit, value = limit
        if value != expectation.get("at_most", 0) or unit != expectation.get("unit", "share"):
            expectation["at_most"], expectation["unit"] = value, unit

    def _bring_list(self, expectation: Plain, rule: Plain) -> None:
        values = (rule.get("arguments") or {}).get("validValues")
        called = expectation.get("list")
        if values and called and called not in self.known_lists:
            self.result.code_lists[called] = self._code_list(values, called)

    def _measured(self, rule: Plain, column: str, name: str) -> Plain | None:
        arguments = rule.get("arguments") or {}
        if rule.get("metric") == "rowCount":
            bounds = rows_between(rule)
            return {"volume": bounds} if bounds else None
        limit = at_most(rule)
        if limit is None:
            return None
        unit, value = limit
        allowed = {**({"at_most": value} if value else {}), **({"unit": unit} if unit == "count" else {})}
        match rule.get("metric"):
            case "nullValues" | "missingValues" if column and not arguments.get("missingValues"):
                return {"required": column, **allowed}
            case "duplicateValues":
                columns = arguments.get("properties") or ([column] if column else [])
                return {"unique": columns, **allowed} if columns else None
            case "invalidValues" if column and arguments.get("validValues"):
                return {
                    "codes": column,
                    "list": self._list(arguments["validValues"], column, name),
                    **allowed,
                }
            case "invalidValues" if column and arguments.get("pattern"):
                return {"pattern": column, "matches": arguments["pattern"], **allowed}
            case _:
                return None

    def _list(self, values: list[Any], column: str, name: str) -> str:
        called = as_name(f"{column}_values")
        while called in self.known_lists or called in self.result.code_lists:
            called = f"{called}_2"
        self.result.code_lists[called] = self._code_list(values, column)
        return called

    def _code_list(self, values: list[Any], called: str) -> Plain:
        return {
            "labels": words(called),
            "source": f"data contract {self.contract['id']}, version {self.contract['version']}",
            "codes": {str(value): words(str(value)) for value in values},
        }

    def _of_levels(self, table: Plain) -> Iterator[tuple[str, Plain]]:
        levels = [
            level
            for level in self.contract.get("slaProperties", [])
            if str(level.get("element") or table["name"]).split(".")[0] == table["name"]
        ]
        latency = next((_days(level) for level in levels if level["property"] == "latency"), None)
        for level in levels:
            match level["property"]:
                case "frequency" | "interval" if rhythm := _rhythm(level):
                    own = custom(level, EXPECTATION)
                    found = dict(own) if isinstance(own, dict) else {"owner": self.owner}
                    name = str(found.pop("name", "arrives"))
                    found["fresh"] = rhythm
                    if latency:
                        found["within"] = latency
                    yield name, found
                case "latency" if latency is not None:
                    continue
                case other:
                    self.result.left_out.append(
                        f"{table['name']}: service level '{other}' has no counterpart"
                    )

    def _owner(self) -> str:
        team = self.contract.get("team") or {}
        members = team if isinstance(team, list) else team.get("members", [])
        named = [m for m in members if "owner" in str(m.get("role", "")).lower()] or members
        if named:
            return str(named[0].get("name") or named[0]["username"])
        return UNKNOWN_OWNER


def custom(described: Plain, name: str) -> object:
    return next(
        (
            each.get("value")
            for each in described.get("customProperties") or []
            if each.get("property") == name
        ),
        None,
    )


def words(text: object) -> Plain:
    return dict.fromkeys(("fi", "sv", "en"), str(text))


def at_most(rule: Plain) -> tuple[str, float] | None:
    """The unit and the most that a rule allows; None where it allows nothing of the kind."""
    unit = "share" if rule.get("unit") == "percent" else "count"
    if "mustBe" in rule and isinstance(rule["mustBe"], int | float):
        limit = rule["mustBe"] if rule["mustBe"] == 0 else None
    elif "mustBeLessOrEqualTo" in rule:
        limit = rule["mustBeLessOrEqualTo"]
    elif "mustBeLessThan" in rule:
        less = rule["mustBeLessThan"]
        # A count below 5 is 4 at most; a share below 5 % is told as 5 % at most.
        limit = less - 1 if unit == "count" and float(less).is_integer() else less
    elif "mustBeBetween" in rule and rule["mustBeBetween"][0] == 0:
        limit = rule["mustBeBetween"][1]
    else:
        limit = None
    if limit is None or limit < 0:
        return None
    if not limit:
        return "share", 0
    return unit, round(limit / 100, 12) if unit == "share" else limit


def rows_between(rule: Plain) -> Plain:
    """Bounds of a number of rows."""
    found: dict[str, float] = {}
    if isinstance(rule.get("mustBe"), int | float):
        found = {"least": rule["mustBe"], "most": rule["mustBe"]}
    if "mustBeBetween" in rule:
        found = {"least": rule["mustBeBetween"][0], "most": rule["mustBeBetween"][1]}
    for name, member, more in (
        ("mustBeGreaterOrEqualTo", "least", 0),
        ("mustBeGreaterThan", "least", 1),
        ("mustBeLessOrEqualTo", "most", 0),
        ("mustBeLessThan", "most", -1),
    ):
        if name in rule:
            found[member] = rule[name] + more
    return found


def _rhythm(level: Plain) -> str:
    unit = str(level.get("unit", "")).lower()
    if level.get("value") not in (1, "1"):
        return ""
    return next((rhythm for rhythm, units in _RHYTHMS.items() if unit in units), "")


def _days(level: Plain) -> int | None:
    unit, value = str(level.get("unit", "")).lower(), level.get("value")
    if not isinstance(value, int | float):
        return None
    if unit in _RHYTHMS["day"]:
        return int(value)
    if unit in ("h", "hr", "hour", "hours"):
        return -(-int(value) // 24)
    return None
