"""What holds for single persons on Spark too: protection orders, erasure to its end, links."""

from __future__ import annotations

import io
import shutil
from collections import Counter
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from tests.engines.small_county import PROTECTED, home_of
from tests.linked_clinic import Clinic
from torture.clinic import identity
from virtaama.access.persons import person_key
from virtaama.cli.main import run
from virtaama.engines.port import Engine
from virtaama.engines.segments import Segments
from virtaama.engines.spark import Spark
from virtaama.lake.published import current_name, read_manifest
from virtaama.project.erasing import whom
from virtaama.project.erasing.carried_out import files_to_search
from virtaama.project.erasing.planned import traces_of
from virtaama.project.erasing.search import search
from virtaama.project.project import Project
from virtaama.sql.build import select, subquery
from virtaama.vault.derive import star
from virtaama.vault.design import design

pytestmark = pytest.mark.timeout(1200)  # some hundred jobs; minutes where other work has the cores

GONE = 6
Rows = Counter[tuple[Any, ...]]


def key_of_person(project: Project, person: int) -> bytes:
    name = project.identities.find(identity(person))
    assert name
    return person_key(name)


def mart(project: Project, name: str) -> list[dict[str, Any]]:
    """The rows of a mart of the snapshot people read."""
    snapshot = project.settings.published / current_name(project.settings.published)
    [found] = (mart for mart in read_manifest(snapshot).marts if mart.name == name)
    return [row for path in found.paths(snapshot) for row in pq.read_table(path).to_pylist()]


def test_who_has_a_protection_order_now_has_no_place_in_any_view(county_on_spark: Path) -> None:
    project = Project.open(county_on_spark)
    protected = {key_of_person(project, person) for person in PROTECTED}
    residents = mart(project, "star/resident")
    assert {row["resident_key"] for row in residents if row["home"] is None} == protected
    assert {row["home"] for row in residents} == {"016", "398", None}
    visits = mart(project, "star/visit")
    assert {row["resident_key"] for row in visits if row["unit"] is None} == protected
    assert {row["resident_key"] for row in visits if row["home"] is None} == protected
    # Who cares for them finds the unit apart, and still no municipality.
    theirs = {row["visit_key"] for row in visits if row["resident_key"] in protected}
    cared = {row["visit_key"]: row for row in mart(project, "star/care__visit")}
    assert theirs <= cared.keys()
    assert {cared[key]["unit"] for key in theirs} == {f"U{person % 4}" for person in PROTECTED}
    assert all("home" not in row for row in cared.values())
    # In figures of the county they are counted, in those of an area below it they are not.
    figures = [
        row for row in mart(project, "figures/wait_p90") if row["grain"] == "month" and not row["dimension"]
    ]
    counted = Counter[str]()
    for row in figures:
        counted[row["area"]] += row["rows"]
    assert set(counted) == {"00", home_of(0), home_of(1)}
    hers = sum(row["resident_key"] in protected for row in visits)
    assert counted["00"] - counted[home_of(0)] - counted[home_of(1)] == hers > 0


def said(project: Project) -> dict[str, Rows]:
    """Every row of the tables on Spark but for what tells when it was loaded; keys as text."""
    segments = Segments.open(project.settings.warehouse)
    try:
        return {
            name: Counter(
                tuple(sorted((column, _plain(value)) for column, value in row.items()))
                for segment in table.segments
                for file in segments.files(segment)
                for row in pq.read_table(file).to_pylist()
            )
            for name, table in segments.current().tables.items()
            if name not in ("applied", "about", "deployed", "filled")
        }
    finally:
        segments.close()


def _plain(value: object) -> str:
    return UUID(bytes=value).hex if isinstance(value, bytes) else str(value)


def segments_of(project: Project) -> set[str]:
    return {path.name for path in (project.settings.warehouse / "segments").iterdir()}


