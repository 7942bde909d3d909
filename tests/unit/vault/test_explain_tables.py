"""Steps on tables as a plan tells them."""

from __future__ import annotations

from virtaama.model.concepts import CodeList, Text
from virtaama.problems import Place
from virtaama.vault.explain_tables import explain_table_steps
from virtaama.vault.table_steps import CreateTable, DropTable, EmptyCodes, FillCodes, RenameColumn, TableStep
from virtaama.vault.tables import CodeTable

COLUMNS = (("visit_key", "UUID"), ("part_of_day", "VARCHAR"))
CODES = CodeTable(name="ref_part", code_list="part")
LIST = CodeList(
    name="part", labels=Text("osa", "del", "part"), source="", codes=(), place=Place("codes/x.yaml", 1)
)


def told(*steps: TableStep) -> list[str]:
    return list(explain_table_steps(steps))


def test_a_table_dropped_to_be_created_is_made_anew() -> None:
    assert told(
        DropTable(name="sat_visit"),
        DropTable(name="sat_visit__superseded"),
        CreateTable(name="sat_visit", columns=COLUMNS),
        CreateTable(name="sat_visit__superseded", columns=COLUMNS),
    ) == ["make sat_visit anew (visit_key, part_of_day)"]


def test_what_goes_and_what_is_new_is_told_as_such() -> None:
    assert told(DropTable(name="sat_gone"), CreateTable(name="sat_new", columns=COLUMNS)) == [
        "drop table sat_gone",
        "create table sat_new (visit_key, part_of_day)",
    ]


def test_what_keeps_superseded_rows_is_told_where_it_alone_changes() -> None:
    assert told(CreateTable(name="sat_visit__superseded", columns=COLUMNS)) == [
        "create table sat_visit__superseded (visit_key, part_of_day)"
    ]


def test_codes_are_taken_out_of_a_list_that_is_not_written_again_only() -> None:
    assert told(EmptyCodes(table=CODES)) == ["take the codes out of ref_part"]
    assert told(EmptyCodes(table=CODES), FillCodes(table=CODES, codes=LIST)) == [
        "write the 0 codes of list part to ref_part"
    ]


def test_other_steps_are_told_as_they_are() -> None:
    assert told(RenameColumn(table="sat_visit", column="was", to="now")) == [
        "rename column was of sat_visit to now"
    ]
