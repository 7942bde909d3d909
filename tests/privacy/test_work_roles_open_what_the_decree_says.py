"""The matrix of decree 457/2024, read as a table: what each work role opens, in which services it can be held."""

from __future__ import annotations

from datetime import date

import pytest

from tests.shipped_law import RIGHTS
from virtaama.problems import ProblemsFound
from virtaama.statutes.access_rights import (
    ACCESS_RIGHTS,
    HEALTH_SERVICES,
    SERVICE_TASKS,
    Content,
    Domain,
    Reach,
    Service,
    WorkRole,
)
from virtaama.statutes.access_words import CONTENTS, SERVICES, WORK_ROLES
from virtaama.statutes.pack_parse import parse_pack

TODAY = date(2026, 11, 26)

# A: of all services; S: of those the role is held in; U: of these, at one's own units; -: not at all.
# The rows of health care are those of the decree; those of social welfare are our reading of it.
OF_HEALTH = """
                       basics bookings requests visits records plans summary medication wills billing
health_broad                A        A        A      A       A     A       A          A     A       -
health_limited              A        S        U      S       S     A       A          -     -       -
health_support              A        U        U      -       -     -       -          -     -       -
medicines                   A        -        -      -       -     -       A          -     -       -
patient_administration      -        U        U      U       -     -       -          -     A       A
"""
OF_SOCIAL = """
                       basics bookings requests visits records plans cases decisions assessments billing
social_broad                A        A        A      A       A     A     A         A           A       -
social_arranging            A        S        S      S       S     S     S         S           S       -
child_supervisor            A        S        S      S       S     S     S         S           S       -
social_giving               A        U        U      U       -     S     S         S           U       -
social_administration       A        U        U      -       -     -     U         U           -       S
private_arranging           A        S        S      S       S     S     S         S           S       -
private_giving              A        U        U      U       -     S     S         S           U       -
private_administration      A        U        U      -       -     -     U         U           -       S
"""
HELD_IN = {
    "health_broad": range(1, 13),
    "health_limited": range(1, 14),
    "health_support": range(1, 15),
    "medicines": (1, 2, 5, 6, 7, 14),
    "patient_administration": range(1, 15),
}
SIGNS = {"A": Reach.ALL, "S": Reach.SERVICES, "U": Reach.UNITS}


def cells(table: str) -> list[tuple[str, str, str]]:
    heading, *rows = [line.split() for line in table.strip().splitlines()]
    return [
        (role, content, sign) for role, *signs in rows for content, sign in zip(heading, signs, strict=True)
    ]


@pytest.mark.parametrize(("role", "content", "sign"), cells(OF_HEALTH) + cells(OF_SOCIAL))
def test_what_a_work_role_opens(role: str, content: str, sign: str) -> None:
    held = Service.FAMILY_LAW if WorkRole(role).domain is Domain.SOCIAL else Service.RECEPTION
    opened = {each.content: each for each in RIGHTS.opened_by(WorkRole(role), frozenset({held}), TODAY)}
    if sign == "-":
        assert Content(content) not in opened
    else:
        found = opened[Content(content)]
        assert (found.reach, found.services, found.domain) == (SIGNS[sign], {held}, WorkRole(role).domain)


def test_nothing_is_opened_beside_the_table() -> None:
    told = {(role, content) for role, content, sign in cells(OF_HEALTH) + cells(OF_SOCIAL) if sign != "-"}
    only_in = {(r.work_role, content) for r in RIGHTS.every for content, _ in r.only_in}
    assert {(r.work_role, content) for r in RIGHTS.every for content, _ in r.opens} - only_in == told


@pytest.mark.parametrize("role", HELD_IN)
def test_where_a_work_role_of_health_care_is_held(role: str) -> None:
    held_in = {HEALTH_SERVICES[number - 1] for number in HELD_IN[role]}
    for service in Service:
        assert bool(RIGHTS.opened_by(WorkRole(role), frozenset({service}), TODAY)) == (service in held_in)


def test_who_dispenses_medicines_sees_them_and_who_guides_their_use_does_not() -> None:
    def contents(service: Service) -> set[Content]:
        return {each.content for each in RIGHTS.opened_by(WorkRole.MEDICINES, frozenset({service}), TODAY)}

    assert contents(Service.PHARMACY) - contents(Service.HOSPITAL) == {Content.MEDICATION}


def test_a_child_supervisor_works_in_family_law_alone() -> None:
    for service in Service:
        opened = RIGHTS.opened_by(WorkRole.CHILD_SUPERVISOR, frozenset({service}), TODAY)
        assert bool(opened) == (service is Service.FAMILY_LAW)


def test_before_the_decree_nothing_is_opened() -> None:
    for role in WorkRole:
        assert RIGHTS.right(role, date(2024, 6, 30)) is None
        assert RIGHTS.opened_by(role, frozenset(Service), date(2024, 6, 30)) == ()


def test_each_work_role_has_one_rule_a_day() -> None:
    for role in WorkRole:
        assert sum(right.work_role is role and right.holds(TODAY) for right in RIGHTS.every) == 1


def test_there_are_as_many_as_the_decree_names() -> None:
    assert (len(HEALTH_SERVICES), len(SERVICE_TASKS), len(WorkRole)) == (14, 7, 13)
    assert {service.domain for service in HEALTH_SERVICES} == {Domain.HEALTH}
    assert {service.domain for service in SERVICE_TASKS} == {Domain.SOCIAL}


def test_everything_is_called_something_in_three_languages() -> None:
    for known, words in ((Service, SERVICES), (WorkRole, WORK_ROLES), (Content, CONTENTS)):
        assert set(words) == set(known)
        for text in words.values():
            assert all((text.fi, text.sv, text.en))


def test_rights_that_are_our_own_reading_say_so() -> None:
    for right in RIGHTS.every:
        assert right.our_reading == (right.work_role.domain is Domain.SOCIAL)
        assert "457/2024" in right.basis


HEAD = """pack: access_rights
edition: 2027-01-01
title: {fi: a, sv: b, en: c}
sources: {act: {title: Asetus, taken: 2027-01-01}}
every: {from: 2027-01-01, source: act}
rights:
"""


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{work_role: nurse, held_in: [reception], opens: {}}", "'nurse', which is not known"),
        (
            "{work_role: medicines, held_in: [families], opens: {}}",
            "medicines is of health, and families is not",
        ),
        (
            "{work_role: medicines, held_in: [pharmacy], opens: {all: [basics], units: [basics]}}",
            "opened twice",
        ),
        ("{work_role: medicines, held_in: [pharmacy], opens: {every: [basics]}}", "has no member 'every'"),
        ("{work_role: medicines, held_in: [pharmacy], opens: {all: [basic]}}", "'basic', which is not known"),
        (
            "{work_role: medicines, held_in: [pharmacy], opens: {}, only_in: {medication: pharmacies}}",
            "Did you mean 'pharmacy'",
        ),
    ],
)
def test_rights_that_cannot_be_are_refused(row: str, said: str) -> None:
    with pytest.raises(ProblemsFound, match=said):
        parse_pack(ACCESS_RIGHTS, "own.yaml", f"{HEAD}  - {row}\n")
