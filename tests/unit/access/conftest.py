from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.published_county import PublishedCounty, published_county


@pytest.fixture
def county(tmp_path: Path) -> PublishedCounty:
    return published_county(tmp_path)
