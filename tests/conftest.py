"""Which tests share a process: those of one file, and all that use the cluster of Spark, which is dear to start."""

from __future__ import annotations

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        on_cluster = "spark_master" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("spark" if on_cluster else item.nodeid.split("::")[0]))
        if on_cluster and not item.get_closest_marker("timeout"):
            # The first test on the cluster starts it, and the cores may be busy with other work.
            item.add_marker(pytest.mark.timeout(900))
