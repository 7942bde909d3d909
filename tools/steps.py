"""Write the reference of the steps of a load: python tools/steps.py"""

from pathlib import Path

from virtaama.vault.reference import steps_page

FILE = Path(__file__).parents[1] / "docs" / "reference" / "steps.md"
FILE.write_text(steps_page(), encoding="utf-8")
