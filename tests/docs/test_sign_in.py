"""The files shown in the guide to signing in could stand in a project."""

from __future__ import annotations

import re
from pathlib import Path

from tests.shipped_law import RIGHTS
from virtaama.access.roles import parse_groups, parse_roles
from virtaama.portal.core.sign_in.failures import Why
from virtaama.project.settings import parse_settings

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "how-to" / "sign-in.md").read_text(encoding="utf-8")
SETTINGS, ACCESS = re.findall(r"^```yaml\n(.*?)^```", GUIDE, re.M | re.S)
SHIPPED = DOCS.parent / "src" / "virtaama" / "content" / "county" / "access.yaml"


def test_the_settings_of_the_guide_have_no_problem() -> None:
    county = 'name: Test\ncounty: {code: "07", names: {fi: a, sv: b, en: c}}\n'
    assert parse_settings(county + SETTINGS, Path("project")).sign_in


def test_the_groups_of_the_guide_have_roles_that_ship() -> None:
    text = SHIPPED.read_text(encoding="utf-8") + ACCESS
    parse_roles(text, RIGHTS)
    assert len(parse_groups(text)) == 4


def test_the_guide_quotes_the_log() -> None:
    quoted = re.findall(r"^\| (the .*?|none .*?) \|", GUIDE, re.M)
    reasons = [
        quote for quote in quoted if quote.startswith(("the provider ", "the token", "none", "the claim "))
    ]
    assert len(reasons) >= 6
    assert {*reasons} <= {*Why}
