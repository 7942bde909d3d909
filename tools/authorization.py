"""Write who gets what in the portal for people to read: PYTHONPATH=. python tools/authorization.py"""

from pathlib import Path

from tests.privacy.portal.authorization import page

(Path(__file__).parents[1] / "docs" / "reference" / "authorization.md").write_text(page(), encoding="utf-8")
