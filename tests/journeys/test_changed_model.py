"""A data engineer changes the model of the county: plan, load, and the portal answers over the whole history."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from virtaama.cli.main import run
from virtaama.project.project import Project

ATTRIBUTE = """\
      begins_at_hour:
        type: integer
        sensitivity: special
        purposes: [steering, planning, evaluation, data_quality]
        labels: {fi: Käynnin alkamistunti, sv: Timmen då besöket började, en: Hour in which the visit began}
      visit_started:
"""
METRIC = """\
metrics:
  evening_visits:
    labels: {fi: Iltakäynnit, sv: Kvällsbesök, en: Evening visits}
    definition: {fi: Kello 16 jälkeen alkaneet., sv: Efter klockan 16., en: Begun after four.}
    family: need
    unit: {fi: käyntiä, sv: besök, en: visits}
    direction: neutral
    decimals: 0
    numerator: {fact: visit, aggregate: count, where: begins_at_hour >= 16}
    levels: [county]
    legal_basis: Laki sosiaali- ja terveydenhuollon järjestämisestä 612/2021 29 §
    source: AvoHilmo
    owner: Avopalvelut
"""


@pytest.fixture
def folder(county: Project, tmp_path: Path) -> Path:
    return shutil.copytree(county.settings.folder, tmp_path / "changed")


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def page(folder: Path, address: str) -> str:
    """A page of the portal as the director sees it, from a process of its own: Django reads its settings once."""
    script = (
        "import sys; from pathlib import Path; from virtaama.portal.serve import prepare\n"
        "prepare(Path(sys.argv[1]))\n"
        "from django.test import Client; from virtaama.portal.core.models import Account\n"
        "client = Client(SERVER_NAME='127.0.0.1'); client.force_login(Account.objects.get(name='johtaja'))\n"
        "page = client.get(sys.argv[2], follow=True)\n"
        "assert page.status_code == 200, page.status_code\n"
        "sys.stdout.write(page.content.decode())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder), address],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def evening_visits(project: Project) -> dict[str, int]:
    """Counted by hand from the warehouse: visits by month that began after four."""
    with duckdb.connect(str(project.settings.warehouse), read_only=True) as connection:
        rows = connection.execute(
            "WITH last AS (SELECT *, row_number() OVER (PARTITION BY service_event_key "
            "ORDER BY extracted DESC, batch DESC) AS place FROM sat_service_event__primary_care__visits__special) "
            "SELECT strftime(visit_started, '%Y-%m'), count(*) FROM last "
            "WHERE place = 1 AND NOT deleted AND hour(visit_started) >= 16 GROUP BY 1"
        ).fetchall()
    return dict(rows)


@pytest.mark.timeout(900)  # a whole county; minutes where other work has the cores
def test_the_portal_answers_with_a_new_attribute_over_the_whole_history(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder / "concepts/care.yaml", "      visit_started:\n", ATTRIBUTE)
    change(
        folder / "mappings/primary_care.yaml",
        "      visit_started: KAYNTI_ALKOI\n",
        "      visit_started: KAYNTI_ALKOI\n      begins_at_hour: hour(KAYNTI_ALKOI)\n",
    )
    (folder / "metrics/evening.yaml").write_text(METRIC, encoding="utf-8")
    capsys.readouterr()
    assert run(["plan", "--project", str(folder)]) == 0
    planned = capsys.readouterr().out
    assert "attribute 'begins_at_hour' of service_event is new" in planned
    assert [line for line in planned.splitlines() if "again from" in line] == [
        line for line in planned.splitlines() if "read service event again from primary_care.visits" in line
    ]
    assert "What leaves the warehouse: nothing" in planned
    assert run(["load", "--project", str(folder)]) == 0
    project = Project.open(folder)
    wanted = evening_visits(project)
    capsys.readouterr()
    asked = ["ask", "evening_visits", "--from", "2025-11", "--to", "2026-04", "--format", "json"]
    assert run([*asked, "--project", str(folder)]) == 0
    figures = json.loads(capsys.readouterr().out)["figures"]
    assert {figure["period"]: figure["value"] for figure in figures} == wanted
    assert len(wanted) == 6
    assert "Iltakäynnit" in page(folder, "/ohjaus/mittarit/evening_visits/")
    exported = page(folder, "/ohjaus/mittarit/evening_visits/trend.csv").removeprefix("\ufeff")
    rows = [line.split(";") for line in exported.splitlines()]
    told = {month: row for row in rows for month in wanted if month in row}
    assert all({str(count), f"{count},0"} & set(told[month]) for month, count in wanted.items())
    assert not project.rebuild(swapped=False).differing
