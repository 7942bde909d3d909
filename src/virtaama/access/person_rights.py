"""What the work of a role opens today, by decree 457/2024, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from virtaama.access.opened import LeftOut
from virtaama.access.person_plan import scope_of
from virtaama.metrics.person_views import PersonViews, Section
from virtaama.privacy.person_policy import Opened, PersonAllowed
from virtaama.privacy.policy import Role
from virtaama.statutes.access_rights import AccessRights, Service, WorkRole


def opened_by_role(role: Role | None, law: AccessRights, today: date) -> tuple[Opened, ...]:
    """The kinds of data that the law opens to a role's work on a day, and whose."""
    if role is None or role.persons is None:
        return ()
    return tuple(
        Opened(each.domain, each.content, each.reach, frozenset(each.services))
        for held in role.persons.work
        for each in law.opened_by(WorkRole(held.work_role), frozenset(map(Service, held.services)), today)
    )


def left_out(allowed: PersonAllowed, views: PersonViews, closed: Iterable[Section]) -> LeftOut:
    """The sections, and of the services the views tell of those, of which the asker's work opens nothing.

    Told by the work alone and never by what is known of the person: that something is there would tell already.
    """
    reached: set[str] = set()
    told: dict[Service, None] = {}
    for section in views.sections:
        own = section.services.known
        told.update(dict.fromkeys(own))
        scope = scope_of(allowed, section)
        reached |= own if scope.every else scope.services | scope.services_at_units
    return LeftOut(
        sections=tuple(section.labels for section in closed),
        services=tuple(sorted((s for s in told if s not in reached), key=tuple(Service).index)),
    )
