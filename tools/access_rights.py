"""Write the page of the work roles of decree 457/2024: python tools/access_rights.py"""

from pathlib import Path

from virtaama.project.statutes import shipped_statutes
from virtaama.statutes.access_page import page
from virtaama.statutes.access_rights import ACCESS_RIGHTS

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "access-rights.md"

if __name__ == "__main__":
    PAGE.write_text(page(shipped_statutes().content(ACCESS_RIGHTS)), encoding="utf-8")
