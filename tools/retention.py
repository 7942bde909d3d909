"""Write the reference of retention rules: python tools/retention.py"""

from pathlib import Path

from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.reference import retention_page
from virtaama.statutes.retention_rules import RETENTION

FILE = Path(__file__).parents[1] / "docs" / "reference" / "retention.md"
FILE.write_text(retention_page(shipped_statutes().pack(RETENTION)), encoding="utf-8")
