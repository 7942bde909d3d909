"""The files of a model that was in use before, put back in their place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from virtaama.lake.deployments import Deployment
from virtaama.problems import NotReady


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedOut:
    """A model whose files lie where they belong again."""

    model: Deployment
    folder: Path
    aside: Path | None  # where the files lie that were in their place


def earlier_model(deployments: tuple[Deployment, ...], version: str = "") -> Deployment:
    """The model that was in use before the newest, or the last of a version; NotReady where there is none."""
    if not deployments:
        raise NotReady("No model is on record: nothing has been loaded since models are kept.")
    newest = deployments[-1].version
    for found in reversed(deployments):
        if found.version == version or (not version and found.version != newest):
            return found
    known = ", ".join(dict.fromkeys(found.version for found in deployments))
    raise NotReady(
        f"There is no {f'model {version}' if version else 'earlier model'} on record.\n  On record: {known}."
    )


def write_files(model: Deployment, folder: Path) -> None:
    """Write the files of a model below a folder."""
    for name, text in model.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def put_back(model: Deployment, project: Path, folders: Iterable[str], aside: Path) -> BackedOut:
    """Let the folders of a project hold the files of a model and no other YAML; what they held goes aside."""
    number = 1
    while (kept := aside / str(number)).exists():
        number += 1
    for path in [path for folder in folders for path in sorted((project / folder).rglob("*.yaml"))]:
        to = kept / path.relative_to(project)
        to.parent.mkdir(parents=True, exist_ok=True)
        path.replace(to)
    write_files(model, project)
    return BackedOut(model=model, folder=project, aside=kept if kept.exists() else None)


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[str, ...]:
    """The files that are not the same in both, by name."""
    return tuple(sorted(name for name in {*one, *other} if one.get(name) != other.get(name)))
