"""One cluster and one session for all tests of Spark, and an empty warehouse on each engine for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from tests.engines.cluster import SMALL_JAVA, cluster
from tests.engines.small_county import small_county
from virtaama.cli.main import run
from virtaama.engines.duckdb import DuckDB
from virtaama.engines.port import Engine
from virtaama.engines.spark import Spark
from virtaama.engines.spark_session import start_session


@pytest.fixture(scope="session")
def cluster_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="session")
def spark_master(cluster_folder: Path) -> Iterator[str]:
    with cluster(cluster_folder) as address:
        yield address


@pytest.fixture(scope="session")
def spark_session(spark_master: str, cluster_folder: Path) -> Iterator[SparkSession]:
    session = start_session(
        spark_master,
        cluster_folder / "shared",
        memory="512m",
        cores=2,
        settings={
            "spark.driver.extraJavaOptions": SMALL_JAVA,
            "spark.executor.extraJavaOptions": SMALL_JAVA,
            "spark.sql.shuffle.partitions": "2",
        },
    )
    yield session
    session.stop()


@pytest.fixture(scope="session")
def county_on_spark(
    spark_session: SparkSession, spark_master: str, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A small county whose warehouse is on the cluster, checked, landed, loaded and published. Tests only read it."""
    folder = tmp_path_factory.mktemp("on_spark") / "county"
    small_county(folder, f"engine: spark\nspark: {{master: '{spark_master}'}}\n")
    (folder / "deliveries" / "people_2025-02.csv").unlink()
    for command in ("check", "land", "plan", "load"):
        assert run([command, "--project", str(folder)]) == 0
    return folder


Open = Callable[[], Engine]


@pytest.fixture
def open_duckdb(tmp_path: Path) -> Open:
    return lambda: DuckDB.open(tmp_path / "warehouse.duckdb", folders=[tmp_path], memory="500MB", threads=2)


@pytest.fixture
def open_spark(spark_session: SparkSession, tmp_path: Path) -> Open:
    return lambda: Spark.open(tmp_path / "warehouse", spark_session, folders=[tmp_path])


@pytest.fixture(params=["duckdb", "spark"])
def open_engine(request: pytest.FixtureRequest) -> Open:
    """Opens the warehouse of a test, on one engine after the other; a second call opens it again."""
    found: Open = request.getfixturevalue(f"open_{request.param}")
    return found


@pytest.fixture
def engine(open_engine: Open) -> Iterator[Engine]:
    opened = open_engine()
    yield opened
    opened.close()
