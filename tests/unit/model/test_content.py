"""The model that ships with the package."""

from importlib.resources import files

from virtaama.model.parse import parse_model
from virtaama.model.schema import KINDS

COUNTY = files("virtaama") / "content" / "county"


def county_files() -> dict[str, str]:
    return {
        f"{folder}/{file.name}": file.read_text(encoding="utf-8")
        for folder in KINDS
        if (COUNTY / folder).is_dir()
        for file in (COUNTY / folder).iterdir()
        if file.name.endswith(".yaml")
    }


def test_the_county_model_is_sound() -> None:
    model = parse_model(county_files())
    assert {
        "resident",
        "municipality",
        "unit",
        "professional",
        "service_event",
        "diagnosis",
        "stay",
        "client_relationship",
        "decision",
        "home_care_visit",
        "assessment",
        "contact",
        "feedback",
        "employee",
        "shift",
        "absence",
        "posting",
        "budget",
    } <= {concept.name for concept in model.concepts}
