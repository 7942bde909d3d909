"""A release as files to hand over: figures as CSV, Parquet, JSON-stat and a workbook; a description of the data set."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from virtaama.interchange.json_stat import json_stat
from virtaama.interchange.json_stat_cube import Origin, ReleasedFigures, Table, tables_of
from virtaama.interchange.json_stat_cube import Place as NamedPlace
from virtaama.interchange.json_stat_words import STATUSES
from virtaama.lake.files import sha256_of, sync
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.released import ReleasedFigure, Status
from virtaama.model.concepts import Text
from virtaama.privacy.spreadsheets import harmless
from virtaama.problems import NotReady
from virtaama.project.data_set_sheet import write_workbook

if TYPE_CHECKING:  # the solver is brought in where a release is made
    from virtaama.access.releasing import MadeRelease

DESCRIPTION = "description.json"
JSON_STAT = ".json-stat.json"
COLUMNS = {
    "metric": pa.string(),
    "level": pa.string(),
    "area": pa.string(),
    "area_name": pa.string(),
    "dimension": pa.string(),
    "member": pa.string(),
    "member_name": pa.string(),
    "grain": pa.string(),
    "period": pa.date32(),
    "status": pa.string(),
    "value": pa.float64(),
    "numerator": pa.float64(),
    "denominator": pa.float64(),
}


def write_data_set(made: MadeRelease, catalogue: Catalogue, folder: Path) -> Path:
    """Write a release below a folder, all of it or nothing; the folder of the data set."""
    finished = folder / made.release.name / str(made.number)
    unfinished = finished.with_name(f"{made.number}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    rows = list(_rows(made))
    table = pa.table(
        {
            name: pa.array([row[place] for row in rows], kind)
            for place, (name, kind) in enumerate(COLUMNS.items())
        }
    )
    write_csv(rows, unfinished / f"{made.release.name}.csv")
    pq.write_table(table, unfinished / f"{made.release.name}.parquet")
    write_workbook(
        tuple(COLUMNS), rows, _about(made, catalogue), made.made, unfinished / f"{made.release.name}.xlsx"
    )
    for name, document in _documents(made, catalogue):
        (unfinished / name).write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")
    files = {path.name: sha256_of(path) for path in sorted(unfinished.iterdir())}
    described = json.dumps(describe(made, catalogue, files), ensure_ascii=False, indent=2) + "\n"
    (unfinished / DESCRIPTION).write_text(described, encoding="utf-8")
    for path in (*unfinished.iterdir(), unfinished):
        sync(path)
    unfinished.rename(finished)
    sync(finished.parent)
    return finished


def write_csv(rows: Iterable[Sequence[object]], path: Path) -> None:
    """Rows of COLUMNS as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(map(_cell, row) for row in rows)


def describe(made: MadeRelease, catalogue: Catalogue, files: dict[str, str]) -> dict[str, Any]:
    """What a data set holds, how it was protected and from what it was made.

    How many figures are hidden because they are small is not told: where all are, that would give them away.
    """
    release, protected = made.release, made.protected
    hidden = sum(figure.status is Status.HIDDEN for figure in protected.figures)
    return {
        "name": release.name,
        "number": made.number,
        "title": asdict(release.labels),
        "description": asdict(release.definition),
        "made": made.made.isoformat(timespec="seconds"),
        "owner": release.owner,
        "audience": release.audience.value,
        "legal_basis": release.legal_basis,
        "licence": release.licence.value if release.licence else None,
        "metrics": {
            metric.name: {
                "title": asdict(metric.labels),
                "definition": asdict(metric.definition),
                "unit": asdict(metric.unit),
                "legal_basis": metric.legal_basis,
            }
            for metric in (catalogue.metric(name) for name in release.metrics)
        },
        "levels": list(release.levels),
        "breakdowns": list(release.breakdowns),
        "grains": list(release.grains),
        "first_period": _iso(min((figure.period for figure in protected.figures), default=None)),
        "last_period": _iso(max((figure.period for figure in protected.figures), default=None)),
        "figures": len(protected.figures),
        "hidden_figures": hidden,
        "protection": {
            "threshold": release.threshold,
            "rounding": release.rounding,
            "rule": "Figures about fewer persons than the threshold are hidden, and others with them, until "
            "linear programming shows that no hidden figure can be worked out more closely than the threshold "
            "from all that is shown here and in earlier releases. Then counts are rounded; values are "
            "computed from rounded counts.",
            "counts": protected.cells,
            "hidden_counts": len(protected.hidden),
            "groups_audited": protected.audited,
            "least_room": protected.narrowest,
        },
        "snapshot": made.snapshot.number,
        "snapshot_published": made.snapshot.published.isoformat(timespec="seconds"),
        "model_version": made.snapshot.model_version,
        "catalogue_version": made.snapshot.catalogue_version,
        "record": made.record,
        "columns": list(COLUMNS),
        "files": files,
    }


