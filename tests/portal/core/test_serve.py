from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.portal.project_for_tests import make_project


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
