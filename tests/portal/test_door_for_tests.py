"""The door these tests read through must not drift from the real one."""

from __future__ import annotations

import inspect

import pytest

from tests.portal.door_for_tests import DoorForTests
from virtaama.access.door import Door

METHODS = [name for name, _ in inspect.getmembers(Door, inspect.isfunction) if not name.startswith("_")]


@pytest.mark.parametrize("method", METHODS)
def test_it_is_called_as_the_real_door_is(method: str) -> None:
    assert inspect.signature(getattr(DoorForTests, method)) == inspect.signature(getattr(Door, method))
