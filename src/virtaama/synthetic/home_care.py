"""Home care: client relationships and decisions, planned and done visits, assessments, sensors."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from virtaama.synthetic import units as service
from virtaama.synthetic.calendar import (
    DAY,
    FAR,
    Flags,
    Integers,
    Month,
    Numbers,
    random_minutes,
)
from virtaama.synthetic.contact_centre import json_lines
from virtaama.synthetic.county import County, Deliveries, WrittenFile, by_age
from virtaama.synthetic.manifest import Flaw
from virtaama.synthetic.planting import Share, corrected, put, wrong_check
from virtaama.synthetic.rows import (
    ISO,
    Rows,
    constant,
    csv_bytes,
    day_texts,
    decimals,
    minute_texts,
    numbers,
    pick,
    second_texts,
    text_of,
)

CLIENTS_BY_AGE = (
    (0, 0.0),
    (18, 0.001),
    (65, 0.016),
    (75, 0.072),
    (80, 0.15),
    (85, 0.28),
    (90, 0.42),
)
ENDS_A_MONTH = 0.022
WITH_SENSORS = 0.15

_VISIT_HOURS = (
    *[0.02] * 6, 0.2, 1.2, 2.2, 1.8, 1.0, 1.1, 1.3, 0.8, 0.5, 0.5, 0.8, 1.2, 1.4, 1.2, 0.9, 0.5, 0.1,
    0.02,
)  # fmt: skip
_SENSOR_HOURS = (0.4, 0.4, 0.4, 0.4, 0.4, 0.5, 0.9, *[1.0] * 14, 0.8, 0.6, 0.5)
_SENSOR_KINDS = ("door", "motion", "bed", "medicine", "fall")
_SENSOR_SHARES = (0.30, 0.40, 0.20, 0.095, 0.005)
_NOT_MADE_AFTER_ALL = corrected(
    "MUUTETTU", "{year}-{month:02}-01 04:05", TOTEUTUNUT_ALKU=None, TOTEUTUNUT_LOPPU=None
)
_FLAWS = {
    Flaw.REPEATED_ROW: Share(0.0008),
    Flaw.LATE_ROW: Share(0.0015),
    Flaw.CORRECTION: Share(0.0020, _NOT_MADE_AFTER_ALL),
    Flaw.DELETION: Share(0.0008, corrected("MUUTETTU", "{year}-{month:02}-01 04:10", TILA="P")),
    Flaw.IMPOSSIBLE_DATE: Share(0.0004, put(TOTEUTUNUT_ALKU="2025-02-31 08:15")),
    Flaw.BAD_IDENTITY: Share(0.0004, wrong_check("HENKILOTUNNUS")),
}


class Clients:
    """Who is a client, since when and of which team; every relationship there has been."""

    def __init__(self, county: County) -> None:
        self._county = county
        none = np.zeros(0, dtype=np.int64)
        self.who, self.starts, self.ends, self.unit = none, none, none, none
        self.visits_a_month: Numbers = np.zeros(0)
        self.sensors: Flags = np.zeros(0, dtype=bool)

    def step(self, rng: np.random.Generator, month: Month) -> Integers:
        """Begin and end relationships; the positions of the new ones."""
        people = self._county.people
        open_now = self.ends == FAR
        ends = (rng.random(len(self.who)) < ENDS_A_MONTH) & (month.number > 0)
        chosen_day = month.first_day + rng.integers(0, month.days, len(self.who))
        self.ends = np.where(open_now & ends, chosen_day, self.ends)
        self.ends = np.minimum(
            self.ends,
            np.where(
                people.leaves[self.who] < month.next_first_day,
                people.leaves[self.who],
                FAR,
            ),
        )

        age = people.age_on(month.first_day)
        wanted = by_age(age, *CLIENTS_BY_AGE) * people.present(month.next_first_day - 1)
        missing = int(rng.poisson(max(0.0, wanted.sum() - (self.ends == FAR).sum()) + 1e-9))
        weight = wanted * people.frailty
        weight[self.who[self.ends >= month.first_day]] = 0
        eligible = np.flatnonzero(weight)
        missing = min(missing, len(eligible))
        new = rng.choice(
            eligible,
            missing,
            replace=False,
            p=weight[eligible] / weight[eligible].sum(),
        )
        earlier = (
            rng.integers(1, 900, missing) if month.number == 0 else -rng.integers(0, month.days, missing)
        )
        first = len(self.who)
        self.who = np.r_[self.who, new]
        self.starts = np.r_[self.starts, np.maximum(month.first_day - earlier, people.enters[new])]
        self.ends = np.r_[self.ends, np.full(missing, FAR)]
        home = people.home_on(month.first_day, new)
        self.unit = np.r_[self.unit, self._county.units.nearest(service.HOME_CARE, home, new, month)]
        self.visits_a_month = np.r_[
            self.visits_a_month, np.clip(np.exp(rng.normal(3.05, 0.7, missing)), 3, 110)
        ]
        self.sensors = np.r_[self.sensors, rng.random(missing) < WITH_SENSORS]
        return first + np.arange(missing)


def home_care(county: County) -> Deliveries:
    clients = Clients(county)
    sowing = county.sowing("home_care.visits", _FLAWS)
    visit_id, decision_id, assessment_id, sensor_id = 1, 1, 1, 1
    again: WrittenFile | None = None
    for month in county.months:
        rng = county.chance("home_care", month.code)
        new = clients.step(rng, month)
        ended = np.flatnonzero((clients.ends >= month.first_day) & (clients.ends < month.next_first_day))
        folder = f"home_care/{month.code}"

        visits = _visits(county, rng, month, clients, visit_id)
        visit_id += len(visits)
        visits_path = f"{folder}/kotihoito_kaynnit_{month.code}.csv"
        done = np.asarray(visits["TOTEUTUNUT_ALKU"].is_valid())
        visits = sowing.sow(month, visits_path, visits, done)

        decisions = _decisions(county, rng, month, clients, new, ended, decision_id)
        decision_id += len(decisions)
        assessed = np.union1d(
            new,
            np.flatnonzero((clients.ends == FAR) & (rng.random(len(clients.who)) < 1 / 6)),
        )
        assessments = _assessments(county, rng, month, clients, assessed, assessment_id)
        assessment_id += len(assessments)
        sensors = _sensors(county, rng, month, clients, sensor_id)
        sensor_id += len(sensors)

        assessment_file = WrittenFile(f"{folder}/rai_{month.code}.csv", csv_bytes(assessments))
        sent_again: tuple[WrittenFile, ...] = ()
        if again is not None:
            copy = f"{folder}/{again.path.rsplit('/', 1)[1].removesuffix('.csv')}_kopio.csv"
            sent_again = (WrittenFile(copy, again.data),)
            county.manifest.record(Flaw.REPEATED_DELIVERY, "home_care.assessments", copy, 1)
        again = assessment_file if month.number == len(county.months) // 3 else None
        yield (
            WrittenFile(
                f"{folder}/kotihoito_asiakkuudet_{month.code}.csv",
                csv_bytes(_relationships(county, month, clients)),
            ),
            WrittenFile(f"{folder}/kotihoito_paatokset_{month.code}.csv", csv_bytes(decisions)),
            WrittenFile(visits_path, csv_bytes(visits)),
            assessment_file,
            *sent_again,
            WrittenFile(
                f"{folder}/sensorit_{month.code}.jsonl",
                text_of(json_lines(sensors, plain=("value",))),
            ),
        )


def _relationships(county: County, month: Month, clients: Clients) -> Rows:
    size = len(clients.who)
    return pa.table(
        {
            "ASIAKKUUS_ID": numbers(1 + np.arange(size), "K"),
            "HENKILOTUNNUS": pick(county.people.identity, clients.who),
            "PALVELUTEHTAVA": constant("iakkaat", size),
            "YKSIKKO": pick([one.code for one in county.units.all], clients.unit),
            "ALKOI": day_texts(clients.starts, ISO),
            "PAATTYI": day_texts(
                np.minimum(clients.ends, month.next_first_day),
                ISO,
                clients.ends < month.next_first_day,
            ),
        }
    )


def _decisions(
    county: County,
    rng: np.random.Generator,
    month: Month,
    clients: Clients,
    new: Integers,
    ended: Integers,
    first: int,
) -> Rows:
    changed = np.flatnonzero((clients.ends == FAR) & (rng.random(len(clients.who)) < 0.05))
    if month.number == 0:
        new = new[:0]  # decided before the deliveries begin
    changed = np.setdiff1d(changed, new)
    who = np.r_[new, changed, ended]
    kind = np.r_[np.zeros(len(new)), np.ones(len(changed)), np.full(len(ended), 2)].astype(np.int64)
    result = np.where(kind == 1, np.searchsorted([0.82, 0.93], rng.random(len(who))), 0)
    made = np.where(
        kind == 0,
        clients.starts[who] - rng.integers(0, 14, len(who)),
        month.first_day + rng.integers(0, 20, len(who)),
    )
    made = np.where(kind == 2, clients.ends[who], made)
    effective = np.where(
        kind == 0,
        clients.starts[who],
        made + rng.integers(0, 8, len(who)) * (kind == 1),
    )
    return pa.table(
        {
            "PAATOS_ID": numbers(first + np.arange(len(who)), "P"),
            "ASIAKKUUS_ID": numbers(1 + who, "K"),
            "HENKILOTUNNUS": pick(county.people.identity, clients.who[who]),
            "LAJI": pick(("uusi", "muutos", "paattaminen"), kind),
            "TULOS": pick(("myonnetty", "osittain", "hylatty"), result),
            "TEHTY": day_texts(made, ISO),
            "VOIMAAN": day_texts(effective, ISO),
        }
    )


def _visits(county: County, rng: np.random.Generator, month: Month, clients: Clients, first: int) -> Rows:
    starts = np.maximum(clients.starts, month.first_day)
    ends = np.minimum(clients.ends, month.next_first_day - 1)
    active_days = np.clip(ends - starts + 1, 0, None)
    counts = rng.poisson(clients.visits_a_month * active_days / 30.4)
    client = np.repeat(np.arange(len(clients.who)), counts)
    size = len(client)
    day = starts[client] + (rng.random(size) * active_days[client]).astype(np.int64)
    order = np.argsort(day, kind="stable")
    client, day = client[order], day[order]
    planned = day * DAY + random_minutes(rng, _VISIT_HOURS, size)
    length = rng.integers(3, 10, size) * 5
    began = planned + rng.integers(-20, 31, size)
    finished = began + np.maximum(5, length + rng.integers(-12, 13, size))
    done = rng.random(size) > 0.035
    performer = county.staff.someone(rng, clients.unit[client], day)
    return pa.table(
        {
            "KAYNTI_ID": numbers(first + np.arange(size), "KK"),
            "HENKILOTUNNUS": pick(county.people.identity, clients.who[client]),
            "YKSIKKO": pick([one.code for one in county.units.all], clients.unit[client]),
            "TYONTEKIJA": pick(county.staff.number, performer),
            "SUUNNITELTU_ALKU": minute_texts(planned, ISO),
            "SUUNNITELTU_LOPPU": minute_texts(planned + length, ISO),
            "TOTEUTUNUT_ALKU": minute_texts(began, ISO, done),
            "TOTEUTUNUT_LOPPU": minute_texts(finished, ISO, done),
            "TILA": constant("A", size),
            "MUUTETTU": minute_texts(np.where(done, finished + 3, planned + 30), ISO),
        }
    )


def _assessments(
    county: County,
    rng: np.random.Generator,
    month: Month,
    clients: Clients,
    assessed: Integers,
    first: int,
) -> Rows:
    size = len(assessed)
    heavy = np.clip((clients.visits_a_month[assessed] - 15) / 40, 0, 1)
    day = np.maximum(clients.starts[assessed], month.first_day + rng.integers(0, month.days, size))

    def scale(top: int, level: Numbers) -> pa.Array:
        return numbers(np.clip(rng.normal(level, top * 0.2), 0, top))

    return pa.table(
        {
            "ARVIOINTI_ID": numbers(first + np.arange(size), "R"),
            "HENKILOTUNNUS": pick(county.people.identity, clients.who[assessed]),
            "PVM": day_texts(day, ISO),
            "CPS": scale(6, 0.8 + 2.6 * heavy),
            "ADLH": scale(6, 0.6 + 3.2 * heavy),
            "DRS": scale(14, np.full(size, 2.6)),
            "MAPLE": numbers(np.clip(rng.normal(2.6 + 1.8 * heavy, 0.9), 1, 5)),
            "CHESS": scale(5, 0.8 + 1.2 * heavy),
            "PAIN": scale(4, np.full(size, 1.4)),
            "BMI": decimals(np.clip(rng.normal(26.4, 4.6, size), 15, 48), 1),
        }
    )


def _sensors(county: County, rng: np.random.Generator, month: Month, clients: Clients, first: int) -> Rows:
    active = np.flatnonzero(
        clients.sensors & (clients.ends >= month.next_first_day) & (clients.starts <= month.first_day)
    )
    client = np.repeat(active, rng.poisson(75, len(active)))
    size = len(client)
    day = month.first_day + rng.integers(0, month.days, size)
    moment = (day * DAY + random_minutes(rng, _SENSOR_HOURS, size)) * 60 + rng.integers(0, 300, size)
    moment = moment[np.argsort(moment, kind="stable")]
    kind = rng.choice(len(_SENSOR_KINDS), size, p=_SENSOR_SHARES)
    return pa.table(
        {
            "event_id": numbers(first + np.arange(size), "S"),
            "person": pick(county.people.identity, clients.who[client]),
            "at": second_texts(moment),
            "kind": pick(_SENSOR_KINDS, kind),
            "value": decimals(np.where(kind == 2, rng.integers(20, 600, size), 1), 1, "."),
        }
    )
