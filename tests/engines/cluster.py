"""A real cluster for the tests: one standalone master and two workers on loopback, each a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyspark
import pytest

PATIENCE = 240  # seconds until a process has said that it is up
WORKERS = 2
SMALL_JAVA = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"  # short lives: compiling costs more than it saves


def java_found() -> bool:
    return bool(os.environ.get("JAVA_HOME") or shutil.which("java"))


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The address of a master with two workers of one core each; `folder` takes their logs and work."""
    if not java_found():
        pytest.fail(
            "The tests of Spark need Java 17 or 21. Run tools/java.sh, or set JAVA_HOME.", pytrace=False
        )
    with ExitStack() as stack:
        options = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        master = stack.enter_context(_process(folder, "master", "master.Master", *options))
        [address] = _said(master, r"Starting Spark master at (spark://\S+)")
        workers = []
        for number in range(WORKERS):
            sized = ("--cores", "1", "--memory", "512m", "--work-dir", str(folder / f"work-{number}"))
            started = _process(folder, f"worker-{number}", "worker.Worker", *options, *sized, address)
            workers.append(stack.enter_context(started))
        for worker in workers:
            _said(worker, r"(Successfully registered with master)")
        yield address


@contextmanager
def _process(folder: Path, name: str, what: str, *arguments: str) -> Iterator[Path]:
    """One process of the cluster, ended at the end; gives the file it writes to."""
    home = Path(pyspark.__file__).parent
    log = folder / f"{name}.log"
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "192m",
        "SPARK_LOG_DIR": str(folder),
        "SPARK_MASTER_OPTS": "-Dspark.master.rest.enabled=false",  # it would take a port of its own choice
        "SPARK_DAEMON_JAVA_OPTS": SMALL_JAVA,
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            [home / "bin" / "spark-class", f"org.apache.spark.deploy.{what}", *arguments],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
        )
    try:
        yield log
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _said(log: Path, pattern: str) -> list[str]:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := re.findall(pattern, log.read_text(errors="replace")):
            return found[:1]
        time.sleep(0.1)
    pytest.fail(f"{log.stem} did not start:\n{log.read_text(errors='replace')[-2000:]}", pytrace=False)
