"""Which tests share a process, and which begin: a file together, and files that share what is dear to make."""

from __future__ import annotations

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

ON_CLUSTER = "tests/engines"
SHARED = {
    "tests/journeys/test_changed_model.py": "the county of the journeys",
    "tests/journeys/test_county_end_to_end.py": "the county of the journeys",
    "tests/journeys/test_linking.py": "the county of the journeys",
}
"""Files that need one fixture which takes long to make; each other file is alone."""
LONGEST = (f"{ON_CLUSTER}/", "tests/journeys/", "tests/reliability/", "tests/generative/", "tests/privacy/")
"""What takes longest begins, so that nobody waits for it alone at the end."""


class FilesTogether(LoadScopeScheduling):
    """A file at a time, as with --dist loadfile; files that need the cluster, or one county, as if they were one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return ON_CLUSTER if file.startswith(f"{ON_CLUSTER}/") else SHARED.get(file, file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FilesTogether:
    return FilesTogether(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_turn)
    for item in items:
        if item.nodeid.startswith(f"{ON_CLUSTER}/") and not item.get_closest_marker("timeout"):
            # The first test on the cluster starts it, and the cores may be busy with other work.
            item.add_marker(pytest.mark.timeout(900))


def _turn(item: pytest.Item) -> tuple[int, str]:
    place = next((n for n, folder in enumerate(LONGEST) if item.nodeid.startswith(folder)), len(LONGEST))
    # What shares a fixture follows on each other, also where there is one process for all.
    return place, SHARED.get(item.nodeid.split("::", 1)[0], "")
