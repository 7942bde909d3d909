from __future__ import annotations

import json
import os
from datetime import date, datetime

import duckdb
import pytest

from tests.unit.published_county import CATALOGUE, CONTACT, ENGINEER, MANAGER, PublishedCounty
from virtaama.access.snapshots import PublishedFolder
from virtaama.metrics.question import Figure, Grain, Level, Missing, Question
from virtaama.privacy.policy import Asker, Purpose
from virtaama.problems import NotAllowed, NotReady

STEERING = Purpose.STEERING


def question(
    *metrics: str,
    level: Level = Level.COUNTY,
    grain: Grain = Grain.MONTH,
    first: date = date(2024, 1, 1),
    last: date = date(2024, 3, 1),
    area: str | None = None,
    within: str | None = None,
    by: str | None = None,
) -> Question:
    return Question(
        metrics=metrics, grain=grain, first=first, last=last, level=level, area=area, within=within, by=by
    )


def told(figures: tuple[Figure, ...]) -> list[tuple[str, int, float | None, str | None]]:
    return [(f.area, f.period.month, f.value, f.missing.value if f.missing else None) for f in figures]


def test_every_period_asked_for_has_a_figure_or_a_reason(county: PublishedCounty) -> None:
    asked = question("median_wait", first=date(2023, 12, 31), last=date(2024, 5, 1))
    answer = county.door().ask(asked, MANAGER, STEERING)
    assert told(answer.figures) == [
        ("07", 12, None, "no_data"),
        ("07", 1, 4, None),
        ("07", 2, None, "no_data"),
        ("07", 3, 7, None),
        ("07", 4, None, "no_data"),
        ("07", 5, None, "not_delivered"),
    ]


def test_answer_names_its_snapshot_and_its_record(county: PublishedCounty) -> None:
    answer = county.door().ask(question("cost"), MANAGER, STEERING)
    assert answer.snapshot.number == 1
    [entry] = county.audit.entries()
    assert (entry.number, entry.asker, entry.decision, entry.rows) == (answer.record, "johtaja", "allowed", 3)
    assert json.loads(entry.question)["metrics"] == ["cost"]


def test_figure_about_too_few_persons_hides_all_its_numbers(county: PublishedCounty) -> None:
    asked = question("median_wait", level=Level.MUNICIPALITY, last=date(2024, 1, 1))
    hollola, lahti = county.door().ask(asked, MANAGER, STEERING).figures
    assert (hollola.area, hollola.missing, hollola.rows) == ("098", Missing.TOO_FEW, None)
    # Two persons in Lahti would be enough, but the county less Lahti is Hollola.
    assert (lahti.missing, lahti.numerator, lahti.denominator) == (Missing.TOO_FEW, None, None)


def test_single_area_is_protected_like_all_areas_together(county: PublishedCounty) -> None:
    alone = question("median_wait", level=Level.MUNICIPALITY, area="398", last=date(2024, 1, 1))
    [lahti] = county.door().ask(alone, MANAGER, STEERING).figures
    assert lahti.missing is Missing.TOO_FEW


def test_figures_about_no_person_are_shown_to_the_last_row(county: PublishedCounty) -> None:
    answer = county.door().ask(question("cost"), MANAGER, STEERING)
    assert [f.value for f in answer.figures] == [0, 12.5, 0]


def test_metric_is_not_defined_at_a_level_it_does_not_name(county: PublishedCounty) -> None:
    answer = county.door().ask(question("visits_per_1000", level=Level.UNIT), MANAGER, STEERING)
    assert {f.missing for f in answer.figures} == {Missing.NOT_DEFINED}


def test_metric_is_not_defined_in_a_breakdown_it_does_not_name(county: PublishedCounty) -> None:
    answer = county.door().ask(question("median_wait", by="form"), MANAGER, STEERING)
    assert {f.missing for f in answer.figures} == {Missing.NOT_DEFINED}


def test_breakdown_that_was_not_prepared_is_computed(county: PublishedCounty) -> None:
    county.add("resident", "4, 'p4', DATE '1980-01-01', 'female', 1", "5, 'p5', DATE '1980-01-01', 'male', 1")
    county.add(
        "visit",
        "6, 'f', '2024-01-05 10:00', 6, true, 'R10', 50, 4, 1",
        "7, 'g', '2024-01-05 10:00', 8, true, 'R10', 50, 5, 1",
    )
    county.engine.connection.execute("DELETE FROM star.visit WHERE unit_key = 2 OR started >= '2024-02-01'")
    county.publish()
    asked = question("median_wait", level=Level.UNIT, within="398", by="sex", last=date(2024, 1, 1))
    answer = county.door().ask(asked, MANAGER, STEERING)
    assert [(f.area, f.member, f.value) for f in answer.figures] == [("U1", "female", 4), ("U1", "male", 6)]


def test_units_are_those_within_the_municipality(county: PublishedCounty) -> None:
    asked = question("median_wait", level=Level.UNIT, within="098")
    assert {f.area for f in county.door().ask(asked, MANAGER, STEERING).figures} == {"U2"}


def test_contact_of_a_municipality_sees_the_county_beside_its_own(county: PublishedCounty) -> None:
    door = county.door()
    compared = door.ask(question("visits_per_1000", grain=Grain.QUARTER), CONTACT, Purpose.PLANNING)
    assert [(f.level, f.numerator) for f in compared.figures] == [("county", 5)]
    everywhere = question("visits_per_1000", level=Level.MUNICIPALITY, last=date(2024, 1, 1))
    hollola, lahti = door.ask(everywhere, CONTACT, Purpose.PLANNING).figures
    assert (hollola.missing, lahti.missing) == (Missing.NOT_ALLOWED, Missing.TOO_FEW)


