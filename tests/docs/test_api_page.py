"""What the reference says of the API is what the API says of itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.docs.api_page import described, description, page

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "how-to" / "use-the-api.md").read_text(encoding="utf-8")


def test_the_reference_is_of_today() -> None:
    assert (DOCS / "reference" / "api.md").read_text(encoding="utf-8") == page(), (
        "PYTHONPATH=src:. python tools/api.py"
    )
    assert (DOCS / "reference" / "openapi.json").read_bytes() == description()


def test_the_description_is_whole() -> None:
    told = json.dumps(described())
    named = set(re.findall(r'"#/components/schemas/(\w+)"', told))
    assert named <= set(described()["components"]["schemas"])


def test_the_guide_asks_what_there_is() -> None:
    paths = {path.replace("{name}", r"\w+") for path in described()["paths"]}
    asked = re.findall(r"api/v1/[\w./{}]+", GUIDE)
    assert asked
    for address in asked:
        known = any(re.fullmatch(path, f"/{address.rstrip('.')}".replace("{metric}", "x")) for path in paths)
        assert known or address == "api/v1/openapi.json", address


def test_the_guide_knows_every_problem() -> None:
    from virtaama.portal.api.problems import Kind

    seldom = {Kind.ONLY_READS, Kind.BROKEN}
    assert {kind.value for kind in Kind} - seldom <= set(re.findall(r"`([a-z-]+)`", GUIDE))
