"""Single persons: opened to those in whose care they are, as far as their work goes, on record before they are."""

from __future__ import annotations

import json
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from tests.privacy.persons_county import (
    DAYS_AFTER,
    DAYS_BEFORE,
    REASON,
    TOLD,
    WRITTEN,
    County,
    ask,
    asker,
    day,
    opened,
    rows_of,
)
from virtaama.access.audit_entries import About, Act
from virtaama.access.opened import NotOpened, OpenedPerson, PersonQuestion
from virtaama.access.person_plan import plan_number, plan_person, plan_relations
from virtaama.access.persons import person_key
from virtaama.privacy.leaves import Leave
from virtaama.privacy.person_policy import LookUpAllowed, PersonAllowed
from virtaama.privacy.policy import Purpose
from virtaama.privacy.pseudonyms import is_identity_code
from virtaama.privacy.reasons import ReasonRefused, WrittenReason
from virtaama.problems import Damaged, NotAllowed, NotRecorded
from virtaama.statutes.access_rights import ACCESS_RIGHTS
from virtaama.statutes.pack_parse import parse_pack

NURSE = asker("nurse", "U1")
CODE = next(
    code for check in "0123456789ABC" + "DEFHJKLMNPRSTUVWXY" if is_identity_code(code := f"010199-999{check}")
)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    """ann: visits at U1 and U2. bob: at U2 alone. cyd: once at U1, long ago. dan: nothing. eve: soon at U1."""
    county = County(tmp_path_factory.mktemp("county"))
    county.people(
        {"ID": "ann", "FAMILY": "Aalto", "STREET": "Koivutie 3 A", "POST": "15100", "HIDDEN": False},
        {"ID": "bob", "FAMILY": "Bergman", "STREET": "Koivutie 18", "POST": "15100", "HIDDEN": True},
        {"ID": "cyd", "FAMILY": "Cederberg", "STREET": "Mäntytie 1", "POST": "15100"},
        {"ID": "dan", "FAMILY": "Dahl-Aalto", "STREET": "Koivutie 5", "POST": "15200", "EMPLOYED": "dan"},
        {"ID": "eve", "FAMILY": "Ek", "STREET": "Rantatie 1", "POST": "15100"},
    )
    visits = [
        ("v1", "ann", 10, "U1", "reception"),
        ("v2", "ann", 400, "U2", "hospital"),
        ("v3", "ann", 30, "U2", "mental_and_substance"),
        ("v4", "ann", 5, "U1", "unheard_of"),
        ("v5", "bob", 1, "U2", "hospital"),
        ("v6", "cyd", DAYS_AFTER + 1, "U1", "reception"),
        ("v7", "eve", -DAYS_BEFORE, "U1", "reception"),
        ("v8", "fay", 3, "U1", "reception"),
    ]
    names = ("ID", "WHO", "DAY", "UNIT", "SERVICE")
    county.deliver(
        "care.visits",
        TOLD,
        *(dict(zip(names, (i, who, day(ago), *rest), strict=True)) for i, who, ago, *rest in visits),
    )
    county.deliver(
        "care.decisions", TOLD, {"ID": "d1", "WHO": "ann", "DAY": day(4), "UNIT": "U3", "TASK": "families"}
    )
    county.deliver("care.numbers", TOLD, {"ID": "c:1", "WHO": "ann"}, {"ID": "c:2", "WHO": "bob"})
    county.publish_all()
    return county


def entries(county: County) -> int:
    return len(county.audit.entries())


# Row scope


def test_a_person_who_was_at_ones_own_unit_is_opened(county: County) -> None:
    found = opened(ask(county.door(), NURSE, "ann"))
    assert not found.broke_glass
    assert rows_of(found, "basics") == ["Aalto"]


@pytest.mark.parametrize("person", ["bob", "cyd", "dan", "nobody_there"])
def test_outside_ones_care_and_not_there_are_one_answer(county: County, person: str) -> None:
    door = county.door()
    found = ask(door, NURSE, person)
    assert isinstance(found, NotOpened)
    assert found.may_break_glass
    entry = county.audit.entries()[-1]
    assert (entry.decision, entry.rows, entry.data, entry.providers) == (
        "refused: no care relation with the person at the asker's units",
        0,
        (),
        (),
    )
    assert entry.person == person_key(person)


