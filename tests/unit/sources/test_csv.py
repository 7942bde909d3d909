"""CSV of every Finnish convention is read as it is meant, and no line is lost."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.loading.deliveries import Landing, feed, fields
from virtaama.model.feeds import CsvDialect

ROWS = feed(*fields(A="text", N="integer", D="date"))
LATIN1 = feed(*fields(A="text", N="integer", D="date"), csv=CsvDialect(encoding="latin-1"))
HEADER = "A;N;D\n"


def read(folder: Path, content: str | bytes, described: Any = ROWS) -> Landing:
    landing = Landing(folder, (described,))
    landing.deliver(content)
    report = landing.land()
    assert report.refused == ()
    return landing


def refusal(folder: Path, content: str | bytes) -> str:
    landing = Landing(folder, (ROWS,))
    landing.deliver(content)
    (refused,) = landing.land().refused
    return refused.reason


def test_dates_times_and_decimals_are_finnish(tmp_path: Path) -> None:
    described = feed(*fields(D="date", T="timestamp", N="decimal", B="boolean"))
    landing = read(tmp_path, "D;T;N;B\n1.2.2024;01.02.2024 9:05;-1,5;1\n;;;\n", described)
    assert landing.rows() == [
        {"D": date(2024, 2, 1), "T": datetime(2024, 2, 1, 9, 5), "N": Decimal("-1.5"), "B": True},
        {"D": None, "T": None, "N": None, "B": None},
    ]


def test_decimals_are_kept_to_four_places(tmp_path: Path) -> None:
    landing = read(tmp_path, "N\n1,23456\n", feed(*fields(N="decimal")))
    assert landing.rows() == [{"N": Decimal("1.2346")}]


@pytest.mark.parametrize("text", ["1.700", "1,0", "1 700", "one", "99999999999999999999"])
def test_what_is_not_an_integer_is_not_made_one(tmp_path: Path, text: str) -> None:
    landing = read(tmp_path, f"A;N;D\nx;{text};\n")
    assert landing.set_aside() == [(2, "wrong_type", f"x;{text};".encode())]


@pytest.mark.parametrize("text", ["31.2.2024", "1.2.24", "2024-02-01", "0.1.2024", "29.2.2023"])
def test_an_impossible_date_is_set_aside(tmp_path: Path, text: str) -> None:
    landing = read(tmp_path, f"A;N;D\nx;1;{text}\n")
    assert landing.set_aside() == [(2, "wrong_type", f"x;1;{text}".encode())]


def test_a_field_can_have_a_format_of_its_own(tmp_path: Path) -> None:
    described = feed(*fields(A="text", D={"type": "date", "format": "%Y%m%d"}))
    landing = read(tmp_path, "A;D\nx;20240131\ny;20240231\n;\n", described)
    assert landing.rows() == [{"A": "x", "D": date(2024, 1, 31)}, {"A": None, "D": None}]
    assert landing.set_aside() == [(3, "wrong_type", b"y;20240231")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_byte_order_marks_and_last_line_do_not_matter(
    tmp_path: Path, end: str, last: bool, mark: str
) -> None:
    content = mark + end.join(["A;N;D", "x;1;1.2.2024", "y;q;", "z;2;"]) + (end if last else "")
    landing = read(tmp_path, content)
    assert [row["A"] for row in landing.rows()] == ["x", "z"]
    assert landing.set_aside() == [(3, "wrong_type", b"y;q;")]


def test_mixed_line_ends_are_read_line_by_line(tmp_path: Path) -> None:
    landing = read(tmp_path, HEADER + "x;1;\r\ny;2;\nz;q;\r\nw;3;\n")
    assert [row["A"] for row in landing.rows()] == ["x", "y", "w"]
    assert landing.set_aside() == [(4, "wrong_type", b"z;q;")]


def test_a_quotation_mark_that_never_closes_costs_its_own_line_only(tmp_path: Path) -> None:
    landing = read(tmp_path, HEADER + 'x;1;\n"y;2;\nz;3;\n"w""w";4;\n"a\nb";5;\n"u"v;6;\n')
    assert [row["A"] for row in landing.rows()] == ["x", "z", 'w"w', "a\nb"]
    assert landing.set_aside() == [(3, "wrong_quoting", b'"y;2;'), (8, "wrong_quoting", b'"u"v;6;')]


def test_many_lines_after_an_open_quotation_mark_are_all_there(tmp_path: Path) -> None:
    lines = [f"x{number};{number};" for number in range(5000)]
    lines[1000] = '"' + lines[1000]
    lines[4000] = '"' + lines[4000]
    landing = read(tmp_path, HEADER + "\n".join(lines))
    assert landing.ledger.batches()[0].rows == 4998
    assert [line for line, *_ in landing.set_aside()] == [1002, 4002]
    numbers = [row["N"] for row in landing.rows()]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("second", ['x";1;', 'x"', 'x";1;;'])
def test_two_stray_quotation_marks_do_not_swallow_what_is_between(tmp_path: Path, second: str) -> None:
    lines = [f"x{number};{number};" for number in range(2000)]
    lines[10] = '"' + lines[10]
    lines[1500] = second
    landing = read(tmp_path, HEADER + "\n".join(lines))
    (batch,) = landing.ledger.batches()
    assert batch.rows + batch.rejected == 2000
    assert batch.rows >= 1998
    assert landing.set_aside()[0] == (12, "wrong_quoting", b'"x10;10;')


def test_lines_are_counted_through_quoted_line_ends(tmp_path: Path) -> None:
    landing = read(tmp_path, HEADER + '"x\ny";1;\ny;q;\n"z\n\nz";q;\nw;3;31.2.2024\n')
    assert landing.set_aside() == [
        (4, "wrong_type", b"y;q;"),
        (5, "wrong_type", b'"z\n\nz";q;'),
        (8, "wrong_type", b"w;3;31.2.2024"),
    ]


def test_lines_of_faults_found_later_are_counted_through_quoted_line_ends(tmp_path: Path) -> None:
    described = feed(*fields(A="text", N={"type": "text", "required": True}, D="date"))
    landing = read(tmp_path, HEADER + '"x\ny";1;\ny;;\nz;2;31.2.2024\nw;;\n', described)
    assert landing.set_aside() == [
        (4, "missing_value", b"y;;"),
        (5, "wrong_type", b"z;2;31.2.2024"),
        (6, "missing_value", b"w;;"),
    ]


def test_a_line_with_a_zero_byte_is_set_aside(tmp_path: Path) -> None:
    landing = read(tmp_path, HEADER + "x\0;1;\ny;2;\n")
    assert landing.set_aside() == [(2, "zero_byte", b"x\0;1;")]
    assert [row["A"] for row in landing.rows()] == ["y"]


def test_latin1_in_utf8_is_set_aside(tmp_path: Path) -> None:
    landing = read(tmp_path, HEADER.encode() + "ä;1;\nb;2;\n".encode("latin-1"))
    assert landing.set_aside() == [(2, "wrong_encoding", b"\xe4;1;")]


def test_utf8_in_latin1_is_set_aside(tmp_path: Path) -> None:
    landing = read(tmp_path, HEADER.encode() + "ä;1;\nb;2;\n".encode() + "ö;3;\n".encode("latin-1"), LATIN1)
    assert landing.set_aside() == [(2, "wrong_encoding", b"\xc3\xa4;1;")]
    assert [row["A"] for row in landing.rows()] == ["b", "ö"]


def test_rejected_lines_of_latin1_are_found_and_kept_as_delivered(tmp_path: Path) -> None:
    content = (HEADER + "ääääää;1;\nö;q;\nx;1;\nÅå;z;\n").encode("latin-1")
    landing = read(tmp_path, content, LATIN1)
    assert landing.set_aside() == [(3, "wrong_type", b"\xf6;q;"), (5, "wrong_type", b"\xc5\xe5;z;")]


def test_rejected_lines_of_a_long_file_are_the_right_ones(tmp_path: Path) -> None:
    lines = [f"{'ä' * (number % 40)};{'q' if number % 9001 == 7 else number};" for number in range(60_000)]
    landing = read(tmp_path, (HEADER + "\n".join(lines)).encode("latin-1"), LATIN1)
    assert landing.set_aside() == [
        (number + 2, "wrong_type", lines[number].encode("latin-1")) for number in range(7, 60_000, 9001)
    ]


def test_a_header_without_rows_is_a_batch_without_rows(tmp_path: Path) -> None:
    for folder, content in (("a", HEADER), ("b", HEADER.strip())):
        landing = read(tmp_path / folder, content)
        assert [(batch.rows, batch.rejected) for batch in landing.ledger.batches()] == [(0, 0)]


def test_quoted_names_and_values_are_unquoted(tmp_path: Path) -> None:
    landing = read(tmp_path, '"A";"N";"D"\n"x;""y""";"1";"1.2.2024"\n"";;\n')
    assert landing.rows()[0] == {"A": 'x;"y"', "N": 1, "D": date(2024, 2, 1)}
    assert landing.rows()[1]["A"] is None


