"""Multi-active satellites: a delivery of changes that holds all diagnoses of each visit it names.

What a visit had, and is absent from a delivery that names the visit, has ended. Of a visit it does not name,
absence means nothing. Each table reads: when, of which visit, which diagnoses.
"""

from __future__ import annotations

from datetime import datetime
from itertools import permutations
from pathlib import Path

from tests.small_warehouse import Warehouse, diagnoses
from virtaama.model.model import Model
from virtaama.vault.design import design
from virtaama.vault.tracking import tracked
from virtaama.vault.views import as_of

MONTHS = {"January": 1, "February": 2, "March": 3, "April": 4}
HISTORY = (
    "SELECT monthname(extracted) || '  visit ' || visit || '  ' || code"
    " || (CASE WHEN deleted THEN ' ended' ELSE '' END)"
    " FROM sat_diagnosis__care__diagnoses__personal JOIN hub_diagnosis USING (diagnosis_key)"
)


def test_what_a_visit_had_and_the_newer_set_lacks_has_ended(tmp_path: Path) -> None:
    assert history(
        tmp_path,
        """
        January   visit 1  a b
        January   visit 2  a c
        March     visit 1  a d
        """,
    ) == table(
        """
        January   visit 1  a
        January   visit 1  b
        January   visit 2  a
        January   visit 2  c
        March     visit 1  b ended
        March     visit 1  d
        """
    )


def test_what_has_ended_may_return_and_end_again(tmp_path: Path) -> None:
    assert history(
        tmp_path,
        """
        January   visit 1  a b
        February  visit 1  a
        March     visit 1  a b
        April     visit 1  a
        """,
    ) == table(
        """
        January   visit 1  a
        January   visit 1  b
        February  visit 1  b ended
        March     visit 1  b
        April     visit 1  b ended
        """
    )


def test_a_late_set_is_ended_by_the_next_that_names_its_visit(tmp_path: Path) -> None:
    """The delivery of February is the last to arrive; that of March was loaded long ago."""
    assert history(
        tmp_path,
        """
        January   visit 1  a b
        March     visit 2  a
        April     visit 1  a b
        February  visit 1  c
        """,
    ) == table(
        """
        January   visit 1  a
        January   visit 1  b
        February  visit 1  a ended
        February  visit 1  b ended
        February  visit 1  c
        March     visit 2  a
        April     visit 1  a
        April     visit 1  b
        April     visit 1  c ended
        """
    )


def test_a_set_that_came_late_does_not_change_what_was_known(tmp_path: Path) -> None:
    warehouse = Warehouse(diagnoses(), tmp_path)
    for month, rows in ((1, "ab"), (4, "ab"), (2, "c")):
        warehouse.deliver("care.diagnoses", datetime(2025, month, 1), *(told("1", code) for code in rows))
        warehouse.load()
    march = datetime(2025, 3, 1)
    found = {}
    for known in (2, 3):
        view = as_of(warehouse.model, design(warehouse.model), "diagnosis", march, known)
        found[known] = sorted(row["code"] for row in warehouse.engine.read(view).to_pylist())
    assert found == {2: ["a", "b"], 3: ["c"]}


def test_a_visit_that_only_rows_of_something_else_name_has_nothing_left(tmp_path: Path) -> None:
    """Every row names its visit: one the mapping leaves out, one without a code, one that says it was deleted."""
    for place, (where, deleted, last) in enumerate(
        (
            ("CODE <> '-'", "", told("1", "-")),
            ("", "", told("1", None)),
            ("", "STATE = 'P'", told("1", "b", "P")),
        )
    ):
        warehouse = Warehouse(diagnoses(where=where, deleted=deleted), tmp_path / str(place))
        warehouse.deliver(
            "care.diagnoses", datetime(2025, 1, 1), told("1", "a"), told("1", "b"), told("2", "a")
        )
        warehouse.deliver("care.diagnoses", datetime(2025, 2, 1), last)
        warehouse.load()
        assert warehouse.rows(HISTORY + " WHERE deleted") == [
            ("February  visit 1  a ended",),
            ("February  visit 1  b ended",),
        ]


