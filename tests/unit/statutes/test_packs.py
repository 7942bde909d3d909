"""A pack is read into typed provisions, or every problem of its file is told with its line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from virtaama.model.documents import Entry
from virtaama.model.shape import number, text
from virtaama.problems import ProblemsFound
from virtaama.statutes.editions import Statutes
from virtaama.statutes.pack_parse import parse_pack
from virtaama.statutes.packs import Kind, Table
from virtaama.statutes.provisions import Provision, Standing, at, days_of_change, in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee(Provision):
    what: str
    euros: float


def _fee(entry: Entry, standing: Standing) -> Fee:
    if entry.text("what") == "nothing":
        raise ValueError("nobody pays for nothing")
    return Fee(what=entry.text("what"), euros=float(entry.text("euros")), **standing)


FEES = Kind(
    name="fees",
    about="What is paid.",
    tables=(
        Table(
            name="fees",
            about="Each fee.",
            members={"what": text("For what."), "euros": number("How much.", minimum=0)},
            required=("what", "euros"),
            read=_fee,
            key=lambda fee: fee.what,
        ),
    ),
    make=lambda rows: tuple(rows["fees"]),
)
HEAD = """pack: fees
edition: 2026-01-01
title: {fi: Maksut, sv: Avgifter, en: Fees}
sources:
  act: {title: Laki 1/2020, taken: 2026-01-01}
  changed: {title: Laki 2/2024, url: "https://www.finlex.fi", taken: 2026-01-01}
fees:
"""
VISIT = "  - {what: visit, euros: 20.9, from: 2020-01-01, until: 2024-06-30, source: act, section: 3 §}\n"
LATER = "  - {what: visit, euros: 23, from: 2024-07-01, source: changed}\n"


def problems(rows: str, head: str = HEAD) -> list[str]:
    with pytest.raises(ProblemsFound) as found:
        parse_pack(FEES, "fees.yaml", head + rows)
    return [str(problem) for problem in found.value.problems]


def test_a_value_is_looked_up_by_day_and_names_its_legal_basis() -> None:
    fees = parse_pack(FEES, "fees.yaml", HEAD + VISIT + LATER).content
    first, second = at(fees, date(2024, 6, 30)), at(fees, date(2024, 7, 1))
    assert first is not None
    assert second is not None
    assert (first.euros, first.basis) == (20.9, "Laki 1/2020, 3 §")
    assert (second.euros, second.basis) == (23, "Laki 2/2024")
    assert at(fees, date(2019, 12, 31)) is None
    assert in_force(fees, date(2030, 1, 1)) == (second,)
    assert days_of_change(fees) == (date(2020, 1, 1), date(2024, 7, 1))


def test_what_holds_of_every_row_is_written_once() -> None:
    head = HEAD.replace("fees:\n", "every: {from: 2021-01-01, source: act, section: 5 §}\nfees:\n")
    (fee,) = parse_pack(FEES, "fees.yaml", head + "  - {what: visit, euros: 1}\n").content
    assert (fee.valid_from, fee.basis) == (date(2021, 1, 1), "Laki 1/2020, 5 §")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "{what: visit, euro: 1, from: 2020-01-01, source: act}",
            "fees.yaml:8: row 1 of fees has no member 'euro'",
        ),
        (
            "{what: visit, euros: one, from: 2020-01-01, source: act}",
            "8: euros of row 1 of fees must be a number",
        ),
        (
            "{what: visit, euros: -1, from: 2020-01-01, source: act}",
            "8: euros of row 1 of fees is -1; it begins at 0",
        ),
        (
            "{what: visit, euros: 1, from: 1.1.2020, source: act}",
            "8: from of row 1 of fees is '1.1.2020'",
        ),
        ("{what: visit, euros: 1, source: act}", "8: this row does not say from which day it holds"),
        ("{what: visit, euros: 1, from: 2020-01-01}", "8: this row does not say by which source it holds"),
        ("{what: visit, euros: 1, from: 2020-01-01, source: akt}", "8: 'akt' is not among `sources`"),
        (
            "{what: visit, euros: 1, from: 2020-01-02, until: 2020-01-01, source: act}",
            "8: this row holds from 2020",
        ),
        ("{what: nothing, euros: 1, from: 2020-01-01, source: act}", "8: fees: nobody pays for nothing"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(row: str, said: str) -> None:
    assert any(said in each for each in problems(f"  - {row}\n"))


def test_two_rows_about_the_same_never_hold_on_one_day() -> None:
    [said] = problems(VISIT + LATER.replace("07-01", "06-30"))
    assert "fees.yaml:9: two rows of fees about the same hold on 2024-06-30; the other is on line 8" in said
    assert "until: on the day before" in said


def test_every_problem_is_told_at_once() -> None:
    assert (
        len(problems("  - {what: visit, euros: 1, from: 2020-01-01}\n  - {what: nothing, euros: 1}\n")) == 3
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("edition: 2026-01-01\n", "", "has no 'edition'"),
        ("pack: fees", "pack: feez", "pack is 'feez', which is not known"),
        ("taken: 2026-01-01", "token: 2026-01-01", "has no member 'token'"),
        ("title: {fi: Maksut, sv: Avgifter, en: Fees}", "title: {fi: Maksut}", "All three languages"),
    ],
)
def test_a_wrong_heading_is_told(old: str, new: str, said: str) -> None:
    assert any(said in each for each in problems(VISIT, HEAD.replace(old, new, 1)))


def statutes(**own: str) -> Statutes:
    return Statutes(
        (FEES,), {"fees.yaml": HEAD + VISIT}, {f"statutes/{file}.yaml": own[file] for file in own}
    )


def edition(day: str, rows: str = LATER) -> str:
    return HEAD.replace("edition: 2026-01-01", f"edition: {day}") + rows


def test_without_files_of_its_own_a_project_has_what_is_shipped() -> None:
    pack = statutes().pack(FEES)
    assert (pack.edition, pack.own, pack.content[0].euros) == (date(2026, 1, 1), False, 20.9)


def test_the_newest_edition_counts_wherever_it_is() -> None:
    newer = statutes(later=edition("2026-02-01"), older=edition("2025-01-01"))
    assert newer.content(FEES)[0].euros == 23
    assert [(each.pack.edition, each.pack.own, each.counts) for each in newer.all()] == [
        (date(2025, 1, 1), True, False),
        (date(2026, 1, 1), False, False),
        (date(2026, 2, 1), True, True),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (edition("2026-01-01"), "statutes/own.yaml:1: 'fees' of 2026-01-01 is there already: fees.yaml"),
        (
            edition("2026-02-01").replace("pack: fees", "pack: fes"),
            "1: there is no pack 'fes'.\n  Did you mean 'fees'?",
        ),
        ("title: {}\n", "the file does not say which pack it is"),
        ("", "the file does not say which pack it is"),
        ("pack: [", "cannot be read as YAML"),
        (edition("2026-02-01", "  - {what: visit}\n"), "row 1 of fees has no 'euros'"),
    ],
)
def test_a_file_of_the_project_that_is_no_pack_is_told_and_nothing_is_used(text: str, said: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        statutes(own=text).content(FEES)
    assert said in str(found.value)
    with pytest.raises(ProblemsFound):
        statutes(own=text).all()
