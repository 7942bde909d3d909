"""A feature table over the small hospital of `tests.spec.care`, and one way to look at it."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.spec.care import WORDS, Care, care_files, day, short
from virtaama.loading.features import FeatureBuild
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.feature_parse import parse_features
from virtaama.metrics.feature_tables import FeatureTable
from virtaama.metrics.parse import parse_catalogue
from virtaama.model.model import Model
from virtaama.model.parse import parse_model
from virtaama.sql.build import parsed
from virtaama.vault.design import design

CALENDAR = f"""
calendars:
  month_ends: {{labels: {WORDS}, every: month}}
"""
FACTS = """
facts:
  visit: {of: visit, time: visited_at, person: resident}
  stay:
    of: stay
    time: admitted_on
    person: resident
    columns: {length: "date_diff('day', admitted_on, discharged_on)", ward: ward}
  ward_day: {of: stay, during: [admitted_on, discharged_on], person: resident}
  contact: {union: [visit_contact, stay_contact]}
  visit_contact: {of: visit, time: visited_at, person: resident, columns: {kind: "'visit'"}}
  stay_contact: {of: stay, time: admitted_on, person: resident, columns: {kind: "'stay'"}}
"""


def table_text(columns: str, outcomes: str = "", more: str = "") -> str:
    return f"""
features:
  use:
    labels: {WORDS}
    definition: {WORDS}
    of: resident
    calendar: month_ends
    purposes: [planning]
    legal_basis: 552/2019 41 §
    owner: hospital
    {more}
    columns:
{columns}
    outcomes: {{{outcomes}}}
"""


def column(name: str, **members: str) -> str:
    said = ", ".join(f"{member}: {value}" for member, value in members.items())
    return f"      {name}: {{labels: {WORDS}, {said}}}\n"


def hospital(*derived: str, computed: str = "") -> tuple[Model, Catalogue]:
    files = {**care_files(*derived, computed=computed), "calendars/days.yaml": CALENDAR}
    model = parse_model(files)
    return model, parse_catalogue({"facts.yaml": FACTS}, model)


def feature_table(text: str, model: Model, catalogue: Catalogue) -> FeatureTable:
    (found,) = parse_features({"features/use.yaml": text}, model, catalogue)
    return found


def build_of(warehouse: Care, catalogue: Catalogue, text: str) -> FeatureBuild:
    return FeatureBuild(
        table=feature_table(text, warehouse.model, catalogue),
        model=warehouse.model,
        design=design(warehouse.model),
        catalogue=catalogue,
        batches=warehouse.ledger.batches(),
    )


def rows_on(warehouse: Care, catalogue: Catalogue, text: str, on: date | str) -> dict[str, dict[str, Any]]:
    """The rows of a day by resident."""
    at = day(on) if isinstance(on, str) else on
    build = build_of(warehouse, catalogue, text)
    found = warehouse.engine.read(build.query(at)).to_pylist()
    people = {
        row["resident_key"]: row["person"] for row in warehouse.engine.read(_people(warehouse)).to_pylist()
    }
    return {
        people[row.pop("resident_key")]: {name: short(value) for name, value in row.items()} for row in found
    }


def _people(warehouse: Care) -> Any:
    return parsed("SELECT resident_key, person FROM hub_resident")
