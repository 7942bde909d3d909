"""What a project brings to looking into its audit log: who a person is there, and what things are called."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

from virtaama.access.names import Names
from virtaama.access.oversight import Oversight
from virtaama.access.persons import person_key
from virtaama.access.roles import role_names
from virtaama.identities.store import Identities, is_person
from virtaama.privacy.pseudonyms import is_identity_code, normalise
from virtaama.project.on_record import now
from virtaama.project.parts import ACCESS_FILE, Parts

_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)


def oversight_of(parts: Parts) -> Oversight:
    return Oversight(
        audit=parts.audit, roles=parts.roles, clock=now, law=parts.law.log_data, anchors=parts.anchors
    )


@dataclass(frozen=True, slots=True)
class InLog:
    """The keys the audit log knows a person by. What is recorded of them now is recorded under the first."""

    key: bytes
    also: tuple[bytes, ...] = ()


def person_of(code: str, identities: Identities) -> InLog:
    """The person of an identity code, in the log; ValueError, without the code, where it is none.

    Who has been forgotten has the key of then. Somebody the store never knew, who asks, has one computed from the
    code with a key: so nobody comes into the store by asking.
    """
    code = normalise(code)
    if not is_identity_code(code):
        raise ValueError("that is no personal identity code: its shape, day or check character is wrong")
    found = identities.find(code)
    asked = hmac.digest(identities.keyring.derived("persons who only asked"), code.encode(), "sha256")[:16]
    keys = (*identities.forgotten(code), asked)
    return InLog(keys[0], keys[1:]) if found is None else InLog(person_key(found), keys)


def referred_to(reference: str, identities: Identities) -> bytes:
    """The key of the person an identity code, a surrogate or a key refers to; ValueError where it is none."""
    reference = reference.strip()
    if _KEY.fullmatch(reference):
        return bytes.fromhex(reference)
    if is_person(reference):
        return person_key(reference)
    return person_of(reference, identities).key


def names_of(parts: Parts) -> Names:
    path = parts.settings.folder / ACCESS_FILE
    return Names(
        county=parts.settings.county,
        systems={system.name: system.labels for system in parts.model.systems},
        roles=role_names(path.read_text(encoding="utf-8")) if path.is_file() else {},
        data={
            **{metric.name: metric.labels for metric in parts.catalogue.metrics},
            **{feed.id: feed.labels for feed in parts.model.feeds},
            **{table.name: table.labels for table in parts.features},
            **{s.name: s.labels for s in (parts.person_views.sections if parts.person_views else ())},
        },
    )
