"""Every description there is, in the order they are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from virtaama.descriptions.assessment import impact_assessment
from virtaama.descriptions.data_sets import data_set_descriptions
from virtaama.descriptions.document import Document
from virtaama.descriptions.known import Known
from virtaama.descriptions.management_model import management_model
from virtaama.descriptions.processing import processing_records
from virtaama.descriptions.publicity import public_description
from virtaama.descriptions.suppliers import systems_and_suppliers

DESCRIPTIONS: Final[tuple[Callable[[Known, str], Document], ...]] = (
    management_model,
    processing_records,
    impact_assessment,
    data_set_descriptions,
    public_description,
    systems_and_suppliers,
)
"""Those that follow from what is known; the assessment of a change needs what was before, too."""


def describe(known: Known, language: str) -> tuple[Document, ...]:
    return tuple(write(known, language) for write in DESCRIPTIONS)
