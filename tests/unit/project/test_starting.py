"""A load starts nothing it has no use for: what it brings in is most of what a small delivery costs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from virtaama.project.create import create_empty
from virtaama.project.project import Project

FILES = {
    "systems/clinic.yaml": """
system: clinic
labels: {fi: Klinikka, sv: Klinik, en: Clinic}
format: csv
extracted: '(?P<year>\\d{4})-(?P<month>\\d{2})-(?P<day>\\d{2})'
feeds:
  rooms:
    labels: {fi: Huoneet, sv: Rum, en: Rooms}
    files: "rooms-*.csv"
    delivery: changes
    fields: {number: {type: integer, required: true}, name: {type: text}}
""",
    "concepts/room.yaml": """
concepts:
  room:
    kind: entity
    labels: {fi: Huone, sv: Rum, en: Room}
    definition: {fi: Huone., sv: Rum., en: A room.}
    key: [number]
    attributes:
      number: {type: integer, labels: {fi: Numero, sv: Nummer, en: Number}}
      name: {type: text, labels: {fi: Nimi, sv: Namn, en: Name}}
""",
    "mappings/room.yaml": """
mappings:
  - feed: clinic.rooms
    concept: room
    key: {number: number}
    attributes: {name: name}
""",
}
LOAD = """
import json, sys
from pathlib import Path
from virtaama.project.project import Project
rows = Project.open(Path(sys.argv[1])).load().rows_new
print(json.dumps({"rows": rows, "started": sorted(name for name in sys.modules if "." not in name)}))
"""
UNUSED = {"cryptography", "django", "jsonschema", "numpy", "pyarrow", "requests", "rich", "sqlalchemy"}


def test_a_load_starts_no_library_it_has_no_use_for(tmp_path: Path) -> None:
    create_empty(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "deliveries" / "rooms-2026-10-31.csv").write_text("number;name\n1;Aula\n2;Apteekki\n")
    project = Project.open(tmp_path)
    assert not project.land().refused
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(tmp_path)], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    assert told["rows"] == 4
    assert not UNUSED & set(told["started"])
