"""The model of the invented county, parsed once a process."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from virtaama.model.model import Model
from virtaama.model.parse import parse_model
from virtaama.model.schema import KINDS

COUNTY = files("virtaama") / "content" / "county"


def model_files() -> dict[str, str]:
    return {
        f"{folder}/{file.name}": file.read_text("utf-8")
        for folder in KINDS
        for file in _yaml(COUNTY / folder)
    }


def _yaml(folder: Traversable) -> list[Traversable]:
    return [file for file in folder.iterdir() if file.name.endswith(".yaml")]


@cache
def county_model() -> Model:
    return parse_model(model_files())
