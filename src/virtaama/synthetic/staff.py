"""The staff system: employees, contracts, planned and worked shifts, absences."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from virtaama.synthetic import units as service
from virtaama.synthetic.calendar import DAY, FAR, Flags, Integers, Month, weekday
from virtaama.synthetic.county import County, Deliveries, WrittenFile
from virtaama.synthetic.manifest import Flaw
from virtaama.synthetic.planting import Share, put
from virtaama.synthetic.rows import (
    ISO,
    Rows,
    csv_bytes,
    day_texts,
    minute_texts,
    numbers,
    pick,
)
from virtaama.synthetic.staff_members import TITLES

SICK_SPELLS_A_YEAR = 3.15
SICK_SPELL_DAYS = 5.1
ROUND_THE_CLOCK = (
    service.EMERGENCY,
    service.HOSPITAL_WARD,
    service.LOCAL_WARD,
    service.HOME_CARE,
)
SHIFTS = (
    ("A", 7 * 60, 8 * 60),
    ("I", 14 * 60, 7 * 60 + 30),
    ("Y", 21 * 60 + 30, 10 * 60),
    ("P", 8 * 60, 7 * 60 + 45),
)

_ABSENCES = ("sairaus", "lapsen_sairaus", "koulutus", "vuosiloma", "perhevapaa")
_HOLIDAYS = (0.4, 0.5, 0.6, 0.5, 0.6, 2.0, 5.0, 1.6, 0.5, 0.6, 0.4, 1.0)
_SHIFT_FLAWS = {Flaw.REPEATED_ROW: Share(0.0004), Flaw.LATE_ROW: Share(0.0004)}
_ABSENCE_FLAWS = {
    Flaw.REPEATED_ROW: Share(0.003),
    Flaw.IMPOSSIBLE_DATE: Share(0.003, put(PAATTYY="2025-02-30")),
}


def staff(county: County) -> Deliveries:
    shifts_sowing = county.sowing("staff.shifts", _SHIFT_FLAWS)
    absences_sowing = county.sowing("staff.absences", _ABSENCE_FLAWS)
    absent_until = np.zeros(len(county.staff), dtype=np.int64)
    shift_id, absence_id = 1, 1
    for month in county.months:
        rng = county.chance("staff", month.code)
        known = np.flatnonzero(county.staff.starts < month.next_first_day)
        who, kind, starts, ends = _absent(county, rng, month, absent_until)
        absent_until[who] = ends
        folder = f"staff/{month.code}"
        absences = pa.table(
            {
                "POISSAOLO_ID": numbers(absence_id + np.arange(len(who)), "N"),
                "HENKILONUMERO": pick(county.staff.number, who),
                "YKSIKKO": pick([one.code for one in county.units.all], county.staff.unit[who]),
                "SYY": pick(_ABSENCES, kind),
                "ALKAA": day_texts(starts, ISO),
                "PAATTYY": day_texts(ends, ISO),
            }
        )
        absence_id += len(who)
        shifts = _shifts(county, rng, month, who, starts, ends, shift_id)
        shift_id += len(shifts)
        shifts_path = f"{folder}/vuorot_{month.code}.csv"
        absences_path = f"{folder}/poissaolot_{month.code}.csv"
        yield (
            WrittenFile(
                f"{folder}/henkilot_{month.code}.csv",
                csv_bytes(_employees(county, known)),
            ),
            WrittenFile(
                f"{folder}/palvelussuhteet_{month.code}.csv",
                csv_bytes(_contracts(county, month, known)),
            ),
            WrittenFile(shifts_path, csv_bytes(shifts_sowing.sow(month, shifts_path, shifts))),
            WrittenFile(
                absences_path,
                csv_bytes(absences_sowing.sow(month, absences_path, absences)),
            ),
        )


def _employees(county: County, known: Integers) -> Rows:
    people, members = county.people, county.staff
    return pa.table(
        {
            "HENKILONUMERO": pick(members.number, known),
            "HENKILOTUNNUS": pick(people.identity, members.person[known]),
            "SUKUNIMI": pick(people.surname, members.person[known]),
            "ETUNIMI": pick(people.given_names, members.person[known]),
            "AMMATTINIMIKE": pick([title for title, _ in TITLES], members.title[known]),
            "TERHIKKI": pick(members.terhikki, known),
        }
    )


def _contracts(county: County, month: Month, known: Integers) -> Rows:
    members = county.staff
    ends = members.ends[known]
    return pa.table(
        {
            "SUHDE_ID": numbers(1 + known, "S"),
            "HENKILONUMERO": pick(members.number, known),
            "YKSIKKO": pick([one.code for one in county.units.all], members.unit[known]),
            "LAJI": pick(
                ("maaraaikainen", "vakinainen"),
                members.permanent[known].astype(np.int64),
            ),
            "ALKAA": day_texts(members.starts[known], ISO),
            "PAATTYY": day_texts(np.minimum(ends, month.next_first_day), ISO, ends < month.next_first_day),
            "TYOAIKAPROSENTTI": numbers(members.percent[known]),
        }
    )


def _absent(
    county: County, rng: np.random.Generator, month: Month, absent_until: Integers
) -> tuple[Integers, Integers, Integers, Integers]:
    members = county.staff
    employed = (members.starts <= month.first_day) & (members.ends >= month.next_first_day)
    share = month.days / 365.25
    ill = 1 + 0.22 * (month.influenza - 1.2)
    chances = (
        np.array(
            [
                SICK_SPELLS_A_YEAR * ill,
                0.5 * ill,
                0.6,
                1.1 * _HOLIDAYS[month.month - 1],
                0.05,
            ]
        )
        * share
    )
    lengths = np.array([SICK_SPELL_DAYS, 2.0, 1.5, 15.0, 90.0])
    who_parts, kind_parts = [], []
    for reason, chance in enumerate(chances):
        chosen = np.flatnonzero(employed & (rng.random(len(members)) < chance))
        who_parts.append(chosen)
        kind_parts.append(np.full(len(chosen), reason))
    who, kind = np.concatenate(who_parts), np.concatenate(kind_parts)
    starts = month.first_day + rng.integers(0, month.days, len(who))
    # One absence a person at a time: the first drawn this month, after the one still going on.
    _, drawn_first = np.unique(who, return_index=True)
    free = drawn_first[absent_until[who[drawn_first]] < starts[drawn_first]]
    who, kind, starts = who[free], kind[free], starts[free]
    length = rng.geometric(1 / lengths[kind])
    ends = np.minimum(starts + length - 1, np.where(members.ends[who] == FAR, FAR, members.ends[who]))
    return who, kind, starts, ends


def _shifts(
    county: County,
    rng: np.random.Generator,
    month: Month,
    who: Integers,
    starts: Integers,
    ends: Integers,
    first: int,
) -> Rows:
    members = county.staff
    days = np.arange(month.first_day, month.next_first_day)
    services = np.array([unit.service in ROUND_THE_CLOCK for unit in county.units.all])
    clock = services[members.unit]
    workday = np.where(weekday(days) < 5, 1.0, 0.0)
    planned = (
        rng.random((len(members), len(days))) < np.where(clock[:, None], 0.66, workday[None, :] * 0.92)
    ) & (rng.random((len(members), len(days))) < members.percent[:, None] / 100)
    planned &= (members.starts[:, None] <= days) & (members.ends[:, None] >= days)
    absent = _absence_matrix(len(members), days, who, starts, ends)
    employee, day_index = np.nonzero(planned)
    order = np.argsort(day_index, kind="stable")
    employee, day_index = employee[order], day_index[order]
    size = len(employee)
    kind = np.where(clock[employee], np.searchsorted([0.5, 0.84], rng.random(size)), 3)
    begins = days[day_index] * DAY + np.array([start for _, start, _ in SHIFTS])[kind]
    lasts = np.array([length for *_, length in SHIFTS])[kind]
    worked = ~absent[employee, day_index]
    late = rng.integers(-2, 3, size) * 5
    overtime = np.maximum(0, rng.integers(-6, 7, size)) * 5
    return pa.table(
        {
            "VUORO_ID": numbers(first + np.arange(size), "V"),
            "HENKILONUMERO": pick(members.number, employee),
            "YKSIKKO": pick([one.code for one in county.units.all], members.unit[employee]),
            "VUOROTYYPPI": pick([name for name, *_ in SHIFTS], kind),
            "SUUNNITELTU_ALKU": minute_texts(begins, ISO),
            "SUUNNITELTU_LOPPU": minute_texts(begins + lasts, ISO),
            "TOTEUTUNUT_ALKU": minute_texts(begins + late, ISO, worked),
            "TOTEUTUNUT_LOPPU": minute_texts(begins + lasts + overtime, ISO, worked),
        }
    )


def _absence_matrix(size: int, days: Integers, who: Integers, starts: Integers, ends: Integers) -> Flags:
    absent = np.zeros((size, len(days)), dtype=bool)
    absent[who] = (starts[:, None] <= days) & (ends[:, None] >= days)
    return absent
