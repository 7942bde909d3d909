"""What a project brings to opening single persons."""

from __future__ import annotations

from virtaama.access.person_door import PersonDoor
from virtaama.problems import NotReady
from virtaama.project.on_record import now
from virtaama.project.parts import PERSON_VIEW_FOLDER, Parts


def person_door_of(parts: Parts) -> PersonDoor:
    """The door to single persons; NotReady where the project shows none."""
    views = parts.person_views
    if views is None:
        raise NotReady(
            f"{parts.settings.folder}: no file in {PERSON_VIEW_FOLDER} says what of a person is shown.\n"
            "  docs/how-to/open-a-person.md says how to write one."
        )
    return PersonDoor(
        published=parts.settings.published,
        direct=parts.settings.direct,
        views=views,
        catalogue=parts.catalogue,
        model=parts.model,
        roles=parts.roles,
        audit=parts.audit,
        clock=now,
        decipher=lambda person, field, text: parts.identities.decipher(person, field, text),
    )
