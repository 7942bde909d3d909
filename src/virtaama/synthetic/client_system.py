"""The client system in use: FHIR R4 resources, one a line, with the Finnish base profiles' identifiers.

Mental health, substance and social services of the whole county.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from virtaama.synthetic import units as service
from virtaama.synthetic.calendar import (
    DAY,
    Flags,
    Integers,
    Month,
    random_days,
    random_minutes,
)
from virtaama.synthetic.county import County, Deliveries, WrittenFile, by_age
from virtaama.synthetic.manifest import Flaw
from virtaama.synthetic.planting import Change, Share, both, put, swapped, wrong_check
from virtaama.synthetic.population_register import CODES
from virtaama.synthetic.primary_care import OFFICE_DAYS, OFFICE_HOURS
from virtaama.synthetic.rows import (
    Column,
    Rows,
    constant,
    day_texts,
    join,
    minute_texts,
    numbers,
    pick,
    text_of,
)

PROFILES = "https://hl7.fi/fhir/finnish-base-profiles/StructureDefinition/fi-base-"
SECURITY_LABELS = "https://hl7.fi/fhir/finnish-base-profiles/CodeSystem/fi-base-security-label-cs"
IDENTITY = "urn:oid:1.2.246.21"
SERVICE_FORMS = (
    "T71",
    "T73",
    "lapsiperheet",
    "tyoikaiset",
    "iakkaat",
    "vammaispalvelut",
    "lastensuojelu",
)
CLASSES = ("AMB", "VR", "HH")

MENTAL_YEARLY = ((0, 0.0), (7, 0.25), (13, 0.8), (18, 0.9), (45, 0.55), (65, 0.25))
SOCIAL_YEARLY = ((0, 0.5), (18, 0.45), (65, 0.5), (80, 1.1))

_CONDITIONS = (
    "F32.1",
    "F33.1",
    "F41.1",
    "F41.9",
    "F43.2",
    "F90.0",
    "F31.9",
    "F10.2",
    "F20.0",
    "F50.0",
)
_SUBSTANCE = ("F10.2", "F11.2", "F19.2")


def _reopened(**values: str) -> Change:
    def change(rows: Rows, month: Month) -> Rows:
        return put(
            version="2",
            updated=f"{month.year}-{month.month:02}-01T03:00:00+02:00",
            **values,
        )(rows, month)

    return change


_FLAWS = {
    Flaw.REPEATED_ROW: Share(0.0020),
    Flaw.LATE_ROW: Share(0.0030),
    Flaw.CORRECTION: Share(
        0.0040, both(swapped("class_code", {"AMB": "VR", "VR": "AMB", "HH": "AMB"}), _reopened())
    ),
    Flaw.DELETION: Share(0.0020, _reopened(status="entered-in-error")),
    Flaw.UNKNOWN_CODE: Share(0.0020, put(service_form="T99")),
    Flaw.IMPOSSIBLE_DATE: Share(0.0015, put(starts="2025-02-30T09:15:00+02:00")),
    Flaw.BAD_IDENTITY: Share(0.0015, wrong_check("identity")),
}


def client_system(county: County) -> Deliveries:
    people = county.people
    sowing = county.sowing("client_system.encounters", _FLAWS)
    known = np.zeros(len(people), dtype=bool)
    moved_since = np.zeros(len(people), dtype=bool)
    next_id = 1
    for month in county.months:
        rng = county.chance("client_system", month.code)
        folder = f"client_system/{month.code}"
        rows, who, fulfilled = _appointments(county, rng, month, next_id)
        next_id += len(rows)
        encounters = rows.filter(pa.array(fulfilled))
        path = f"{folder}/Encounter.ndjson"
        delivered = sowing.sow(month, path, encounters)

        seen = np.unique(who)
        new = seen[~known[seen]]
        moved = np.flatnonzero(known & (people.moves < month.next_first_day) & ~moved_since)
        known[new] = True
        moved_since |= known & (people.moves < month.next_first_day)
        new_positions = np.flatnonzero(np.isin(who, new))
        _, first = np.unique(who[new_positions], return_index=True)
        begun = rows.take(pa.array(new_positions[np.sort(first)]))
        yield (
            WrittenFile(
                f"{folder}/Patient.ndjson",
                text_of(_patients(county, month, np.union1d(new, moved))),
            ),
            WrittenFile(path, text_of(_encounters(delivered))),
            WrittenFile(f"{folder}/Appointment.ndjson", text_of(_appointment_lines(rows))),
            WrittenFile(f"{folder}/Condition.ndjson", text_of(_conditions(rng, begun))),
            WrittenFile(f"{folder}/ServiceRequest.ndjson", text_of(_requests(rng, begun))),
        )


def _appointments(
    county: County, rng: np.random.Generator, month: Month, first: int
) -> tuple[Rows, Integers, Flags]:
    people = county.people
    age = people.age_on(month.first_day)
    mental = county.who_needs(rng, month, by_age(age, *MENTAL_YEARLY), people.need(1.3), month.season)
    social = county.who_needs(rng, month, by_age(age, *SOCIAL_YEARLY), people.need(1.3), month.season)
    who = np.r_[mental, social]
    size = len(who)
    in_mental = np.arange(size) < len(mental)
    ages = people.age_on(month.first_day, who)
    task = np.where(
        ages < 18,
        np.where(who % 4 == 0, 6, 2),
        np.where(ages < 65, np.where(who % 5 == 0, 5, 3), 4),
    )
    form = np.where(in_mental, (who % 5 == 1) & (ages >= 18), task)
    day = random_days(rng, month, OFFICE_DAYS, size)
    starts = day * DAY + random_minutes(rng, OFFICE_HOURS, size)
    order = np.argsort(starts, kind="stable")
    who, form, day, starts, in_mental = (
        who[order],
        form[order],
        day[order],
        starts[order],
        in_mental[order],
    )
    remote = rng.random(size) < 0.16 + 0.14 * county.progress(month)
    at_home = ~remote & ~in_mental & (rng.random(size) < 0.2)
    home = people.home_on(day, who)
    mental_unit = county.units.nearest(service.MENTAL, home, who, month)
    social_unit = county.units.nearest(service.SOCIAL, home, who, month)
    unit = np.where(in_mental, mental_unit, social_unit)
    waited = (14 * np.exp(rng.normal(0, 0.7, size))).astype(np.int64)
    outcome = np.searchsorted([0.93, 0.965], rng.random(size))
    summer_time = (month.month > 3) & (month.month < 11)
    offset = "+03:00" if summer_time else "+02:00"
    rows = pa.table(
        {
            "number": numbers(first + np.arange(size)),
            "version": constant("1", size),
            "updated": join("", minute_texts(starts + 90, "iso", between="T"), f":00{offset}"),
            "status": constant("finished", size),
            "class_code": pick(CLASSES, np.where(remote, 1, np.where(at_home, 2, 0))),
            "service_form": pick(SERVICE_FORMS, form),
            "patient": numbers(who + 1),
            "identity": pick(people.identity, who),
            "starts": join("", minute_texts(starts, "iso", between="T"), f":00{offset}"),
            "ends": join("", minute_texts(starts + 45, "iso", between="T"), f":00{offset}"),
            "unit": pick([one.code for one in county.units.all], unit),
            "created": join("", day_texts(day - waited, "iso"), f"T10:00:00{offset}"),
            "outcome": pick(("fulfilled", "cancelled", "noshow"), outcome),
            "authored": day_texts(np.maximum(day - waited - 2, _earliest_request(month)), "iso"),
            "day": day_texts(day, "iso"),
        }
    )
    return rows, who, outcome == 0


def _earliest_request(month: Month) -> int:
    """The first day of a request that is not late when it is delivered with the first visit."""
    return month.first_day - 28


def _text(rows: Rows, name: str) -> Column:
    return rows[name].combine_chunks()


def _subject(rows: Rows) -> tuple[Column | str, ...]:
    return (
        '"reference": "Patient/p', _text(rows, "patient"),
        '", "identifier": {"system": "', IDENTITY, '", "value": "', _text(rows, "identity"), '"}',
    )  # fmt: skip


def _encounters(rows: Rows) -> Column:
    form = _text(rows, "service_form")
    system = pc.if_else(
        pc.starts_with(form, "T"),
        "urn:oid:1.2.246.537.6.125",
        "urn:oid:1.2.246.537.6.1264",
    )
    return join(
        "",
        '{"resourceType": "Encounter", "id": "e', _text(rows, "number"),
        '", "meta": {"versionId": "', _text(rows, "version"), '", "lastUpdated": "', _text(rows, "updated"),
        f'", "profile": ["{PROFILES}encounter"]}}, "status": "', _text(rows, "status"),
        '", "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "',
        _text(rows, "class_code"),
        '"}, "serviceType": {"coding": [{"system": "', system, '", "code": "', form,
        '"}]}, "subject": {', *_subject(rows),
        '}, "appointment": [{"reference": "Appointment/a', _text(rows, "number"),
        '"}], "period": {"start": "', _text(rows, "starts"), '", "end": "', _text(rows, "ends"),
        '"}, "serviceProvider": {"identifier": {"system": "urn:oid:1.2.246.537.6.202.2008", "value": "',
        _text(rows, "unit"), '"}}}',
    )  # fmt: skip


def _appointment_lines(rows: Rows) -> Column:
    return join(
        "",
        '{"resourceType": "Appointment", "id": "a', _text(rows, "number"),
        f'", "meta": {{"profile": ["{PROFILES}appointment"]}}, "status": "', _text(rows, "outcome"),
        '", "serviceType": [{"coding": [{"code": "', _text(rows, "service_form"),
        '"}]}], "created": "', _text(rows, "created"), '", "start": "', _text(rows, "starts"),
        '", "end": "', _text(rows, "ends"),
        '", "participant": [{"actor": {', *_subject(rows),
        '}, "status": "accepted"}, {"actor": {"identifier": {"system": "urn:oid:1.2.246.537.6.202.2008", "value": "',
        _text(rows, "unit"), '"}}, "status": "accepted"}]}',
    )  # fmt: skip


def _conditions(rng: np.random.Generator, rows: Rows) -> Column:
    rows = rows.filter(pc.starts_with(_text(rows, "service_form"), "T"))
    size = len(rows)
    mental = pick(_CONDITIONS, (rng.random(size) ** 1.4 * len(_CONDITIONS)).astype(np.int64))
    substance = pick(_SUBSTANCE, (rng.random(size) ** 1.8 * len(_SUBSTANCE)).astype(np.int64))
    code = pc.if_else(pc.equal(_text(rows, "service_form"), "T73"), substance, mental)
    return join(
        "",
        '{"resourceType": "Condition", "id": "c', _text(rows, "number"),
        f'", "meta": {{"profile": ["{PROFILES}condition"]}}, '
        '"clinicalStatus": {"coding": [{"code": "active"}]}, '
        '"code": {"coding": [{"system": "urn:oid:1.2.246.537.6.1", "code": "',
        code, '"}]}, "subject": {', *_subject(rows), '}, "recordedDate": "', _text(rows, "day"),
        '", "encounter": {"reference": "Encounter/e', _text(rows, "number"), '"}}',
    )  # fmt: skip


def _requests(rng: np.random.Generator, rows: Rows) -> Column:
    status = pick(
        ("completed", "active", "revoked"),
        np.searchsorted([0.8, 0.97], rng.random(len(rows))),
    )
    return join(
        "",
        '{"resourceType": "ServiceRequest", "id": "s', _text(rows, "number"),
        f'", "meta": {{"profile": ["{PROFILES}service-request"]}}, "status": "', status,
        '", "intent": "order", "code": {"coding": [{"code": "', _text(rows, "service_form"),
        '"}]}, "subject": {', *_subject(rows), '}, "authoredOn": "', _text(rows, "authored"),
        '", "performer": [{"identifier": {"system": "urn:oid:1.2.246.537.6.202.2008", "value": "',
        _text(rows, "unit"), '"}}]}',
    )  # fmt: skip


def _patients(county: County, month: Month, who: Integers) -> Column:
    people = county.people
    protected = people.protected[who].astype(np.int64)
    security = f', "security": [{{"system": "{SECURITY_LABELS}", "code": "TURVAKIELTO"}}]'
    offset = f'"{month.code}-01T03:00:00+02:00"'
    return join(
        "",
        '{"resourceType": "Patient", "id": "p', numbers(who + 1),
        f'", "meta": {{"lastUpdated": {offset}, "profile": ["{PROFILES}patient"]', pick(("", security), protected),
        '}, "extension": [{"url": "https://hl7.fi/fhir/finnish-base-profiles/StructureDefinition/municipality-code", '
        '"valueCoding": {"system": "urn:oid:1.2.246.537.6.21", "code": "',
        pick(CODES, people.home_on(month.next_first_day - 1, who)),
        '"}}], "identifier": [{"use": "official", "type": {"coding": [{"code": "NNFIN"}]}, '
        f'"system": "{IDENTITY}", "value": "',
        pick(people.identity, who), '"}], "name": [{"family": "', pick(people.surname, who),
        '", "given": ["', pick(people.given_names, who), '"]}], "gender": "',
        pick(("female", "male"), people.male[who].astype(np.int64)),
        '", "birthDate": "', day_texts(people.born[who], "iso"), '"}',
    )  # fmt: skip