def test_columns_may_stand_in_any_order_and_a_nameless_one_is_left_out(tmp_path: Path) -> None:
    landing = read(tmp_path, "D;A;;N;\n1.2.2024;x;?;1;\n")
    assert landing.rows() == [{"A": "x", "N": 1, "D": date(2024, 2, 1)}]
    events = landing.ledger.drift("register.rows", landing.ledger.batches()[0].sha256)
    assert [event.column for event in events] == ["(column 3)", "(column 5)"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty or begins with an empty line"),
        ((HEADER + "x;1;\n").encode("utf-16"), "the file is UTF-16"),
        (b'A;"N;D\nx;1;\n', "a quotation mark in the header does not close"),
        ("Ä;N;D\nx;1;\n".encode("latin-1"), "the header is not utf-8"),
    ],
)
def test_a_file_without_a_usable_header_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in refusal(tmp_path, content)


def test_another_dialect_is_another_description(tmp_path: Path) -> None:
    dialect = CsvDialect(
        delimiter="|", quote="'", decimal=".", date="%Y/%m/%d", timestamp="%Y%m%d%H%M", null=("NULL", "-")
    )
    described = feed(*fields(A="text", N="decimal", D="date", T="timestamp"), csv=dialect)
    landing = read(tmp_path, "A|N|D|T\n'x|y'|1.5|2024/02/01|202402010905\n-|NULL|-|-\n", described)
    assert landing.rows() == [
        {"A": "x|y", "N": Decimal("1.5"), "D": date(2024, 2, 1), "T": datetime(2024, 2, 1, 9, 5)},
        {"A": None, "N": None, "D": None, "T": None},
    ]