def test_a_care_relation_ends_and_begins_on_the_day_the_data_says(county: County) -> None:
    door = county.door()
    assert isinstance(ask(door, NURSE, "cyd"), NotOpened)
    assert isinstance(ask(door, NURSE, "eve"), OpenedPerson)
    assert isinstance(ask(door, asker("nurse", "U2"), "eve"), NotOpened)


def test_who_works_nowhere_has_nobody_in_care(county: County) -> None:
    assert isinstance(ask(county.door(), asker("nurse"), "ann"), NotOpened)


def test_a_person_the_register_does_not_know_is_opened_without_a_name(county: County) -> None:
    found = opened(ask(county.door(), NURSE, "fay"))
    assert rows_of(found, "basics") == []
    assert rows_of(found, "visits") == ["v8"]


# Service scope


def test_a_limited_work_role_sees_its_own_service_alone(county: County) -> None:
    found = opened(ask(county.door(), NURSE, "ann"))
    assert rows_of(found, "visits") == ["v1"]
    assert rows_of(found, "decisions") == []
    assert [str(service) for service in found.left_out.services] == [
        "hospital",
        "mental_and_substance",
        "screening",
        "families",
        "older_people",
        "child_protection",
    ]


def test_a_broad_work_role_sees_every_service_and_what_has_none(county: County) -> None:
    assert rows_of(ask(county.door(), asker("doctor", "U2"), "ann"), "visits") == ["v4", "v1", "v3", "v2"]


def test_support_sees_requests_at_its_own_units_and_no_visits(county: County) -> None:
    found = ask(county.door(), asker("secretary", "U1"), "ann")
    assert rows_of(found, "requests") == ["v1"]
    assert "visits" not in [section.name for section in opened(found).sections]


@pytest.mark.parametrize(("first", "visits"), [("2026-06-15", ["v1"]), ("2026-06-16", None)])
def test_a_pack_of_the_county_itself_decides_from_the_day_it_says(
    county: County, first: str, visits: list[str] | None
) -> None:
    # Support opens visits at its own units from `first` on, and today is 15 June.
    shipped = (files("virtaama") / "content" / "statutes" / "access_rights.yaml").read_text(encoding="utf-8")
    begins, ends = shipped.index("  - work_role: health_support"), shipped.index("  - work_role: medicines")
    row = shipped[begins:ends]
    last = date.fromisoformat(first) - timedelta(days=1)
    later = row.replace("units: [", "units: [visits, ") + f"    from: {first}\n"
    own = parse_pack(ACCESS_RIGHTS, "own.yaml", shipped.replace(row, f"{row}    until: {last}\n{later}"))
    found = ask(county.door_by(own.content), asker("secretary", "U1"), "ann")
    assert ("visits" in [section.name for section in opened(found).sections]) == (visits is not None)
    if visits:
        assert rows_of(found, "visits") == visits


def test_social_work_sees_no_health_care(county: County) -> None:
    found = opened(ask(county.door(), asker("social_worker", "U1"), "ann"))
    assert [section.name for section in found.sections] == ["basics", "decisions"]
    assert rows_of(found, "decisions") == ["d1"]


def test_what_is_left_out_is_told_by_the_work_and_not_by_the_person(county: County) -> None:
    door = county.door()
    assert opened(ask(door, NURSE, "ann")).left_out == opened(ask(door, NURSE, "fay")).left_out


# Column scope


def test_what_names_a_person_is_shown_only_where_the_role_says(county: County) -> None:
    def columns(of: str) -> list[str]:
        [basics] = [
            s for s in opened(ask(county.door(), asker(of, "U1"), "ann")).sections if s.name == "basics"
        ]
        return [column.name for column in basics.columns]

    assert columns("nurse") == ["family_name", "street", "postal_code", "hidden"]
    assert columns("doctor") == ["family_name", "postal_code", "hidden"]
    assert columns("secretary") == ["postal_code", "hidden"]


def test_where_a_person_under_a_protection_order_lives_is_withheld(county: County) -> None:
    found = opened(ask(county.door(), asker("nurse", "U2"), "bob"))
    assert found.protected
    [row] = found.sections[0].rows
    assert row.values == ("Bergman", None, None, True)
    assert [column.withheld for column in found.sections[0].columns] == [False, True, True, False]


