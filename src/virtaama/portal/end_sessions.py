"""`python -m virtaama.portal.end_sessions FOLDER [ACCOUNT]` ends sessions; `virtaama sign-out` calls it."""

from __future__ import annotations

import sys
from getpass import getuser
from pathlib import Path

from django.utils import timezone

from virtaama.portal.serve import set_up
from virtaama.problems import VirtaamaError


def main() -> int:
    folder, *account = sys.argv[1:]
    try:
        ended = end_sessions(Path(folder), account[0] if account else None)
    except VirtaamaError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"{ended} session{'' if ended == 1 else 's'} ended.\n")
    return 0


def end_sessions(folder: Path, account: str | None) -> int:
    """End the sessions of an account, or of everybody where none is named; how many there were.

    Whose they were is sealed in the audit log. Raises NotRecorded where that cannot be: the sessions are over then too.
    """
    set_up(folder)
    # Django's models can be imported only once it has been set up for a project.
    from virtaama.portal.core.door import sign_ins
    from virtaama.portal.core.ending import end_sessions_by_administrator, seal

    ended = end_sessions_by_administrator(name=account, now=timezone.now(), by="virtaama sign-out")
    if ended:
        seal(sign_ins(), ended, f"ended by terminal:{getuser()}")
    return sum(each.sessions for each in ended)


if __name__ == "__main__":
    sys.exit(main())
