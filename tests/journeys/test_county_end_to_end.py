"""An invented county from its deliveries to its answers: everything planted is found, nothing is lost."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.look_ups import unlimited
from tests.unit.interchange.instances import instances, shapes, violations
from virtaama.access.opened import NotOpened, OpenedPerson
from virtaama.access.persons import person_key
from virtaama.cli.main import run
from virtaama.metrics.question import Grain, Level, Missing, Question
from virtaama.privacy.policy import Asker, Purpose
from virtaama.project import persons
from virtaama.project.invented import read_invented
from virtaama.project.project import Project
from virtaama.synthetic.manifest import Flaw

ANALYST = Asker(id="test", role="analyst")
Counts = Counter[tuple[str, str]]  # how many, by feed and file


def planted(project: Project, *kinds: Flaw) -> Counts:
    invented = read_invented(project.settings.deliveries)
    assert invented is not None
    counts: Counts = Counter()
    for line in invented.planted:
        if line.kind in kinds:
            counts[line.feed, line.file] += line.count
    return counts


def found(project: Project, *checks: str) -> Counts:
    files = {batch.number: batch.file for batch in project.ledger.batches()}
    counts: Counts = Counter()
    for line in project.ledger.quality():
        if line.check in checks:
            counts[line.feed, files[line.batch]] += line.count
    return counts


@pytest.mark.parametrize(
    ("flaw", "checks"),
    [
        (Flaw.REPEATED_ROW, ["repeated_row"]),
        (Flaw.LATE_ROW, ["late_row"]),
        (Flaw.CORRECTION, ["correction"]),
        # In a full delivery a deletion is an absence.
        (Flaw.DELETION, ["deletion", "disappeared"]),
        (Flaw.UNKNOWN_CODE, ["unknown_code"]),
        (Flaw.ENDED_CODE, ["ended_code"]),
        (Flaw.IMPOSSIBLE_DATE, ["wrong_type"]),
        (Flaw.WRONG_ENCODING, ["wrong_encoding"]),
        (Flaw.RENAMED_COLUMN, ["column_renamed"]),
        (Flaw.BAD_IDENTITY, ["bad_identity"]),
    ],
)
def test_what_was_planted_is_found_to_the_last_row_and_nothing_else(
    county: Project, flaw: Flaw, checks: list[str]
) -> None:
    wanted = planted(county, flaw)
    assert wanted
    assert found(county, *checks) == wanted


def test_a_delivery_sent_twice_under_another_name_is_found(county: Project) -> None:
    repeats = Counter((repeat.feed, repeat.file) for repeat in county.ledger.repeats())
    assert repeats == planted(county, Flaw.REPEATED_DELIVERY)


def test_persons_under_several_client_numbers_are_one_resident_each(county: Project) -> None:
    [records] = county.settings.published.glob("snapshot-*/star/client_record.parquet")
    [linked] = county.settings.published.glob("snapshot-*/star/client_link.parquet")
    with duckdb.connect() as connection:
        (persons,) = connection.execute(
            f"SELECT count(*) FROM (SELECT resident_key FROM '{records}' "
            "WHERE resident_key IS NOT NULL "  # of those whose sources tell the person
            f"AND client_number NOT IN (SELECT client_number FROM '{linked}') "
            "GROUP BY resident_key, split_part(client_number, ':', 1) HAVING count(*) > 1)"
        ).fetchone() or (0,)
    assert persons == max(planted(county, Flaw.SEVERAL_CLIENT_NUMBERS).values())


def test_every_row_delivered_is_in_the_lake_or_set_aside(county: Project) -> None:
    for batch in county.ledger.batches():
        path = county.settings.deliveries / batch.file
        if path.suffix == ".csv":
            lines = path.read_bytes().count(b"\n") - 1
            assert batch.rows + batch.rejected == lines, batch.file


def test_every_metric_of_the_catalogue_is_counted_for_the_county(county: Project) -> None:
    door = county.door()
    first, last = door.periods()
    without = []
    for metric in door.catalogue().metrics:
        question = Question(metrics=(metric.name,), grain=Grain.MONTH, first=first, last=last)
        figures = door.ask(question, ANALYST, Purpose.STEERING).figures
        # Of few persons nothing is told; that they were counted is.
        if all(figure.value is None and figure.missing is not Missing.TOO_FEW for figure in figures):
            without.append((metric.name, {figure.missing for figure in figures}))
    assert without == []


def test_a_county_is_the_sum_of_its_municipalities_where_none_is_hidden(county: Project) -> None:
    door = county.door()
    _, last = door.periods()

    def rows(level: Level) -> list[int | None]:
        question = Question(
            metrics=("contacts_per_1000",), grain=Grain.MONTH, first=last, last=last, level=level
        )
        return [figure.rows for figure in door.ask(question, ANALYST, Purpose.STEERING).figures]

    (whole,) = rows(Level.COUNTY)
    shown = [count for count in rows(Level.MUNICIPALITY) if count is not None]
    assert whole is not None
    assert 0 < sum(shown) <= whole


def test_a_month_before_all_deliveries_is_missing_not_zero(county: Project) -> None:
    question = Question(
        metrics=("contacts_per_1000",), grain=Grain.MONTH, first=date(2020, 1, 1), last=date(2020, 1, 1)
    )
    (figure,) = county.door().ask(question, ANALYST, Purpose.STEERING).figures
    assert figure.value is None
    assert figure.missing in (Missing.NO_DATA, Missing.NOT_DELIVERED)


@pytest.fixture
def copy(county: Project, tmp_path: Path) -> Project:
    """The same county in another folder, to be changed."""
    folder = tmp_path / "copy"
    shutil.copytree(county.settings.folder, folder)
    return Project.open(folder)


def table_counts(project: Project) -> dict[str, int]:
    with duckdb.connect(str(project.settings.warehouse), read_only=True) as connection:
        names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {
            name: (connection.execute(f'SELECT count(*) FROM "{name}"').fetchone() or (0,))[0]
            for name in names
        }


def test_landing_and_loading_again_changes_nothing(copy: Project) -> None:
    before = table_counts(copy), copy.ledger.batches(), copy.ledger.quality()
    report = copy.land()
    loaded = copy.load()
    assert (report.landed, report.repeats, report.refused) == ((), (), ())
    assert loaded.batches == 0
    assert (table_counts(copy), copy.ledger.batches(), copy.ledger.quality()) == before


def test_a_warehouse_made_again_from_the_lake_is_the_same(copy: Project) -> None:
    before, findings = table_counts(copy), copy.ledger.quality()
    copy.settings.warehouse.unlink()
    copy.load()
    assert table_counts(copy) == before
    assert copy.ledger.quality() == findings


def test_an_answer_in_the_terminal_names_snapshot_and_record(
    county: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(county.settings.folder)
    assert (
        run(["ask", "emergency_visits_per_1000", "--to", "2026-04", "--format", "json", "--project", folder])
        == 0
    )
    answer = json.loads(capsys.readouterr().out)
    assert answer["snapshot"] == 1
    assert answer["record"] >= 1
    assert [figure["period"] for figure in answer["figures"]][-1] == "2026-04"
    assert all(figure["value"] is not None for figure in answer["figures"])


def test_the_portal_answers_with_this_county(county: Project) -> None:
    # A process of its own: Django reads its settings once.
    script = (
        "import sys; from pathlib import Path; from virtaama.portal.serve import prepare\n"
        "prepare(Path(sys.argv[1]))\n"
        "from django.test import Client; from virtaama.portal.core.models import Account\n"
        "client = Client(SERVER_NAME='127.0.0.1'); client.force_login(Account.objects.get(name='johtaja'))\n"
        "page = client.get('/', follow=True)\n"
        "assert page.status_code == 200, page.status_code\n"
        "sys.stdout.write(page.content.decode())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(county.settings.folder)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    assert "Keksitty Päijät-Häme" in done.stdout
    assert "Puheluihin vastattu" in done.stdout


def star_rows(project: Project, concept: str, columns: str) -> list[tuple[object, ...]]:
    newest = max(project.settings.published.glob("snapshot-*"), key=lambda path: int(path.name.split("-")[1]))
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT {columns} FROM '{newest}/star/{concept}.parquet'").fetchall()


def test_episodes_of_care_are_what_one_finds_by_hand(county: Project) -> None:
    stays = star_rows(county, "stay", "resident_key, admitted_on, stay_id, discharged_on")
    by_hand: list[tuple[object, date, date | None, int]] = []
    until: date | None = date.min
    before: object = None
    for resident, admitted, _, discharged in sorted(
        row for row in stays if row[0] and row[1] and not (row[3] and row[3] < row[1])
    ):
        if resident == before and (until is None or (admitted - until).days <= 1):
            _, starts, _, count = by_hand.pop()
            until = None if until is None or discharged is None else max(until, discharged)
            by_hand.append((resident, starts, until, count + 1))
        else:
            until = discharged
            by_hand.append((resident, admitted, until, 1))
        before = resident
    found = star_rows(county, "care_episode", "resident_key, starts_on, ends_on, stays")
    assert sorted(found, key=repr) == sorted(by_hand, key=repr)
    assert any(row[3] > 1 for row in by_hand)


def test_a_figure_of_a_derived_concept_leads_back_to_its_feeds(county: Project) -> None:
    door = county.door()
    question = Question(
        metrics=("care_episode_length",),
        grain=Grain.QUARTER,
        first=date(2026, 1, 1),
        last=date(2026, 3, 31),
        level=Level.COUNTY,
    )
    [figure] = door.ask(question, ANALYST, Purpose.STEERING).figures
    assert figure.value is not None
    assert 1 < figure.value < 60
    lineage = door.lineage("care_episode_length", ANALYST)
    assert "specialised_care.episodes" in [feed.feed for feed in lineage.feeds]
    assert [computed.name for computed in lineage.computed] == ["stay", "care_episode"]


def test_a_feature_table_has_a_row_for_each_living_resident_and_month(county: Project) -> None:
    (table,) = county.features
    analyst = Asker(id="test", role="analyst")
    opened = county.open_features(table, analyst, Purpose.PLANNING)
    rows = opened.rows.to_pylist()
    days = sorted({row["snapshot_day"] for row in rows})
    assert days == [date(2025, 11, 30), date(2025, 12, 31), *(date(2026, month, day) for month, day in
        ((1, 31), (2, 28), (3, 31), (4, 30)))]  # fmt: skip
    dead = dict(star_rows(county, "resident", "resident_key, death_date"))
    called = county.identities.domain(table.name)
    last = [row for row in rows if row["snapshot_day"] == days[-1]]
    assert {row["resident_key"] for row in last} <= {called.pseudonym(key) for key in dead}
    assert len(last) == len({row["resident_key"] for row in last})
    assert len(last) == sum(died is None or died > days[-1] for died in dead.values())
    visits = star_rows(county, "service_contact", "starts_on, service_class")
    assert 0 < sum(row["visits_3m"] for row in last) <= len(visits)
    assert {row["ward_days_next_month"] for row in last} == {None}
    assert county.audit.entries()[-1].number == opened.record
    assert not list(county.settings.published.rglob("*service_use*"))


# One person ---------------------------------------------------------------------------------------

NURSE = Asker(id="hoitaja", role="reception_nurse", units=frozenset({"U0701"}))
REASON = "Varattu vastaanotto"


def registered(project: Project) -> dict[str, set[str]]:
    """The family names the population register delivered for each code."""
    found: dict[str, set[str]] = {}
    for path in sorted(project.settings.deliveries.rglob("vaesto_*.csv")):
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            for row in csv.DictReader(file, delimiter=";"):
                if row.get("SUKUNIMI"):
                    found.setdefault(row["HENKILOTUNNUS"], set()).add(row["SUKUNIMI"])
    return found


def test_a_nurse_opens_who_was_at_her_unit_and_nobody_else(
    county: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = max(batch.extracted for batch in county.ledger.batches())
    monkeypatch.setattr(persons, "now", lambda: datetime.combine(last, last.time()) + timedelta(days=1))
    door = county.person_door(unlimited)
    before = len(county.audit.entries())
    opened: dict[str, OpenedPerson] = {}
    asked = 0
    for code in registered(county):
        asked += 1
        found = door.open(county.person_asked(code, REASON), NURSE, Purpose.CLIENT_CARE)
        match found:
            case OpenedPerson():
                opened[code] = found
            case NotOpened():
                pass
        if len(opened) == 2:
            break
    assert opened, "nobody was at the unit"
    assert len(county.audit.entries()) == before + asked
    names = registered(county)
    for code, person in opened.items():
        [basics] = [section for section in person.sections if section.name == "basics"]
        shown = dict(zip([column.name for column in basics.columns], basics.rows[0].values, strict=True))
        assert shown["family_name"] in names[code]
        assert bool(shown["street_address"]) != person.protected
        surrogate = county.identities.find(code)
        assert surrogate
        [entry] = [e for e in county.audit.entries() if e.number == person.record]
        assert entry.person == person_key(surrogate)
        assert "population_register" in entry.providers


def test_what_is_looked_up_is_enciphered_where_it_lies(county: Project) -> None:
    names = {name.encode() for delivered in registered(county).values() for name in delivered}
    files = [path for path in county.settings.direct.rglob("*") if path.is_file()]
    assert any(path.suffix == ".parquet" for path in files)
    for path in files:
        packed = path.suffix == ".parquet"
        text = repr(pq.read_table(path).to_pylist()).encode() if packed else path.read_bytes()
        assert not [name for name in names if len(name) > 4 and name in text], path.name


@pytest.mark.parametrize("concept", ["resident", "service_event", "unit", "care_episode"])
def test_rows_are_what_the_exported_profile_says(county: Project, concept: str) -> None:
    """By pySHACL: those that are there conform, and one that is spoilt does not."""
    star = county.settings.published / f"snapshot-{county.door().snapshot().number}" / "star"
    rows = pq.read_table(star / f"{concept}.parquet").slice(0, 40).to_pylist()
    shape = shapes(county.model, concept)
    assert len(rows) >= 10
    assert violations(shape, instances(county.model, {concept: rows})) == []
    coded = next(a.name for a in county.model.concept(concept).attributes if a.code_list)
    spoilt = [{**rows[0], coded: "no such code"}]
    found = violations(shape, instances(county.model, {concept: spoilt}))
    assert [(path, constraint) for _, path, constraint in found] == [(coded, "InConstraintComponent")]


def test_views_that_show_another_name_are_published_anew(county: Project) -> None:
    assert county.direct_wanted["resident"] == ("family_name", "given_names", "street_address")
    other = Project(county.settings)
    views = county.person_views
    assert views
    other.person_views = replace(views, sections=(), persons=replace(views.persons, address=()))
    assert "street_address" not in other.direct_wanted["resident"]
    assert not other.is_published
