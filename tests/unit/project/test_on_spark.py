"""A project on Spark: what its settings say, and what the check tells before anything is loaded."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.engines.small_county import small_county
from virtaama.loading.on_spark import problems_on_spark
from virtaama.problems import NotReady, ProblemsFound
from virtaama.project.create import create_county
from virtaama.project.project import Project
from virtaama.project.settings import parse_settings
from virtaama.project.spark_settings import NO_CLUSTER
from virtaama.project.warehouse import set_aside
from virtaama.sql.spelling import EngineName

ON_SPARK = "engine: spark\n"


def test_the_invented_county_means_the_same_on_spark(tmp_path: Path) -> None:
    project = create_county(tmp_path / "county")
    assert list(problems_on_spark(project.model, project.catalogue)) == []


def test_what_spark_would_read_otherwise_is_told_where_it_was_written(tmp_path: Path) -> None:
    folder = small_county(tmp_path / "county", ON_SPARK)
    Project.open(folder).check()
    edit(folder / "mappings/mappings.yaml", "lower(trim(KIND))", "strip_accents(KIND)")
    options = """acute: "regexp_matches(visit_kind, 'a', 'i')\""""
    edit(folder / "metrics/metrics.yaml", "acute: visit_kind = 'acute'", options)
    with pytest.raises(ProblemsFound) as found:
        Project.open(folder).check()
    told = [str(problem) for problem in found.value.problems]
    assert len(told) == 2
    assert told[0].startswith(
        "mappings/mappings.yaml:17: 'visit_kind' of sources.visits to 'visit': the function"
    )
    assert "'strip_accents' is not known to mean the same on Spark" in told[0]
    assert told[1].startswith("metrics/metrics.yaml:15: metric 'visits_per_100': a pattern")
    # The same project on DuckDB has no problem.
    edit(folder / "virtaama.yaml", ON_SPARK, "")
    Project.open(folder).check()


def test_settings_of_a_cluster_are_read(tmp_path: Path) -> None:
    text = """
name: x
county: {code: "1", names: {fi: a, sv: b, en: c}}
engine: spark
spark:
  master: spark://host:7077
  executor_memory: 4g
  cores: 8
  settings: {spark.hadoop.fs.s3a.endpoint: "https://storage.example"}
"""
    settings = parse_settings(text, tmp_path)
    assert settings.engine is EngineName.SPARK
    assert settings.warehouse.name == "warehouse.spark"
    spark = settings.spark
    assert (spark.master, spark.executor_memory, spark.driver_memory) == ("spark://host:7077", "4g", "2g")
    assert (spark.cores, dict(spark.settings)) == (
        8,
        {"spark.hadoop.fs.s3a.endpoint": "https://storage.example"},
    )


def test_a_project_is_on_duckdb_unless_it_says_otherwise(tmp_path: Path) -> None:
    settings = parse_settings('name: x\ncounty: {code: "1", names: {fi: a, sv: b, en: c}}\n', tmp_path)
    assert (settings.engine, settings.spark) == (EngineName.DUCKDB, NO_CLUSTER)


@pytest.mark.parametrize("line", ["engine: oracle", "spark: {executor_memory: much}"])
def test_settings_that_cannot_be_are_told(line: str, tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound):
        parse_settings(f'name: x\ncounty: {{code: "1", names: {{fi: a, sv: b, en: c}}}}\n{line}\n', tmp_path)


def test_where_spark_is_not_installed_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small_county(tmp_path / "county", ON_SPARK)
    loaded = ("virtaama.engines.spark", "pyspark")
    for name in [name for name in sys.modules if name.startswith(loaded)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(NotReady, match=r"virtaama\[spark\]"):
        Project.open(folder).plan()


def test_a_warehouse_that_is_a_folder_is_moved_aside_whole(tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.spark"
    (warehouse / "segments").mkdir(parents=True)
    moved = set_aside(warehouse, "a file of its tables is missing")
    assert (moved.to.name, warehouse.exists()) == ("warehouse.damaged-1.spark", False)
    assert (moved.to / "segments").is_dir()


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
