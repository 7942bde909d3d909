"""Write the reference of the packs of dated law: python tools/statutes.py"""

from pathlib import Path

from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.kinds import KINDS
from virtaama.statutes.statutes_page import statutes_page

FILE = Path(__file__).parents[1] / "docs" / "reference" / "statutes.md"
FILE.write_text(statutes_page(KINDS, map(shipped_statutes().pack, KINDS)), encoding="utf-8")
