"""Specialised and ward care in the shape of HILMO: outpatient visits and ward stays."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from virtaama.synthetic import units as service
from virtaama.synthetic.calendar import DAY, Flags, Integers, Month, random_days
from virtaama.synthetic.county import County, Deliveries, WrittenFile, by_age
from virtaama.synthetic.manifest import Flaw
from virtaama.synthetic.planting import Share, both, corrected, put, swapped, with_column, wrong_check
from virtaama.synthetic.population_register import CODES
from virtaama.synthetic.primary_care import EVERY_DAY, OFFICE_DAYS
from virtaama.synthetic.rows import (
    Column,
    Rows,
    constant,
    csv_bytes,
    day_texts,
    minute_texts,
    numbers,
    pick,
)
from virtaama.synthetic.units import SPECIALITIES

# How concentrated the use is on those who need much.
OUTPATIENT_STEEPNESS = 1.1
STAY_STEEPNESS = 1.35

OUTPATIENT_YEARLY = ((0, 1.1), (18, 1.3), (45, 1.6), (65, 2.6), (75, 3.2), (88, 2.2))
HOSPITAL_STAYS_YEARLY = (
    (0, 0.08),
    (2, 0.03),
    (18, 0.07),
    (45, 0.09),
    (65, 0.18),
    (75, 0.32),
    (85, 0.40),
)
LOCAL_STAYS_YEARLY = ((0, 0.0), (50, 0.01), (65, 0.03), (75, 0.11), (85, 0.28))

_DIAGNOSES = (
    "I50.9",
    "I21.9",
    "I63.9",
    "J18.9",
    "S72.0",
    "M16.9",
    "K80.2",
    "C61",
    "C50.9",
    "H25.9",
    "O80",
    "N18.9",
)
_OUTPATIENT_URGENCIES = ("E", "5", "6")
_NIGHT_RUN = 23 * 60 + 30
_FLAWS = {
    Flaw.REPEATED_ROW: Share(0.0015),
    Flaw.LATE_ROW: Share(0.0025),
    Flaw.CORRECTION: Share(
        0.0030,
        both(
            swapped("KIIREELLISYYS", {"E": "5", "5": "E", "6": "5"}),
            corrected("MUUTETTU", "01.{month:02}.{year} 02:10"),
        ),
    ),
    Flaw.DELETION: Share(0.0015, corrected("MUUTETTU", "01.{month:02}.{year} 02:15", TILA="P")),
    Flaw.UNKNOWN_CODE: Share(0.0015, put(EA="99X")),
    Flaw.ENDED_CODE: Share(0.0015, put(YHTEYSTAPA="R40")),
    Flaw.IMPOSSIBLE_DATE: Share(0.0010, put(TUPVA="30.02.2026")),
    Flaw.BAD_IDENTITY: Share(0.0010, wrong_check("TNRO")),
}


def specialised_care(county: County) -> Deliveries:
    feed = "specialised_care.episodes"
    sowing = county.sowing(feed, _FLAWS)
    next_id = 50_000_001
    in_ward: list[tuple[int, Rows]] = []  # discharge day and row of those still in
    for month in county.months:
        rng = county.chance("specialised_care", month.code)
        visits = _outpatient(county, rng, month)
        stays, discharged = _stays(county, rng, month)
        rows = pa.concat_tables([visits, stays])
        rows = rows.add_column(0, "HILMO_ID", numbers(next_id + np.arange(len(rows)), "H"))
        next_id += len(rows)
        path = f"specialised_care/{month.code}/hilmo_{month.code}.csv"

        leaving = np.r_[np.zeros(len(visits), dtype=np.int64), discharged]
        still_in = leaving >= month.next_first_day
        month_end = constant(
            day_texts(np.array([month.next_first_day - 1]))[0].as_py() + " 23:45",
            len(rows),
        )
        left_open = pick(rows["LPVM"].combine_chunks(), np.arange(len(rows)), ~still_in)
        changed = pc.if_else(pa.array(still_in), month_end, rows["MUUTETTU"].combine_chunks())
        now = with_column(with_column(rows, "LPVM", left_open), "MUUTETTU", changed)
        outpatient = np.arange(len(rows)) < len(visits)
        delivered = sowing.sow(month, path, now, outpatient)

        ended = [row for day, row in in_ward if day < month.next_first_day]
        in_ward = [(day, row) for day, row in in_ward if day >= month.next_first_day]
        ended_rows = pa.concat_tables([*ended, delivered.slice(0, 0)])
        # The stay of someone discharged later is delivered again, complete: a correction of the open one.
        county.manifest.record(Flaw.CORRECTION, feed, path, len(ended_rows))
        in_ward += _by_discharge(rows, leaving, still_in)
        whole = pa.concat_tables([delivered, ended_rows])
        yield (WrittenFile(path, csv_bytes(whole, encoding="latin-1")),)


def _by_discharge(rows: Rows, leaving: Integers, still_in: Flags) -> list[tuple[int, Rows]]:
    open_stays = np.flatnonzero(still_in)
    return [
        (int(day), rows.take(pa.array(open_stays[leaving[open_stays] == day])))
        for day in np.unique(leaving[open_stays])
    ]


def _outpatient(county: County, rng: np.random.Generator, month: Month) -> Rows:
    people = county.people
    yearly = by_age(people.age_on(month.first_day), *OUTPATIENT_YEARLY)
    who = rng.permutation(
        county.who_needs(rng, month, yearly, people.need(OUTPATIENT_STEEPNESS), month.season)
    )
    size = len(who)
    urgency = np.searchsorted([0.93, 0.97], rng.random(size))
    office = random_days(rng, month, OFFICE_DAYS, size)
    day = np.where(urgency == 2, random_days(rng, month, EVERY_DAY, size), office)
    speciality = _specialities(rng, people.age_on(day, who))
    remote = rng.random(size) < 0.12 + 0.10 * county.progress(month)
    contact = np.where(remote & (urgency == 0), np.where(rng.random(size) < 0.75, 1, 2), 0)
    wait = np.where(urgency == 0, 32 * np.exp(rng.normal(0, 0.75, size)), 0).astype(np.int64)
    clinic = {county.units.all[n].speciality: n for n in county.units.of(service.OUTPATIENT)}
    unit = np.array([clinic[code] for code, *_ in SPECIALITIES])[speciality]
    return _rows(
        county,
        rng,
        who=who,
        unit=unit,
        referral=day - wait,
        arrives=day,
        leaves=day,
        contact=pick(("R10", "R52", "R56"), contact),
        urgency=pick(_OUTPATIENT_URGENCIES, urgency),
        speciality=pick([code for code, *_ in SPECIALITIES], speciality),
    )


def _specialities(rng: np.random.Generator, age: Integers) -> Integers:
    shares = np.array([share for *_, share in SPECIALITIES])
    drawn = rng.choice(len(shares), len(age), p=shares / shares.sum())
    paediatric = 5
    drawn = np.where((age < 16) & (drawn < 5), paediatric, drawn)
    return np.where((age >= 16) & (drawn == paediatric), 0, drawn)


def _stays(county: County, rng: np.random.Generator, month: Month) -> tuple[Rows, Integers]:
    people = county.people
    age = people.age_on(month.first_day)
    season = month.season * (1 + 0.06 * (month.influenza - 1.2))
    hospital = county.who_needs(
        rng, month, by_age(age, *HOSPITAL_STAYS_YEARLY), people.need(STAY_STEEPNESS), season
    )
    local = county.who_needs(
        rng, month, by_age(age, *LOCAL_STAYS_YEARLY), people.need(STAY_STEEPNESS), season
    )
    who = np.r_[hospital, local]
    size = len(who)
    in_hospital = np.arange(size) < len(hospital)
    arrives = random_days(rng, month, EVERY_DAY, size)
    length = np.where(in_hospital, rng.geometric(1 / 4.2, size), rng.geometric(1 / 13.0, size))
    discharged = np.maximum(np.minimum(arrives + length, people.leaves[who]), arrives)

    wards = {county.units.all[n].speciality: n for n in county.units.of(service.HOSPITAL_WARD)}
    codes = sorted(wards)
    drawn = rng.integers(0, len(codes), size)
    child = people.age_on(arrives, who) < 16
    drawn = np.where(child, codes.index("40"), np.where(drawn == codes.index("40"), 0, drawn))
    own_ward = county.units.nearest(service.LOCAL_WARD, people.home_on(arrives, who), who, month)
    unit = np.where(in_hospital, np.array([wards[code] for code in codes])[drawn], own_ward)
    acute = rng.random(size) < np.where(in_hospital, 0.62, 0.85)
    rows = _rows(
        county,
        rng,
        who=who,
        unit=unit,
        referral=arrives - np.where(acute, 0, 40 * np.exp(rng.normal(0, 0.7, size))).astype(np.int64),
        arrives=arrives,
        leaves=discharged,
        contact=constant("R80", size),
        urgency=pick(("4", "3"), acute.astype(np.int64)),
        speciality=pick([*codes, "98"], np.where(in_hospital, drawn, len(codes))),
    )
    return rows, discharged


def _rows(
    county: County,
    rng: np.random.Generator,
    *,
    who: Integers,
    unit: Integers,
    referral: Integers,
    arrives: Integers,
    leaves: Integers,
    contact: Column,
    urgency: Column,
    speciality: Column,
) -> Rows:
    people, size = county.people, len(who)
    year = np.array(leaves, dtype="datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    diagnosis = (rng.random(size) ** 1.3 * len(_DIAGNOSES)).astype(np.int64)
    return pa.table(
        {
            "TNRO": pick(people.identity, who),
            "VUOSI": numbers(year),
            "ILAJI": constant("1", size),
            "LAHPVM": day_texts(referral),
            "TUPVA": day_texts(arrives),
            "LPVM": day_texts(leaves),
            "KOKU": pick(CODES, people.home_on(arrives, who)),
            "PALTU": pick([one.code for one in county.units.all], unit),
            "PALA": constant(None, size),
            "EA": speciality,
            "YHTEYSTAPA": contact,
            "KIIREELLISYYS": urgency,
            "JATKOH": pick(("1", "2", "3"), np.searchsorted([0.8, 0.95], rng.random(size))),
            "PDGO": pick(_DIAGNOSES, diagnosis),
            "MUUTETTU": minute_texts(leaves * DAY + _NIGHT_RUN),
            "TILA": constant("A", size),
        }
    )
