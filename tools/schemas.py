"""Write the shapes of a project's files where editors find them: python tools/schemas.py"""

from pathlib import Path

from virtaama.project.schemas import published

FOLDER = Path(__file__).parents[1] / "docs" / "reference" / "schema"

for name, text in published():
    (FOLDER / name).write_text(text, encoding="utf-8")
