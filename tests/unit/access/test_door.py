from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from tests.unit.published_county import (
    CATALOGUE,
    CONTACT,
    ENGINEER,
    MANAGER,
    PUBLISHED_MODEL,
    PublishedCounty,
)
from virtaama.access.snapshots import OpenSnapshot, PublishedFolder
from virtaama.metrics.question import Figure, Grain, Level, Missing, Question
from virtaama.privacy.policy import Asker, Purpose
from virtaama.problems import Damaged, NoRoom, NotAllowed, NotReady

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
    county.connection.execute("DELETE FROM star.visit WHERE unit_key = 2 OR started >= '2024-02-01'")
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
    found = county.connection.execute(f"SELECT value FROM ({sql})").fetchall()
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


def test_reader_can_reach_no_other_file_and_change_nothing(county: PublishedCounty) -> None:
    snapshot = PublishedFolder(county.folder / "published", CATALOGUE).current()
    (county.folder / "other.csv").write_text("a\n1\n")
    for path in ("anything.csv", county.folder / "other.csv", county.folder / "ledger.sqlite"):
        with pytest.raises(duckdb.PermissionException):
            snapshot.read(f"SELECT * FROM read_csv('{path}')")
    inside = county.folder / "published" / "snapshot-1" / "new.parquet"
    for statement in (
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        f"COPY (SELECT 1) TO '{inside}'",
        "DELETE FROM figures",
        "CREATE TABLE t (a INTEGER)",
        "INSTALL httpfs",
    ):
        with pytest.raises(ValueError, match="nothing but read"):
            snapshot.read(statement)
        with pytest.raises(ValueError):
            snapshot.read(f"SELECT 1; {statement}")
    assert not inside.exists()


def test_configuration_of_a_reader_is_locked(county: PublishedCounty) -> None:
    snapshot = PublishedFolder(county.folder / "published", CATALOGUE).current()
    settings = dict(
        snapshot.read(
            "SELECT name, value FROM duckdb_settings() WHERE name IN ('enable_external_access', "
            "'lock_configuration', 'autoload_known_extensions', 'autoinstall_known_extensions')"
        )
    )
    assert settings == {
        "enable_external_access": "false",
        "lock_configuration": "true",
        "autoload_known_extensions": "false",
        "autoinstall_known_extensions": "false",
    }


def test_question_that_needs_too_much_memory_says_so(county: PublishedCounty) -> None:
    snapshot = PublishedFolder(county.folder / "published", CATALOGUE, memory="20MB").current()
    too_much = "SELECT list(i) FROM (SELECT hash(i) AS i FROM range(20000000) AS t(i))"
    with pytest.raises(NoRoom, match="more memory"):
        snapshot.read(f"SELECT len(list) FROM ({too_much}) AS l(list)")


