"""What a project brings to opening single persons."""

from __future__ import annotations

from functools import partial

from virtaama.access.look_ups import Counts
from virtaama.access.opened import PersonQuestion
from virtaama.access.person_door import PersonDoor
from virtaama.privacy.pseudonyms import is_identity_code, normalise
from virtaama.problems import NotReady
from virtaama.project.on_record import now
from virtaama.project.oversight import person_of
from virtaama.project.parts import PERSON_VIEW_FOLDER, Parts


def person_door_of(parts: Parts, counts: Counts) -> PersonDoor:
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
        law=parts.law.access_rights,
        audit=parts.audit,
        clock=now,
        decipher=partial(_deciphered, parts),
        look_ups=parts.look_ups(counts),
    )


def _deciphered(parts: Parts, person: str, field: str, text: str) -> str | None:
    """What names a person; None where they have been forgotten since, and nobody can open it any more."""
    try:
        return parts.identities.decipher(person, field, text)
    except KeyError:
        return None


def resident_of(parts: Parts, code: str) -> str:
    """The pseudonym of the person of an identity code; empty where nobody here has it."""
    code = normalise(code)
    return (parts.identities.find(code) or "") if is_identity_code(code) else ""


def asked_for(parts: Parts, reference: str, reason: str, *, break_glass: bool = False) -> PersonQuestion:
    """The question for the person of an identity code; what is none is asked for as a client number.

    The code becomes a key at once and is kept nowhere.
    """
    if is_identity_code(normalise(reference)):
        person = person_of(reference, parts.identities).key
        return PersonQuestion(person=person, reason=reason, break_glass=break_glass)
    return PersonQuestion(number=reference.strip(), reason=reason, break_glass=break_glass)
