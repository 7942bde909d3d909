"""Municipalities and counties: a row for each year, by the national classifications of these years."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from virtaama.problems import ProblemsFound
from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.pack_parse import parse_pack
from virtaama.statutes.regions import REGIONS, Languages

LAND = shipped_statutes().content(REGIONS)


@pytest.mark.parametrize(
    ("on", "municipalities"),
    [
        (date(2022, 12, 31), 0),  # before the counties
        (date(2023, 1, 1), 309),
        (date(2024, 1, 1), 309),
        (date(2024, 12, 31), 309),
        (date(2025, 1, 1), 308),
        (date(2026, 1, 1), 308),
    ],
)
def test_how_many_municipalities_there_are(on: date, municipalities: int) -> None:
    assert len(LAND.municipalities(on)) == municipalities


# Municipalities of each county in 2023 and in 2026.
COUNTIES = """
01 7 7 | 02 6 6 | 03 10 10 | 04 2 2 | 05 27 27 | 06 16 16 | 07 11 11 | 08 23 23 | 09 10 10 | 10 6 6 | 11 9 9 | 12 12 11
13 19 19 | 14 13 13 | 15 22 22 | 16 18 18 | 17 14 14 | 18 8 8 | 19 30 30 | 20 8 8 | 21 21 21 | 90 1 1 | 91 16 16
"""


ROWS = COUNTIES.replace("\n", "|").strip("|").split("|")


@pytest.mark.parametrize("row", ROWS)
def test_each_county_has_its_municipalities(row: str) -> None:
    code, *counts = row.split()
    assert [len(LAND.municipalities(date(year, 6, 1), code)) for year in (2023, 2026)] == list(
        map(int, counts)
    )


def test_every_county_has_a_row_above_and_an_area() -> None:
    assert {county.code for county in LAND.counties} == {row.split()[0] for row in ROWS}
    assert Counter(county.area for county in LAND.counties) == {
        "1": 8,
        "2": 4,
        "3": 3,
        "4": 3,
        "5": 4,
        "6": 1,
    }


@pytest.mark.parametrize(
    ("municipality", "on", "counted_as", "county"),
    [
        ("588", date(2022, 12, 31), "588", None),
        ("588", date(2023, 1, 1), "588", "12"),
        ("588", date(2024, 12, 31), "588", "12"),
        ("588", date(2025, 1, 1), "507", "12"),  # Pertunmaa became part of Mäntyharju
        ("507", date(2025, 1, 1), "507", "12"),
        ("398", date(2026, 6, 1), "398", "09"),
        ("091", date(2026, 6, 1), "091", "90"),
        ("999", date(2026, 6, 1), "999", None),
    ],
)
def test_where_a_municipality_belongs_on_a_day(
    municipality: str, on: date, counted_as: str, county: str | None
) -> None:
    found = LAND.county_of(municipality, on)
    assert (LAND.counted_as(municipality, on), found.code if found else None) == (counted_as, county)


def test_languages_are_those_of_the_language_law() -> None:
    counts = Counter(each.languages for each in LAND.municipalities(date(2026, 1, 1)))
    assert counts == {Languages.FINNISH: 259, Languages.BOTH: 33, Languages.SWEDISH: 16}
    named = {each.code: each for each in LAND.municipalities(date(2026, 1, 1))}
    assert (named["091"].sv, named["091"].languages) == ("Helsingfors", Languages.BOTH)
    assert (named["499"].sv, named["499"].languages) == ("Korsholm", Languages.BOTH)
    assert named["478"].languages is Languages.SWEDISH


def test_open_data_is_credited() -> None:
    [statistics] = {each.source for each in LAND.counties}
    assert "CC BY 4.0" in statistics.licence
    assert "Statistics Finland" in statistics.licence


HEAD = """pack: regions
edition: 2027-01-01
title: {fi: a, sv: b, en: c}
sources: {s: {title: T, taken: 2027-01-01}}
every: {from: 2023-01-01, source: s}
areas: [{code: "1", labels: {fi: a, sv: b, en: c}}]
counties: [{code: "09", area: "1", labels: {fi: a, sv: b, en: c}}]
"""


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            'municipalities: [{code: "398", fi: Lahti, county: "08"}]\nsuccessors: []',
            "belongs to '08', which is not",
        ),
        ('municipalities: [{code: 398, fi: Lahti, county: "09"}]\nsuccessors: []', "quotation marks"),
        (
            'municipalities: [{code: "398", fi: Lahti, county: "09"}, {code: "781", fi: Sysmä, county: "09"}]\n'
            'successors: [{code: "781", becomes: "398", from: 2030-01-01}]',
            "is a municipality still when it becomes part of '398'",
        ),
        (
            'municipalities: [{code: "781", fi: Sysmä, county: "09", until: 2029-12-31}]\n'
            'successors: [{code: "781", becomes: "398", from: 2030-01-01}]',
            "'398' is no other municipality on 2030-01-01",
        ),
    ],
)
def test_regions_that_do_not_fit_together_are_refused(rows: str, said: str) -> None:
    with pytest.raises(ProblemsFound, match=said):
        parse_pack(REGIONS, "own.yaml", f"{HEAD}{rows}\n")


def test_a_county_can_take_a_merger_into_use() -> None:
    rows = (
        'municipalities: [{code: "398", fi: Lahti, county: "09"}, '
        '{code: "781", fi: Sysmä, county: "09", until: 2029-12-31}]\n'
        'successors: [{code: "781", becomes: "398", from: 2030-01-01}]\n'
    )
    own = parse_pack(REGIONS, "own.yaml", HEAD + rows).content
    assert [own.counted_as("781", date(year, 1, 1)) for year in (2029, 2030)] == ["781", "398"]
