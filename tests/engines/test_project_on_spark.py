"""A whole project on a cluster: the same warehouse and the same figures as on DuckDB."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from tests.engines.small_county import METRICS, small_county
from tests.small_warehouse import Warehouse, diagnoses, endings, residents
from virtaama.cli.main import run
from virtaama.engines.port import Engine
from virtaama.engines.spark import Spark
from virtaama.model.feeds import Delivery
from virtaama.project.project import Project
from virtaama.vault.design import design
from virtaama.vault.views import as_of, star

pytestmark = pytest.mark.timeout(1200)  # some hundred jobs; minutes where other work has the cores


class OnSpark(Warehouse):
    """The small warehouse of the specs, on the cluster."""

    session: SparkSession

    def open_engine(self) -> Engine:  # type: ignore[override]
        return Spark.open(self.lake.folder.parent / "warehouse", self.session, folders=[self.lake.folder])


def test_every_table_mart_and_figure_is_the_same_on_both(
    spark_session: SparkSession, spark_master: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small_county(tmp_path / "county", f"spark: {{master: '{spark_master}'}}\n")
    assert run(["land", "--project", str(folder)]) == 0
    assert run(["compare", "--engines", "--all", "--project", str(folder)]) == 0
    told = capsys.readouterr().out
    # With persons under protection orders: test_persons_on_spark.py looks at what Spark leaves out for them.
    for name in (
        *(f"figures/{metric}" for metric in METRICS),
        "star/resident",
        "star/visit",
        "star/care__visit",
        "warehouse/hub_resident",
        "findings",
    ):
        [line] = [line for line in told.splitlines() if line.startswith(f"{name} ")]
        assert int(line.split()[1]) > 0
    assert not list((folder / "data").glob("compare-*"))
    assert not (folder / "data" / "warehouse").exists()


def test_a_late_delivery_gives_the_same_history(spark_session: SparkSession, tmp_path: Path) -> None:
    OnSpark.session = spark_session
    told = [
        history_of(kind(residents(Delivery.FULL), tmp_path / kind.__name__)) for kind in (Warehouse, OnSpark)
    ]
    for name, rows in told[0].items():
        assert told[1][name] == rows, name


def test_a_late_set_gives_the_same_history(spark_session: SparkSession, tmp_path: Path) -> None:
    OnSpark.session = spark_session
    told = [sets_of(kind(diagnoses(), tmp_path / kind.__name__)) for kind in (Warehouse, OnSpark)]
    assert told[1] == told[0]
    assert sum(rows.count("True") for rows in told[0]) >= 4


def sets_of(warehouse: Warehouse) -> list[str]:
    """Diagnoses of two visits in January, of one in March, then late that of February."""
    for month, codes in ((1, ("1a", "1b", "2a")), (3, ("1a", "1b ")), (2, ("1c", "1a"))):
        rows = ({"VISIT": code[0], "CODE": code[1:], "CERTAINTY": "sure", "WHO": "x"} for code in codes)
        warehouse.deliver("care.diagnoses", datetime(2025, month, 1), *rows)
        if month != 1:
            warehouse.load()
    told = [
        warehouse.rows(
            f"SELECT visit, code, extracted, batch, deleted, {more} FROM {history} JOIN hub_diagnosis"
            " USING (diagnosis_key)"
        )
        for name, content in (
            ("sat_diagnosis__care__diagnoses__personal", "certainty"),
            ("link_diagnosis__care__diagnoses", "made_by_key"),
        )
        for history, more in ((name, content), (f"{name}__superseded", f"{content}, superseded_by"))
    ]
    warehouse.engine.close()
    return [repr(rows).replace("UUID", "") for rows in told] + [repr(warehouse.findings())]


def history_of(warehouse: Warehouse) -> dict[str, str]:
    """Deliveries of January and March, then late that of February: every table, view and finding."""
    feed, january, february, march = "register.people", *(datetime(2025, month, 1) for month in (1, 2, 3))
    warehouse.deliver(
        feed, january, {"ID": "a", "LANGUAGE": "fi", "HOME": "398"}, {"ID": " b ", "HOME": "781"}, {"ID": "c"}
    )
    warehouse.deliver(
        feed, march, {"ID": "a", "LANGUAGE": "sv"}, {"ID": "b", "HOME": "398"}, {"ID": "b", "NAME": "x"}
    )
    warehouse.load()
    warehouse.deliver(feed, february, {"ID": "a", "LANGUAGE": "en"}, {"ID": "b", "HOME": "398"}, {"ID": "d"})
    warehouse.load()
    engine, wanted = warehouse.engine, design(warehouse.model)
    told: dict[str, object] = {
        name: warehouse.rows(f"SELECT {', '.join(sorted(c for c, _ in engine.columns(name)))} FROM {name}")
        for name in engine.tables()
    }
    views = {
        "star": star(warehouse.model, wanted, "resident"),
        "as of February": as_of(warehouse.model, wanted, "resident", february),
        "known before": as_of(warehouse.model, wanted, "resident", march, known=2),
    }
    for name, view in views.items():
        told[name] = sorted(map(repr, engine.read(view).to_pylist()))
    with endings(warehouse, "resident") as ordered:
        once = as_of(ordered.model, wanted, "resident", february, endings=ordered.endings)
        assert sorted(map(repr, engine.read(once).to_pylist())) == told["as of February"]
    told["findings"] = warehouse.findings()
    engine.close()
    return {name: repr(rows).replace("UUID", "") for name, rows in told.items()}


def test_a_project_on_spark_loads_publishes_answers_and_is_verified(
    county_on_spark: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(county_on_spark, tmp_path / "county")
    period = ["--from", "2025-01", "--to", "2025-03", "--format", "csv", "--project", str(folder)]
    capsys.readouterr()
    assert run(["ask", "visits_per_100", *period]) == 0
    assert "2025-01" in capsys.readouterr().out
    assert run(["load", "--project", str(folder)]) == 0
    assert "0 batches loaded" in capsys.readouterr().err
    assert run(["verify", "--project", str(folder)]) == 0
    # A manifest that is not what was written is found out, and nothing is read from the warehouse.
    [manifest] = (Project.open(folder).settings.warehouse / "manifests").glob("*.json")
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("hub_", "hob_"), encoding="utf-8")
    assert run(["plan", "--project", str(folder)]) == 6
    assert "is not to be trusted" in capsys.readouterr().err