# Client numbers


def test_a_client_number_finds_the_person_in_care(county: County) -> None:
    door = county.door()
    question = PersonQuestion(number="c:1", reason=REASON)
    assert rows_of(door.open(question, NURSE, Purpose.CLIENT_CARE), "basics") == ["Aalto"]
    assert county.audit.entries()[-1].person == person_key("ann")


@pytest.mark.parametrize("number", ["c:2", "c:9", "' OR 1=1 --"])
def test_a_client_number_of_somebody_else_or_nobody_is_one_answer(county: County, number: str) -> None:
    found = county.door().open(PersonQuestion(number=number, reason=REASON), NURSE, Purpose.CLIENT_CARE)
    assert isinstance(found, NotOpened)


# Who may ask at all


@pytest.mark.parametrize(
    ("of", "purpose", "why"),
    [
        ("manager", Purpose.STEERING, "opens no person"),
        ("nobody", Purpose.CLIENT_CARE, "there is no role"),
        ("nurse", Purpose.STEERING, "has no purpose"),
    ],
)
def test_who_opens_no_persons_is_refused_and_that_is_on_record(
    county: County, of: str, purpose: Purpose, why: str
) -> None:
    question = PersonQuestion(person=person_key("ann"), reason=REASON)
    with pytest.raises(NotAllowed, match=why):
        county.door().open(question, asker(of, "U1"), purpose)
    entry = county.audit.entries()[-1]
    assert entry.decision.startswith("refused: ")
    assert entry.person == person_key("ann")


# Break glass


def test_with_a_written_reason_a_person_outside_ones_care_is_opened_and_marked(county: County) -> None:
    found = opened(ask(county.door(), NURSE, "bob", reason=WRITTEN, break_glass=True))
    assert found.broke_glass
    assert rows_of(found, "basics") == ["Bergman"]
    assert rows_of(found, "visits") == []  # no more than her work opens of others
    entry = county.audit.entries()[-1]
    assert (entry.act, entry.decision, entry.person) == (Act.BREAK_GLASS, "allowed", person_key("bob"))
    assert json.loads(entry.question)["reason"] == WRITTEN


def test_in_ones_care_there_is_no_glass_to_break(county: County) -> None:
    found = opened(ask(county.door(), NURSE, "ann", reason=WRITTEN, break_glass=True))
    assert not found.broke_glass
    assert county.audit.entries()[-1].act == Act.PERSON


def test_a_role_without_the_right_breaks_no_glass(county: County) -> None:
    found = ask(county.door(), asker("secretary", "U1"), "bob", reason=WRITTEN, break_glass=True)
    assert isinstance(found, NotOpened)
    assert not found.may_break_glass


