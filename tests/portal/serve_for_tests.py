"""`python -m tests.portal.serve_for_tests FOLDER PORT [WORKERS]`: the portal as served, over an in-memory door."""

from __future__ import annotations

import sys
from pathlib import Path

from virtaama.portal.serve import Server, prepare


def main(folder: Path, port: int, workers: int = 1) -> None:
    prepare(folder)

    from tests.portal.door_for_tests import ROLES, DoorForTests, LogForTests
    from virtaama.portal.core import door as portal_door

    served = portal_door.project()

    class ProjectForTests(LogForTests):
        roles = ROLES
        demo_users = served.demo_users
        groups = served.groups

        def door(self) -> DoorForTests:
            return DoorForTests()

    portal_door.project = ProjectForTests  # type: ignore[assignment]
    Server("127.0.0.1", port, workers=workers).run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
