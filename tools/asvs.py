"""Write the decisions on the security standard for people to read: PYTHONPATH=. python tools/asvs.py"""

from pathlib import Path

from tests.docs.asvs import page

(Path(__file__).parents[1] / "docs" / "reference" / "asvs.md").write_text(page(), encoding="utf-8")
