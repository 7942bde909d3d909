"""With how many examples a property is tried: few in the suite, EXAMPLES times as many by `make properties`."""

import os

TIMES = int(os.environ.get("EXAMPLES", "1"))


def examples(few: int) -> int:
    return few * TIMES
