"""The invented county as the descriptions know it, and ways to change a part of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from virtaama.descriptions.known import Known
from virtaama.descriptions.organisation import NOTHING_SAID
from virtaama.model.model import Model
from virtaama.project.create import create_county
from virtaama.project.describe import known_of

DAY = date(2026, 11, 26)


@cache
def county() -> Known:
    """The county as it ships."""
    with TemporaryDirectory() as folder:
        return known_of(create_county(Path(folder) / "county"), DAY)


def unanswered() -> Known:
    """The county where people wrote nothing yet."""
    return replace(county(), organisation=NOTHING_SAID)


def with_attribute(model: Model, concept: str, attribute: str, **members: object) -> Model:
    """The model with one attribute said otherwise, in another version."""

    def changed(found):
        if found.name != concept:
            return found
        return replace(
            found,
            attributes=tuple(replace(a, **members) if a.name == attribute else a for a in found.attributes),
        )

    return replace(model, version="another", concepts=tuple(map(changed, model.concepts)))
