"""Write the page of the work roles of decree 457/2024: python tools/access_rights.py"""

from pathlib import Path

from virtaama.statutes.access_page import page

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "access-rights.md"

if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
