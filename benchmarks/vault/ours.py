"""The trade model as an ordinary project of ours, through the product's own path. Run as a module: one stage."""

from __future__ import annotations

import argparse
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from virtaama.project.project import Project

MODEL = Path(__file__).parent / "model"
LATER = "# added later"

Arrival = dict[str, object]


@dataclass(frozen=True, slots=True)
class Kept:
    """A batch in the lake, for those who load it by other means."""

    feed: str  # without its system
    number: int
    extracted: str
    file: str


def create(folder: Path, *, whole: bool, before_change: bool = False, model: Path = MODEL) -> None:
    """A new project with the trade model, or another; `whole` declares every delivery complete."""
    from virtaama.project.create import create_empty  # here: a load that is measured makes no project

    create_empty(folder)
    for source in model.rglob("*.yaml"):
        target = folder / source.relative_to(model)
        target.parent.mkdir(exist_ok=True)
        target.write_text(
            _adapted(source.read_text(encoding="utf-8"), whole, before_change), encoding="utf-8"
        )


def change_model(folder: Path, *, whole: bool) -> None:
    """Bring in the attribute that was left out: what the source delivers stays as it is."""
    for part in ("concepts", "mappings"):
        for source in (MODEL / part).glob("*.yaml"):
            text = _adapted(source.read_text(encoding="utf-8"), whole, before_change=False)
            (folder / part / source.name).write_text(text, encoding="utf-8")


def deliver(folder: Path, data: Path, day: str) -> None:
    """Hand files over, under a day's name."""
    target = folder / "deliveries" / "trade" / day
    target.mkdir(parents=True)
    for file in data.glob("*.parquet"):
        os.link(file, target / file.name)


def kept(folder: Path) -> list[Kept]:
    """The batches of the lake, oldest first."""
    project = Project.open(folder)
    return [
        Kept(
            batch.feed.split(".")[1],
            batch.number,
            batch.extracted.isoformat(sep=" "),
            str(project.settings.lake / batch.parquet),
        )
        for batch in project.ledger.batches()
    ]


def arrivals(folder: Path) -> list[Arrival]:
    """Batches as the load by hand is told of them; each whole delivery with the one before it."""
    whole = "delivery: full" in (folder / "systems" / "trade.yaml").read_text(encoding="utf-8")
    before: dict[str, str] = {}
    found: list[Arrival] = []
    for batch in kept(folder):
        earlier = before.get(batch.feed, "") if whole else ""
        found.append(
            {
                "feed": batch.feed,
                "number": batch.number,
                "extracted": batch.extracted,
                "file": batch.file,
                "before": earlier,
            }
        )
        before[batch.feed] = batch.file
    return found


def warehouse(folder: Path) -> Path:
    return Project.open(folder).settings.warehouse


def keep(folder: Path) -> None:
    """Remember the warehouse as it is."""
    shutil.copy(warehouse(folder), warehouse(folder).with_suffix(".kept"))


def bring_back(folder: Path) -> None:
    """The warehouse as it was remembered; none where none was."""
    warehouse(folder).unlink(missing_ok=True)
    remembered = warehouse(folder).with_suffix(".kept")
    if remembered.exists():
        shutil.copy(remembered, warehouse(folder))


def contents(file: Path) -> dict[str, tuple[int, int]]:
    """Of each table of a vault: how many rows, and a sum over them that no order changes.

    Columns a hub may have beside its keys are left out of account.
    """
    found: dict[str, tuple[int, int]] = {}
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = connection.execute(
            "SELECT table_name, list(column_name ORDER BY column_name) FROM duckdb_columns()"
            " WHERE NOT internal AND regexp_matches(table_name, '^(hub|link|sat)_')"
            " AND NOT ends_with(table_name, '__superseded')"
            " GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        for name, columns in tables:
            listed = ", ".join(f'"{column}"' for column in columns if not column.startswith("first_"))
            row = connection.execute(
                f'SELECT count(*), coalesce(sum(CAST(hash({listed}) AS HUGEINT)), 0) FROM "{name}"'
            ).fetchone()
            assert row is not None
            found[name] = (row[0], int(row[1]))
    return found


def _adapted(text: str, whole: bool, before_change: bool) -> str:
    lines = (line for line in text.splitlines() if not (before_change and line.endswith(LATER)))
    return (
        "\n".join(lines).replace("delivery: changes", "delivery: full" if whole else "delivery: changes")
        + "\n"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("stage", choices=("land", "load"))
    arguments.add_argument("folder", type=Path)
    chosen = arguments.parse_args()
    project = Project.open(chosen.folder)
    if chosen.stage == "land":
        report = project.land()
        print(json.dumps({"landed": len(report.landed), "refused": [r.reason for r in report.refused]}))
    else:
        loaded = project.load()
        print(json.dumps({"batches": loaded.batches, "rows_in": loaded.rows_in, "rows": loaded.rows_new}))


if __name__ == "__main__":
    main()