def test_question_about_another_municipality_alone_is_refused_and_recorded(county: PublishedCounty) -> None:
    asked = question("visits_per_1000", level=Level.MUNICIPALITY, area="098")
    with pytest.raises(NotAllowed):
        county.door().ask(asked, CONTACT, Purpose.PLANNING)
    [entry] = county.audit.entries()
    assert entry.decision.startswith("refused")
    assert entry.rows == 0


@pytest.mark.parametrize(
    ("asker", "purpose"),
    [
        (MANAGER, Purpose.DATA_QUALITY),
        (Asker(id="x", role="nobody"), Purpose.STEERING),
    ],
)
def test_question_without_the_right_to_its_purpose_is_refused(
    county: PublishedCounty, asker: Asker, purpose: Purpose
) -> None:
    with pytest.raises(NotAllowed):
        county.door().ask(question("cost"), asker, purpose)


def test_pages_open_only_to_the_roles_that_have_them(county: PublishedCounty) -> None:
    door = county.door()
    assert len(door.batches(ENGINEER, "care.visits")) == 4
    assert door.runs(ENGINEER) == ()
    assert door.quality(ENGINEER) == ()
    for page in (door.runs, door.batches, door.quality):
        with pytest.raises(NotAllowed):
            page(MANAGER)
    assert len(county.audit.entries()) == 3


def test_lineage_leads_from_a_metric_to_its_batches(county: PublishedCounty) -> None:
    lineage = county.door().lineage("visits_per_1000", MANAGER)
    assert lineage.concepts == ("visit", "residence")
    assert [(f.feed, f.batches, f.rows) for f in lineage.feeds] == [
        ("register.residences", 4, 40),
        ("care.visits", 4, 40),
    ]
    assert "SELECT" in lineage.sql


def test_the_statement_lineage_shows_gives_the_number_that_is_shown(county: PublishedCounty) -> None:
    door = county.door()
    sql = door.lineage("visits_per_1000", MANAGER).sql
    shown = door.ask(
        question("visits_per_1000", first=date(2024, 4, 1), last=date(2024, 4, 1)), MANAGER, STEERING
    )
    found = county.engine.connection.execute(f"SELECT value FROM ({sql})").fetchall()
    assert found == [(shown.figures[0].value,)]


def test_areas_are_those_the_asker_may_see(county: PublishedCounty) -> None:
    door = county.door()
    assert [a.code for a in door.areas(MANAGER)] == ["07", "098", "398", "U1", "U2"]
    assert [a.code for a in door.areas(CONTACT)] == ["07", "398"]
    assert door.areas(MANAGER)[3].within == "398"


def test_members_are_called_by_the_words_of_their_list(county: PublishedCounty) -> None:
    door = county.door()
    assert door.member_label("form", "R52", "sv") == "distansbesök"
    assert door.member_label("municipality", "398", "fi") == "Lahti"
    assert door.member_label("sex", "female", "fi") == "female"


def test_periods_run_over_the_whole_months_delivered(county: PublishedCounty) -> None:
    assert county.door().periods() == (date(2024, 1, 1), date(2024, 4, 1))


def test_door_without_a_snapshot_says_what_comes_first(county: PublishedCounty) -> None:
    (county.folder / "published" / "CURRENT").unlink()
    with pytest.raises(NotReady, match="virtaama load"):
        county.door().snapshot()


def test_door_sees_a_newer_snapshot_at_the_next_question(county: PublishedCounty) -> None:
    door = county.door()
    assert door.snapshot().number == 1
    county.add("posting", "2, 'q', '2024-02-04', 7.5, 'x'")
    county.publish(datetime(2024, 5, 3, 6, 0))
    answer = door.ask(question("cost"), MANAGER, STEERING)
    assert (answer.snapshot.number, answer.figures[1].value) == (2, 20)


def test_forked_process_reads_with_a_connection_of_its_own(county: PublishedCounty) -> None:
    door = county.door()
    door.ask(question("cost"), MANAGER, STEERING)
    child = os.fork()
    if child == 0:
        figures = door.ask(question("cost"), MANAGER, STEERING).figures
        os._exit(0 if figures[1].value == 12.5 else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert county.audit.verify_chain() == 2


def test_two_doors_of_one_process_open_the_same_snapshot(county: PublishedCounty) -> None:
    assert county.door().snapshot() == county.door().snapshot()


def test_reader_can_reach_no_other_file(county: PublishedCounty) -> None:
    snapshot = PublishedFolder(county.folder / "published", CATALOGUE).current()
    with pytest.raises(duckdb.PermissionException):
        snapshot.read("SELECT * FROM read_csv('anything.csv')")
    with pytest.raises(duckdb.InvalidInputException):
        snapshot.read("SET enable_external_access = true")
    with pytest.raises(duckdb.InvalidInputException):
        snapshot.read("DELETE FROM figures")


def test_running_question_finishes_on_the_snapshot_it_began_with(county: PublishedCounty) -> None:
    published = PublishedFolder(county.folder / "published", CATALOGUE)
    before = published.current()
    for _ in range(4):
        county.publish()
    assert published.current().info.number == 5
    assert not (county.folder / "published" / "snapshot-1.duckdb").exists()
    assert before.read("SELECT count(*) > 0 FROM figures") == [(True,)]
