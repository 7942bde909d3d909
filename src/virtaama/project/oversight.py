"""What a project brings to looking into its audit log: who a person is there, and what things are called."""

from __future__ import annotations

import re

from virtaama.access.names import Names
from virtaama.access.oversight import Oversight
from virtaama.access.persons import person_key
from virtaama.access.roles import role_names
from virtaama.keyring import Keyring
from virtaama.privacy.pseudonyms import is_identity_code, normalise
from virtaama.project.on_record import now
from virtaama.project.parts import ACCESS_FILE, Parts

_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
_PSEUDONYM = re.compile(r"\d+-[0-9a-f]{32}", re.ASCII)


def oversight_of(parts: Parts) -> Oversight:
    return Oversight(audit=parts.audit, roles=parts.roles, clock=now, anchors=parts.anchors)


def person_of(code: str, keyring: Keyring) -> bytes:
    """The key of the person of an identity code; ValueError, without the code, where it is none."""
    code = normalise(code)
    if not is_identity_code(code):
        raise ValueError("that is no personal identity code: its shape, day or check character is wrong")
    return person_key(keyring.pseudonym(code))


def referred_to(reference: str, keyring: Keyring) -> bytes:
    """The key of the person an identity code, a pseudonym or a key refers to; ValueError where it is none."""
    reference = reference.strip()
    if _KEY.fullmatch(reference):
        return bytes.fromhex(reference)
    if _PSEUDONYM.fullmatch(reference):
        return person_key(reference)
    return person_of(reference, keyring)


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
