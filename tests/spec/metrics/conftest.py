from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.spec.metrics.small_county import SmallCounty, small_county


@pytest.fixture
def county() -> Iterator[SmallCounty]:
    made = small_county()
    yield made
    made.connection.close()
