"""Erasure: afterwards no file of the project holds anything of the person, and everybody else is as before."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from tests.erasable import FILES, LONG_DEAD, PARTED, PEOPLE, WORKER, deliveries, filled, put
from torture.clinic import identity
from virtaama.cli.main import virtaama
from virtaama.privacy.policy import Asker, Purpose
from virtaama.problems import NotAllowed, NotErased, NotReady
from virtaama.project.copies import files_below
from virtaama.project.erasing import whom
from virtaama.project.erasing.carried_out import files_to_search
from virtaama.project.erasing.erase import Why, erase, finish_begun, lift, what_would_go
from virtaama.project.erasing.journal import is_begun
from virtaama.project.erasing.planned import traces_of
from virtaama.project.erasing.search import search
from virtaama.project.project import Project
from virtaama.project.retention import list_due

TODAY = date(2026, 11, 26)
OFFICER = Asker(id="tests", role="data_protection_officer")
WHY = Why(reason="asked for by the client", legal_basis="GDPR 17")
ABOUT = ("hub_resident", "hub_visit", "hub_diagnosis", "hub_case", "hub_employee")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = filled(tmp_path_factory.mktemp("erasing") / "base")
    table = next(iter(project.features))
    project.open_features(table, Asker(id="tests", role="analyst"), Purpose.PLANNING)
    list_due(project, TODAY)
    project.ledger.close()
    return project.settings.folder


@pytest.fixture
def project(base: Path, tmp_path: Path) -> Iterator[Project]:
    shutil.copytree(base, tmp_path / "project")
    opened = Project.open(tmp_path / "project")
    yield opened
    opened.ledger.close()


@pytest.fixture(scope="module")
def known(base: Path) -> dict[int, whom.Whom]:
    """Everybody, by all the names they had before anybody was erased."""
    project = Project.open(base)
    with closing(project.ledger), closing(project.identities):
        return {person: whom.by_code(project, identity(person)) for person in range(PEOPLE)}


def places_of(project: Project, who: whom.Whom) -> set[str]:
    """The first folders below the project in which anything of a person stands."""
    hits = search(files_to_search(project.settings), traces_of(project, who))
    folder = project.settings.folder
    return {"/".join(hit.file.relative_to(folder).parts[:2]) for hit in hits}


def said(project: Project) -> dict[str, Counter[tuple[Any, ...]]]:
    """Every row of the warehouse, as text, by table; but for what tells when it was loaded, and from what."""
    with duckdb.connect(str(project.settings.warehouse), read_only=True) as connection:
        names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {
            name: Counter(connection.execute(f'SELECT COLUMNS(*)::VARCHAR FROM "{name}"').fetchall())
            for name in names
            if name not in ("applied", "about", "deployed", "filled")
        }


def lake_of(project: Project) -> dict[int, pa.Table]:
    return {
        batch.number: pq.read_table(project.settings.lake / batch.parquet)
        for batch in project.ledger.batches()
    }


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in files_below(folder)
    }


def everything_but(
    before: dict[str, Counter[tuple[Any, ...]]], gone: set[str]
) -> dict[str, Counter[tuple[Any, ...]]]:
    """The rows that hold none of these keys."""
    return {
        name: Counter({row: times for row, times in rows.items() if not gone & set(row)})
        for name, rows in before.items()
    }


def keys_of(project: Project, condition: str) -> set[str]:
    """The keys of instances, as text, where a condition of their hub holds."""
    with duckdb.connect(str(project.settings.warehouse), read_only=True) as connection:
        return {key for (key,) in connection.execute(condition).fetchall()}


def of_person(project: Project, person: int) -> set[str]:
    name = next(iter(whom.by_code(project, identity(person)).names))
    keys = keys_of(project, f"SELECT resident_key::VARCHAR FROM hub_resident WHERE person = '{name}'")
    keys |= keys_of(project, f"SELECT visit_key::VARCHAR FROM hub_visit WHERE number LIKE '%-{person}'")
    keys |= keys_of(
        project, f"SELECT diagnosis_key::VARCHAR FROM hub_diagnosis WHERE visit_number LIKE '%-{person}'"
    )
    keys |= keys_of(project, f"SELECT client_key::VARCHAR FROM hub_client WHERE number = 'k{person}'")
    return keys | keys_of(project, f"SELECT case_key::VARCHAR FROM hub_case WHERE number = 'c{person}'")


def test_before_it_they_are_found_wherever_they_stand(project: Project, known: dict[int, whom.Whom]) -> None:
    assert places_of(project, known[LONG_DEAD]) == {
        "deliveries/register",
        "deliveries/care",
        "data/lake",
        "data/warehouse",
        "data/published",
        "data/marts",
        "data/retention",
    }


def test_afterwards_they_are_found_nowhere_and_everybody_else_is_as_before(
    project: Project, known: dict[int, whom.Whom]
) -> None:
    before, gone, mine = said(project), of_person(project, LONG_DEAD), places_of(project, known[PARTED])
    landed = lake_of(project)
    assert len(gone) == 8
    planned = what_would_go(project, TODAY, identity(LONG_DEAD))
    done = erase(project, TODAY, identity(LONG_DEAD), OFFICER, WHY)
    assert (done.persons, done.rows, done.batches, done.set_aside) == (1, 11, 11, 3)
    assert (done.rows, done.batches) == (planned.gone.count, len(planned.gone.rows))
    assert places_of(project, known[LONG_DEAD]) == set()
    assert not is_begun(project.settings.erasing)
    assert project.identities.find_subject("care.NR", f"k{LONG_DEAD}") is None
    assert project.identities.find_subject("care.NR", "k5") is not None
    # What leads from the code is gone; the audit log is still found by it.
    assert project.identities.find(identity(LONG_DEAD)) is None
    assert project.identities.forgotten(identity(LONG_DEAD)) == tuple(known[LONG_DEAD].keys)
    # Everybody else
    assert said(project) == everything_but(before, gone)
    assert places_of(project, known[PARTED]) == mine - {"deliveries/register", "data/marts", "data/retention"}
    for batch in project.ledger.batches():
        left_out = set(planned.gone.rows.get(batch.number, ()))
        stays = [n for n in range(len(landed[batch.number])) if n not in left_out]
        kept = landed[batch.number].take(pa.array(stays, pa.int64()))
        assert pq.read_table(project.lake.verified_path(batch)).equals(kept)
        assert batch.rows == len(kept)
    known = {project.settings.lake / batch.parquet for batch in project.ledger.batches()}
    assert {path for path in files_below(project.settings.lake) if path.suffix == ".parquet"} == known
    assert [part.part for part in project.verify() if part.wrong] == []


def test_it_is_on_record_and_names_nobody(project: Project) -> None:
    who = whom.by_code(project, identity(LONG_DEAD))
    entries = len(project.audit.entries())
    folder = str(project.settings.folder)
    arguments = ["erase", "--yes", "--reason", "asked for", "--legal-basis", "GDPR 17", "--project", folder]
    told = CliRunner().invoke(virtaama, arguments, input=f"{identity(LONG_DEAD).lower()}\n")
    assert told.exit_code == 0, told.output
    assert "searched: nothing was found" in told.output
    [erasure] = project.ledger.erasures.all()
    assert (erasure.role, erasure.reason, erasure.legal_basis, erasure.scope) == (
        "data_protection_officer",
        "asked for",
        "GDPR 17",
        "person",
    )
    assert erasure.finished is not None
    counts = {"persons_erased": 1, "rows_erased": 11, "batches_rewritten": 11, "tables_differing": 0}
    assert erasure.counts == counts
    [entry] = project.audit.entries()[entries:]
    assert (entry.act, entry.about.value, entry.persons, entry.allowed) == ("erase", "nobody", 0, True)
    newest = next(run for run in project.ledger.runs() if run.kind == "erase")
    assert (newest.ok, newest.counts["rows_erased"]) == (True, 11)
    said_of_it = repr((erasure, entry, project.ledger.runs())) + told.output.upper()
    names = (identity(LONG_DEAD), *who.names, *(key.hex() for key in who.keys))
    assert not any(name in said_of_it for name in names)
    again = CliRunner().invoke(virtaama, arguments, input=f"{identity(LONG_DEAD)}\n")
    assert "Nothing is kept of what was to be erased." in again.output


def test_what_would_go_is_said_in_words_and_nothing_is_changed(project: Project) -> None:
    before = digests(project.settings.folder)
    told = CliRunner().invoke(
        virtaama,
        ["erase", "--dry-run", "--project", str(project.settings.folder)],
        input=f"{identity(LONG_DEAD)}\n",
    )
    assert told.exit_code == 0, told.output
    assert "11 rows of 11 batches in the lake" in told.output
    assert "3 rows that were set aside" in told.output
    assert "The audit log keeps its entries" in told.output
    assert identity(LONG_DEAD) not in told.output
    assert digests(project.settings.folder) == before


@pytest.mark.parametrize(
    ("arguments", "given", "what"),
    [
        (["--dry-run"], "010150-900X", "shape, day or check character is wrong"),
        (["--yes"], identity(LONG_DEAD), "An erasure needs a reason and a legal basis"),
        (["--yes", "--reason", identity(1), "--legal-basis", "x"], identity(LONG_DEAD), "leave the code out"),
        (["--reason", "a", "--legal-basis", "x"], identity(LONG_DEAD), "Nobody can be asked here"),
        (["--due", "--lift"], "", "do not go together"),
    ],
)
def test_what_is_asked_wrongly_destroys_nothing(
    project: Project, arguments: list[str], given: str, what: str
) -> None:
    before = digests(project.settings.data)
    told = CliRunner().invoke(
        virtaama, ["erase", *arguments, "--project", str(project.settings.folder)], input=f"{given}\n"
    )
    assert told.exit_code != 0
    assert what in told.output + str(told.exception)
    assert given == "" or given not in told.output
    assert digests(project.settings.data) == before


def test_only_a_role_with_the_right_erases_and_a_refusal_is_on_record(project: Project) -> None:
    entries = len(project.audit.entries())
    before = digests(project.settings.lake)
    with pytest.raises(NotAllowed, match="does not destroy data about persons"):
        erase(project, TODAY, identity(LONG_DEAD), replace(OFFICER, role="data_engineer"), WHY)
    [entry] = project.audit.entries()[entries:]
    assert (entry.act, entry.decision.partition(":")[0]) == ("erase", "refused")
    assert digests(project.settings.lake) == before


def test_what_the_law_still_keeps_goes_only_where_that_is_said(project: Project) -> None:
    with pytest.raises(NotReady, match="case 1, diagnosis 6, resident 1, visit 3"):
        erase(project, TODAY, identity(PARTED + 3), OFFICER, WHY)
    assert project.ledger.erasures.all() == ()


def test_a_worker_goes_with_the_row_of_the_employer_and_others_keep_theirs(
    project: Project, known: dict[int, whom.Whom]
) -> None:
    before, gone = said(project), of_person(project, WORKER)
    gone |= keys_of(project, "SELECT employee_key::VARCHAR FROM hub_employee WHERE number = 'n1'")
    erase(project, TODAY, identity(WORKER), OFFICER, WHY, before_due=True)
    assert places_of(project, known[WORKER]) == set()
    assert said(project) == everything_but(before, gone)


def test_a_file_that_has_not_landed_is_in_the_way(project: Project, known: dict[int, whom.Whom]) -> None:
    put(project.settings.folder, "care/2026-04/visits.csv", deliveries(4)["care/visits.csv"])
    before = digests(project.settings.lake)
    with pytest.raises(NotReady, match=r"care/2026-04/visits\.csv"):
        erase(project, TODAY, identity(LONG_DEAD), OFFICER, WHY)
    assert digests(project.settings.lake) == before
    project.land()
    project.load()
    erase(project, TODAY, identity(LONG_DEAD), OFFICER, WHY)
    assert places_of(project, known[LONG_DEAD]) == set()


def test_an_old_file_that_is_delivered_again_brings_nobody_back(
    project: Project, known: dict[int, whom.Whom]
) -> None:
    erase(project, TODAY, identity(LONG_DEAD), OFFICER, WHY)
    before = said(project)
    # The same rows in other files: their bytes are not those of any batch.
    again = deliveries(1)["care/visits.csv"].replace("\n", "\r\n")
    put(project.settings.folder, "care/2026-01/visits_again.csv", again)
    again = deliveries(3)["register/people.csv"].replace("Nimi", "Uusi nimi")
    put(project.settings.folder, "register/2026-04/people.csv", again)
    # These name nobody: their visits and numbers do.
    again = deliveries(1)["care/diagnoses.csv"] + f"1-{LONG_DEAD};7;J99\n"
    put(project.settings.folder, "care/2026-01/diagnoses_again.csv", again)
    put(project.settings.folder, "care/2026-01/clients_again.csv", deliveries(1)["care/clients.csv"] + "\n")
    report = project.land()
    assert {batch.feed: batch.rows for batch in report.landed} == {
        "care.clients": 1,
        "care.diagnoses": PEOPLE - 1,
        "care.visits": PEOPLE - 1,
        "register.people": PEOPLE - 1,
    }
    project.load()
    project.publish()
    # The row that could not be read named them, too.
    quality = {line.feed: line.count for line in project.ledger.quality() if line.check == "left_out_erased"}
    assert quality == {"care.clients": 1, "care.diagnoses": 2, "care.visits": 2, "register.people": 1}
    assert [row.reason for batch in report.landed for row in project.ledger.rejected(batch.number)] == [
        "wrong_type",
        "wrong_type",
    ]
    for hub in ("hub_resident", "hub_visit", "hub_diagnosis", "hub_client"):
        assert said(project)[hub] == before[hub]
    assert places_of(project, known[LONG_DEAD]) == {"deliveries/care", "deliveries/register"}
    # Until that is allowed.
    assert lift(project, identity(LONG_DEAD).lower(), OFFICER, WHY)
    assert not lift(project, identity(LONG_DEAD), OFFICER, WHY)
    put(project.settings.folder, "care/2026-04/visits.csv", deliveries(4)["care/visits.csv"])
    assert project.ledger.erasures.marks() == {}
    [batch] = project.land().landed
    assert (batch.rows, batch.number in project.ledger.erasures.left_out()) == (PEOPLE, False)


def test_a_diagnosis_of_a_visit_that_others_are_named_with_too_stays(
    project: Project, known: dict[int, whom.Whom]
) -> None:
    # The visit was entered for one person and corrected to another: it is the other's now.
    text = f"VISIT;ID;UNIT;STARTED\n1-{LONG_DEAD};{identity(5)};U9;02.04.2026 08:15\n"
    put(project.settings.folder, "care/2026-04/visits.csv", text)
    project.land()
    project.load()
    planned = what_would_go(project, TODAY, identity(LONG_DEAD))
    assert {name: len(keys) for name, keys in planned.gone.shared.items()} == {"visit": 1}
    erase(project, TODAY, identity(LONG_DEAD), OFFICER, WHY)
    numbers = keys_of(
        project, f"SELECT visit_number FROM hub_diagnosis WHERE visit_number LIKE '%-{LONG_DEAD}'"
    )
    assert numbers == {f"1-{LONG_DEAD}"}
    assert places_of(project, known[LONG_DEAD]) == set()


def test_they_are_found_in_fields_the_feed_no_longer_has(
    project: Project, known: dict[int, whom.Whom]
) -> None:
    file = project.settings.folder / "systems" / "staff.yaml"
    text = FILES["systems/staff.yaml"].lstrip("\n")
    file.write_text(text.replace("      ID: {type: identity}\n", ""), encoding="utf-8")
    changed = Project.open(project.settings.folder)
    changed.load(accepted=frozenset())
    assert places_of(changed, known[WORKER]) >= {"data/lake"}
    erase(changed, TODAY, identity(WORKER), OFFICER, WHY, before_due=True)
    assert places_of(changed, known[WORKER]) == set()
    changed.ledger.close()


def test_what_is_found_afterwards_is_said_and_the_erasure_stays_begun(project: Project) -> None:
    stray = project.settings.data / "left.behind"
    stray.write_text(f"somebody exported {identity(LONG_DEAD)}", encoding="utf-8")
    with pytest.raises(NotErased, match=r"left\.behind: found 1 times"):
        erase(project, TODAY, identity(LONG_DEAD), OFFICER, WHY)
    assert is_begun(project.settings.erasing)
    [erasure] = project.ledger.erasures.all()
    assert erasure.finished is None
    with pytest.raises(NotReady, match="erase --finish"):
        what_would_go(project, TODAY, identity(LONG_DEAD))
    stray.unlink()
    done = finish_begun(project, OFFICER)
    assert done is not None
    assert (done.rows, done.persons) == (11, 1)
    assert finish_begun(project, OFFICER) is None