def places_of(project: Project, who: whom.Whom) -> set[str]:
    hits = search(files_to_search(project.settings), traces_of(project, who))
    return {"/".join(hit.file.relative_to(project.settings.folder).parts[:2]) for hit in hits}


def test_an_erased_person_is_found_nowhere_and_everybody_else_is_as_before(
    county_on_spark: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = shutil.copytree(county_on_spark, tmp_path / "county")
    project = Project.open(folder)
    with closing(project.ledger), closing(project.identities):
        who = whom.by_code(project, identity(GONE))
        key = key_of_person(project, GONE).hex()
        before, segments = said(project), segments_of(project)
        assert places_of(project, who) >= {
            "data/lake", "data/warehouse", "data/published", "deliveries/people_2025-01.csv"
        }  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO(identity(GONE)))
    because = ["--reason", "asked for", "--legal-basis", "GDPR 17"]
    assert run(["erase", "--yes", "--before-due", *because, "--project", str(folder)]) == 0
    told = capsys.readouterr()
    assert "nothing was found" in told.err
    assert "say of everybody else what they said before" in told.err

    project = Project.open(folder)
    with closing(project.ledger), closing(project.identities):
        assert places_of(project, who) == set()
        assert not segments & segments_of(project)
        after = said(project)
        # Their visits go with them; whatever names neither is there as it was, and nothing came to it.
        gone = {value for row in before["link_visit__sources__visits"] if ("resident_key", key) in row
                for column, value in row if column == "visit_key"}  # fmt: skip
        assert gone
        for name, rows in before.items():
            stays = {row: n for row, n in rows.items() if not {value for _, value in row} & {key, *gone}}
            assert after[name] == Counter(stays), name
        assert sum(map(len, after.values())) < sum(map(len, before.values()))
        assert not any(row["resident_key"].hex() == key for row in mart(project, "star/visit"))
        # Executors that start later take from here that they keep no logs.
        assert (folder / "data" / "warehouse" / "session" / "log4j2.properties").is_file()
    assert run(["verify", "--project", str(folder)]) == 0


class ClinicOnSpark(Clinic):
    """The clinic of the specs, its warehouse on the cluster."""

    session: SparkSession

    def open_engine(self) -> Engine:  # type: ignore[override]
        return Spark.open(self.lake.folder.parent / "warehouse", self.session, folders=[self.lake.folder])


def test_records_are_linked_alike(spark_session: SparkSession, tmp_path: Path) -> None:
    """What is compared is read from the warehouse on Spark, weighed on the machine, and lands as a feed."""
    ClinicOnSpark.session = spark_session
    told = [linked(kind(tmp_path / kind.__name__)) for kind in (Clinic, ClinicOnSpark)]
    assert told[1] == told[0]
    assert {verdict for _, verdict, *_ in told[0][0]} == {"linked", "proposed"}


def linked(clinic: Clinic) -> tuple[list[tuple[Any, ...]], ...]:
    """One client is a resident by a rule, one may be; what is on record, what landed, and whose records they are."""
    told, later = datetime(2025, 2, 1), datetime(2025, 3, 1)
    clinic.person(told, "ann", "Virta", "Anna Maria")
    clinic.person(told, "bo", "Koski", "Bo Erik", born=date(1950, 1, 2))
    clinic.client(told, "7", "VIRTA", "Anna Maria")
    clinic.client(told, "8", "Koski", "Bo", born=date(1950, 2, 1))
    clinic.client(told, "9", "Virta", "Anna Maria", ID="ann")
    clinic.link(later)
    record = [
        (d.pair, d.verdict.value, d.weight, d.rule, sorted(d.why)) for d in clinic.record.newest("clients")
    ]
    clients = select("number", "resident_key").from_(
        subquery(star(clinic.model, design(clinic.model), "client"), "client")
    )
    rows = sorted(
        (row["number"], str(row["resident_key"])) for row in clinic.engine.read(clients).to_pylist()
    )
    links = sorted(clinic.links(), key=repr)
    clinic.engine.close()
    clinic.record.close()
    return record, links, rows
