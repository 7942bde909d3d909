"""Tables of determinants as counties get them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.spec.funding.shared import TABLE, invented, law, shipped
from virtaama.problems import Problem, ProblemsFound
from virtaama.project.funding import organisers_of
from virtaama.steering.funding.determinants import ABOUT, COUNTRY, Determinant
from virtaama.steering.funding.inputs import determinant, score
from virtaama.steering.funding.table import Imported, as_text, merged, number_of, parse_table, rows_of

LAPLAND = determinant("21", Determinant.RESIDENTS)


def _read(text: str, year: int | None = None) -> Imported:
    return parse_table("t.csv", rows_of(text), organisers_of(law()), law().hyte, year)


def _problems(text: str, year: int | None = None) -> tuple[Problem, ...]:
    with pytest.raises(ProblemsFound) as found:
        _read(text, year)
    return found.value.problems


@pytest.mark.parametrize(
    "text",
    [
        "vuosi;koodi;asukasmäärä\n2026;21;180 000\n",
        "\ufeffvuosi;koodi;asukasmäärä\r\n2026;21;180000\r\n",
        "år,kod,invånarantal\n2026,21,180000\n",
        "year\tcode\tresidents\n2026\t21\t180000\n",
        "Vuosi;Hyvinvointialue;Asukasmäärä (31.12.)\n2026;Lapin hyvinvointialue;180\u00a0000\n",
        "year;county;residents\n2026;Lapland wellbeing services county;180000\n",
        "# a remark; of ours\n\nvuosi;koodi;asukasmäärä\n\n;;\n2026;21;180000\n",
        'vuosi;koodi;"asukasmäärä"\n2026;"21";"180000"\n',
        'vuosi;koodi;"asukasmäärä\n(31.12.)"\n2026;21;180000\n',
    ],
)
def test_tables_are_read_in_any_of_three_languages(text: str) -> None:
    assert _read(text).numbers[2026][LAPLAND].value == 180_000


def test_every_heading_of_every_determinant_is_understood_in_each_language() -> None:
    for name, about in ABOUT.items():
        whose = COUNTRY if name is Determinant.TRANSITION_RETURN else "21"
        for heading in (name.value, about.label.fi, about.label.sv, about.label.en):
            read = _read(f"vuosi;koodi;{heading}\n2026;{whose};1\n")
            assert read.numbers[2026][determinant(whose, name)].value == 1


def test_scores_of_hyte_are_read_by_name_or_label() -> None:
    label = next(each.label.fi for each in law().hyte.indicators if each.indicator == "neet")
    for heading in ("neet", label):
        assert _read(f"vuosi;koodi;{heading}\n2026;21;55,5\n").numbers[2026][
            score("21", "neet")
        ].value == Fraction("55.5")


def test_numbers_say_where_they_are_from_and_whether_they_are_invented() -> None:
    read = _read("vuosi;koodi;asukasmäärä;lähde;keksitty\n2026;21;1;VM 2.1.2026;\n2026;20;1;;kyllä\n")
    lapland, kainuu = (
        read.numbers[2026][LAPLAND],
        read.numbers[2026][determinant("20", Determinant.RESIDENTS)],
    )
    assert (lapland.basis, lapland.invented) == ("VM 2.1.2026 (t.csv:2)", False)
    assert (kainuu.basis, kainuu.invented) == ("t.csv:3", True)


@pytest.mark.parametrize("cell", ["", " ", "-", "–", "..", "\u00a0"])
def test_an_empty_cell_is_a_number_nobody_has_given(cell: str) -> None:
    read = _read(f"vuosi;koodi;asukasmäärä;HYTE-kerroin\n2026;21;{cell};1\n")
    assert LAPLAND not in read.numbers[2026]


def test_columns_nobody_knows_are_left_out_and_named() -> None:
    assert _read("vuosi;koodi;asukasmäärä;Huomautus;\n2026;21;1;x;\n").ignored == ("Huomautus",)


def test_a_table_that_does_not_say_its_year_is_told_it() -> None:
    text = "koodi;asukasmäärä\n21;1\n"
    assert _read(text, 2026).numbers[2026][LAPLAND].value == 1
    again = _read(as_text(rows_of(text), law().hyte, 2026))
    assert again.numbers[2026][LAPLAND].value == 1


def test_the_row_of_the_country_must_say_what_organisers_say_together() -> None:
    whole = sum(
        invented()[2025][determinant(o.code, Determinant.RESIDENTS)].value for o in organisers_of(law())
    )
    rows = shipped(TABLE) + f"2025;FI;;{whole}" + ";" * 18 + "\n"
    assert _read(rows).numbers[2025][determinant(COUNTRY, Determinant.RESIDENTS)].value == whole
    (problem,) = _problems(shipped(TABLE) + f"2025;FI;;{whole + 1}" + ";" * 18 + "\n")
    assert problem.place.line == 25
    assert "of the whole country" in problem.what


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 0, "the table is empty"),
        ("vuosi;asukasmäärä\n2026;1\n", 1, "no column says which organiser"),
        ("koodi;asukasmäärä\n21;1\n", 1, "no column says which year"),
        ("vuosi;koodi;asukkaat\n2026;21;1\n", 1, "no column is headed by a determinant"),
        ("vuosi;koodi;asukasmäärä;residents\n2026;21;1;1\n", 1, "heads two columns"),
        ("vuosi;koodi;asukasmäärä\n2026;91;1\n", 2, "'91' is no organiser"),
        ("vuosi;koodi;asukasmäärä\n2026;;1\n", 2, "names no organiser"),
        ("vuosi;koodi;asukasmäärä\n26;21;1\n", 2, "'26' is no year"),
        ("vuosi;koodi;asukasmäärä\n2026;21;noin 5\n", 2, "is no number"),
        ("vuosi;koodi;asukasmäärä\n2026;21;1.000.000\n", 2, "is no number"),
        ("vuosi;koodi;asukasmäärä\n2026;21;-5\n", 2, "never less than nothing"),
        ("vuosi;koodi;asukasmäärä\n2026;21;5,5\n", 2, "counted whole"),
        ("vuosi;koodi;neet\n2026;21;101\n", 2, "from 0 to 100"),
        ("vuosi;koodi;HYTE-kerroin\n2026;FI;1\n", 2, "not read of the whole country"),
        ("vuosi;koodi;transition_return\n2026;21;1\n", 2, "of the whole country only"),
        ("vuosi;koodi;asukasmäärä\n2026;21;1\n2026;21;1\n", 3, "stands here twice; it is on line 2"),
        ("vuosi;koodi;asukasmäärä;keksitty\n2026;21;1;ehkä\n", 2, "whether it is invented"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, what: str) -> None:
    (problem,) = _problems(text)
    assert (problem.place.file, problem.place.line) == ("t.csv", line)
    assert what in problem.what


def test_lines_are_counted_over_cells_of_several_lines() -> None:
    (problem,) = _problems('# a remark\n\nvuosi;koodi;"asukas-\nmäärä";"asukasmäärä"\n2026;21;1;x\n')
    assert problem.place.line == 5


def test_every_problem_of_a_table_is_said_at_once() -> None:
    assert len(_problems("vuosi;koodi;asukasmäärä\n2026;99;1\n2026;21;x\n")) == 2


def test_a_year_named_beside_a_table_that_says_it_itself_is_refused() -> None:
    (problem,) = _problems("vuosi;koodi;asukasmäärä\n2026;21;1\n", 2027)
    assert "says itself" in problem.what


def test_two_tables_may_repeat_but_not_contradict_each_other() -> None:
    one, same, other = (_read(f"vuosi;koodi;asukasmäärä\n2026;21;{n}\n") for n in (1, 1, 2))
    assert merged({"a.csv": one, "b.csv": same})[2026][LAPLAND].value == 1
    with pytest.raises(
        ProblemsFound, match=r"b\.csv: 'determinant\.21\.residents' of 2026 is 2 here, and 1 in a\.csv"
    ):
        merged({"a.csv": one, "b.csv": other})


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4))
def test_numbers_come_back_as_they_were_written(value: object) -> None:
    plain = f"{value:,.4f}"
    assert number_of(plain.replace(",", " ").replace(".", ",")) == Fraction(str(value))
    assert number_of(plain.replace(",", "\u00a0")) == Fraction(str(value))
