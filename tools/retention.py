"""Write the reference of retention rules: python tools/retention.py"""

from pathlib import Path

from virtaama.statutes.reference import retention_page

FILE = Path(__file__).parents[1] / "docs" / "reference" / "retention.md"
FILE.write_text(retention_page(), encoding="utf-8")
