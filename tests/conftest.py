"""Which tests share a process: those of one file, and all that use the cluster of Spark, which is dear to start."""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

ON_CLUSTER = "tests/engines"


class FilesTogether(LoadScopeScheduling):
    """A file at a time, as with --dist loadfile; the files that need the cluster as if they were one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return ON_CLUSTER if file.startswith(f"{ON_CLUSTER}/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FilesTogether:
    return FilesTogether(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The longest of all runs first, so that nobody waits for it alone at the end.
    items.sort(key=lambda item: not item.nodeid.startswith(f"{ON_CLUSTER}/"))
    for item in items:
        if item.nodeid.startswith(f"{ON_CLUSTER}/") and not item.get_closest_marker("timeout"):
            # The first test on the cluster starts it, and the cores may be busy with other work.
            item.add_marker(pytest.mark.timeout(900))
