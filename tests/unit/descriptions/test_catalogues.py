"""Descriptions for machines: the data sets in DCAT, and the bill of materials in CycloneDX."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.unit.descriptions.county import DAY, county
from virtaama.descriptions.data_sets import as_dcat, data_sets
from virtaama.descriptions.organisation import parse_organisation
from virtaama.descriptions.software_bill import bill_of_materials
from virtaama.project.installed import components, lock_text, locked


def test_every_release_table_and_counted_fact_is_in_the_catalogue() -> None:
    described = {each["dct:identifier"] for each in as_dcat(county())["dcat:dataset"]}
    counted = {
        measure.fact
        for m in county().catalogue.metrics
        for measure in (m.numerator, m.denominator)
        if measure
    }
    assert described == {
        *(f"release/{each.name}" for each in county().releases),
        *(f"feature-table/{each.name}" for each in county().features),
        *(f"fact/{name}" for name in counted),
    }


def test_rows_about_persons_are_not_public() -> None:
    access = {each.name: each.access for each in data_sets(county())}
    assert access["emergency_care"] == "PUBLIC"
    assert access["access_to_care"] == "RESTRICTED"
    assert access["service_use_monthly"] == "NON_PUBLIC"
    assert access["visit"] == "NON_PUBLIC"


def test_every_word_of_the_catalogue_has_its_vocabulary() -> None:
    catalogue = as_dcat(county())
    known = catalogue["@context"].keys()
    assert {word.partition(":")[0] for word in words_in(catalogue)} <= known


def words_in(value: Any) -> Iterator[str]:
    """The names of members, and the types of things: all that needs a vocabulary."""
    if isinstance(value, list):
        for each in value:
            yield from words_in(each)
    if isinstance(value, dict):
        yield from (name for name in value if not name.startswith("@") and ":" in name)
        if "@type" in value:
            yield value["@type"]
        yield from (word for name, each in value.items() if name != "@context" for word in words_in(each))


def test_data_sets_have_addresses_where_the_county_has_one() -> None:
    told = parse_organisation("web: https://aineistot.example/", ())
    described = as_dcat(replace(county(), organisation=told))
    assert described["@id"] == "https://aineistot.example/catalogue"
    assert as_dcat(county())["@id"] == "urn:virtaama:09:catalogue"


def test_the_bill_of_materials_is_valid_by_its_published_schema() -> None:
    text = json.dumps(bill_of_materials(components(), DAY))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_the_schema_would_notice_a_wrong_bill() -> None:
    wrong = bill_of_materials(components(), DAY)
    wrong["components"][0]["type"] = "thing"
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(wrong)) is not None


def test_the_same_software_gives_the_same_bill() -> None:
    found = components()
    assert bill_of_materials(found, DAY) == bill_of_materials((found[0], *reversed(found[1:])), DAY)
    other = (found[0], replace(found[1], version="0"), *found[2:])
    assert bill_of_materials(other, DAY)["serialNumber"] != bill_of_materials(found, DAY)["serialNumber"]


def test_the_bill_names_all_that_is_locked_with_licence_and_hashes() -> None:
    platform, *others = components()
    known = {(each.name, each.version) for each in others}
    elsewhere = re.findall(r"^(\S+)==\S+ ; ", lock_text(), re.M)  # for other machines
    building = {"editables", "hatchling", "pathspec", "pluggy", "trove-classifiers"}
    for name, version in locked(lock_text()):
        assert (name, version) in known or name in elsewhere or name in building, name
    assert platform.licence == "EUPL-1.2"
    assert [each.name for each in others if not each.licence] == []
    assert [each.name for each in others if not each.hashes] == []
    assert all(
        needed in {each.name for each in others} for each in (platform, *others) for needed in each.requires
    )


def test_a_lock_is_read_entry_by_entry() -> None:
    text = (
        "annotated_Types==1.0 ; python_version > '3' \\\n    --hash=sha256:" + "a" * 64 + " \\\n"
        "    --hash=sha256:"
        + "b" * 64
        + "\n    # via x\npsycopg[binary]==3.3 \\\n    --hash=sha256:"
        + "c" * 64
        + "\n"
    )
    assert locked(text) == {
        ("annotated-types", "1.0"): ("a" * 64, "b" * 64),
        ("psycopg", "3.3"): ("c" * 64,),
    }
