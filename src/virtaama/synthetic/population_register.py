"""The population register: everybody in the first month, then what has changed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from virtaama.synthetic.calendar import FAR, Flags, Integers, Month
from virtaama.synthetic.county import County, Deliveries, WrittenFile
from virtaama.synthetic.facts import MUNICIPALITIES, STREETS
from virtaama.synthetic.manifest import Flaw
from virtaama.synthetic.people import People
from virtaama.synthetic.planting import Share, put, wrong_check
from virtaama.synthetic.rows import (
    Rows,
    constant,
    csv_bytes,
    day_texts,
    join,
    lines_of,
    numbers,
    pick,
)

MOVES_WITHIN_MUNICIPALITY_A_MONTH = 0.004
CODES = tuple(municipality.code for municipality in MUNICIPALITIES)
POSTCODES = tuple(municipality.postcode for municipality in MUNICIPALITIES)

# A file in the wrong encoding loses the lines that hold å, ä or ö. It must stay under the share of
# rejected rows the feed accepts (0.5), and hold a few.
_WRONGLY_ENCODED_AT_MOST = 0.45
_WRONGLY_ENCODED_AT_LEAST = 3

_FLAWS = {
    Flaw.REPEATED_ROW: Share(0.004),
    Flaw.BAD_IDENTITY: Share(0.002, wrong_check("HENKILOTUNNUS")),
    Flaw.IMPOSSIBLE_DATE: Share(0.001, put(MUUTOSPVM="30.02.2026")),
}


def population_register(county: County) -> Deliveries:
    people = county.people
    sowing = county.sowing("population_register.residents", _FLAWS)
    errors = np.flatnonzero(~people.real)
    third = max(
        1, len(county.months) // 3
    )  # errors come to light in the first third, before the wrong encoding
    encoding_spoilt = False
    for month in county.months:
        rng = county.chance("population_register", month.code)
        appearing = errors[errors % third == month.number]
        vanishing = errors[errors % third == month.number - 1]
        rows = _everybody(people, month) if month.number == 0 else _changes(people, month, rng)
        in_error = _state(people, appearing, month.first_day + 3 + np.zeros_like(appearing), "L")
        removed = _state(people, vanishing, month.first_day + 3 + np.zeros_like(vanishing), "P")
        plain = pa.concat_tables([rows, in_error, removed]).combine_chunks()

        path = f"population_register/{month.code}/vaesto_{month.code}.csv"
        header = list(plain.column_names)
        if month.number >= (len(county.months) + 1) // 2:
            header[header.index("KOTIKUNTA")] = "KUNTA"
            county.manifest.record(Flaw.RENAMED_COLUMN, "population_register.residents", path, 1)
        county.manifest.record(Flaw.DELETION, "population_register.residents", path, len(vanishing))
        affected = _lines_beyond_ascii(plain)
        if (
            not encoding_spoilt
            and month.number > third
            and _WRONGLY_ENCODED_AT_LEAST <= affected <= len(plain) * _WRONGLY_ENCODED_AT_MOST
        ):
            encoding_spoilt = True
            county.manifest.record(Flaw.WRONG_ENCODING, "population_register.residents", path, affected)
            data = csv_bytes(plain, encoding="latin-1", header=header)
        else:
            sound = np.arange(len(plain)) < len(rows)
            data = csv_bytes(
                sowing.sow(month, path, plain, sound),
                encoding="utf-8-sig",
                header=header,
            )
        residences = f"population_register/{month.code}/asuminen_{month.code}.csv"
        yield (
            WrittenFile(path, data),
            WrittenFile(residences, csv_bytes(_residences(people, month), encoding="utf-8-sig")),
        )


def _lines_beyond_ascii(rows: Rows) -> int:
    return sum(not line.isascii() for line in lines_of(rows).to_pylist())


def _everybody(people: People, month: Month) -> Rows:
    who = np.flatnonzero(people.real & (people.enters < month.first_day))
    return pa.concat_tables(
        [
            _state(people, who, np.full(len(who), month.first_day - 1), "L"),
            _changes(people, month, None),
        ]
    )


def _changes(people: People, month: Month, rng: np.random.Generator | None) -> Rows:
    arrived = _during(people.enters, month) & people.real
    moved = _during(people.moves, month) & people.real
    left = _during(people.leaves, month) & people.real
    parts = [
        _state(people, np.flatnonzero(arrived), people.enters[arrived], "L"),
        _state(people, np.flatnonzero(moved), people.moves[moved], "M"),
        _state(people, np.flatnonzero(left), people.leaves[left], "M"),
    ]
    if rng is not None:
        staying = people.present(month.first_day) & ~moved & ~left & (people.moves == FAR)
        movers = np.flatnonzero(staying & (rng.random(len(people)) < MOVES_WITHIN_MUNICIPALITY_A_MONTH))
        days = month.first_day + rng.integers(0, month.days, len(movers))
        parts.append(_state(people, movers, days, "M", address=month.number + 1))
    return pa.concat_tables(parts)


def _during(days: Integers, month: Month) -> Flags:
    return np.asarray((days >= month.first_day) & (days < month.next_first_day))


def _state(people: People, who: Integers, day: Integers, kind: str, address: int = 0) -> Rows:
    home = people.home_on(day, who)
    gone = (people.leaves[who] <= day) & people.real[who]
    dead = gone & people.dies[who]
    moved_away = gone & ~people.dies[who]
    version = address * 31 + (people.moves[who] <= day) * 17
    street = join(
        " ",
        pick(STREETS, (who * 13 + version) % len(STREETS)),
        numbers(1 + (who * 7 + version * 3) % 90),
    )
    return pa.table(
        {
            "HENKILOTUNNUS": pick(people.identity, who),
            "SUKUNIMI": pick(people.surname, who),
            "ETUNIMET": pick(people.given_names, who),
            "LAHIOSOITE": pick(street, np.arange(len(who)), ~moved_away),
            "POSTINUMERO": pick(POSTCODES, home, ~moved_away),
            "KOTIKUNTA": pick(CODES, home),
            "AIDINKIELI": pick(people.language, who),
            "TURVAKIELTO": numbers(people.protected[who]),
            "SYNTYMAPVM": day_texts(people.born[who]),
            "SUKUPUOLI": pick(("2", "1"), people.male[who].astype(np.int64)),
            "KUOLINPVM": day_texts(np.minimum(people.leaves[who], day), where=dead),
            "MUUTOSLAJI": constant(kind, len(who)),
            "MUUTOSPVM": day_texts(day),
        }
    )


def _residences(people: People, month: Month) -> Rows:
    known = people.real & (people.enters < month.next_first_day)
    begun = _during(people.enters, month) & known
    if month.number == 0:
        begun = known
    moved = _during(people.moves, month) & known
    left = _during(people.leaves, month) & known
    far_moves = np.where(people.moves < month.next_first_day, people.moves, FAR)
    parts = []
    # A period that ends in the month it began in stands once, with its end.
    first_only = np.flatnonzero(begun & ~moved & ~(left & (far_moves == FAR)))
    parts.append(_periods(people, first_only, people.home, people.enters, None))
    ended_by_move = np.flatnonzero(moved)
    parts.append(_periods(people, ended_by_move, people.home, people.enters, people.moves - 1))
    settled = np.flatnonzero(moved & ~left)
    parts.append(_periods(people, settled, people.moves_to, people.moves, None))
    leaving_first = np.flatnonzero(left & (far_moves == FAR))
    parts.append(_periods(people, leaving_first, people.home, people.enters, people.leaves))
    leaving_second = np.flatnonzero(left & (far_moves != FAR))
    parts.append(_periods(people, leaving_second, people.moves_to, people.moves, people.leaves))
    return pa.concat_tables(parts)


def _periods(
    people: People,
    who: Integers,
    home: Integers,
    starts: Integers,
    ends: Integers | None,
) -> Rows:
    ended = np.full(len(who), ends is not None)
    until = starts[who] if ends is None else ends[who]
    return pa.table(
        {
            "HENKILOTUNNUS": pick(people.identity, who),
            "KUNTA": pick(CODES, home[who]),
            "ALKUPVM": day_texts(starts[who]),
            "LOPPUPVM": day_texts(until, where=ended),
            "MUUTOSPVM": day_texts(until),
        }
    )