def test_question_whose_snapshot_is_taken_away_is_asked_anew(
    county: PublishedCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = county.door()
    assert door.snapshot().number == 1
    read = OpenSnapshot.read

    def slow_read(self: OpenSnapshot, *asked: object, **how: object) -> object:
        if self.info.number == 1:
            for _ in range(4):
                county.publish()
        return read(self, *asked, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(OpenSnapshot, "read", slow_read)
    answer = door.ask(question("cost"), MANAGER, STEERING)
    assert (answer.snapshot.number, answer.snapshot.newer_damaged) == (5, None)
    assert answer.figures[1].value == 12.5
    assert len(county.audit.entries()) == 1


def test_reader_goes_on_with_the_snapshot_it_has_while_newer_ones_come(county: PublishedCounty) -> None:
    published = PublishedFolder(county.folder / "published", CATALOGUE)
    before = published.current()
    county.publish()
    county.publish()
    assert published.current().info.number == 3
    assert before.read("SELECT count(*) > 0 FROM figures") == [(True,)]


# Damage


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.unlink()  # a file of its own: other snapshots may share the old one
    path.write_bytes(content)


FIGURES = "snapshot-2/figures/cost.parquet"


@pytest.mark.parametrize(
    "harm",
    [
        lambda published: damage(published / FIGURES),
        lambda published: (published / FIGURES).unlink(),
        lambda published: os.truncate(published / FIGURES, 100),
        lambda published: damage(published / "snapshot-2" / "manifest.json"),
        lambda published: (published / "snapshot-2" / "manifest.json").unlink(),
        lambda published: (published / "snapshot-2").rename(published / "elsewhere"),
    ],
    ids=["flipped bit", "missing", "cut", "manifest flipped", "manifest missing", "all missing"],
)
def test_damaged_snapshot_is_left_for_the_one_before_which_says_so(
    county: PublishedCounty, harm: Callable[[Path], object]
) -> None:
    county.publish()
    harm(county.folder / "published")
    answer = county.door().ask(question("cost"), MANAGER, STEERING)
    assert (answer.snapshot.number, answer.snapshot.newer_damaged) == (1, 2)
    assert answer.figures[1].value == 12.5


def test_damaged_star_is_found_when_it_is_first_read(county: PublishedCounty) -> None:
    county.publish()
    damage(county.folder / "published" / "snapshot-2" / "star" / "visit.parquet")
    door = county.door()
    assert door.ask(question("cost"), MANAGER, STEERING).snapshot.number == 2
    computed = question("median_wait", level=Level.UNIT, by="sex")
    assert door.ask(computed, MANAGER, STEERING).snapshot.number == 1


def test_without_any_whole_snapshot_the_damage_is_said(county: PublishedCounty) -> None:
    damage(county.folder / "published" / "snapshot-1" / "meta" / "area.parquet")
    with pytest.raises(Damaged, match=r"meta/area.parquet is not the file that was written"):
        county.door().ask(question("cost"), MANAGER, STEERING)
    assert county.publish().number == 2
    assert county.door().snapshot().newer_damaged is None


def test_snapshot_of_version_0_1_is_not_ready_and_its_number_is_not_used_again(tmp_path: Path) -> None:
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / "snapshot-6.duckdb").write_bytes(b"of before")
    (folder / "CURRENT").write_text("snapshot-6.duckdb\n")
    county = PublishedCounty(tmp_path)
    with pytest.raises(NotReady, match="virtaama load"):
        county.door().snapshot()
    assert county.publish().number == 7
    assert sorted(path.name for path in folder.iterdir()) == ["CURRENT", "snapshot-7"]


# What has changed since


def test_answer_says_which_figures_were_published_under_an_earlier_definition(
    county: PublishedCounty,
) -> None:
    reworded, redefined = (
        replace(CATALOGUE, version="another", metrics=metrics)
        for metrics in (
            tuple(replace(m, decimals=m.decimals + 1, owner="other") for m in CATALOGUE.metrics),
            tuple(replace(m, scale=m.scale * 10) for m in CATALOGUE.metrics),
        )
    )
    assert county.door().snapshot().redefined == ()
    assert county.door(reworded).snapshot().redefined == ()
    door = county.door(redefined)
    assert door.snapshot().redefined == ("visits_per_1000", "median_wait", "cost")
    assert door.ask(question("cost"), MANAGER, STEERING).snapshot.redefined == ("cost",)


def test_snapshot_says_that_the_model_has_changed(county: PublishedCounty) -> None:
    assert not county.door().snapshot().model_changed
    newer = county.door(model=replace(PUBLISHED_MODEL, version="another"))
    assert newer.ask(question("cost"), MANAGER, STEERING).snapshot.model_changed


def test_question_that_needs_what_an_earlier_model_had_not_is_not_ready(county: PublishedCounty) -> None:
    visit = PUBLISHED_MODEL.concept("visit")
    narrower = replace(visit, attributes=tuple(a for a in visit.attributes if a.name != "waited"))
    others = tuple(narrower if c.name == "visit" else c for c in PUBLISHED_MODEL.concepts)
    county.model = replace(PUBLISHED_MODEL, concepts=others)
    county.catalogue = replace(CATALOGUE, metrics=(CATALOGUE.metric("visits_per_1000"),))
    county.publish()
    door = county.door(CATALOGUE, PUBLISHED_MODEL)
    assert door.snapshot().redefined == ("median_wait", "cost")
    [figure] = door.ask(question("cost", last=date(2024, 1, 1)), MANAGER, STEERING).figures
    assert figure.missing is Missing.NO_DATA
