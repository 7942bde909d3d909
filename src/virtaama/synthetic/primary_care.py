"""Primary care in the shape of AvoHILMO: visits with their five moments, diagnoses and procedures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from virtaama.synthetic import units as service
from virtaama.synthetic.calendar import (
    DAY,
    Flags,
    Integers,
    Month,
    day_number,
    random_days,
    random_minutes,
)
from virtaama.synthetic.county import County, Deliveries, WrittenFile, by_age
from virtaama.synthetic.manifest import Flaw
from virtaama.synthetic.planting import Share, corrected, put, wrong_check
from virtaama.synthetic.population_register import CODES, POSTCODES
from virtaama.synthetic.rows import (
    Rows,
    constant,
    csv_bytes,
    decimals,
    minute_texts,
    numbers,
    pick,
)
from virtaama.synthetic.staff_members import rights_of
from virtaama.synthetic.units import ORGANISATION

OFFICE_DAYS = (1.15, 1.05, 1.0, 1.0, 0.85, 0.0, 0.0)
EVERY_DAY = (1.05, 0.95, 0.92, 0.92, 1.0, 1.12, 1.1)
OFFICE_HOURS = (*[0.0] * 8, 1.4, 1.5, 1.2, 0.7, 0.9, 1.2, 1.1, 0.5, *[0.0] * 8)
EMERGENCY_HOURS = (
    0.5, 0.4, 0.3, 0.3, 0.3, 0.3, 0.4, 0.7, 1.0, 1.3, 1.4, 1.3,
    1.2, 1.2, 1.2, 1.3, 1.5, 1.8, 1.9, 1.8, 1.5, 1.2, 0.9, 0.7,
)  # fmt: skip

# Until the end of 2024 non-urgent care within 14 days for everyone, since then for the under 23 only.
LIMIT_EASED = day_number(date(2025, 1, 1))
CANCELLED_OR_MISSED = 0.072  # of booked appointments
CONTACT_CODES = ("R10", "R20", "R41", "R52", "R56")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of service: who uses it how often, how it is booked, and how much of it is remote."""

    form: str
    service: str
    yearly: tuple[tuple[int, float], ...]  # visits a year from an age on
    steepness: float  # how concentrated use is on those who need much
    remote: tuple[float, float] = (0.0, 0.0)  # share of visits at the beginning, at the end
    booked: bool = True
    wait_days: float = 9.0  # median wait of non-urgent visits
    women: bool = False
    health: bool = False  # nature of visit: TH rather than SH
    urgent: float = 0.0  # share of visits that are urgent (5)


LINES = (
    Line(
        form="T11",
        service=service.RECEPTION,
        yearly=((0, 1.5), (7, 0.8), (18, 1.3), (45, 1.8), (65, 3.0), (75, 4.4), (85, 4.8)),
        steepness=0.85,
        remote=(0.26, 0.45),
        urgent=0.28,
    ),
    Line(
        form="T11",
        service=service.EMERGENCY,
        yearly=((0, 0.5), (5, 0.2), (18, 0.26), (65, 0.35), (75, 0.62), (85, 0.95)),
        steepness=0.85,
        booked=False,
    ),
    Line(
        form="T21",
        service=service.CLINIC,
        yearly=((0, 0.0), (20, 0.5), (25, 1.2), (36, 0.3), (43, 0.0)),
        steepness=0.4,
        remote=(0.06, 0.12),
        women=True,
        health=True,
        wait_days=12,
    ),
    Line(
        form="T22",
        service=service.CLINIC,
        yearly=((0, 7.0), (1, 2.5), (2, 1.2), (7, 0.0)),
        steepness=0.3,
        remote=(0.03, 0.06),
        health=True,
        wait_days=14,
    ),
    Line(
        form="T26",
        service=service.CLINIC,
        yearly=((0, 0.0), (7, 1.6), (16, 0.0)),
        steepness=0.6,
        remote=(0.04, 0.08),
        health=True,
        wait_days=8,
    ),
    Line(
        form="T60",
        service=service.ORAL,
        yearly=((0, 0.3), (3, 1.0), (18, 0.7), (75, 0.6)),
        steepness=0.5,
        wait_days=34,
        urgent=0.12,
    ),
    Line(
        form="T51",
        service=service.REHABILITATION,
        yearly=((0, 0.05), (18, 0.2), (45, 0.35), (65, 0.55)),
        steepness=0.8,
        remote=(0.12, 0.22),
        wait_days=16,
    ),
    Line(
        form="T54",
        service=service.REHABILITATION,
        yearly=((0, 0.06), (10, 0.02), (65, 0.08)),
        steepness=0.9,
        wait_days=18,
    ),
)

