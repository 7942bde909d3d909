"""One person under several client numbers or without an identity code: linked, undone, and known as it was then."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from tests.linked_clinic import BORN, Clinic
from tests.linked_model import LINKS, linkage
from virtaama.lake.link_record import LinkRecord, OutOfDate, Verdict
from virtaama.loading.table_hash import table_hashes
from virtaama.sql.build import select, subquery, table
from virtaama.vault.derive import star
from virtaama.vault.design import design

JANUARY, FEBRUARY, MARCH, APRIL, MAY, JUNE = (datetime(2025, month, 1) for month in range(1, 7))


def test_what_is_recorded_under_a_number_without_a_code_belongs_to_the_resident_while_it_is_linked(
    tmp_path: Path,
) -> None:
    """After the link, no longer after the undo, and looking back as it was known on the day."""
    clinic = Clinic(tmp_path)
    clinic.person(FEBRUARY, "ann", "Virta", "Anna Maria")
    clinic.client(FEBRUARY, "7", "VIRTA", "Anna Maria")
    clinic.visit(FEBRUARY, "v1", code="ann")
    clinic.visit(FEBRUARY, "v2", number="7")
    clinic.load()
    assert clinic.rows("SELECT count(*) FROM hub_resident") == [(1,)]
    assert persons_of(clinic) == [("v1", "ann"), ("v2", None)]

    done = clinic.link(MARCH)
    assert (done.linked, done.ended, done.proposed) == (1, 0, 0)
    assert persons_of(clinic) == [("v1", "ann"), ("v2", "ann")]

    clinic.decide(Verdict.UNDONE, "7", "ann", APRIL)
    done = clinic.link(APRIL)
    assert (done.linked, done.ended) == (0, 1)
    assert persons_of(clinic) == [("v1", "ann"), ("v2", None)]
    assert clinic.links() == [("7", "ann", True, "rule", "same_person"), ("7", "ann", False, "person", None)]

    clinic.publish()
    assert [clinic.ask("visits", known=day) for day in ENDS_OF_MONTHS] == [2, 2, 2]
    assert [clinic.ask("visitors", known=day) for day in ENDS_OF_MONTHS] == [1, 1, 1]
    assert clinic.ask("visitors") == 1


ENDS_OF_MONTHS = (date(2025, 2, 15), date(2025, 3, 15), date(2025, 4, 15))


def test_figures_count_a_linked_person_once(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    clinic.person(FEBRUARY, "ann", "Virta", "Anna Maria")
    clinic.person(FEBRUARY, "bo", "Koski", "Bo Erik", born=date(1950, 1, 2))
    clinic.client(FEBRUARY, "7", "Virta", "Anna Maria")
    clinic.client(FEBRUARY, "8", "Koski", "Bo Erik", born=date(1950, 1, 2))
    clinic.client(FEBRUARY, "9", "Koski", "Bo", born=date(1950, 2, 1))
    for visit, number in (("v1", "7"), ("v2", "8"), ("v3", "9")):
        clinic.visit(FEBRUARY, visit, number=number)
    clinic.link(MARCH)
    assert clinic.verdicts()["9", "bo"] == "proposed"  # day and month the other way round, and one name
    clinic.decide(Verdict.LINKED, "9", "bo", APRIL)
    clinic.link(APRIL)
    clinic.publish()
    assert [clinic.ask("visitors", known=day) for day in ENDS_OF_MONTHS] == [0, 2, 2]
    assert clinic.ask("visits") == 3
    assert persons_of(clinic) == [("v1", "ann"), ("v2", "bo"), ("v3", "bo")]


def test_a_second_run_does_nothing_and_a_rebuild_gives_the_same(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    clinic.person(FEBRUARY, "ann", "Virta", "Anna Maria")
    clinic.client(FEBRUARY, "7", "Virta", "Anna Maria")
    clinic.client(FEBRUARY, "8", "Virta", "Anna", born=date(1962, 5, 15))
    clinic.link(MARCH)
    clinic.decide(Verdict.LINKED, "8", "ann", APRIL)
    clinic.link(APRIL)
    clinic.opener.opened.clear()
    again = clinic.link(MAY)
    assert (again.looked_at, again.linked, again.proposed, again.ended, again.batch) == (0, 0, 0, 0, None)
    assert clinic.opener.opened == []  # no name was read
    clinic.decide(Verdict.UNDONE, "7", "ann", JUNE)
    clinic.link(JUNE)
    tables = [name for name in clinic.engine.tables() if name.startswith(("hub_", "link_", "sat_"))]
    before = table_hashes(clinic.engine, tables=tables)
    clinic.engine.close()
    clinic.engine = clinic.open_engine()
    clinic.load()
    assert table_hashes(clinic.engine, tables=tables) == before


def test_the_same_data_gives_the_same_links_and_weights(tmp_path: Path) -> None:
    def told(folder: Path) -> list[tuple[object, ...]]:
        clinic = Clinic(folder)
        for n, family in enumerate(("Virta", "Virtanen", "Koski", "Koskinen")):
            clinic.person(FEBRUARY, f"p{n}", family, "Anna Maria")
            clinic.client(FEBRUARY, str(n), family.replace("os", "so"), "Anna")
        clinic.link(MARCH)
        return [(d.pair, d.verdict, d.weight, dict(d.why), d.seen) for d in clinic.record.newest("clients")]

    assert told(tmp_path / "one") == told(tmp_path / "two")


def test_a_code_that_is_delivered_later_counts_more_than_the_link(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    clinic.person(FEBRUARY, "ann", "Virta", "Anna Maria")
    clinic.person(FEBRUARY, "bo", "Koski", "Bo Erik", born=date(1950, 1, 2))
    clinic.client(FEBRUARY, "7", "Virta", "Anna Maria")
    clinic.visit(FEBRUARY, "v1", number="7")
    clinic.link(MARCH)
    assert persons_of(clinic) == [("v1", "ann")]
    clinic.client(APRIL, "7", "Virta", "Anna Maria", ID="bo")
    clinic.load()
    assert persons_of(clinic) == [("v1", "bo")]  # at once
    assert clinic.link(MAY).ended == 1
    assert clinic.links()[-1] == ("7", "ann", False, "rule", "told")
    assert persons_of(clinic) == [("v1", "bo")]


def test_what_people_decided_does_not_come_back_unless_the_data_changes(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    clinic.person(FEBRUARY, "ann", "Virta", "Anna Maria")
    clinic.client(FEBRUARY, "7", "Virta", "Anna", born=date(1962, 5, 15))
    clinic.link(MARCH)
    assert clinic.verdicts() == {("7", "ann"): "proposed"}
    clinic.decide(Verdict.NOT_SAME, "7", "ann", MARCH)
    clinic.person(APRIL, "bo", "Koski", "Bo Erik", born=date(1950, 1, 2))  # something else is delivered
    assert clinic.link(APRIL).looked_at == 1
    assert clinic.verdicts() == {("7", "ann"): "not_same"}
    clinic.client(MAY, "7", "Virta", "Anna Maria")  # as if it had been put right at the source
    done = clinic.link(MAY)
    assert clinic.verdicts() == {("7", "ann"): "proposed"}  # sure by its rule, but people had said otherwise
    assert done.linked == 0


def test_who_could_be_several_is_for_people(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    clinic.person(FEBRUARY, "ann", "Virta", "Anna Maria")
    clinic.person(FEBRUARY, "bea", "Virta", "Anna Maria")
    clinic.client(FEBRUARY, "7", "Virta", "Anna Maria")
    clinic.link(MARCH)
    assert clinic.verdicts() == {("7", "ann"): "proposed", ("7", "bea"): "proposed"}
    clinic.decide(Verdict.LINKED, "7", "bea", APRIL)
    clinic.link(APRIL)
    assert clinic.verdicts() == {("7", "ann"): "withdrawn", ("7", "bea"): "linked"}
    clinic.decide(Verdict.UNDONE, "7", "bea", MAY)
    clinic.link(MAY)
    assert clinic.verdicts() == {("7", "ann"): "proposed", ("7", "bea"): "undone"}


@pytest.mark.parametrize(
    ("family", "given", "verdict"), [("Virtta", "Anna", "linked"), ("Koski", "Bo", "proposed")]
)
def test_another_number_links_unless_all_else_speaks_against_it(
    tmp_path: Path, family: str, given: str, verdict: str
) -> None:
    clinic = Clinic(tmp_path)
    clinic.person(FEBRUARY, "ann", "Virta", "Anna Maria")
    for n in range(8):  # so that being the same is not to be expected
        clinic.person(FEBRUARY, f"p{n}", f"Muu{n}", "Joku", born=date(1990, 1, 1 + n))
    clinic.client(FEBRUARY, "7", family, given, born=BORN if verdict == "linked" else date(1931, 8, 9))
    clinic.client(FEBRUARY, "8", "Virta", "Anna Maria", ID="ann", SAME="7")
    clinic.link(MARCH)
    assert clinic.verdicts() == {("7", "ann"): verdict}


def test_a_link_whose_data_changes_is_looked_at_again(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    clinic.person(FEBRUARY, "ann", "Virta", "Anna Maria")
    clinic.client(FEBRUARY, "7", "Virta", "Anna Maria")
    clinic.link(MARCH)
    clinic.client(APRIL, "7", "Virta", "Anna", born=date(1962, 5, 15))
    done = clinic.link(APRIL)
    assert clinic.verdicts() == {("7", "ann"): "proposed"}
    assert (done.ended, done.waiting) == (1, 1)


def test_a_new_version_judges_anew_what_nobody_decided(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    clinic.person(FEBRUARY, "ann", "Virta", "Anna Maria")
    clinic.person(FEBRUARY, "bo", "Koski", "Bo Erik", born=date(1950, 1, 2))
    clinic.client(FEBRUARY, "7", "Virta", "Anna")
    clinic.client(FEBRUARY, "8", "Koski", "Bo", born=date(1950, 1, 2))
    clinic.link(MARCH)
    assert set(clinic.verdicts().values()) == {"linked"}
    clinic.decide(Verdict.UNDONE, "8", "bo", APRIL)
    clinic.decide(Verdict.PROPOSED, "8", "bo", APRIL)
    clinic.decide(Verdict.LINKED, "8", "bo", APRIL)
    stricter = linkage(LINKS.replace("version: 1", "version: 2", 1).replace("link: 20", "link: 30"))
    assert clinic.link(MAY, stricter).ended == 1
    assert clinic.verdicts() == {("7", "ann"): "proposed", ("8", "bo"): "linked"}


def test_who_leaves_the_register_takes_the_link_along(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    clinic.person(FEBRUARY, "ann", "Virta", "Anna Maria")
    clinic.client(FEBRUARY, "7", "Virta", "Anna Maria")
    clinic.link(MARCH)
    clinic.person(APRIL, "ann", "Virta", "Anna Maria", GONE="yes")
    assert clinic.link(APRIL).ended == 1
    assert clinic.verdicts() == {("7", "ann"): "withdrawn"}


def test_links_outlive_the_record_of_what_was_decided(tmp_path: Path) -> None:
    """What holds is told by the lake: a record that was lost ends nothing."""
    clinic = Clinic(tmp_path)
    clinic.person(FEBRUARY, "ann", "Virta", "Anna Maria")
    clinic.client(FEBRUARY, "7", "Virta", "Anna", born=date(1962, 5, 15))
    clinic.visit(FEBRUARY, "v1", number="7")
    clinic.link(MARCH)
    clinic.decide(Verdict.LINKED, "7", "ann", MARCH)
    clinic.link(MARCH)
    clinic.record.close()
    (tmp_path / "links.sqlite").unlink()
    clinic.record = LinkRecord.open(tmp_path / "links.sqlite")
    assert clinic.link(APRIL).ended == 0
    assert clinic.verdicts() == {("7", "ann"): "linked"}
    assert persons_of(clinic) == [("v1", "ann")]


def test_two_who_decide_at_once_do_not_overwrite_each_other(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    clinic.person(FEBRUARY, "ann", "Virta", "Anna Maria")
    clinic.person(FEBRUARY, "bea", "Virta", "Anna Maria")
    clinic.client(FEBRUARY, "7", "Virta", "Anna Maria")
    clinic.link(MARCH)
    seen = {d.pair: d for d in clinic.record.newest("clients")}
    first = clinic.decide(Verdict.LINKED, "7", "bea", APRIL)
    with pytest.raises(OutOfDate):  # the same pair, as it was before
        clinic.record.decide(first, after=seen[first.pair].number)
    with pytest.raises(OutOfDate):  # another resident for the same client
        clinic.decide(Verdict.LINKED, "7", "ann", APRIL)


def persons_of(clinic: Clinic) -> list[tuple[str, str | None]]:
    """Each visit with whose it is, as it is known now."""
    view = star(clinic.model, design(clinic.model), "visit")
    rows = clinic.engine.read(select("visit_id", "resident_key").from_(subquery(view, "visit"))).to_pylist()
    persons = {
        str(row["resident_key"]): row["person"]
        for row in clinic.engine.read(
            select("resident_key", "person").from_(table("hub_resident"))
        ).to_pylist()
    }
    return sorted(
        (row["visit_id"], persons.get(str(row["resident_key"])) if row["resident_key"] else None)
        for row in rows
    )
