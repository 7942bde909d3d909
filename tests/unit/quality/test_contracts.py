"""Feeds as open data contracts, and contracts as feeds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.expecting import files
from virtaama.model.parse import parse_model
from virtaama.model.schema import KINDS
from virtaama.problems import ProblemsFound
from virtaama.project.contracts import as_yaml
from virtaama.quality.contract_in import UNKNOWN_OWNER, taken_over
from virtaama.quality.contract_out import contract_of
from virtaama.quality.contract_shape import contract_problems, read_contract

RULES = """
unit: {required: UNIT, at_most: 0.25, severity: stop, owner: Reception}
some: {required: UNIT, where: FORM = 'R10', owner: Reception}
once: {unique: [ID], unit: count, at_most: 3, owner: Register}
pair: {unique: [ID, UNIT], owner: Register}
weight: {range: WEIGHT, least: 0.5, most: 350, owner: Ward, message: {fi: a, sv: b, en: c}}
past: {range: STARTED, least: 2020-01-01, most: extracted, owner: Ward}
id: {pattern: ID, matches: "[0-9]{1,2}", owner: Register}
form: {codes: FORM, list: form, at_most: 0.005, owner: Reception}
order: {holds: ENDED >= STARTED, at_most: 0.01, severity: note, owner: Ward}
rows: {volume: {least: 10, most: 500}, owner: Register}
usual: {volume: {of_median: [0.5, 2]}, owner: Register}
arrives: {fresh: month, within: 5, owner: Register}
mix: {drift: FORM, against: 6, owner: Register}
"""
FOREIGN = """
apiVersion: v3.0.2
kind: DataContract
id: 53581432-6c55-4ba2-a65f-72344a91553b
version: 1.2.0
status: active
name: Hospital episodes
domain: Hospital EHR
team:
  - {username: anna@example.org, role: Developer}
  - {username: omar@example.org, role: Product Owner}