def read_description(folder: Path, release: str, number: int) -> dict[str, Any]:
    """The description of a data set that was written; NotReady where there is none."""
    path = folder / release / str(number) / DESCRIPTION
    try:
        described: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotReady(
            f"{path}: there is no such data set. Make it with `virtaama release make {release}`."
        ) from None
    return described


def written(folder: Path, release: str) -> tuple[int, ...]:
    """The numbers of the data sets of a release that were written, the oldest first."""
    below = folder / release
    found = (path.name for path in below.iterdir()) if below.is_dir() else ()
    return tuple(sorted(int(name) for name in found if name.isdigit()))


def read_json_stat(folder: Path, release: str, number: int, table: Table) -> dict[str, Any] | None:
    """A table of a data set as JSON-stat, its labels in Finnish; None where it was not made of it."""
    path = folder / release / str(number) / _name_of(release, table)
    if not path.is_file():
        return None
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def json_stat_tables(folder: Path, release: str, number: int) -> tuple[Table, ...]:
    """The tables of a data set that were written as JSON-stat, by name."""
    found = sorted((folder / release / str(number)).glob(_name_of(release, "*")))
    tables = (path.name.removeprefix(f"{release}-").removesuffix(JSON_STAT) for path in found)
    parted = (name.partition("-") for name in tables)
    return tuple(Table(Grain(grain), dimension) for grain, _, dimension in parted)


def _name_of(release: str, table: Table | str) -> str:
    return f"{release}-{table if isinstance(table, str) else table.name}{JSON_STAT}"


def _about(made: MadeRelease, catalogue: Catalogue) -> dict[str, str]:
    """What the sheet beside the figures says, in three languages."""
    release = made.release
    metrics = (catalogue.metric(name) for name in release.metrics)
    return {
        release.name: " · ".join(asdict(release.labels).values()),
        "": "\n".join(asdict(release.definition).values()),
        **{metric.name: "\n".join(asdict(metric.definition).values()) for metric in metrics},
        "owner": release.owner,
        "legal_basis": release.legal_basis,
        "licence": release.licence.value if release.licence else "",
        "number": str(made.number),
        "made": made.made.isoformat(timespec="seconds"),
        "snapshot": str(made.snapshot.number),
        "threshold": str(release.threshold),
        "rounding": str(release.rounding),
        "status": "\n".join(
            f"{name}: {' · '.join(asdict(said).values())}" for name, said in STATUSES.items()
        ),
    }


def _documents(made: MadeRelease, catalogue: Catalogue) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name of each JSON-stat file, and what it holds."""
    told = ReleasedFigures(
        release=made.release,
        figures=made.protected.figures,
        catalogue=catalogue,
        places=tuple(
            NamedPlace(level=Level(area.level), code=area.code, name=area.name, within=area.within)
            for area in made.areas
        ),
        members=made.members,
        origin=Origin(
            county=made.areas[0].name,
            number=made.number,
            made=made.made,
            snapshot=made.snapshot.number,
            published=made.snapshot.published,
            model_version=made.snapshot.model_version,
            catalogue_version=made.snapshot.catalogue_version,
            record=made.record,
        ),
    )
    for table in tables_of(made.protected.figures):
        yield _name_of(made.release.name, table), json_stat(told, table)


def _rows(made: MadeRelease) -> Iterator[tuple[object, ...]]:
    names = {(area.level, area.code): area.name for area in made.areas}
    for figure in made.protected.figures:
        area = names.get((figure.level, figure.area))
        member = made.members.get(figure.dimension, {}).get(figure.member)
        yield (
            figure.metric,
            figure.level.value,
            figure.area,
            area.fi if area else None,
            figure.dimension or None,
            figure.member or None,
            _name(member, figure),
            figure.grain.value,
            figure.period,
            figure.status.value,
            figure.value,
            figure.numerator,
            figure.denominator,
        )


def _cell(value: object) -> object:
    """A cell of the CSV."""
    if isinstance(value, str):
        return harmless(value)
    return "" if value is None else value


def _name(member: Text | None, figure: ReleasedFigure) -> str | None:
    return (member.fi if member else figure.member) or None


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
