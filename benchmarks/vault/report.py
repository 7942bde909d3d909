"""What was measured, as CSV in the work folder and as a section of docs/benchmarks.md."""

from __future__ import annotations

import csv
import datetime
import os
import platform
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import duckdb

DOCUMENT = Path("docs/benchmarks.md")
OURS = "Virtaama"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One case done by one system, the cheapest of the rounds by CPU seconds."""

    case: str
    system: str
    cpu: float
    wall: float
    peak_megabytes: float
    rows: int | None = None  # written
    note: str = ""


def write_csv(folder: Path, results: list[Result]) -> Path:
    path = folder / "results.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Result)])
        writer.writeheader()
        writer.writerows(asdict(result) for result in results)
    return path


def machine(versions: tuple[str, ...] = ()) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    named = (f"Python {platform.python_version()}", f"DuckDB {duckdb.__version__}", *versions)
    busy = os.getloadavg()[2]
    return (
        f"{datetime.date.today():%d %B %Y}, {os.cpu_count()} cores, {memory:.0f} GB, {', '.join(named)}; "
        f"load of the machine at the end {busy:.1f}"
    ).removeprefix("0")


def table(results: list[Result]) -> str:
    """Systems of a case beneath each other; how many times the CPU seconds of ours each took."""
    lines = [
        "| Case | System | CPU s | Wall s | Peak MB | Rows written | CPU, times ours |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    ours = {result.case: result.cpu for result in results if result.system == OURS}
    for case in dict.fromkeys(result.case for result in results):
        for place, result in enumerate(r for r in results if r.case == case):
            base = ours.get(case)
            ratio = "" if result.system == OURS or not base else f"{result.cpu / base:.2f}"
            rows = "–" if result.rows is None else f"{result.rows:,}"
            system = f"**{result.system}**" if result.system == OURS else result.system
            system += f" ({result.note})" if result.note else ""
            lines.append(
                f"| {'' if place else case} | {system} | {result.cpu:.1f} | {result.wall:.1f}"
                f" | {result.peak_megabytes:,.0f} | {rows} | {ratio} |"
            )
    return "\n".join(lines)


def replace_section(name: str, text: str) -> None:
    """Put a text between the marks of its section in the document; at its end where there are none."""
    begin, end = f"<!-- {name}: written by a run -->", f"<!-- {name}: end -->"
    document = DOCUMENT.read_text(encoding="utf-8")
    section = f"{begin}\n{text.strip()}\n{end}"
    if begin in document:
        before, _, rest = document.partition(begin)
        document = before + section + rest.partition(end)[2]
    else:
        document = f"{document.rstrip()}\n\n{section}\n"
    DOCUMENT.write_text(document, encoding="utf-8")
