"""Who may open which person, and what of them: decided before anything is planned or read.

Two decisions. The first says whether somebody may ask for persons at all; it leads no further than to whether the
person was, or is about to be, at one of the asker's own units. The second, which needs the first, says what of
the person is opened: which kinds of data, of which services, of which units, and which names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

from virtaama.model.concepts import Purpose
from virtaama.privacy.leaves import SEAL, Asker, Leave, Refused
from virtaama.privacy.policy import Role
from virtaama.privacy.reasons import WrittenReason

NOT_IN_CARE: Final = "no care relation with the person at the asker's units"


@dataclass(frozen=True, slots=True)
class Opened:
    """One kind of data of one domain, and whose: of all services, of some, or of some at the asker's own units."""

    domain: str
    content: str
    reach: str  # all | services | units
    services: frozenset[str]


@dataclass(frozen=True, slots=True)
class SectionScope:
    """Which rows of a section are opened: every one, those of some services, and of others at one's own units."""

    every: bool
    services: frozenset[str] = frozenset()
    services_at_units: frozenset[str] = frozenset()

    def among(self, services: frozenset[str]) -> SectionScope:
        """The same of a section whose rows are of these services."""
        return SectionScope(self.every, self.services & services, self.services_at_units & services)

    @property
    def is_empty(self) -> bool:
        return not (self.every or self.services or self.services_at_units)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpAllowed(Leave):
    """The leave to see whether a person has a care relation with the asker. Only `decide_look_up` makes it."""

    role: Role
    opened: tuple[Opened, ...]
    units: frozenset[str]
    decided_by: ClassVar[str] = "decide_look_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAllowed(Leave):
    """The leave to open one person, given by their key of 16 bytes. Only `decide_person` makes it."""

    person: bytes
    opened: tuple[Opened, ...]
    units: frozenset[str]
    direct: frozenset[str]
    broke_glass: bool
    decided_by: ClassVar[str] = "decide_person"

    def scope(self, domain: str | None, content: str) -> SectionScope:
        """Which rows of a section are opened; of a section of no domain all, to whom any domain opens its content."""
        fitting = [o for o in self.opened if o.content == content and domain in (None, o.domain)]
        if domain is None:
            return SectionScope(every=bool(fitting))
        return SectionScope(
            every=any(o.reach == "all" for o in fitting),
            services=_services(fitting, "services"),
            services_at_units=_services(fitting, "units"),
        )


def _services(opened: Iterable[Opened], reach: str) -> frozenset[str]:
    return frozenset[str]().union(*(each.services for each in opened if each.reach == reach))


def decide_look_up(
    asker: Asker, purpose: Purpose, role: Role | None, opened: tuple[Opened, ...]
) -> LookUpAllowed | Refused:
    """Whether somebody may ask for persons. `opened` is what the law lets the role's work open today."""
    if role is None:
        return Refused(reason=f"there is no role '{asker.role}'")
    if role.persons is None:
        return Refused(reason=f"role '{role.name}' opens no person")
    if purpose not in role.purposes:
        return Refused(reason=f"role '{role.name}' has no purpose '{purpose}'")
    if purpose is not Purpose.CLIENT_CARE:
        return Refused(reason=f"persons are not opened for the purpose '{purpose}'")
    if not opened:
        return Refused(reason=f"the work of role '{role.name}' opens nothing today")
    units = asker.units | role.persons.units
    return LookUpAllowed(asker=asker, purpose=purpose, role=role, opened=opened, units=units, seal=SEAL)


def decide_person(
    look_up: LookUpAllowed, person: bytes, *, in_care: bool, glass: WrittenReason | None
) -> PersonAllowed | Refused:
    """Whether a person is opened: one in the care of the asker's units, or with a written reason any.

    Breaking the glass opens a person, and nothing more of them than the asker's work opens of others.
    """
    assert isinstance(look_up, LookUpAllowed)
    rights = look_up.role.persons
    assert rights is not None
    if not in_care and glass is None:
        return Refused(reason=NOT_IN_CARE)
    if not in_care and not rights.break_glass:
        return Refused(reason=f"role '{look_up.role.name}' opens no person outside its scope")
    return PersonAllowed(
        asker=look_up.asker,
        purpose=look_up.purpose,
        person=person,
        opened=look_up.opened,
        units=look_up.units,
        direct=rights.direct,
        broke_glass=not in_care,
        seal=SEAL,
    )