# Diagnosis and its weight; those of infections follow the influenza season.
_INFECTIONS = (("J06.9", 8), ("J10.1", 4), ("J20.9", 3), ("H66.9", 2), ("J18.9", 2))
_OTHERS = (
    ("I10", 9), ("E11.9", 7), ("M54.5", 7), ("M17.9", 4), ("F32.9", 3), ("F41.9", 3), ("N39.0", 4), ("R10.4", 4),
    ("L30.9", 4), ("I48", 4), ("J45.9", 3), ("M79.6", 4), ("S93.4", 2), ("K21.9", 2), ("E78.0", 3), ("R42", 2),
)  # fmt: skip
_OF_FORM = {
    "T21": "Z34.9",
    "T22": "Z00.1",
    "T26": "Z00.1",
    "T60": "K02.1",
    "T51": "M54.5",
    "T54": "Z50.7",
}
_DIAGNOSES = tuple(code for code, _ in _INFECTIONS + _OTHERS)
_PROCEDURES = ("SPAT1031", "SPAT1035", "SPAT1140", "SPAT1254", "SPAT1300", "SPAT1335")

_VISIT_FLAWS = {
    Flaw.REPEATED_ROW: Share(0.0012),
    Flaw.LATE_ROW: Share(0.0020),
    Flaw.CORRECTION: Share(
        0.0030,
        corrected("MUUTETTU", "01.{month:02}.{year} 03:15", KAYNTI_KAVIJARYHMA="2"),
    ),
    Flaw.DELETION: Share(0.0010, corrected("MUUTETTU", "01.{month:02}.{year} 03:20", TILA="P")),
    Flaw.UNKNOWN_CODE: Share(0.0006, put(KAYNTI_YHTEYSTAPA="R99")),
    Flaw.ENDED_CODE: Share(0.0010, put(KAYNTI_YHTEYSTAPA="R50")),
    Flaw.IMPOSSIBLE_DATE: Share(0.0006, put(KAYNTI_ALKOI="31.02.2025 09:15")),
    Flaw.BAD_IDENTITY: Share(0.0006, wrong_check("TNRO")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """Visits of a month before they are text: each array a row a visit."""

    line: Integers
    who: Integers
    unit: Integers
    starts: Integers  # minute
    wait: Integers  # days from the assessment of need
    urgency: Integers  # position in URGENCIES
    contact: Integers  # position in CONTACT_CODES
    happened: Flags


URGENCIES = ("E", "5", "6")


def primary_care(county: County) -> Deliveries:
    sowing = county.sowing("primary_care.visits", _VISIT_FLAWS)
    diagnoses_sowing = county.sowing("primary_care.diagnoses", {Flaw.REPEATED_ROW: Share(0.0005)})
    next_id = 10_000_001
    again: WrittenFile | None = None
    for month in county.months:
        rng = county.chance("primary_care", month.code)
        booked = _book(county, rng, month)
        ids = next_id + np.arange(len(booked.who))
        next_id += len(ids)
        folder = f"primary_care/{month.code}"
        path = f"{folder}/avohilmo_{month.code}.csv"
        visits = sowing.sow(month, path, _visits(county, rng, booked, ids), booked.happened)
        child = f"{folder}/avohilmo_icd10_{month.code}.csv"
        diagnoses = diagnoses_sowing.sow(month, child, _diagnoses(rng, month, booked, ids))
        procedures = WrittenFile(
            f"{folder}/avohilmo_toimenpide_{month.code}.csv",
            csv_bytes(_procedures(rng, booked, ids), encoding="latin-1"),
        )
        sent_again: tuple[WrittenFile, ...] = ()
        if again is not None:
            copy = f"{folder}/{again.path.rsplit('/', 1)[1].removesuffix('.csv')}_uudelleen.csv"
            sent_again = (WrittenFile(copy, again.data),)
            county.manifest.record(Flaw.REPEATED_DELIVERY, "primary_care.procedures", copy, 1)
        again = procedures if month.number == len(county.months) // 2 else None
        yield (
            WrittenFile(path, csv_bytes(visits, encoding="latin-1")),
            WrittenFile(child, csv_bytes(diagnoses, encoding="latin-1")),
            procedures,
            *sent_again,
        )


def _book(county: County, rng: np.random.Generator, month: Month) -> Booked:
    parts = [_book_line(county, rng, month, number) for number in range(len(LINES))]
    order = np.argsort(np.concatenate([part.starts for part in parts]), kind="stable")
    return Booked(
        **{name: np.concatenate([getattr(part, name) for part in parts])[order] for name in Booked.__slots__}
    )


def _book_line(county: County, rng: np.random.Generator, month: Month, number: int) -> Booked:
    line, people = LINES[number], county.people
    age = people.age_on(month.first_day)
    yearly = by_age(age, *line.yearly) * (~people.male if line.women else 1)
    season = month.season * (1 + 0.18 * (month.influenza - 1.2) * (line.form == "T11"))
    who = rng.permutation(county.who_needs(rng, month, yearly, people.need(line.steepness), season))
    size = len(who)
    days = random_days(rng, month, OFFICE_DAYS if line.booked else EVERY_DAY, size)
    minutes = random_minutes(rng, OFFICE_HOURS if line.booked else EMERGENCY_HOURS, size)
    urgent = rng.random(size) < line.urgent
    unit = county.units.nearest(line.service, people.home_on(days, who), who, month)
    contact = _contact_codes(county, rng, month, line, size)
    if line.service == service.RECEPTION:
        unit = _digital(county, month, rng, unit, contact)
    wait = _waits(county, rng, month, line, people.age_on(days, who), days)
    urgency = np.where(urgent, 1, 0) if line.booked else np.full(size, 2)
    return Booked(
        line=np.full(size, number),
        who=who,
        unit=unit,
        starts=days * DAY + minutes,
        wait=np.where(urgency == 0, wait, 0),
        urgency=urgency,
        contact=contact,
        happened=(rng.random(size) >= CANCELLED_OR_MISSED) | (urgency > 0),
    )


def _contact_codes(county: County, rng: np.random.Generator, month: Month, line: Line, size: int) -> Integers:
    begin, end = line.remote
    remote = rng.random(size) < begin + (end - begin) * county.progress(month)
    face_to_face = (
        np.searchsorted([0.95, 0.985], rng.random(size)) if line.booked else np.zeros(size, dtype=np.int64)
    )
    return np.where(remote, np.where(rng.random(size) < 0.78, 3, 4), face_to_face)


def _digital(
    county: County,
    month: Month,
    rng: np.random.Generator,
    unit: Integers,
    contact: Integers,
) -> Integers:
    digital = [n for n in county.units.of(service.RECEPTION, month) if "digi" in county.units.all[n].name_fi]
    if not digital:
        return unit
    physical = [n for n in county.units.of(service.RECEPTION, month) if n not in digital]
    elsewhere = np.where(np.isin(unit, digital), physical[-1], unit)
    return np.where((contact >= 3) & (rng.random(len(unit)) < 0.3), digital[0], elsewhere)


def _waits(
    county: County,
    rng: np.random.Generator,
    month: Month,
    line: Line,
    age: Integers,
    days: Integers,
) -> Integers:
    size = len(age)
    strict = (age < 23) | (days < LIMIT_EASED)
    tail = np.where(
        strict,
        0.09 - 0.05 * county.progress(month),
        0.17 - 0.05 * county.progress(month),
    )
    in_tail = rng.random(size) < tail
    usual = (
        np.where(strict, 0.95, 1.05)
        * line.wait_days
        * np.exp(rng.normal(0, 1, size) * np.where(strict, 0.38, 0.55))
    )
    long = np.where(strict, 30.0, 62.0) * np.exp(rng.normal(0, 0.6, size)) * (line.wait_days / 9.0) ** 0.5
    return np.asarray(np.clip(np.where(in_tail, long, usual), 0, 400), dtype=np.int64)


def _visits(county: County, rng: np.random.Generator, booked: Booked, ids: Integers) -> Rows:
    people, staff, size = county.people, county.staff, len(ids)
    day = booked.starts // DAY
    planned = booked.urgency < 2
    happened = booked.happened
    asked = (day - booked.wait) * DAY + np.minimum(booked.starts % DAY, 16 * 60) - rng.integers(1, 40, size)
    asked = np.where(planned, asked, booked.starts - rng.integers(5, 120, size))
    # Most needs are assessed on the day of the contact, the rest one or two days later.
    delay = np.where(planned & (rng.random(size) > 0.89), rng.integers(1, 3, size), 0)
    contacted = asked - delay * DAY - rng.integers(2, 25, size)
    reserved = asked + rng.integers(1, 9, size)
    reserved = np.minimum(reserved, booked.starts)
    reason = np.searchsorted([0.55, 0.70], rng.random(size))  # 1 client, 2 unit, 3 did not come
    cancelled_days = np.minimum(rng.integers(0, 4, size), np.maximum(booked.wait, 0))
    cancelled = np.maximum(booked.starts - cancelled_days * DAY - 60, reserved)
    cancelled = np.where(reason == 2, booked.starts + 15, cancelled)
    performer = staff.someone(rng, booked.unit, day)
    line_of = booked.line
    lasted = rng.integers(2, 9, size) * 5
    ends = booked.starts + lasted
    home = people.home_on(day, booked.who)
    child_clinic = (line_of == 3) & happened
    age = np.maximum(people.age_on(day, booked.who), 0)
    units = county.units.all
    return pa.table(
        {
            "AVOHILMO_ID": numbers(ids, "A"),
            "TNRO": pick(people.identity, booked.who),
            "ASIAKAS_KOTIKUNTA": pick(CODES, home),
            "ASIAKAS_POSTINUMERO": pick(POSTCODES, home),
            "PALVELUNTUOTTAJA": constant(f"{ORGANISATION}.0", size),
            "PALVELUNTUOTTAJA_YKSIKKO": pick([unit.code for unit in units], booked.unit),
            "YHTEYDENOTTO_AJANKOHTA": minute_texts(contacted),
            "HOIDONTARVE_AJANKOHTA": minute_texts(asked),
            "HTA_AMMATTI": pick(("3221", "2221"), (rng.random(size) < 0.12).astype(np.int64)),
            "HTA_KIIREELLISYYS": pick(URGENCIES, booked.urgency),
            "HTA_TULOS": pick(("1", "2"), (rng.random(size) < 0.2).astype(np.int64)),
            "AJANVARAUS_AJANKOHTA": minute_texts(reserved, where=planned),
            "AJANVARAUS_VARATTU": minute_texts(booked.starts, where=planned),
            "AJANVARAUS_YHTEYSTAPA": pick(CONTACT_CODES, booked.contact, planned),
            "PERUUTUS_AJANKOHTA": minute_texts(cancelled, where=~happened),
            "PERUUTUS_SYY": numbers(reason + 1, where=~happened),
            "KAYNTI_ALKOI": minute_texts(booked.starts, where=happened),
            "KAYNTI_LOPPUI": minute_texts(ends, where=happened),
            "KAYNTI_YHTEYSTAPA": pick(CONTACT_CODES, booked.contact, happened),
            "KAYNTI_PALVELUMUOTO": pick([line.form for line in LINES], line_of),
            "KAYNTI_AMMATTIHENKILO": pc.if_else(pa.array(happened), pick(staff.terhikki, performer), None),
            "KAYNTI_AMMATTIOIKEUS": pc.if_else(pa.array(happened), rights_of(staff, performer), None),
            "KAYNTI_LUONNE": pick(
                ("SH", "TH"),
                np.array([line.health for line in LINES])[line_of].astype(np.int64),
            ),
            "KAYNTI_KIIREELLISYYS": pick(URGENCIES, booked.urgency, happened),
            "KAYNTI_KAVIJARYHMA": pick(("1",), np.zeros(size, dtype=np.int64), happened),
            "PAINO": decimals(3.4 + 9.0 * age**0.55 + rng.normal(0, 0.4, size), 1, where=child_clinic),
            "PITUUS": decimals(51 + 26.0 * age**0.55 + rng.normal(0, 1.5, size), 1, where=child_clinic),
            "MUUTETTU": minute_texts(np.where(happened, ends + 10, cancelled + 1)),
            "TILA": constant("A", size),
        }
    )


def _diagnoses(rng: np.random.Generator, month: Month, booked: Booked, ids: Integers) -> Rows:
    with_diagnosis = np.flatnonzero(booked.happened & (rng.random(len(ids)) < 0.82))
    weights = np.array([w * month.influenza for _, w in _INFECTIONS] + [float(w) for _, w in _OTHERS])
    drawn = rng.choice(len(_DIAGNOSES), len(with_diagnosis), p=weights / weights.sum())
    form = booked.line[with_diagnosis]
    own = [_OF_FORM.get(line.form, "") for line in LINES]
    code = pc.if_else(
        pa.array(np.array([bool(c) for c in own])[form]),
        pick(own, form),
        pick(_DIAGNOSES, drawn),
    )
    second = np.flatnonzero(rng.random(len(with_diagnosis)) < 0.14)
    more = (drawn[second] + 1 + rng.integers(0, len(_DIAGNOSES) - 1, len(second))) % len(_DIAGNOSES)
    return pa.concat_tables(
        [
            _diagnosis_rows(ids[with_diagnosis], 1, code),
            _diagnosis_rows(ids[with_diagnosis][second], 2, pick(_DIAGNOSES, more)),
        ]
    )


def _diagnosis_rows(ids: Integers, ordinal: int, codes: pa.Array) -> Rows:
    return pa.table(
        {
            "AVOHILMO_ID": numbers(ids, "A"),
            "JARJESTYS": constant(str(ordinal), len(ids)),
            "ICD10": codes,
            "PAADIAGNOOSI": constant("1" if ordinal == 1 else "0", len(ids)),
            "TILA": constant("A", len(ids)),
        }
    )


def _procedures(rng: np.random.Generator, booked: Booked, ids: Integers) -> Rows:
    some = np.flatnonzero(booked.happened & (rng.random(len(ids)) < 0.4))
    return pa.table(
        {
            "AVOHILMO_ID": numbers(ids[some], "A"),
            "JARJESTYS": constant("1", len(some)),
            "TOIMENPIDE": pick(
                _PROCEDURES,
                (rng.random(len(some)) ** 1.5 * len(_PROCEDURES)).astype(np.int64),
            ),
            "TILA": constant("A", len(some)),
        }
    )
