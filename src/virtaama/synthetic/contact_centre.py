"""The contact centre: telephone, chat and web contacts as JSON lines."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from virtaama.synthetic import units as service
from virtaama.synthetic.calendar import DAY, random_days, random_minutes
from virtaama.synthetic.county import County, Deliveries, WrittenFile, by_age
from virtaama.synthetic.manifest import Flaw
from virtaama.synthetic.planting import Share, put, wrong_check
from virtaama.synthetic.population_register import CODES
from virtaama.synthetic.rows import (
    Column,
    Rows,
    join,
    numbers,
    pick,
    quoted,
    second_texts,
    text_of,
)

CONTACTS_YEARLY = ((0, 1.6), (18, 2.3), (45, 2.7), (65, 3.8), (75, 5.0))
CHANNELS = ("phone", "chat", "web")
REASONS = (
    "symptom", "appointment", "prescription", "test_result", "oral_health", "home_care",
    "social_services", "other",
)  # fmt: skip
REASON_SHARES = (0.30, 0.24, 0.10, 0.10, 0.10, 0.05, 0.05, 0.06)

_CALL_HOURS = (*[0.0] * 7, 0.3, 2.4, 1.7, 1.2, 0.9, 0.8, 0.9, 0.8, 0.5, *[0.0] * 8)
_WEB_HOURS = (
    0.1, *[0.05] * 5, 0.2, 0.6, 1.2, 1.2, 1.0, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 1.0, 1.0, 0.8,
    0.4, 0.2,
)  # fmt: skip
_FLAWS = {
    Flaw.REPEATED_ROW: Share(0.0010),
    Flaw.LATE_ROW: Share(0.0010),
    Flaw.IMPOSSIBLE_DATE: Share(0.0005, put(queued_at="2025-02-30T09:15:00")),
    Flaw.BAD_IDENTITY: Share(0.0005, wrong_check("person")),
}


def contact_centre(county: County) -> Deliveries:
    people = county.people
    sowing = county.sowing("contact_centre.contacts", _FLAWS)
    next_id = 1
    for month in county.months:
        rng = county.chance("contact_centre", month.code)
        yearly = by_age(people.age_on(month.first_day), *CONTACTS_YEARLY)
        season = month.season * (1 + 0.12 * (month.influenza - 1.2))
        who = rng.permutation(county.who_needs(rng, month, yearly, people.need(0.8), season))
        size = len(who)
        growth = 0.06 * county.progress(month)
        channel = np.searchsorted([0.73 - growth, 0.84 - growth / 2], rng.random(size))
        days = random_days(rng, month, (1.4, 1.1, 1.0, 1.0, 0.9, 0.0, 0.0), size)
        web_days = random_days(rng, month, (1.2, 1.0, 1.0, 1.0, 0.9, 0.6, 0.7), size)
        queued_minute = np.where(
            channel == 2,
            web_days * DAY + random_minutes(rng, _WEB_HOURS, size),
            days * DAY + random_minutes(rng, _CALL_HOURS, size),
        )
        queued = queued_minute * 60 + rng.integers(0, 300, size)
        busy = month.season * (1.15 - 0.3 * county.progress(month))
        wait = rng.exponential(np.array([330.0, 200.0, 5400.0])[channel] * busy).astype(np.int64) + 4
        patience = rng.exponential(np.array([2100.0, 1800.0, 1e7])[channel]).astype(np.int64) + 10
        answered = wait <= patience
        ended = queued + np.where(answered, wait + rng.integers(60, 900, size), patience)
        local = county.units.nearest(service.RECEPTION, people.home_on(days, who), who, month)
        anonymous = rng.random(size) < 0.2
        rows = pa.table(
            {
                "contact_id": numbers(next_id + np.arange(size), "C"),
                "channel": pick(CHANNELS, channel),
                "unit": pick([one.code for one in county.units.all], local),
                "person": pick(people.identity, who, ~anonymous),
                "municipality": pick(CODES, people.home_on(days, who)),
                "reason": pick(REASONS, rng.choice(len(REASONS), size, p=REASON_SHARES)),
                "queued_at": second_texts(queued),
                "answered_at": second_texts(queued + wait, answered),
                "abandoned_at": second_texts(queued + patience, ~answered),
                "ended_at": second_texts(ended),
                "called_back": pick(
                    ("false", "true"),
                    (~answered & (rng.random(size) < 0.7)).astype(np.int64),
                ),
            }
        )
        next_id += size
        path = f"contact_centre/{month.code}/yhteydenotot_{month.code}.jsonl"
        delivered = sowing.sow(month, path, rows, ~anonymous)
        yield (WrittenFile(path, text_of(json_lines(delivered, plain=("called_back",)))),)


def json_lines(rows: Rows, plain: tuple[str, ...] = ()) -> Column:
    """An object a row; strings quoted but for the `plain` columns, null where there is no value."""
    parts: list[Column | str] = []
    for number, name in enumerate(rows.column_names):
        column = rows[name].combine_chunks()
        parts += [("{" if number == 0 else ", ") + f'"{name}": ']
        parts += [pc.fill_null(column, "null") if name in plain else quoted(column)]
    return join("", *parts, "}")
