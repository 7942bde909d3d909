"""Released figures as JSON-stat 2.0: valid by a validator of others, figures in place, a reason for each lack."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from math import prod
from typing import Any

import pytest
from jsonstat_validator import validate_jsonstat
from jsonstat_validator.utils import JSONStatValidationError

from virtaama.interchange.json_stat import in_language, json_stat
from virtaama.interchange.json_stat_cube import Origin, Place, ReleasedFigures, Table, tables_of
from virtaama.metrics.definitions import Catalogue, Dimension, Direction, Family, Measure, Metric
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.released import ReleasedFigure, Status
from virtaama.metrics.releases import Audience, Licence, Release
from virtaama.model.concepts import Text
from virtaama.problems import Place as At

HERE = At("x.yaml", 1)


def words(said: str) -> Text:
    return Text(f"{said} ä", f"{said} å", said)


def metric(name: str, decimals: int = 1, **more: Any) -> Metric:
    return Metric(
        name=name,
        labels=words(name),
        definition=words(f"what {name} is"),
        family=Family.NEED,
        unit=words("visits"),
        numerator=Measure(fact="visit", aggregate="count", where="urgency = '6'"),
        denominator=Measure(fact="residence", aggregate="persons"),
        scale=1000,
        direction=Direction.NEUTRAL,
        decimals=decimals,
        levels=("county", "municipality", "unit"),
        by=("sex",),
        legal_basis="612/2021 29 §",
        source="Hilmo",
        owner="Tietojohtaminen",
        place=HERE,
        **more,
    )


RELEASE = Release(
    name="care",
    labels=words("Care"),
    definition=words("Visits by municipality."),
    metrics=("visits", "waits"),
    levels=(Level.COUNTY, Level.MUNICIPALITY),
    breakdowns=("sex",),
    grains=(Grain.QUARTER, Grain.YEAR),
    first_year=2025,
    last_year=None,
    threshold=5,
    rounding=5,
    audience=Audience.EVERYBODY,
    legal_basis="552/2019 41 §",
    owner="Tietojohtaminen",
    place=HERE,
    licence=Licence.CC_BY,
)
PLACES = (
    Place(level=Level.COUNTY, code="07", name=words("County")),
    Place(level=Level.MUNICIPALITY, code="398", name=words("Lahti")),
    Place(level=Level.MUNICIPALITY, code="016", name=words("Asikkala")),
    Place(level=Level.UNIT, code="398", name=words("Health centre"), within="398"),
)
Q1, Q2, YEAR = date(2025, 1, 1), date(2025, 4, 1), date(2025, 1, 1)


def figure(
    metric: str, level: Level, area: str, period: date, value: float | None, **more: Any
) -> ReleasedFigure:
    given: dict[str, Any] = {
        "dimension": "",
        "member": "",
        "grain": Grain.QUARTER,
        "status": Status.GIVEN if value is not None else Status.HIDDEN,
    }
    return ReleasedFigure(metric=metric, level=level, area=area, period=period, value=value, **(given | more))


FIGURES = (
    figure("visits", Level.COUNTY, "07", Q1, 12.5),
    figure("visits", Level.COUNTY, "07", Q2, 13.0),
    figure("visits", Level.MUNICIPALITY, "016", Q1, None),
    figure("visits", Level.MUNICIPALITY, "016", Q2, None, status=Status.NO_DATA),
    figure("visits", Level.MUNICIPALITY, "398", Q1, 0.0),
    figure("waits", Level.COUNTY, "07", Q1, 30.0),
    figure("waits", Level.COUNTY, "07", Q2, None, status=Status.NO_DENOMINATOR),
    figure("visits", Level.COUNTY, "07", YEAR, 1.5, grain=Grain.YEAR, dimension="sex", member="male"),
    figure("visits", Level.COUNTY, "07", YEAR, None, grain=Grain.YEAR, dimension="sex", member="female"),
)
TOLD = ReleasedFigures(
    release=RELEASE,
    figures=FIGURES,
    catalogue=Catalogue(
        version="c",
        facts=(),
        dimensions=(Dimension(name="sex", labels=words("Sex")),),
        metrics=(metric("visits", version=3), metric("waits", decimals=0)),
    ),
    places=PLACES,
    members={"sex": {"female": words("Women"), "male": words("Men")}},
    origin=Origin(
        county=words("County"),
        number=2,
        made=datetime(2026, 11, 26, 12, 0, tzinfo=UTC),
        snapshot=7,
        published=datetime(2026, 11, 25, 4, 0, tzinfo=UTC),
        model_version="m1",
        catalogue_version="c1",
        record=99,
    ),
)
QUARTERS, BY_SEX = Table(Grain.QUARTER, ""), Table(Grain.YEAR, "sex")


def at(document: dict[str, Any], **codes: str) -> tuple[float | None, str | None]:
    """The value and the status at the codes, found as the format says: row by row."""
    position = 0
    for name, size in zip(document["id"], document["size"], strict=True):
        position = position * size + document["dimension"][name]["category"]["index"].index(codes[name])
    return document["value"][position], document.get("status", {}).get(str(position))


def test_a_release_is_a_table_for_each_length_and_breakdown() -> None:
    assert tables_of(FIGURES) == (QUARTERS, BY_SEX)
    assert [table.name for table in tables_of(FIGURES)] == ["quarter", "year-sex"]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("table", [QUARTERS, BY_SEX])
def test_each_table_is_json_stat_by_the_validator(table: Table, language: str) -> None:
    document = json.loads(json.dumps(json_stat(TOLD, table, language)))
    assert validate_jsonstat(document)
    assert len(document["value"]) == prod(document["size"])
    with pytest.raises(JSONStatValidationError, match="Size"):  # it does see what is wrong
        validate_jsonstat({**document, "size": [1, *document["size"]]})


@pytest.mark.parametrize("told", FIGURES)
def test_every_figure_is_in_its_place(told: ReleasedFigure) -> None:
    table = Table(told.grain, told.dimension)
    period = {Q1: "2025Q1", Q2: "2025Q2"}[told.period] if told.grain is Grain.QUARTER else "2025"
    member = {told.dimension: told.member} if told.dimension else {}
    value, status = at(json_stat(TOLD, table), metric=told.metric, area=told.area, period=period, **member)
    assert value == told.value
    assert status == (None if told.value is not None else told.status.value)


def test_a_cell_no_figure_belongs_to_says_so() -> None:
    document = json_stat(TOLD, QUARTERS)
    assert at(document, metric="waits", area="398", period="2025Q1") == (None, "absent")
    assert {*document["status"].values()} == {"hidden", "no_data", "no_denominator", "absent"}
    assert document["extension"]["words"]["sv"]["status"].keys() >= {*document["status"].values()}


def test_areas_lie_in_each_other_and_are_told_apart() -> None:
    category = json_stat(TOLD, QUARTERS)["dimension"]["area"]["category"]
    assert category["index"] == ["07", "398", "016"]
    assert category["child"] == {"07": ["398", "016"]}
    unit = figure("visits", Level.UNIT, "398", Q1, 2.0)
    document = json_stat(replace(TOLD, figures=(*FIGURES, unit)), QUARTERS)
    assert validate_jsonstat(document)
    category = document["dimension"]["area"]["category"]
    assert category["index"] == ["07", "municipality:398", "016", "unit:398"]
    assert category["child"] == {"07": ["municipality:398", "016"], "municipality:398": ["unit:398"]}
    assert at(document, metric="visits", area="unit:398", period="2025Q1") == (2.0, None)
    assert document["extension"]["levels"]["unit:398"] == "unit"


def test_an_area_and_a_member_nobody_names_have_their_codes() -> None:
    unknown = (
        figure("visits", Level.MUNICIPALITY, "999", Q1, 1.0),
        figure("visits", Level.COUNTY, "07", YEAR, 1.0, grain=Grain.YEAR, dimension="sex", member="x"),
    )
    told = replace(TOLD, figures=(*FIGURES, *unknown))
    assert json_stat(told, QUARTERS)["dimension"]["area"]["category"]["label"]["999"] == "999"
    sexes = json_stat(told, BY_SEX)["dimension"]["sex"]["category"]
    assert (sexes["index"], sexes["label"]["x"]) == (["female", "male", "x"], "x")


@pytest.mark.parametrize(
    ("language", "label", "source", "area"),
    [
        ("fi", "Care ä, vuosittain, Sex ä", "County ä", "Alue"),
        ("sv", "Care å, per år, Sex å", "County å", "Område"),
        ("en", "Care, by year, Sex", "County", "Area"),
    ],
)
def test_labels_are_in_the_language_asked_for(language: str, label: str, source: str, area: str) -> None:
    document = in_language(json_stat(TOLD, BY_SEX), language)
    assert document == json_stat(TOLD, BY_SEX, language)
    assert (document["label"], document["source"]) == (label, source)
    assert document["dimension"]["area"]["label"] == area
    assert document["dimension"]["metric"]["category"]["unit"]["visits"]["decimals"] == 1


def test_a_figure_leads_back_to_formula_source_snapshot_and_licence() -> None:
    document = json_stat(TOLD, QUARTERS)
    extension = document["extension"]
    assert extension["metrics"]["visits"]["version"] == 3
    assert extension["metrics"]["visits"]["formula"] == {
        "numerator": {
            "fact": "visit",
            "aggregate": "count",
            "where": "urgency = '6'",
            "window": "period",
        },
        "denominator": {"fact": "residence", "aggregate": "persons", "window": "period"},
        "scale": 1000,
    }
    assert extension["metrics"]["visits"]["source"] == "Hilmo"
    assert (extension["snapshot"]["number"], extension["record"], extension["release"]["number"]) == (
        7,
        99,
        2,
    )
    assert extension["release"]["licence"] == "CC-BY-4.0"
    assert document["link"]["license"][0]["href"].startswith("https://creativecommons.org/")
    unsaid = json_stat(replace(TOLD, release=replace(RELEASE, licence=None)), QUARTERS)
    assert "link" not in unsaid
    assert validate_jsonstat(unsaid)


def test_counts_without_decimals_are_whole_numbers() -> None:
    value, _ = at(json_stat(TOLD, QUARTERS), metric="waits", area="07", period="2025Q1")
    assert isinstance(value, int)
