"""A session on a cluster: the one the program runs in already, or one of our own."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from pyspark.sql import SparkSession

from virtaama.problems import NotReady

ACTIVE = "active"
"""The master's name where a notebook or a job has a session already, as on Databricks and Fabric."""

# Spark writes values that cannot be read into its logs, and statements to its pages: neither is kept.
_QUIET = {
    "spark.log.level": "OFF",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.eventLog.enabled": "false",
}
# With no appender at all Spark would put its own settings in place.
_NO_LOGS = """\
rootLogger.level = off
rootLogger.appenderRef.none.ref = none
appender.none.type = Null
appender.none.name = none
"""
_JAVA_OPTIONS = "spark.executor.extraJavaOptions"


def start_session(
    master: str,
    shared: Path,
    *,
    memory: str = "1g",
    driver_memory: str = "1g",
    cores: int | None = None,
    settings: Mapping[str, str] | None = None,
) -> SparkSession:
    """A session on the cluster at `master`; `memory` is that of one executor, `cores` the most it takes of all.

    `shared` is a folder that the workers see under the same path: from it executors take that they keep no
    logs, which quote values. With the master `active` the session that is there is used, and nothing of it
    is set. Raises NotReady where there is no Java, or no session to use.
    """
    # Its lines quote the values that errors are about.
    logging.getLogger("SQLQueryContextLogger").disabled = True
    if master == ACTIVE:
        session = SparkSession.getActiveSession()
        if session is None:
            raise NotReady("`spark.master` is 'active', but this program runs in no Spark session.")
        return session
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise NotReady(
            "Spark needs Java 17 or 21, and there is none.\n"
            "  Install it, for instance Debian's default-jre-headless, or set JAVA_HOME."
        )
    given = dict(settings or {})
    shared.mkdir(parents=True, exist_ok=True)
    quiet = shared / "log4j2.properties"
    quiet.write_text(_NO_LOGS, encoding="utf-8")
    wanted = {
        **_QUIET,
        _JAVA_OPTIONS: f"-Dlog4j2.configurationFile={quiet.as_uri()} {given.pop(_JAVA_OPTIONS, '')}".strip(),
        "spark.executor.memory": memory,
        "spark.driver.memory": driver_memory,
        # Shuffles of small tables; large ones are split by size while they run.
        "spark.sql.shuffle.partitions": str(2 * (cores or os.cpu_count() or 1)),
    }
    if cores:
        wanted["spark.cores.max"] = str(cores)
    if "127.0.0.1" in master or master.startswith("local"):
        wanted |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    builder = SparkSession.builder.appName("virtaama").master(master)
    for name, value in {**wanted, **given}.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
