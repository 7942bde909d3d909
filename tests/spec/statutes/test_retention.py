"""When documents about clients are destroyed: the annex of 703/2023 as a table.

What is known of a document goes in, the day on which destruction is due comes out; where nothing is due, what
is missing.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.shipped_law import RETENTION_RULES
from virtaama.problems import ProblemsFound
from virtaama.statutes.pack_parse import parse_pack
from virtaama.statutes.retention import (
    Fact,
    KeptUntil,
    NotYet,
    facts_of,
    in_words,
    kept,
    latest_that_is_due,
)
from virtaama.statutes.retention_rules import RETENTION

TODAY = date(2026, 11, 26)
FACTS = {fact.value: fact for fact in Fact}


def facts(known: str) -> dict[Fact, date]:
    """`death 10.3.2014, birth 1.5.1930` → the days by fact."""
    pairs = (each.split() for each in known.split(",") if each.strip())
    return {FACTS[name]: _day(day) for name, day in pairs}


def _day(text: str) -> date:
    day, month, year = map(int, text.split("."))
    return date(year, month, day)


DUE = """
sosiaalihuolto.asiakkuus              | death 10.3.2024                                | 11.3.2026
sosiaalihuolto.lapsiperheet           | case_closed 1.6.1996                           | 2.6.2026
sosiaalihuolto.tyoikaiset             | case_closed 31.12.2015                         | 1.1.2026
sosiaalihuolto.iakkaat                | case_closed 25.11.2016, death 1.1.2017         | 26.11.2026
sosiaalihuolto.iakkaat                | case_closed 29.2.2016                          | 1.3.2026
sosiaalihuolto.paihdehuolto           | case_closed 5.5.2016                           | 6.5.2026
sosiaalihuolto.vammaispalvelut        | case_closed 5.5.2014, need_ended 1.2.2015      | 2.2.2025
sosiaalihuolto.vammaispalvelut        | case_closed 5.5.2015, need_ended 1.2.2014      | 6.5.2025
sosiaalihuolto.lastensuojelu          | death 29.2.2024                                | 1.3.2026
sosiaalihuolto.perheoikeudelliset     | birth 7.7.1905, death 1.1.1990                 | 8.7.2025
sosiaalihuolto.perheoikeudelliset_muu | case_closed 7.7.2010                           | 8.7.2020
sosiaalihuolto.tositteet              | created 15.8.2023                              | 16.8.2026
sosiaalihuolto.asiakasmaksut          | decision_expired 31.12.2012                    | 1.1.2025
sosiaalihuolto.yhteydenpito           | message 1.3.2023                               | 2.3.2026
sosiaalihuolto.lausuntokopiot         | created 1.3.2021                               | 2.3.2026
potilasasiakirjat.hoitomerkinnat      | death 10.3.2014, birth 1.5.1930                | 11.3.2026
potilasasiakirjat.hoitomerkinnat      | birth 1.5.1930                                 | 2.5.2050
potilasasiakirjat.hoitomerkinnat      | death 30.4.1948, birth 1.5.1930                | 2.5.2050
potilasasiakirjat.hoitomerkinnat      | death 1.5.1948, birth 1.5.1930                 | 2.5.1960
potilasasiakirjat.kuvantaminen        | imaged 4.4.2005                                | 5.4.2025
potilasasiakirjat.kuvantaminen        | imaged 4.4.2005, death 9.9.2010                | 10.9.2022
potilasasiakirjat.kuvantaminen        | imaged 4.4.2005, death 9.9.2020                | 5.4.2025
potilasasiakirjat.kuvantaminen        | death 9.9.2020                                 | 10.9.2032
potilasasiakirjat.kuvat_videot        | created 2.2.2013                               | 3.2.2025
potilasasiakirjat.laakehoito          | treatment_ended 2.2.2013                       | 3.2.2025
potilasasiakirjat.omat_seurannat      | received 2.2.2013                              | 3.2.2025
potilasasiakirjat.ajanvaraus          | created 2.2.2013                               | 3.2.2025
potilasasiakirjat.lahete_ei_saapunut  | created 2.2.2025                               | 3.2.2026
potilasasiakirjat.paivakirjat         | last_visit 2.2.2025                            | 3.2.2026
potilasasiakirjat.tahdonilmaukset     | death 10.3.2014, birth 1.5.1930                | 11.3.2026
potilasasiakirjat.yhteydenpito        | message 2.2.2023                               | 3.2.2026
potilasasiakirjat.todistuskopiot      | created 2.2.2021                               | 3.2.2026
lokit.kaytto_ja_luovutusloki          | created 2.2.2014                               | 3.2.2026
"""

NOTHING = """
sosiaalihuolto.asiakkuus | birth 1.5.1930 | death | death is not known
sosiaalihuolto.iakkaat | death 1.1.2010 | case_closed | the closing of the case is not known
sosiaalihuolto.vammaispalvelut | case_closed 5.5.2014 | need_ended | the end of the need of services is not known
sosiaalihuolto.perheoikeudelliset | death 1.1.2010 | birth | birth is not known
potilasasiakirjat.hoitomerkinnat |  | death birth | neither death nor birth is known
potilasasiakirjat.hoitomerkinnat | death 1.1.2010 | birth | the day of birth is not known, so …
potilasasiakirjat.kuvantaminen | birth 1.5.1930 | imaged | imaging is not known
potilasasiakirjat.perinnollisyys | death 1.1.1950, birth 1.1.1900 |  | kept for good; …
"""


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


@pytest.mark.parametrize(("name", "known", "due"), rows(DUE))
def test_destruction_is_due_the_day_after_the_last_day_a_document_is_kept(
    name: str, known: str, due: str
) -> None:
    rule = RETENTION_RULES.rule(name, TODAY)
    assert rule is not None
    found = kept(rule.period, facts(known))
    assert isinstance(found, KeptUntil)
    assert found.due == _day(due)


@pytest.mark.parametrize(("name", "known", "missing", "why"), rows(NOTHING))
def test_where_nothing_is_due_it_says_what_is_missing(name: str, known: str, missing: str, why: str) -> None:
    rule = RETENTION_RULES.rule(name, TODAY)
    assert rule is not None
    found = kept(rule.period, facts(known))
    assert isinstance(found, NotYet)
    assert [fact.value for fact in found.missing] == missing.split()
    assert found.why.startswith(why.rstrip("…"))


def test_every_row_of_the_annex_is_in_one_of_the_tables() -> None:
    assert {row[0] for row in rows(DUE) + rows(NOTHING)} == set(RETENTION_RULES.names)
    assert len(RETENTION_RULES.names) == 26


def test_there_is_no_rule_before_the_act_came_into_force() -> None:
    assert RETENTION_RULES.in_force(date(2023, 12, 31)) == ()
    assert len(RETENTION_RULES.in_force(date(2024, 1, 1))) == len(RETENTION_RULES.names)
    assert RETENTION_RULES.rule("potilasasiakirjat.nothing", TODAY) is None


HEAD = """pack: retention
edition: 2027-01-01
title: {fi: a, sv: b, en: c}
sources: {act: {title: Laki, taken: 2027-01-01}}
every: {from: 2027-01-01, source: act}
rules:
"""
RULE = "  - {rule: a.b, labels: {fi: a, sv: b, en: c}, kept: KEPT}\n"


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ("{years: 3}", "`kept` is told by years and after; or"),
        ("{years: 3, after: [death], from_birth: 1}", "`kept` is told by"),
        ("{years: 3, after: [dead]}", "'dead', which is not known"),
        ("{years: 0, after: [death]}", "begins at 1"),
        ("{years: 1.5, after: [death]}", "must be a whole number"),
    ],
)
def test_a_period_that_is_none_is_refused(kept: str, said: str) -> None:
    with pytest.raises(ProblemsFound, match=said):
        parse_pack(RETENTION, "own.yaml", HEAD + RULE.replace("KEPT", kept))


def test_every_rule_names_its_basis_its_source_and_its_period() -> None:
    for rule in RETENTION_RULES.every:
        assert "703/2023" in rule.basis
        assert rule.source.taken
        assert all((rule.labels.fi, rule.labels.sv, rule.labels.en))
        assert in_words(rule.period)


@pytest.mark.parametrize("name", RETENTION_RULES.names)
@pytest.mark.parametrize("on", [date(2026, 2, 28), date(2026, 3, 1), date(2028, 2, 29), date(2028, 3, 1)])
def test_what_can_be_left_unread_is_never_due(name: str, on: date) -> None:
    """One fact alone, a day too late: nothing is due; and on the latest day it is, where nothing else is asked."""
    rule = RETENTION_RULES.rule(name, TODAY)
    assert rule is not None
    latest = latest_that_is_due(rule.period, on)
    assert set(latest) == set(facts_of(rule.period))
    all_late = {fact: day + timedelta(days=1) for fact, day in latest.items()}
    found = kept(rule.period, all_late)
    assert isinstance(found, NotYet) or found.due > on
    if latest:
        found = kept(rule.period, latest)
        assert isinstance(found, KeptUntil)
        assert found.due <= on
