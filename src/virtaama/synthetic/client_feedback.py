"""Client feedback: how likely people are to recommend a unit, and five statements."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from virtaama.synthetic import units as service
from virtaama.synthetic.calendar import random_days
from virtaama.synthetic.county import County, Deliveries, WrittenFile, by_age
from virtaama.synthetic.manifest import Flaw
from virtaama.synthetic.planting import Share, put
from virtaama.synthetic.population_register import CODES
from virtaama.synthetic.primary_care import EVERY_DAY
from virtaama.synthetic.rows import ISO, csv_bytes, day_texts, numbers, pick

FEEDBACK_YEARLY = ((0, 0.12), (18, 0.25), (65, 0.35), (85, 0.15))
AGE_GROUPS = ("0-17", "18-64", "65-74", "75+")
CHANNELS = ("text_message", "web", "tablet")

_SERVICES = (
    service.RECEPTION,
    service.EMERGENCY,
    service.ORAL,
    service.CLINIC,
    service.OUTPATIENT,
    service.HOME_CARE,
)
_SERVICE_SHARES = (0.38, 0.12, 0.16, 0.08, 0.18, 0.08)
_FLAWS = {
    Flaw.REPEATED_ROW: Share(0.004),
    Flaw.LATE_ROW: Share(0.004),
    Flaw.IMPOSSIBLE_DATE: Share(0.003, put(PVM="2026-02-29")),
}


def client_feedback(county: County) -> Deliveries:
    people = county.people
    sowing = county.sowing("client_feedback.feedback", _FLAWS)
    next_id = 1
    for month in county.months:
        rng = county.chance("client_feedback", month.code)
        age = people.age_on(month.first_day)
        who = rng.permutation(
            county.who_needs(
                rng,
                month,
                by_age(age, *FEEDBACK_YEARLY),
                people.need(0.5),
                month.season,
            )
        )
        size = len(who)
        home = people.home_on(month.first_day, who)
        drawn = rng.choice(len(_SERVICES), size, p=_SERVICE_SHARES)
        unit = np.zeros(size, dtype=np.int64)
        for number, name in enumerate(_SERVICES):
            unit = np.where(drawn == number, county.units.nearest(name, home, who, month), unit)
        mood = (
            np.array([0.0, -0.4, 0.3, 0.35, 0.15, 0.1])[drawn]
            + 0.25 * county.progress(month)
            + rng.normal(0, 1, size)
        )
        recommend = np.clip(np.round(8.85 + 2.0 * mood - 0.5 * (mood < -1.2) * np.abs(mood)), 0, 10)
        statements = {
            f"VAITE_{number}": numbers(np.clip(np.round(4.25 + 0.55 * mood + rng.normal(0, 0.6, size)), 1, 5))
            for number in range(1, 6)
        }
        group = np.searchsorted([18, 65, 75], people.age_on(month.first_day, who), side="right")
        rows = pa.table(
            {
                "PALAUTE_ID": numbers(next_id + np.arange(size), "F"),
                "YKSIKKO": pick([one.code for one in county.units.all], unit),
                "PVM": day_texts(random_days(rng, month, EVERY_DAY, size), ISO),
                "SUOSITTELU": numbers(recommend),
                **statements,
                "KUNTA": pick(CODES, home),
                "IKARYHMA": pick(AGE_GROUPS, group),
                "SUKUPUOLI": pick(("2", "1"), people.male[who].astype(np.int64)),
                "KANAVA": pick(CHANNELS, np.searchsorted([0.6, 0.85], rng.random(size))),
            }
        )
        next_id += size
        path = f"client_feedback/{month.code}/palaute_{month.code}.csv"
        yield (WrittenFile(path, csv_bytes(sowing.sow(month, path, rows))),)
