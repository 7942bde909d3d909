"""The door to the figures of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from virtaama.project.on_record import now
from virtaama.project.parts import Parts

if TYPE_CHECKING:
    from virtaama.access.door import Door


def door_of(parts: Parts, *, drafts: bool = False) -> Door:
    """The door to what is published or, for those who may preview them, to drafts."""
    # What answers questions is brought in where one is asked.
    from virtaama.access.door import Door

    return Door(
        published=parts.settings.published,
        catalogue=parts.catalogue.of_drafts() if drafts else parts.catalogue,
        model=parts.model,
        roles=parts.roles,
        audit=parts.audit,
        ledger=parts.ledger,
        county_code=parts.settings.county_code,
        county=parts.settings.county,
        clock=now,
        rounding_key=parts.keyring.derived("rounding"),
        afresh=drafts,
    )
