"""Look for secrets in every file that is kept: PYTHONPATH=. python tools/secrets_in_files.py [--write]

What detect-secrets takes for one and people have looked at stands in .secrets.baseline, in its own form, with the
reason it is none. Anything else ends the search with 1. `--write` adds it there, for people to look at: where no reason
is written the next search refuses it.
"""

from __future__ import annotations

import json
import re
import subprocess  # nosec B404 # lists what is under version control
import sys
from pathlib import Path
from typing import Any

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

ROOT = Path(__file__).parents[1]
BASELINE = ROOT / ".secrets.baseline"
LEFT_OUT = ("requirements/",)  # hashes of what is installed
MARK = re.compile(r"[0-9a-f]{12}")
"""What formulas and versions are known by: 48 bits, too short for a key of anything."""

Found = dict[tuple[str, str, str], int]
"""The line at which a file holds something of a kind, by a digest of what it is."""


def main(write: bool) -> int:
    known = {
        (file, each["type"], each["hashed_secret"]): str(each.get("why", ""))
        for file, several in json.loads(BASELINE.read_text(encoding="utf-8"))["results"].items()
        for each in several
    }
    found = search(kept())
    if write:
        BASELINE.write_text(as_baseline(found, known), encoding="utf-8")
        return 0
    wrong = [
        f"{file}:{line}: looks like a secret ({kind}).\n  Take it out, and change it where it was used; if it is none, "
        "run tools/secrets_in_files.py --write and write why."
        for (file, kind, digest), line in sorted(found.items())
        if not known.get((file, kind, digest))
    ]
    wrong += [
        f"{file}: {kind} is no longer there: take it out of {BASELINE.name}."
        for file, kind, _ in known.keys() - found
    ]
    sys.stderr.writelines(f"{each}\n" for each in wrong)
    return 1 if wrong else 0


def kept() -> list[str]:
    """Every file under version control that may hold text of people."""
    git = ["git", "ls-files", "-z"]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # nosec B603 # noqa: S603
    return [
        file
        for file in listed.split("\0")
        if file and file != BASELINE.name and not file.startswith(LEFT_OUT)
    ]


def search(files: list[str]) -> Found:
    secrets = SecretsCollection(root=str(ROOT))
    with default_settings():
        for file in files:
            secrets.scan_file(file)
    return {
        (file, secret.type, secret.secret_hash): secret.line_number
        for file, secret in secrets
        if not MARK.fullmatch(secret.secret_value or "")
    }


def as_baseline(found: Found, known: dict[tuple[str, str, str], str]) -> str:
    """In the form of detect-secrets, without lines: they move."""
    results: dict[str, list[dict[str, Any]]] = {}
    for file, kind, digest in sorted(found):
        results.setdefault(file, []).append(
            {
                "type": kind,
                "filename": file,
                "hashed_secret": digest,
                "is_verified": False,
                "is_secret": False,  # nosec B105 # a member of the form
                "why": known.get((file, kind, digest), ""),
            }
        )
    with default_settings() as settings:
        told = {"version": "1.5.0", **settings.json(), "results": results}
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main("--write" in sys.argv[1:]))
