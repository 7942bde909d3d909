"""Finance: accounts, unit prices, the budget and the postings. All euros are positive; the account says
whether they are revenue or cost.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from virtaama.synthetic import units as service
from virtaama.synthetic.calendar import Month, Numbers
from virtaama.synthetic.county import County, Deliveries, WrittenFile
from virtaama.synthetic.facts import MUNICIPALITIES
from virtaama.synthetic.population_register import CODES
from virtaama.synthetic.rows import (
    ISO,
    constant,
    csv_bytes,
    day_texts,
    decimals,
    numbers,
    pick,
)

# Account, name, kind, share of the gross cost of a unit.
ACCOUNTS = (
    ("3100", "Myyntituotot", "revenue", 0.025),
    ("3200", "Maksutuotot", "revenue", 0.055),
    ("3300", "Tuet ja avustukset", "revenue", 0.010),
    ("3400", "Muut toimintatuotot", "revenue", 0.010),
    ("4000", "Palkat ja palkkiot", "cost", 0.42),
    ("4100", "Henkilösivukulut", "cost", 0.09),
    ("4300", "Palvelujen ostot", "cost", 0.34),
    ("4500", "Aineet, tarvikkeet ja tavarat", "cost", 0.08),
    ("4700", "Avustukset", "cost", 0.03),
    ("4800", "Muut toimintakulut", "cost", 0.04),
)

# Net euros a resident a year by service class: an assumption, about 4 400 in all.
NET_PER_RESIDENT = {
    service.RECEPTION: 330.0,
    service.EMERGENCY: 140.0,
    service.CLINIC: 85.0,
    service.ORAL: 115.0,
    service.REHABILITATION: 75.0,
    service.OUTPATIENT: 730.0,
    service.HOSPITAL_WARD: 860.0,
    service.LOCAL_WARD: 190.0,
    service.MENTAL: 240.0,
    service.HOME_CARE: 480.0,
    service.SOCIAL: 950.0,
    service.ADMINISTRATION: 165.0,
}

# Price of one unit of service (visit, ward day, home-care visit) in the first year: an assumption.
PRICES = {
    service.RECEPTION: 96.0,
    service.EMERGENCY: 245.0,
    service.CLINIC: 88.0,
    service.ORAL: 132.0,
    service.REHABILITATION: 92.0,
    service.OUTPATIENT: 345.0,
    service.HOSPITAL_WARD: 1180.0,
    service.LOCAL_WARD: 420.0,
    service.MENTAL: 165.0,
    service.HOME_CARE: 52.0,
    service.SOCIAL: 215.0,
    service.ADMINISTRATION: 0.0,
}

COST_GROWTH_A_YEAR = 0.031
BUDGET_GROWTH_A_YEAR = 0.022
BUDGET_LEVEL = 0.985


def finance(county: County) -> Deliveries:
    first_year = county.months[0].year
    for month in county.months:
        files = []
        folder = f"finance/{month.code}"
        if month.number == 0:
            files.append(WrittenFile(f"{folder}/tilit.csv", _accounts()))
        if month.number == 0 or month.month == 1:
            years = month.year - first_year
            files.append(
                WrittenFile(
                    f"{folder}/talousarvio_{month.year}.csv",
                    _budget(county, month, years),
                )
            )
            files.append(WrittenFile(f"{folder}/palveluhinnat_{month.year}.csv", _prices(month, years)))
        files.append(
            WrittenFile(
                f"{folder}/tositteet_{month.code}.csv",
                _postings(county, month, first_year),
            )
        )
        yield tuple(files)


def _accounts() -> bytes:
    return csv_bytes(
        pa.table(
            {
                "TILI": [code for code, *_ in ACCOUNTS],
                "NIMI": [name for _, name, *_ in ACCOUNTS],
                "LAJI": [kind for *_, kind, _ in ACCOUNTS],
            }
        )
    )


def _prices(month: Month, years: int) -> bytes:
    prices = np.array(list(PRICES.values())) * 1.03**years
    return csv_bytes(
        pa.table(
            {
                "VUOSI": constant(str(month.year), len(PRICES)),
                "PALVELULUOKKA": list(PRICES),
                "YKSIKKOHINTA": decimals(prices, 2),
            }
        )
    )


def _yearly_by_place(county: County) -> Numbers:
    """Gross euros a year in the first year: a row a unit, a column a municipality it serves.

    Residents of the municipalities whose people are older cost more.
    """
    first_day = county.months[0].first_day
    present = county.people.present(first_day)
    people = np.bincount(county.people.home_on(first_day)[present], minlength=len(MUNICIPALITIES))
    need = np.maximum(people, 1) * np.array(
        [1 + 1.5 * municipality.ageing for municipality in MUNICIPALITIES]
    )
    net_share = 1 - sum(share for *_, kind, share in ACCOUNTS if kind == "revenue")
    gross: Numbers = county.units.serves() * need
    services = np.array([unit.service for unit in county.units.all])
    for name, net in NET_PER_RESIDENT.items():
        of_service = services == name
        gross[of_service] *= present.sum() * net / net_share / gross[of_service].sum()
    return gross


def _shares() -> Numbers:
    return np.array([share for *_, share in ACCOUNTS])


def _budget(county: County, month: Month, years: int) -> bytes:
    units = [
        n for n, unit in enumerate(county.units.all) if unit.opens < month.next_first_day <= unit.closes + 1
    ]
    gross = (
        _yearly_by_place(county)[units].sum(axis=1) * BUDGET_LEVEL * (1 + BUDGET_GROWTH_A_YEAR) ** years / 12
    )
    unit, account, when = (
        index.ravel()
        for index in np.meshgrid(
            np.arange(len(units)),
            np.arange(len(ACCOUNTS)),
            np.arange(12),
            indexing="ij",
        )
    )
    size = len(unit)
    place = np.array(units)[unit]
    return csv_bytes(
        pa.table(
            {
                "VUOSI": constant(str(month.year), size),
                "KUUKAUSI": numbers(when + 1),
                "TILI": pick([code for code, *_ in ACCOUNTS], account),
                "KUSTANNUSPAIKKA": pick([one.cost_centre for one in county.units.all], place),
                "PALVELULUOKKA": pick([one.service for one in county.units.all], place),
                "EUROT": decimals(gross[unit] * _shares()[account], 2),
            }
        )
    )


def _postings(county: County, month: Month, first_year: int) -> bytes:
    rng = county.chance("finance", month.code)
    years = month.year - first_year + (month.month - 1) / 12 - (county.months[0].month - 1) / 12
    units = np.array([n for n, unit in enumerate(county.units.all) if unit.open_in(month)])
    gross = _yearly_by_place(county)[units] * (1 + COST_GROWTH_A_YEAR) ** years / 12
    gross = gross * (1 + 0.35 * (month.season - 1))
    served_unit, served_home = np.nonzero(gross)
    unit, home = np.repeat(served_unit, len(ACCOUNTS)), np.repeat(served_home, len(ACCOUNTS))
    account = np.tile(np.arange(len(ACCOUNTS)), len(served_unit))
    euros = gross[unit, home] * _shares()[account] * np.exp(rng.normal(0, 0.08, len(unit)))
    day = month.first_day + rng.integers(0, month.days, len(unit))
    place = units[unit]
    return csv_bytes(
        pa.table(
            {
                "TOSITE": numbers(
                    np.full(len(unit), month.year * 100 + month.month) * 10000 + place,
                    "T",
                ),
                "RIVI": numbers(1 + np.arange(len(unit))),
                "PVM": day_texts(day, ISO),
                "TILI": pick([code for code, *_ in ACCOUNTS], account),
                "KUSTANNUSPAIKKA": pick([one.cost_centre for one in county.units.all], place),
                "PALVELULUOKKA": pick([one.service for one in county.units.all], place),
                "KUNTA": pick(CODES, home),
                "EUROT": decimals(euros, 2),
            }
        )
    )
