"""Days off: a row for each year, as the calendars of these years print them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from virtaama.problems import ProblemsFound
from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.holidays import HOLIDAYS, DayOffKind, easter_sunday
from virtaama.statutes.pack_parse import parse_pack

DAYS_OFF = shipped_statutes().content(HOLIDAYS)

# Good Friday, Easter Sunday, Easter Monday, Ascension Day, Whit Sunday, Midsummer Eve, Midsummer Day, All Saints' Day
MOVING = """
1994 | 1.4.  3.4.  4.4.  12.5. 22.5. 24.6. 25.6. 5.11.
2000 | 21.4. 23.4. 24.4. 1.6.  11.6. 23.6. 24.6. 4.11.
2008 | 21.3. 23.3. 24.3. 1.5.  11.5. 20.6. 21.6. 1.11.
2011 | 22.4. 24.4. 25.4. 2.6.  12.6. 24.6. 25.6. 5.11.
2016 | 25.3. 27.3. 28.3. 5.5.  15.5. 24.6. 25.6. 5.11.
2019 | 19.4. 21.4. 22.4. 30.5. 9.6.  21.6. 22.6. 2.11.
2020 | 10.4. 12.4. 13.4. 21.5. 31.5. 19.6. 20.6. 31.10.
2021 | 2.4.  4.4.  5.4.  13.5. 23.5. 25.6. 26.6. 6.11.
2022 | 15.4. 17.4. 18.4. 26.5. 5.6.  24.6. 25.6. 5.11.
2023 | 7.4.  9.4.  10.4. 18.5. 28.5. 23.6. 24.6. 4.11.
2024 | 29.3. 31.3. 1.4.  9.5.  19.5. 21.6. 22.6. 2.11.
2025 | 18.4. 20.4. 21.4. 29.5. 8.6.  20.6. 21.6. 1.11.
2026 | 3.4.  5.4.  6.4.  14.5. 24.5. 19.6. 20.6. 31.10.
2027 | 26.3. 28.3. 29.3. 6.5.  16.5. 25.6. 26.6. 6.11.
2030 | 19.4. 21.4. 22.4. 30.5. 9.6.  21.6. 22.6. 2.11.
2038 | 23.4. 25.4. 26.4. 3.6.  13.6. 25.6. 26.6. 6.11.
"""
NAMES = [
    "good_friday",
    "easter_sunday",
    "easter_monday",
    "ascension_day",
    "whit_sunday",
    "midsummer_eve",
    "midsummer_day",
    "all_saints",
]
STANDING = {(1, 1), (1, 6), (5, 1), (12, 6), (12, 24), (12, 25), (12, 26)}


@pytest.mark.parametrize("line", MOVING.strip().splitlines())
def test_the_days_off_of_a_year(line: str) -> None:
    year, days = line.split("|")
    told = [
        date(int(year), int(month), int(day)) for day, month, _ in (each.split(".") for each in days.split())
    ]
    found = DAYS_OFF.of_year(int(year))
    assert {each.name: on for on, each in found if each.name in NAMES} == dict(zip(NAMES, told, strict=True))
    assert {(on.month, on.day) for on, each in found if each.name not in NAMES} == STANDING
    assert [on for on, _ in found] == sorted(on for on, _ in found)


def test_easter_is_a_sunday_between_22_march_and_25_april_in_every_year() -> None:
    for year in range(1900, 2200):
        found = easter_sunday(year)
        assert found.weekday() == 6
        assert date(year, 3, 22) <= found <= date(year, 4, 25)
    assert [easter_sunday(year) for year in (1818, 1943, 1954, 1981, 2285)] == [
        date(1818, 3, 22),
        date(1943, 4, 25),
        date(1954, 4, 18),
        date(1981, 4, 19),
        date(2285, 3, 22),
    ]


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 6, 18), True),
        (date(2026, 6, 19), False),  # Midsummer Eve
        (date(2026, 12, 24), False),  # Christmas Eve
        (date(2026, 12, 31), True),
        (date(2026, 6, 27), False),  # a Saturday
        (date(2026, 6, 28), False),  # a Sunday
        (date(2026, 5, 1), False),
        (date(2026, 11, 26), True),
    ],
)
def test_who_works_when(day: date, works: bool) -> None:
    assert DAYS_OFF.is_working_day(day) == works


def test_a_time_that_ends_on_a_day_off_ends_on_the_working_day_after_it() -> None:
    assert DAYS_OFF.working_day_from(date(2026, 4, 3)) == date(2026, 4, 7)  # over Easter
    assert DAYS_OFF.working_day_from(date(2026, 12, 24)) == date(2026, 12, 28)
    assert DAYS_OFF.working_day_from(date(2026, 11, 26)) == date(2026, 11, 26)
    assert DAYS_OFF.working_day_after(date(2026, 12, 22), 2) == date(2026, 12, 28)


def test_eves_are_told_from_holidays_with_their_own_law() -> None:
    eve = DAYS_OFF.day_off(date(2026, 12, 24))
    assert eve is not None
    assert (eve.kind, eve.basis) == (
        DayOffKind.EVE,
        "Laki säädettyjen määräaikain laskemisesta 150/1930, 5 §",
    )
    assert DAYS_OFF.day_off(date(2026, 12, 23)) is None


def test_a_year_nobody_recorded_is_refused_rather_than_without_holidays() -> None:
    with pytest.raises(LookupError, match="recorded from 1994-01-01"):
        DAYS_OFF.is_working_day(date(1993, 12, 24))


HEAD = """pack: holidays
edition: 2027-01-01
title: {fi: a, sv: b, en: c}
sources: {act: {title: Laki, taken: 2027-01-01}}
every: {from: 2000-01-01, source: act}
holidays:
"""


def test_a_county_can_take_a_moved_holiday_into_use() -> None:
    row = "  - {day_off: epiphany, labels: {fi: a, sv: b, en: c}, WHEN}\n"
    fixed, moved = "day: 01-06, until: 2027-12-31", "weekday: saturday, after: 01-05, from: 2028-01-01"
    own = parse_pack(
        HOLIDAYS, "own.yaml", HEAD + row.replace("WHEN", fixed) + row.replace("WHEN", moved)
    ).content
    days = [on for year in (2027, 2028, 2029) for on, _ in own.of_year(year)]
    assert days == [date(2027, 1, 6), date(2028, 1, 8), date(2029, 1, 6)]
    assert days[1] - timedelta(days=days[1].weekday()) == date(2028, 1, 3)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("day: 02-29", "holidays: "),
        ("day: 13-01", "day of row 1 of holidays is '13-01'"),
        ("easter: 1, day: 01-01", "when it is, is told by"),
        ("weekday: saturday", "when it is, is told by"),
        ("weekday: lauantai, after: 01-05", "'lauantai', which is not known"),
    ],
)
def test_a_day_that_is_none_is_refused(when: str, said: str) -> None:
    with pytest.raises(ProblemsFound, match=said):
        parse_pack(
            HOLIDAYS, "own.yaml", f"{HEAD}  - {{day_off: x, labels: {{fi: a, sv: b, en: c}}, {when}}}\n"
        )
