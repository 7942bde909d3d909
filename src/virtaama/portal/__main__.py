"""`python -m virtaama.portal FOLDER ADDRESS PORT` serves the portal; `virtaama serve` calls it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from virtaama.portal.serve import run
from virtaama.privacy.log_lines import keep_words_back
from virtaama.problems import VirtaamaError


def main() -> int:
    if os.environ.get("VIRTAAMA_DEBUG") != "1":
        keep_words_back()
    folder, address, port = sys.argv[1:]
    try:
        run(Path(folder), address, int(port), ready=_say)
    except VirtaamaError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


def _say(address: str) -> None:
    sys.stderr.write(f"Serving on {address} – stop with Ctrl-C.\n")


if __name__ == "__main__":
    sys.exit(main())
