"""Financial reporting: the calendar as a table, the income statement to the cent, the limits of 611/2021 123 §."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from virtaama.problems import ProblemsFound
from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.finance import FINANCE
from virtaama.statutes.finance_alarms import Accounts, Alarm, is_reached, ratio
from virtaama.statutes.pack_parse import parse_pack
from virtaama.statutes.provisions import days_of_change

LAW = shipped_statutes().content(FINANCE)

# The financial year 2026: report, months, last day.
CALENDAR = """
budget           | 1-12 | 2026-01-15
quarter_1        | 1-3  | 2026-04-30
month_4          | 1-4  | 2026-05-31
month_5          | 1-5  | 2026-06-30
half_year_1      | 1-6  | 2026-08-15
month_7          | 1-7  | 2026-08-31
month_8          | 1-8  | 2026-09-30
quarter_3        | 1-9  | 2026-10-31
month_10         | 1-10 | 2026-11-30
month_11         | 1-11 | 2026-12-31
closing_estimate | 1-12 | 2027-01-25
half_year_2      | 7-12 | 2027-04-15
accounts         | 1-12 | 2027-04-15
service_classes  | 1-12 | 2027-05-31
"""


def test_the_calendar_of_a_financial_year() -> None:
    told = [tuple(cell.strip() for cell in line.split("|")) for line in CALENDAR.strip().splitlines()]
    found = [(each.name, "-".join(map(str, each.months)), str(due)) for due, each in LAW.reports(2026)]
    assert found == told


@pytest.mark.parametrize(
    ("year", "reports", "lines", "alarms"), [(2022, 0, 0, 0), (2023, 14, 21, 5), (2026, 14, 21, 5)]
)
def test_the_law_of_each_financial_year(year: int, reports: int, lines: int, alarms: int) -> None:
    assert (len(LAW.reports(year)), len(LAW.layout(year)), len(LAW.alarms(year))) == (reports, lines, alarms)


def test_nothing_has_changed_since_the_first_financial_year() -> None:
    every = (*LAW.every_report, *LAW.every_line, *LAW.every_alarm)
    assert days_of_change(every) == (date(2023, 1, 1),)


def test_the_income_statement_sums_to_the_cent() -> None:
    figures = {
        "sales": "120000.10",
        "fees": "80000.20",
        "grants_received": "5000.00",
        "other_income": "1000.30",
        "own_use": "200.00",
        "staff_costs": "-500000.55",
        "services_bought": "-300000.45",
        "materials": "-50000.00",
        "grants_given": "-20000.00",
        "other_costs": "-10000.00",
        "state_funding": "700000.00",
        "financial_items": "-1500.25",
        "depreciation": "-20000.35",
        "appropriations": "100.00",
    }
    found = LAW.statement(2026, {name: Decimal(value) for name, value in figures.items()})
    assert found["operating_income"] == Decimal("206000.60")
    assert found["operating_costs"] == Decimal("-880001.00")
    assert found["operating_margin"] == Decimal("-673800.40")
    assert found["annual_margin"] == Decimal("24699.35")
    assert found["extraordinary"] == 0
    assert found["result"] == Decimal("4699.00")
    assert found["surplus"] == Decimal("4799.00")
    assert found["surplus"] == sum(map(Decimal, figures.values()))  # every line once


@pytest.mark.parametrize("line", ["annual_margin", "sale"])
def test_figures_are_given_for_lines_that_are_no_sums(line: str) -> None:
    with pytest.raises(ValueError, match=f"{line}: no line of 2026"):
        LAW.statement(2026, {line: Decimal(1)})


SOUND = Accounts(
    year=2025, annual_margin=Decimal(100), depreciation=Decimal(100), interest=Decimal(10), loans=Decimal(900)
)
RULES = {rule.alarm: rule for rule in LAW.alarms(2026)}


def years(first: Accounts, second: Accounts) -> list[Accounts]:
    return [replace(first, year=2025), replace(second, year=2026)]


@pytest.mark.parametrize(
    ("alarm", "bad", "good"),
    [
        (Alarm.MARGIN_TO_DEPRECIATION, {"annual_margin": Decimal("79.99")}, {"annual_margin": Decimal(80)}),
        # (margin + 10) / (10 + 900 / 10) below 0.8
        (Alarm.DEBT_SERVICE, {"annual_margin": Decimal("69.99")}, {"annual_margin": Decimal(70)}),
    ],
)
def test_a_ratio_is_reached_below_its_limit_in_two_years_running(
    alarm: Alarm, bad: dict[str, Decimal], good: dict[str, Decimal]
) -> None:
    low, high = replace(SOUND, **bad), replace(SOUND, **good)  # type: ignore[arg-type]
    assert is_reached(RULES[alarm], years(low, low), 2026)
    assert not is_reached(RULES[alarm], years(low, high), 2026)
    assert not is_reached(RULES[alarm], years(high, low), 2026)
    assert not is_reached(RULES[alarm], [replace(low, year=2026)], 2026)  # the year before is not known


def test_the_debt_service_margin_is_that_of_the_act() -> None:
    assert ratio(RULES[Alarm.DEBT_SERVICE], SOUND) == Decimal("1.1")
    assert ratio(RULES[Alarm.DEBT_SERVICE], replace(SOUND, interest=Decimal(), loans=Decimal())) is None


@pytest.mark.parametrize(("since", "reached"), [(None, False), (2025, False), (2024, False), (2023, True)])
def test_a_deficit_is_covered_within_two_years_after_that_of_the_confirmation(
    since: int | None, reached: bool
) -> None:
    accounts = [replace(SOUND, year=2026, deficit_since=since)]
    assert is_reached(RULES[Alarm.UNCOVERED_DEFICIT], accounts, 2026) == reached


def test_loan_authority_once_and_extra_funding_twice_in_three_years() -> None:
    granted = [
        replace(SOUND, year=2024, extra_funding=True),
        replace(SOUND, year=2025),
        replace(SOUND, year=2026, extra_funding=True, loan_authority=True),
        replace(SOUND, year=2027),
    ]
    extra, loans = RULES[Alarm.EXTRA_FUNDING], RULES[Alarm.LOAN_AUTHORITY]
    assert [is_reached(extra, granted, year) for year in range(2024, 2028)] == [False, False, True, False]
    assert [is_reached(loans, granted, year) for year in range(2024, 2028)] == [False, False, True, False]


HEAD = """pack: finance
edition: 2027-01-01
title: {fi: a, sv: b, en: c}
sources: {act: {title: Laki, taken: 2027-01-01}}
every: {from: 2027-01-01, source: act}
"""
WORDS = "labels: {fi: a, sv: b, en: c}"


@pytest.mark.parametrize(
    ("table", "rows", "said"),
    [
        (
            "reports",
            f"[{{report: a, {WORDS}, months: [3, 1], due: 01-15}}]",
            "the months 3 to 1 is about none",
        ),
        ("reports", f"[{{report: a, {WORDS}, months: [1, 13], due: 01-15}}]", "ends at 12"),
        ("reports", f"[{{report: a, {WORDS}, months: [1, 3], due: 02-30}}]", "reports: "),
        ("income_statement", f"[{{line: a, {WORDS}, of: [b]}}, {{line: b, {WORDS}}}]", "no line above it"),
        (
            "income_statement",
            f"[{{line: a, {WORDS}}}, {{line: b, {WORDS}, of: [a]}}, {{line: c, {WORDS}, of: [a]}}]",
            "it would count twice",
        ),
        ("alarms", f"[{{alarm: debt_service, {WORDS}, years: 2, below: 1}}]", "has `loan_years`"),
        ("alarms", f"[{{alarm: extra_funding, {WORDS}, years: 2, below: 1}}]", "have `below`, and no other"),
    ],
)
def test_a_pack_that_contradicts_itself_is_refused(table: str, rows: str, said: str) -> None:
    tables = {"reports": "[]", "income_statement": "[]", "alarms": "[]", table: rows}
    with pytest.raises(ProblemsFound, match=said):
        parse_pack(FINANCE, "own.yaml", HEAD + "".join(f"{name}: {text}\n" for name, text in tables.items()))


def test_a_county_can_take_a_changed_layout_into_use() -> None:
    lines = f"""income_statement:
  - {{line: a, {WORDS}, from: 2023-01-01}}
  - {{line: b, {WORDS}}}
  - {{line: total, {WORDS}, of: [a], from: 2023-01-01, until: 2026-12-31}}
  - {{line: total, {WORDS}, of: [a, b]}}
"""
    own = parse_pack(FINANCE, "own.yaml", f"{HEAD}reports: []\nalarms: []\n{lines}").content
    assert own.statement(2026, {"a": Decimal(2)}) == {"a": 2, "total": 2}
    assert own.statement(2027, {"a": Decimal(2), "b": Decimal(3)}) == {"a": 2, "b": 3, "total": 5}
