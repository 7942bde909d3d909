"""Who may use which client data: work roles and services of STM decree 457/2024, dated.

A work role is held in services (health care) or service tasks (social welfare), and opens kinds of data as far as
it reaches. Rights are looked up by work role and day; none exists as a constant. A county may give less, never more.

Source: decree 457/2024 of the Ministry of Social Affairs and Health on the right to use client data, sections 3–15,
under 703/2023. The work roles, services and tasks, and what the five work roles of health care open, are those of the
decree, summarised. Two things are our own reading, and marked as such in the data: how far the work roles of social
welfare reach, and the first day, which the summary does not give (the decree is of June 2024). Not legal advice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from virtaama.model.documents import Entry
from virtaama.model.shape import members, one_of, texts, truth
from virtaama.statutes.packs import Kind, Table
from virtaama.statutes.provisions import Provision, Standing, at


class Domain(StrEnum):
    """Patient data and client data of social welfare are kept, and opened, apart."""

    HEALTH = "health"
    SOCIAL = "social"


class Content(StrEnum):
    """Kinds of data a work role opens."""

    BASICS = "basics"  # who somebody is, and where they live
    BOOKINGS = "bookings"
    REQUESTS = "requests"  # requests, referrals, orders
    VISITS = "visits"
    RECORDS = "records"  # what care or service was given, and why
    PLANS = "plans"
    SUMMARY = "summary"
    MEDICATION = "medication"
    WILLS = "wills"
    BILLING = "billing"
    CASES = "cases"  # that somebody is a client of a service task, since when
    DECISIONS = "decisions"
    ASSESSMENTS = "assessments"  # of the need of service, of functional ability


class Reach(StrEnum):
    """Whose data of a kind is opened."""

    ALL = "all"  # whatever is necessary, of every service of the domain
    SERVICES = "services"  # of the services, or service tasks, the work role is held in
    UNITS = "units"  # of one's own task: of these services, and of one's own units


class Service(StrEnum):
    """The services of health care and the service tasks of social welfare, each in the order of the decree."""

    RECEPTION = "reception"
    HOSPITAL = "hospital"
    OCCUPATIONAL = "occupational"
    ORAL = "oral"
    HOME_NURSING = "home_nursing"
    MENTAL_AND_SUBSTANCE = "mental_and_substance"
    EMERGENCY = "emergency"
    CLINICS = "clinics"
    STUDENTS = "students"
    REHABILITATION = "rehabilitation"
    WITH_SOCIAL_SERVICE = "with_social_service"
    EXAMINATIONS = "examinations"
    SCREENING = "screening"
    PHARMACY = "pharmacy"

    FAMILIES = "families"
    WORKING_AGE = "working_age"
    OLDER_PEOPLE = "older_people"
    SUBSTANCE_ABUSERS = "substance_abusers"
    DISABILITY = "disability"
    CHILD_PROTECTION = "child_protection"
    FAMILY_LAW = "family_law"

    @property
    def domain(self) -> Domain:
        return Domain.SOCIAL if self in SERVICE_TASKS else Domain.HEALTH


HEALTH_SERVICES: Final = tuple(Service)[:14]
SERVICE_TASKS: Final = tuple(Service)[14:]


class WorkRole(StrEnum):
    """The work roles of the decree: five of health care, five of public and three of private social welfare."""

    HEALTH_BROAD = "health_broad"
    HEALTH_LIMITED = "health_limited"
    HEALTH_SUPPORT = "health_support"
    MEDICINES = "medicines"
    PATIENT_ADMINISTRATION = "patient_administration"
    SOCIAL_BROAD = "social_broad"
    SOCIAL_ARRANGING = "social_arranging"
    CHILD_SUPERVISOR = "child_supervisor"
    SOCIAL_GIVING = "social_giving"
    SOCIAL_ADMINISTRATION = "social_administration"
    PRIVATE_ARRANGING = "private_arranging"
    PRIVATE_GIVING = "private_giving"
    PRIVATE_ADMINISTRATION = "private_administration"

    @property
    def domain(self) -> Domain:
        return Domain.HEALTH if self in _HEALTH_ROLES else Domain.SOCIAL


_HEALTH_ROLES: Final = frozenset(tuple(WorkRole)[:5])


@dataclass(frozen=True, slots=True, kw_only=True)
class Right(Provision):
    """What a work role opens, and in which services it may be held."""

    work_role: WorkRole
    held_in: frozenset[Service]
    opens: tuple[tuple[Content, Reach], ...]
    only_in: tuple[tuple[Content, Service], ...] = ()  # kinds opened to those who hold it in one service
    our_reading: bool = False  # whether how far it reaches is our reading rather than the text


@dataclass(frozen=True, slots=True)
class Opening:
    """One kind of data of one domain that somebody may open, and how far: of all services, or of these."""

    domain: Domain
    content: Content
    reach: Reach
    services: frozenset[Service]  # not looked at where the reach is all


@dataclass(frozen=True, slots=True)
class AccessRights:
    """The rights of every day."""

    every: tuple[Right, ...]

    def right(self, work_role: WorkRole, on: date) -> Right | None:
        """What a work role opens on a day; None where no rule holds, when it opens nothing."""
        return at((right for right in self.every if right.work_role is work_role), on)

    def opened_by(self, work_role: WorkRole, held_in: frozenset[Service], on: date) -> tuple[Opening, ...]:
        """What somebody opens who holds a work role in some services; those it cannot be held in count for nothing."""
        right = self.right(work_role, on)
        held = held_in & right.held_in if right else frozenset()
        if right is None or not held:
            return ()
        limited = dict(right.only_in)
        return tuple(
            Opening(work_role.domain, content, reach, held)
            for content, reach in right.opens
            if content not in limited or limited[content] in held
        )

    def held_in(self, work_role: WorkRole) -> tuple[Service, ...]:
        """The services a work role can be held in, by any rule there was, in the order of the decree."""
        found = {service for right in self.every if right.work_role is work_role for service in right.held_in}
        return tuple(service for service in Service if service in found)


def _right(entry: Entry, standing: Standing) -> Right:
    work_role = WorkRole(entry.text("work_role"))
    opens = tuple(
        (Content(content.scalar), Reach(reach))
        for reach, contents in entry.within("opens")
        for content in contents.items()
    )
    twice = [content for content, _ in opens]
    if again := {content for content in twice if twice.count(content) > 1}:
        raise ValueError(f"{', '.join(sorted(again))} is opened twice")
    held_in = frozenset(map(Service, entry.texts("held_in")))
    if apart := {service for service in held_in if service.domain is not work_role.domain}:
        raise ValueError(f"{work_role} is of {work_role.domain}, and {', '.join(sorted(apart))} is not")
    return Right(
        work_role=work_role,
        held_in=held_in,
        opens=opens,
        only_in=tuple(
            (Content(content), Service(service.scalar)) for content, service in entry.within("only_in")
        ),
        our_reading=entry.truth("our_reading"),
        **standing,
    )


_SERVICE: Final = one_of([each.value for each in Service], "A service or service task.")
_CONTENT: Final = [each.value for each in Content]

ACCESS_RIGHTS: Final = Kind(
    name="access_rights",
    about="Who may use which client data: what each work role of decree 457/2024 opens.",
    tables=(
        Table(
            name="rights",
            about="What each work role opens, and where it can be held.",
            members={
                "work_role": one_of([each.value for each in WorkRole], "The work role."),
                "held_in": {**texts("The services it can be held in.", minItems=1), "items": _SERVICE},
                "opens": members(
                    "Kinds of data, by how far they are opened.",
                    {
                        reach.value: {
                            **texts(f"Kinds of data opened as far as: {reach}."),
                            "items": {"enum": _CONTENT},
                        }
                        for reach in Reach
                    },
                ),
                "only_in": members(
                    "Kinds of data that are opened where it is held in one service alone, with that service.",
                    dict.fromkeys(_CONTENT, _SERVICE),
                ),
                "our_reading": truth("How far it reaches is our reading, not the words of the law."),
            },
            required=("work_role", "held_in", "opens"),
            read=_right,
            key=lambda right: right.work_role,
        ),
    ),
    make=lambda rows: AccessRights(rows["rights"]),
)