servers:
  - {server: drop, type: local, path: ./ehr/*/episodes.json, format: json}
schema:
  - name: Episodes
    logicalType: object
    properties:
      - {name: episodeId, logicalType: string, primaryKey: true, required: true}
      - {name: age, logicalType: integer, logicalTypeOptions: {minimum: 0, maximum: 120}}
      - {name: tags, logicalType: array, items: {name: tag, logicalType: string}}
      - name: unitCode
        logicalType: string
        logicalTypeOptions: {pattern: "U[0-9]+"}
        quality:
          - {metric: nullValues, mustBeLessThan: 5, unit: rows, severity: error}
          - {metric: invalidValues, mustBe: 0, arguments: {validValues: [U1, U2]}, description: Known units}
          - {type: sql, query: SELECT 1, mustBe: 1, name: something of theirs}
    quality:
      - {metric: rowCount, mustBeBetween: [100, 90000]}
slaProperties:
  - {property: frequency, value: 1, unit: d}
  - {property: latency, value: 30, unit: h}
  - {property: retention, value: 3, unit: y}
"""


def exported(rules: str = RULES) -> dict[str, Any]:
    written = files(of_feed=rules)
    model = parse_model(written)
    root, problems = KINDS["systems"].read("systems/care.yaml", written["systems/care.yaml"])
    assert root is not None
    assert problems == ()
    system = root.plain()
    assert isinstance(system, dict)
    return contract_of(
        system, "visits", version=model.version, code_lists={c.name: c for c in model.code_lists}
    )


def test_a_feed_is_a_valid_contract() -> None:
    contract = exported()
    assert contract_problems(contract) == ()
    assert (contract["id"], contract["domain"], contract["apiVersion"]) == ("care.visits", "care", "v3.1.0")
    assert [member["username"] for member in contract["team"]["members"]] == ["Reception", "Register", "Ward"]


def test_what_the_standard_has_words_for_is_said_in_its_words() -> None:
    (table,) = exported()["schema"]
    fields = {each["name"]: each for each in table["properties"]}
    rules = {rule["name"]: rule for each in (table, *fields.values()) for rule in each.get("quality", [])}
    assert {name: each["logicalType"] for name, each in fields.items()} == {
        "ID": "string",
        "PERSON": "string",
        "UNIT": "string",
        "FORM": "string",
        "STARTED": "timestamp",
        "ENDED": "timestamp",
        "WEIGHT": "number",
        "NAME": "string",
    }
    assert fields["NAME"]["classification"] == "direct identifier"
    assert fields["PERSON"]["classification"] == "personal"
    said = ("metric", "arguments", "unit", "mustBe", "mustBeLessOrEqualTo", "mustBeBetween", "severity")
    told = {name: {key: rule[key] for key in said if key in rule} for name, rule in rules.items()}
    assert told["unit"] == {
        "metric": "nullValues",
        "unit": "percent",
        "mustBeLessOrEqualTo": 25,
        "severity": "error",
    }
    assert told["once"] == {
        "metric": "duplicateValues",
        "unit": "rows",
        "mustBeLessOrEqualTo": 3,
        "severity": "warning",
    }
    assert told["form"]["arguments"] == {"validValues": ["R10", "R52"]}
    assert told["form"]["mustBeLessOrEqualTo"] == 0.5
    assert told["rows"] == {"metric": "rowCount", "mustBeBetween": [10, 500], "severity": "warning"}
    assert "WHERE" not in rules["weight"]["query"]
    assert '("WEIGHT" < 0.5 OR "WEIGHT" > 350)' in rules["weight"]["query"]
    levels = [(each["property"], each["value"], each["unit"]) for each in exported()["slaProperties"]]
    assert levels == [("frequency", 1, "month"), ("latency", 5, "d")]


def test_a_contract_read_back_is_the_same_feed() -> None:
    text = as_yaml(exported())
    found = taken_over(read_contract("visits.odcs.yaml", text), frozenset({"form"}))
    assert found.left_out == []
    assert found.code_lists == {}
    written = files(of_feed=RULES)
    again = {**written, "systems/care.yaml": as_yaml(found.system)}
    old, new = parse_model(written), parse_model(again)

    def told(model: Any) -> Any:
        feed = model.feed("care.visits")
        expectations = sorted(
            (e.id, e.check, e.severity, e.owner, e.message, e.at_most, e.unit, e.where)
            for e in model.expectations
        )
        fields = [(f.name, f.type, f.direct, f.required) for f in feed.fields]
        return feed.files, feed.format, feed.delivery, feed.labels, fields, expectations

    assert told(new) == told(old)


def test_a_contract_says_for_which_parent_a_delivery_is_complete() -> None:
    system = files(of_feed="")["systems/care.yaml"].replace(
        "delivery: events", "delivery: changes\n    complete_for: [PERSON]"
    )
    root, problems = KINDS["systems"].read("systems/care.yaml", system)
    assert root is not None
    assert problems == ()
    contract = contract_of(root.plain(), "visits", version="1", code_lists={})  # type: ignore[arg-type]
    taken = taken_over(read_contract("visits.odcs.yaml", as_yaml(contract)), frozenset())
    assert taken.system["feeds"]["visits"]["complete_for"] == ["PERSON"]
    assert taken.left_out == []


def test_what_the_other_party_changes_counts() -> None:
    contract = exported()
    (table,) = contract["schema"]
    fields = {each["name"]: each for each in table["properties"]}
    fields["UNIT"]["quality"][0]["mustBeLessOrEqualTo"] = 10
    fields["UNIT"]["quality"][0]["severity"] = "info"
    fields["WEIGHT"]["logicalType"] = "integer"
    table["quality"] = [rule for rule in table["quality"] if rule["name"] != "rows"]
    contract["slaProperties"][1]["value"] = 8
    feed = taken_over(contract, frozenset({"form"})).system["feeds"]["visits"]
    assert feed["expectations"]["unit"]["at_most"] == 0.1
    assert feed["expectations"]["unit"]["severity"] == "note"
    assert feed["fields"]["WEIGHT"]["type"] == "integer"
    assert "rows" not in feed["expectations"]
    assert feed["expectations"]["arrives"]["within"] == 8


def test_a_code_list_comes_along_where_it_is_not_known() -> None:
    found = taken_over(exported())
    assert list(found.code_lists["form"]["codes"]) == ["R10", "R52"]


def test_a_contract_of_others_becomes_a_feed() -> None:
    found = taken_over(read_contract("episodes.yaml", FOREIGN))
    (feed,) = found.system["feeds"].values()
    assert (found.system["system"], list(found.system["feeds"])) == ("hospital_ehr", ["episodes"])
    assert (found.system["format"], feed["files"]) == ("json_lines", "ehr/*/episodes.json")
    assert feed["fields"] == {
        "episodeId": {"type": "text", "required": True},
        "age": {"type": "integer"},
        "tags": {"type": "text"},
        "unitCode": {"type": "text"},
    }
    owner = "omar@example.org"
    assert feed["expectations"] == {
        "key_is_unique": {"unique": ["episodeId"], "owner": owner},
        "age_in_range": {"range": "age", "least": 0, "most": 120, "owner": owner},
        "unit_code_has_its_form": {"pattern": "unitCode", "matches": "U[0-9]+", "owner": owner},
        "null_values": {
            "required": "unitCode",
            "at_most": 4,
            "unit": "count",
            "severity": "stop",
            "owner": owner,
        },
        "invalid_values": {
            "codes": "unitCode",
            "list": "unit_code_values",
            "owner": owner,
            "message": dict.fromkeys(("fi", "sv", "en"), "Known units"),
        },
        "row_count": {"volume": {"least": 100, "most": 90000}, "owner": owner},
        "arrives": {"fresh": "day", "within": 2, "owner": owner},
    }
    assert [line.split(":")[0] for line in found.left_out] == [
        "Episodes",
        "tags",
        "Episodes.unitCode",
        "Episodes",
    ]
    model = parse_model(
        {
            "systems/ehr.yaml": as_yaml(found.system),
            "codes/ehr.yaml": as_yaml({"code_lists": found.code_lists}),
        }
    )
    assert len(model.expectations) == 7


def test_an_owner_who_is_not_named_is_unknown() -> None:
    contract = read_contract("x.yaml", FOREIGN)
    del contract["team"]
    assert (
        taken_over(contract).system["feeds"]["episodes"]["expectations"]["arrives"]["owner"] == UNKNOWN_OWNER
    )


def test_every_fault_of_a_contract_is_told_with_its_line() -> None:
    wrong = FOREIGN.replace("kind: DataContract", "kind: Contract").replace(
        "logicalType: integer", "logicalType: int"
    )
    with pytest.raises(ProblemsFound) as found:
        read_contract("episodes.yaml", wrong)
    told = str(found.value)
    assert "episodes.yaml:3: kind: 'Contract' is not one of" in told
    assert "'int' is not one of" in told
    assert "2 problems" in told


def test_a_contract_of_version_2_is_not_read() -> None:
    with pytest.raises(ProblemsFound, match=r"v2\.2\.2 of the standard is not read"):
        read_contract("x.yaml", "{apiVersion: v2.2.2, kind: DataContract, id: x, version: '1'}")


def test_a_rule_the_standard_has_no_words_for_is_ours() -> None:
    contract = exported("x: {unique: [ID], where: FORM = 'R10', owner: a}")
    assert contract_problems(contract) == ()
    (rule,) = contract["schema"][0]["properties"][0]["quality"]
    assert (rule["type"], rule["engine"]) == ("custom", "virtaama")
