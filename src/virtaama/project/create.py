"""New project folders. Nothing is ever written over a project that is there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from shutil import copyfile, rmtree
from typing import TYPE_CHECKING

from virtaama.keyring import Keyring
from virtaama.problems import NotReady
from virtaama.project.extract import Extract, plain_name
from virtaama.project.project import Project
from virtaama.project.proposal import proposal
from virtaama.project.proposed_sources import FromWhere
from virtaama.project.relations import related
from virtaama.project.settings import SETTINGS_FILE, Settings, read_settings
from virtaama.project.tables import extracts_of

if TYPE_CHECKING:  # the client of databases is brought in where one is looked into
    from virtaama.sources.database.looking import Database

CONTENT = files("virtaama") / "content"
DEMO = "\ndemo: true # the data is invented: it may be emptied and filled again\n"


def create_county(folder: Path, *, demo: bool = False) -> Project:
    """A project with the whole content of the invented county and keys of its own."""
    return _create(folder, dict(_texts(CONTENT / "county")), DEMO if demo else "")


def create_empty(folder: Path) -> Project:
    """A project with settings, roles and keys, without a model."""
    return _create(folder, dict(_texts(CONTENT / "empty")))


def create_from_extract(folder: Path, path: Path, extract: Extract, today: date) -> Project:
    """A project with a proposed model for an extract, which lies there as the first delivery."""
    return create_from_extracts(folder, [(path, extract)], today)


def create_from_extracts(folder: Path, found: Sequence[tuple[Path, Extract]], today: date) -> Project:
    """A project with a proposed model for several extracts, which lie there as the first deliveries.

    Files of one name are deliveries of one kind; NotReady when they do not have the same columns.
    """
    kinds: dict[str, Extract] = {}
    for path, extract in found:
        first = kinds.setdefault(extract.name, extract)
        if [column.name for column in first.columns] != [column.name for column in extract.columns]:
            raise NotReady(
                f"{path}: has other columns than {first.file}, and the same name.\n"
                "  Files of one name are deliveries of one kind: give it another, or leave it out."
            )
    project = _create(
        folder, {**dict(_texts(CONTENT / "empty")), **proposal(*related(tuple(kinds.values())))}
    )
    for path, extract in found:
        delivery = project.settings.deliveries / extract.name / f"{today:%Y-%m-%d}" / extract.file
        delivery.parent.mkdir(parents=True, exist_ok=True)
        copyfile(path, delivery)
    return project


def create_from_database(
    folder: Path, database: Database, url_from: str
) -> tuple[Project, tuple[Extract, ...]]:
    """A project with a proposed model for the tables of a database, to be collected from it."""
    extracts, queries = extracts_of(database)
    where = FromWhere(system=system_name(database), url_from=url_from, queries=queries)
    texts = {**dict(_texts(CONTENT / "empty")), **proposal(*extracts, database=where)}
    hosts = f"\nhosts: [{json.dumps(database.host)}] # the only ones spoken to\n" if database.host else ""
    return _create(folder, texts, hosts), extracts


def system_name(database: Database) -> str:
    """What a database is called in the model."""
    return plain_name(Path(database.name).stem)


def empty_demo(settings: Settings) -> None:
    """Remove deliveries, data and identities of a demo, so that it can be filled again. Keys and model stay."""
    if not settings.demo:
        raise NotReady(
            f"{settings.folder}: this project is no demo, so nothing of it is removed.\n"
            "  Choose another folder for the demo."
        )
    for part in (settings.deliveries, settings.data, settings.identities):
        rmtree(part, ignore_errors=True)
    _make_folders(settings)


def _create(folder: Path, texts: Mapping[str, str], more_settings: str = "") -> Project:
    if (folder / SETTINGS_FILE).exists():
        raise NotReady(f"{folder}: a project is here already. Choose another folder; nothing was changed.")
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + (more_settings if name == SETTINGS_FILE else ""), encoding="utf-8")
    _make_folders(read_settings(folder))
    return Project.open(folder)


def _make_folders(settings: Settings) -> None:
    settings.deliveries.mkdir(parents=True, exist_ok=True)
    settings.data.mkdir(parents=True, exist_ok=True)
    Keyring.create(settings.keys)


def _texts(content: Traversable, below: str = "") -> list[tuple[str, str]]:
    """Place and text of each file of the shipped content."""
    found = []
    for entry in content.iterdir():
        if entry.is_dir():
            found += _texts(entry, f"{below}{entry.name}/")
        elif entry.name.endswith((".yaml", ".csv")):
            found.append((f"{below}{entry.name}", entry.read_text(encoding="utf-8")))
    return found
