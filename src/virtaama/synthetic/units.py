"""The county's units: where services are given, each a cost centre of one service class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from virtaama.synthetic.calendar import FAR, Integers, Month, Numbers
from virtaama.synthetic.facts import LAHTI, MUNICIPALITIES

ORGANISATION = "1.2.246.10.99999999.10"  # an invented organisation

RECEPTION = "PTH_VASTAANOTTO"
EMERGENCY = "PTH_PAIVYSTYS"
CLINIC = "PTH_NEUVOLA"
ORAL = "PTH_SUUN"
REHABILITATION = "PTH_KUNTOUTUS"
OUTPATIENT = "ESH_AVO"
HOSPITAL_WARD = "ESH_VUODEOSASTO"
LOCAL_WARD = "PTH_VUODEOSASTO"
MENTAL = "MIELI_PAIHDE"
HOME_CARE = "KOTIHOITO"
SOCIAL = "SOSIAALI"
ADMINISTRATION = "HALLINTO"

# Service class: Finnish and Swedish name of a unit, and the municipalities that have one (how many).
_UNITS: tuple[tuple[str, str, str, dict[int, int]], ...] = (
    (
        RECEPTION,
        "terveysasema",
        "hälsostation",
        {**dict.fromkeys(range(10), 1), LAHTI: 4},
    ),
    (EMERGENCY, "päivystys", "jour", {LAHTI: 1}),
    (
        CLINIC,
        "neuvola ja kouluterveydenhuolto",
        "rådgivning och skolhälsovård",
        {0: 1, 2: 1, 3: 1, 6: 2, 7: 1},
    ),
    (
        ORAL,
        "hammashoitola",
        "tandklinik",
        {0: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 3, 7: 1, 9: 1},
    ),
    (REHABILITATION, "kuntoutus", "rehabilitering", {2: 1, 3: 1, 6: 1, 7: 1}),
    (LOCAL_WARD, "kuntoutusosasto", "rehabiliteringsavdelning", {3: 1, 6: 2, 7: 1}),
    (
        MENTAL,
        "mielenterveys- ja päihdepalvelut",
        "mentalvårds- och missbrukartjänster",
        {2: 1, 3: 1, 6: 2, 7: 1},
    ),
    (
        HOME_CARE,
        "kotihoito",
        "hemvård",
        {**dict.fromkeys(range(10), 1), 2: 2, 3: 2, 6: 6, 7: 2},
    ),
    (
        SOCIAL,
        "sosiaalipalvelut",
        "socialtjänster",
        {0: 1, 2: 1, 3: 1, 6: 3, 7: 1, 9: 1},
    ),
    (
        ADMINISTRATION,
        "hyvinvointialueen hallinto",
        "välfärdsområdets förvaltning",
        {LAHTI: 1},
    ),
)

# Speciality code of HILMO, name of the clinic, whether it has a ward, share of outpatient visits.
SPECIALITIES: tuple[tuple[str, str, str, bool, float], ...] = (
    ("10", "sisätautien", "inremedicinska", True, 0.17),
    ("10K", "sydän", "hjärt", True, 0.06),
    ("20", "kirurgian", "kirurgiska", True, 0.13),
    ("20O", "ortopedian", "ortopediska", True, 0.10),
    (
        "30",
        "naistentautien ja synnytysten",
        "gynekologiska och förlossnings",
        True,
        0.11,
    ),
    ("40", "lastentautien", "barn", True, 0.07),
    ("50", "silmätautien", "ögon", False, 0.12),
    ("55", "korva-, nenä- ja kurkkutautien", "öron-, näs- och hals", False, 0.06),
    ("65", "syöpätautien", "cancer", False, 0.06),
    ("77", "neurologian", "neurologiska", True, 0.06),
    ("80", "keuhkosairauksien", "lung", False, 0.06),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    code: str
    oid: str
    name_fi: str
    name_sv: str
    municipality: int
    service: str
    cost_centre: str
    opens: int
    closes: int = FAR
    speciality: str = ""

    def open_in(self, month: Month) -> bool:
        return self.opens < month.next_first_day and self.closes >= month.next_first_day


@dataclass(frozen=True, slots=True)
class Units:
    """Every unit, in order of code."""

    all: tuple[Unit, ...]

    def of(self, service: str, month: Month | None = None) -> list[int]:
        """Positions of the units of a service class; of those open all through the month, when one is given."""
        return [
            number
            for number, unit in enumerate(self.all)
            if unit.service == service
            and (month is None or (unit.opens <= month.first_day and unit.closes >= month.next_first_day))
        ]

    def serves(self) -> Numbers:
        """How large a share of each municipality's residents each unit serves: a row a unit.

        The units of a service in a municipality share its residents evenly; where there are none, those in
        Lahti do.
        """
        serves = np.zeros((len(self.all), len(MUNICIPALITIES)))
        for service in sorted({unit.service for unit in self.all}):
            of_service = self.of(service)
            for municipality in range(len(MUNICIPALITIES)):
                local = [n for n in of_service if self.all[n].municipality == municipality]
                local = local or [n for n in of_service if self.all[n].municipality == LAHTI]
                serves[local, municipality] = 1 / len(local)
        return serves

    def nearest(self, service: str, homes: Integers, persons: Integers, month: Month) -> Integers:
        """The unit each person uses: one in the home municipality, else one in Lahti, always the same."""
        open_units = self.of(service, month)
        chosen = np.zeros(len(homes), dtype=np.int64)
        for municipality in range(len(MUNICIPALITIES)):
            local = [n for n in open_units if self.all[n].municipality == municipality]
            local = local or [n for n in open_units if self.all[n].municipality == LAHTI] or open_units
            where = np.flatnonzero(homes == municipality)
            chosen[where] = np.array(local)[persons[where] % len(local)]
        return chosen


def invent_units(months: tuple[Month, ...]) -> Units:
    """The same units in every county; one opens a third of the way, another closes at two thirds."""
    opened = months[0].first_day - 300
    drafts: list[tuple[int, str, str, str, str]] = []
    for service, name_fi, name_sv, places in _UNITS:
        for municipality, how_many in sorted(places.items()):
            place = MUNICIPALITIES[municipality]
            for ordinal in range(1, how_many + 1):
                number = f" {ordinal}" if how_many > 1 else ""
                drafts.append(
                    (
                        municipality,
                        service,
                        f"{place.name_fi}, {name_fi}{number}",
                        f"{place.name_sv}, {name_sv}{number}",
                        "",
                    )
                )
    for code, name_fi, name_sv, has_ward, _ in SPECIALITIES:
        drafts.append(
            (
                LAHTI,
                OUTPATIENT,
                f"Keskussairaala, {name_fi} poliklinikka",
                f"Centralsjukhuset, {name_sv} polikliniken",
                code,
            )
        )
        if has_ward:
            drafts.append(
                (
                    LAHTI,
                    HOSPITAL_WARD,
                    f"Keskussairaala, {name_fi} osasto",
                    f"Centralsjukhuset, {name_sv} avdelningen",
                    code,
                )
            )
    drafts.append(
        (
            LAHTI,
            RECEPTION,
            "Päijät-Hämeen digiklinikka",
            "Päijänne-Tavastlands digiklinik",
            "digital",
        )
    )

    units = []
    running: dict[int, int] = {}
    for municipality, service, name_fi, name_sv, speciality in drafts:
        ordinal = running[municipality] = running.get(municipality, 0) + 1
        code = f"U{municipality + 1:02}{ordinal:02}"
        units.append(
            Unit(
                code=code,
                oid=f"{ORGANISATION}.{(municipality + 1) * 100 + ordinal}",
                name_fi=name_fi,
                name_sv=name_sv,
                municipality=municipality,
                service=service,
                cost_centre=f"{(municipality + 1) * 1000 + ordinal}",
                opens=months[len(months) // 3].first_day if speciality == "digital" else opened,
                closes=(
                    months[len(months) * 2 // 3].first_day - 1
                    if (service, municipality) == (ORAL, 5)
                    else FAR
                ),
                speciality="" if speciality == "digital" else speciality,
            )
        )
    return Units(tuple(sorted(units, key=lambda unit: unit.code)))