@pytest.mark.parametrize(
    "reason", ["", "x", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa", "syy syy syy syy syy syy syy", "tarve"]
)
def test_a_field_that_was_only_filled_breaks_no_glass(county: County, reason: str) -> None:
    before = entries(county)
    with pytest.raises(ReasonRefused):
        ask(county.door(), NURSE, "bob", reason=reason, break_glass=True)
    assert entries(county) == before  # nothing was read, and nothing shown


def test_a_reason_that_names_a_person_is_refused(county: County) -> None:
    with pytest.raises(ReasonRefused, match="names_a_person"):
        ask(county.door(), NURSE, "ann", reason=f"Liittyy asiaan {CODE}, sovittu eilen")


# The record


def test_every_opening_is_exactly_one_entry_about_the_person(county: County) -> None:
    door, before = county.door(), entries(county)
    found = opened(ask(door, NURSE, "ann"))
    assert entries(county) == before + 1
    entry = county.audit.entries()[-1]
    assert entry.number == found.record
    assert (entry.asker, entry.role, entry.purpose) == (NURSE.id, "nurse", "client_care")
    assert (entry.act, entry.about, entry.person) == (Act.PERSON, About.PERSON, person_key("ann"))
    assert (entry.data, entry.providers) == (("basics", "visits", "requests"), ("care",))
    assert entry.rows == 3
    assert json.loads(entry.question)["reason"] == REASON


def test_nothing_is_shown_where_it_cannot_be_recorded(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**entry: object) -> int:
        raise NotRecorded("no space left on device")

    monkeypatch.setattr(county.audit, "append", full)
    for person, more in (("ann", {}), ("bob", {}), ("bob", {"reason": WRITTEN, "break_glass": True})):
        with pytest.raises(NotRecorded):
            ask(county.door(), NURSE, person, **more)


def test_no_name_and_no_address_is_in_the_log(county: County) -> None:
    own = asker("nurse", "U1", family_name="Aalto", person="eve")
    ask(county.door(), own, "ann")
    log = county.audit.path.read_bytes()
    for name in ("Aalto", "Koivutie", "15100", "Rantatie"):
        assert name.encode() not in log


# Openings to ask about


def flags(county: County) -> list[str]:
    return json.loads(county.audit.entries()[-1].question).get("flags", [])


@pytest.mark.parametrize(
    ("known", "person", "expected"),
    [
        ({}, "ann", []),
        ({"family_name": "AALTO"}, "ann", ["family_name"]),
        ({"family_name": "Aalto"}, "dan", ["family_name", "colleague"]),
        ({"person": "ann"}, "ann", ["oneself"]),
        ({"person": "ann"}, "bob", ["neighbour"]),
        ({"person": "ann"}, "cyd", []),
        ({"person": "ann"}, "dan", ["colleague"]),
        ({"person": "somebody_from_elsewhere", "family_name": "Ek"}, "eve", ["family_name"]),
    ],
)
def test_openings_of_people_close_to_oneself_are_flagged(
    county: County, known: dict[str, str], person: str, expected: list[str]
) -> None:
    ask(county.door(), asker("nurse", "U1", **known), person, reason=WRITTEN, break_glass=True)
    assert flags(county) == expected


def test_an_asker_shows_neither_name_nor_pseudonym_when_printed() -> None:
    assert "Aalto" not in repr(asker("nurse", "U1", family_name="Aalto", person="1-abc"))
    assert "1-abc" not in repr(asker("nurse", "U1", family_name="Aalto", person="1-abc"))


# The types


def test_nobody_gives_leave_but_the_policy(county: County) -> None:
    common = {"asker": NURSE, "purpose": Purpose.CLIENT_CARE, "seal": object()}
    with pytest.raises(TypeError, match="only decide_look_up"):
        LookUpAllowed(role=None, opened=(), units=frozenset(), **common)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="only decide_person"):
        PersonAllowed(
            person=b"", opened=(), units=frozenset(), direct=frozenset(), broke_glass=False, **common
        )  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"only WrittenReason\.read"):
        WrittenReason("anything")


def test_nothing_is_planned_without_a_leave() -> None:
    class Forged(Leave):
        pass

    for planned in (
        lambda: plan_number(NURSE, "c:1", None),  # type: ignore[arg-type]
        lambda: plan_relations(NURSE, b"", date(2026, 1, 1), None),  # type: ignore[arg-type]
        lambda: plan_person(NURSE, None),  # type: ignore[arg-type]
    ):
        with pytest.raises(AssertionError):
            planned()


def test_names_are_deciphered_behind_the_decision_alone(county: County) -> None:
    door = county.door()
    county.deciphered.clear()
    ask(door, NURSE, "bob")
    with pytest.raises(NotAllowed):
        door.open(PersonQuestion(person=person_key("ann"), reason=REASON), asker("manager"), Purpose.STEERING)
    assert county.deciphered == []


def test_a_file_of_names_that_was_changed_is_not_read(tmp_path: Path) -> None:
    county = County(tmp_path)
    county.people({"ID": "ann", "FAMILY": "Aalto", "STREET": "Koivutie 3", "POST": "15100"})
    county.deliver(
        "care.visits", TOLD, {"ID": "v", "WHO": "ann", "DAY": day(1), "UNIT": "U1", "SERVICE": "reception"}
    )
    county.publish_all()
    [file] = (tmp_path / "direct").glob("*.parquet")
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:-9] + b"x" + file.read_bytes()[-8:])
    with pytest.raises(Damaged, match="not what was written"):
        ask(county.door(), NURSE, "ann")
