"""The decisions on OWASP ASVS 5.0.0, and the page that tells of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
DECISIONS = ROOT / "docs" / "reference" / "asvs.yaml"
# How many requirements of levels 1 and 2 each chapter has.
CHAPTERS = (27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7)
WORDS = {
    "held": "held by the product",
    "county": "done by the county",
    "nothing": "no such thing here",
    "partly": "partly held",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided on some requirements; `by` are paths in the repository."""

    of: tuple[str, ...]
    what: str
    decision: str
    why: str
    by: tuple[str, ...]


def decisions() -> tuple[Decision, ...]:
    return tuple(
        Decision(
            of=tuple(each["of"]),
            what=each["what"],
            decision=each["decision"],
            why=each.get("why", ""),
            by=tuple(each.get("by", ())),
        )
        for each in yaml.safe_load(DECISIONS.read_text(encoding="utf-8"))
    )


def page() -> str:
    """docs/reference/asvs.md."""
    decided = decisions()
    counts = {
        word: sum(len(each.of) for each in decided if each.decision == name) for name, word in WORDS.items()
    }
    lines = [
        "# Security, requirement by requirement",
        "",
        "What was decided on each of the 253 requirements of levels 1 and 2 of the OWASP Application Security",
        "Verification Standard 5.0.0 (owasp.org, CC BY-SA 4.0): its numbers, our words. Generated from `asvs.yaml` by",
        "`python tools/asvs.py`; the tests hold that every requirement is decided once and that what is named exists.",
        "",
        " · ".join(f"{word}: {count}" for word, count in counts.items()),
        "",
        "| Requirements | What | Decision | How | Held by |",
        "|---|---|---|---|---|",
    ]
    for each in decided:
        links = ", ".join(f"[{Path(path).name}]({relative(path)})" for path in each.by)
        lines.append(
            f"| {', '.join(each.of)} | {each.what} | {WORDS[each.decision]} | {each.why} | {links} |"
        )
    return "\n".join(lines) + "\n"


def relative(path: str) -> str:
    """As seen from docs/reference."""
    return (
        path.removeprefix("docs/reference/")
        if path.startswith("docs/reference/")
        else (f"../{path.removeprefix('docs/')}" if path.startswith("docs/") else f"../../{path}")
    )
