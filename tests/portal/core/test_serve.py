from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

from tests.portal.project_for_tests import make_project
from virtaama.portal.serve import keep_to_ourselves


def test_a_project_without_its_secret_is_not_served(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "project")
    (folder / "keys" / "portal.key").unlink()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run(
        [sys.executable, "-m", "virtaama.portal", str(folder), "127.0.0.1", "0"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 7
    assert "there is no secret for the portal" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_folder_without_a_project_is_not_served(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run(
        [sys.executable, "-m", "virtaama.portal", str(tmp_path), "127.0.0.1", "0"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 7
    assert "Traceback" not in ended.stderr


def test_a_project_into_which_nobody_could_sign_in_is_not_served(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "project")
    settings = folder / "virtaama.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("demo: true", ""), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run(
        [sys.executable, "-m", "virtaama.portal", str(folder), "127.0.0.1", "0"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 7
    assert "nobody could sign in" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_only_its_owner_reads_the_database_of_the_portal(tmp_path: Path) -> None:
    database = tmp_path / "portal.sqlite"
    keep_to_ourselves(database)
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    database.chmod(0o644)  # as an earlier version made it
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE kept (it)")
    keep_to_ourselves(database)
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
