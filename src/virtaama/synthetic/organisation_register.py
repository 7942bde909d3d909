"""The organisation register: municipalities and units, delivered whole when something changes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from virtaama.synthetic.calendar import FAR, Month
from virtaama.synthetic.county import County, Deliveries, WrittenFile
from virtaama.synthetic.facts import MUNICIPALITIES
from virtaama.synthetic.rows import ISO, csv_bytes, day_texts


def organisation_register(county: County) -> Deliveries:
    known: bytes = b""
    for month in county.months:
        files = []
        if month.number == 0:
            files.append(WrittenFile(f"organisation_register/{month.code}/kunnat.csv", _municipalities()))
        units = _units(county, month)
        if units != known:
            files.append(WrittenFile(f"organisation_register/{month.code}/yksikot.csv", units))
            known = units
        yield tuple(files)


def _municipalities() -> bytes:
    return csv_bytes(
        pa.table(
            {
                "KUNTA": [one.code for one in MUNICIPALITIES],
                "NIMI_FI": [one.name_fi for one in MUNICIPALITIES],
                "NIMI_SV": [one.name_sv for one in MUNICIPALITIES],
            }
        )
    )


def _units(county: County, month: Month) -> bytes:
    known = [unit for unit in county.units.all if unit.opens < month.next_first_day]
    closes = np.array([unit.closes for unit in known])
    closed = closes < month.next_first_day
    return csv_bytes(
        pa.table(
            {
                "YKSIKKO": [unit.code for unit in known],
                "OID": [unit.oid for unit in known],
                "NIMI_FI": [unit.name_fi for unit in known],
                "NIMI_SV": [unit.name_sv for unit in known],
                "KUNTA": [MUNICIPALITIES[unit.municipality].code for unit in known],
                "PALVELU": [unit.service for unit in known],
                "KUSTANNUSPAIKKA": [unit.cost_centre for unit in known],
                "ALKAA": day_texts(np.array([unit.opens for unit in known]), ISO),
                "PAATTYY": day_texts(np.where(closed, closes, FAR), ISO, closed),
            }
        )
    )
