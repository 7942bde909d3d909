"""What can be got out of what is shown: python -m attack disclosure [SHARE]"""

from __future__ import annotations

import sys

from attack import disclosure, measured_session

TABLES, COUNTIES = 300, 10


def main(arguments: list[str]) -> None:
    if not arguments or arguments[0] != "disclosure":
        raise SystemExit("python -m attack disclosure [SHARE of what is attacked, 1 if not said]")
    share = float(arguments[1]) if len(arguments) > 1 else 1.0
    disclosure.main(max(1, round(TABLES * share)))
    measured_session.main(max(1, round(COUNTIES * share)))


if __name__ == "__main__":
    main(sys.argv[1:])
