"""The one door of this process, and what it says about who asks."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from virtaama.access.audit_entries import Act
from virtaama.access.door import Door
from virtaama.access.incident_record import IncidentRecord
from virtaama.access.link_review import LinkReview
from virtaama.access.look_ups import LookUps
from virtaama.access.names import Names
from virtaama.access.opened import PersonQuestion
from virtaama.access.oversight import PURPOSE, Oversight
from virtaama.access.person_door import PersonDoor
from virtaama.access.sign_ins import SignIns
from virtaama.interchange.json_stat import in_language
from virtaama.interchange.json_stat_cube import Table
from virtaama.keyring import OF_THE_LOADER
from virtaama.metrics.releases import Release
from virtaama.portal.core.counting import count
from virtaama.portal.core.models import Account
from virtaama.portal.core.sessions import FAMILY_NAME, PERSON
from virtaama.privacy.policy import Asker, Purpose, Role
from virtaama.problems import NotAllowed
from virtaama.project import data_set as project_data_set
from virtaama.project.descriptions import Descriptions
from virtaama.project.funding import FundingKnown
from virtaama.project.project import Project
from virtaama.statutes.incident_duties import IncidentDuties


@cache
def project() -> Project:
    """The project this portal serves, opened once."""
    return Project.open(settings.PROJECT_FOLDER, without_keys=OF_THE_LOADER)


@cache
def door() -> Door:
    """The door to the project's published figures. Everything the portal shows came through it."""
    return project().door()


@cache
def person_door() -> PersonDoor:
    """The door to single persons."""
    return project().person_door(count)


def person_asked(reference: str, reason: str, *, break_glass: bool) -> PersonQuestion:
    """The question for the person of an identity code; what is none is asked for as a client number."""
    return project().person_asked(reference, reason, break_glass=break_glass)


def oversight() -> Oversight:
    """The door to the audit log."""
    return project().oversight()


def sign_ins() -> SignIns:
    """Where it goes on record that somebody was signed in, and until when."""
    return project().sign_ins


@cache
def link_review() -> LinkReview:
    """The door to records that may be about the same person."""
    return project().link_review(count)


def look_ups() -> LookUps:
    """What lets look-ups of persons through that pass neither of these doors."""
    return project().look_ups(count)


def incident_record() -> IncidentRecord:
    """Where what happens with incidents goes on record."""
    return project().incident_record


def incident_duties() -> IncidentDuties:
    """What an incident obliges to, by when, dated."""
    return project().law.incident_duties


def descriptions() -> Descriptions:
    """The descriptions of the project that were made, and what has changed since."""
    return project().descriptions


def names() -> Names:
    """What systems, roles and data are called."""
    return project().names


def releases() -> tuple[Release, ...]:
    """Data sets of anonymous figures, as described."""
    return project().releases


def data_sets(release: Release) -> tuple[int, ...]:
    """The numbers under which a release was made, the oldest first."""
    return project().data_sets(release)


def data_set(release: Release, number: int) -> tuple[dict[str, Any], Path]:
    """The description of a data set that was made, and where its figures lie as CSV."""
    folder = project().settings.releases / release.name / str(number)
    return project().data_set(release, number), folder / f"{release.name}.csv"


def json_stat_tables(release: Release, number: int) -> tuple[Table, ...]:
    """The tables of a data set that are there as JSON-stat."""
    return project_data_set.json_stat_tables(project().settings.releases, release.name, number)


def json_stat(release: Release, number: int, table: Table, language: str) -> dict[str, Any] | None:
    """A table of a data set as JSON-stat, with labels in a language; None where there is none."""
    found = project_data_set.read_json_stat(project().settings.releases, release.name, number, table)
    return in_language(found, language) if found else None


def person_referred_to(reference: str, asker: Asker) -> bytes:
    """The key of the person an identity code, a pseudonym or a key refers to; ValueError where it is none.

    It is counted as a look-up, whatever it refers to: TooOften where it is one too many.
    """
    look_ups().require(asker, purpose=PURPOSE, act=Act.LOOK, question={"look": "entries about a person"})
    return project().person_referred_to(reference)


def funding() -> FundingKnown:
    """What is known of the funding of counties, as it is now: tables are imported while the portal runs."""
    return project().funding


def county_code() -> str:
    """The code of the project's own county."""
    return project().settings.county_code


@cache
def roles() -> dict[str, Role]:
    return {role.name: role for role in project().roles}


def role_of(asker: Asker) -> Role | None:
    """The role of the asker; None when access.yaml no longer has it."""
    return roles().get(asker.role)


def purpose_of(asker: Asker) -> Purpose:
    """What the asker looks at figures for: the first purpose of their role, in the order of `Purpose`."""
    role = role_of(asker)
    purposes = [purpose for purpose in Purpose if role and purpose in role.purposes]
    if not purposes:
        raise NotAllowed("the role has no purpose")
    return purposes[0]


def asker_of(request: HttpRequest) -> Asker:
    """Who asks: the account that is signed in, and what their sign-in tells of who they are."""
    if not isinstance(request.user, Account):
        raise NotAllowed("nobody is signed in")
    *_, last_name = ("", *request.user.full_name.split())
    return replace(
        request.user.asker(),
        family_name=request.session.get(FAMILY_NAME) or last_name,
        person=request.session.get(PERSON, ""),
    )