def test_a_delivery_may_be_complete_for_another_part_of_the_key(tmp_path: Path) -> None:
    """All visits of each diagnosis: a register of those who have one."""
    assert history(
        tmp_path,
        """
        January   visit 1  a b
        January   visit 2  a
        February  visit 1  a
        """,
        diagnoses(("CODE",)),
    ) == table(
        """
        January   visit 1  a
        January   visit 1  b
        January   visit 2  a
        February  visit 2  a ended
        """
    )


def test_without_the_word_absence_means_nothing(tmp_path: Path) -> None:
    assert history(
        tmp_path,
        """
        January   visit 1  a b
        February  visit 1  a
        """,
        diagnoses(()),
    ) == table(
        """
        January   visit 1  a
        January   visit 1  b
        """
    )


def test_what_has_ended_is_counted_and_tracked(tmp_path: Path) -> None:
    warehouse = Warehouse(diagnoses(), tmp_path)
    for month, codes in ((1, "ab"), (2, "a"), (3, "a"), (4, "ab")):
        warehouse.deliver("care.diagnoses", datetime(2025, month, 1), *(told("1", code) for code in codes))
    warehouse.load()
    assert warehouse.findings() == {(2, "disappeared", "diagnosis"): 1, (4, "change", "diagnosis"): 1}
    (source,) = design(warehouse.model).sources
    status = sorted(
        (row["batch"], row["status"]) for row in warehouse.engine.read(tracked(source)).to_pylist()
    )
    assert status == [(1, "appeared"), (1, "appeared"), (2, "disappeared"), (4, "returned")]


def test_any_order_of_the_same_sets_gives_the_same_history(tmp_path: Path) -> None:
    lines = ["January visit 1 a b", "February visit 1 b c", "April visit 1 b"]
    outcomes = {
        tuple(history(tmp_path / str(turn), "\n".join(order)))
        for turn, order in enumerate(permutations(lines))
    }
    assert len(outcomes) == 1


def test_when_the_word_is_taken_into_use_history_is_read_again(tmp_path: Path) -> None:
    warehouse = Warehouse(diagnoses(()), tmp_path)
    for month, codes in ((1, "ab"), (2, "a")):
        warehouse.deliver("care.diagnoses", datetime(2025, month, 1), *(told("1", code) for code in codes))
    warehouse.load()
    warehouse.model = diagnoses()
    assert warehouse.load().rows_again == 3
    assert warehouse.rows(HISTORY + " WHERE deleted") == [("February  visit 1  b ended",)]
    warehouse.model = diagnoses(())
    warehouse.load()
    assert warehouse.rows(HISTORY + " WHERE deleted") == []


def told(visit: str, code: str | None, state: str | None = None) -> dict[str, str | None]:
    return {"VISIT": visit, "CODE": code, "CERTAINTY": "sure", "WHO": "x", "STATE": state}


def history(folder: Path, deliveries: str, model: Model | None = None) -> list[str]:
    """The history of deliveries that arrive and are loaded as the table has them; what is of one month is one."""
    warehouse = Warehouse(model or diagnoses(), folder, in_memory=True)
    by_month: dict[str, list[dict[str, str | None]]] = {}
    for line in filter(None, map(str.split, deliveries.splitlines())):
        month, _, visit, *codes = line
        by_month.setdefault(month, []).extend(told(visit, code) for code in codes)
    for month, rows in by_month.items():
        warehouse.deliver("care.diagnoses", datetime(2025, MONTHS[month], 1), *rows)
        warehouse.load()
    found = table("\n".join(row for (row,) in warehouse.rows(HISTORY)))
    warehouse.engine.close()
    return found


def table(written: str) -> list[str]:
    """Lines in the order of the months."""
    lines = [" ".join(line.split()) for line in written.splitlines() if line.strip()]
    return sorted(lines, key=lambda line: (MONTHS[line.split()[0]], line))
