"""Parts of `make torture` that were run apart stand in one table."""

from pathlib import Path

from torture.page import MARK, Row, read_row, write

ORDER = ("R1, R2", "R3", "R4")
FIRST = Row("R1, R2", "kill -9", "0 lost", 0, 1.0, 900.0)
SECOND = Row("R4", "disk full", "80 said so", 2, 0.5, 70.0)


def rows_of(page: Path) -> list[Row]:
    return [row for line in page.read_text(encoding="utf-8").splitlines() if (row := read_row(line))]


def test_rows_of_separate_runs_stand_together_in_their_order(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Opening\n{MARK}| R4 | an old form | of four | 3 |\n", encoding="utf-8")
    write(page, [SECOND], ORDER)
    assert rows_of(page) == [SECOND]
    write(page, [FIRST], ORDER)
    assert rows_of(page) == [FIRST, SECOND]
    assert page.read_text(encoding="utf-8").startswith("# Opening\n")
    assert "What should not have been: 2." in page.read_text(encoding="utf-8")


def test_a_row_that_was_run_again_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(MARK, encoding="utf-8")
    write(page, [FIRST, SECOND], ORDER)
    again = Row("R4", "disk full", "81 said so", 0, 1.0, 60.0)
    write(page, [again], ORDER)
    assert rows_of(page) == [FIRST, again]
