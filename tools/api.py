"""Write the API down for people and programs: PYTHONPATH=src:. python tools/api.py"""

from pathlib import Path

from tests.docs.api_page import description, page

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
(FOLDER / "openapi.json").write_bytes(description())
(FOLDER / "api.md").write_text(page(), encoding="utf-8")
