"""The settings of a project: one file, `virtaama.yaml`, read in one place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import yaml

from virtaama.model.concepts import Text
from virtaama.problems import NotReady, Place, Problem, ProblemsFound

SETTINGS_FILE = "virtaama.yaml"
LANGUAGES = ("fi", "sv", "en")
MEMBERS = (
    "name",
    "county",
    "deliveries",
    "data",
    "keys",
    "minimum_group",
    "languages",
    "demo",
)
COUNTY_MEMBERS = ("code", "names")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a project folder says about itself. Paths are whole; relative ones start from the folder."""

    folder: Path
    name: str
    county_code: str
    county: Text
    deliveries: Path
    data: Path
    keys: Path
    minimum_group: int = 5
    languages: tuple[str, ...] = LANGUAGES
    demo: bool = False  # the folder may be filled with invented data and emptied again

    @property
    def lake(self) -> Path:
        return self.data / "lake"

    @property
    def ledger(self) -> Path:
        return self.data / "lake" / "ledger.sqlite"

    @property
    def warehouse(self) -> Path:
        return self.data / "warehouse" / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        return self.data / "published"

    @property
    def audit(self) -> Path:
        return self.data / "audit.sqlite"


def read_settings(folder: Path) -> Settings:
    """The settings of the project in `folder`; NotReady when it holds none."""
    path = folder / SETTINGS_FILE
    if not path.is_file():
        raise NotReady(
            f"{folder}: no project here, there is no {SETTINGS_FILE}.\n"
            "  Make one with `virtaama new FOLDER`, or name its folder with --project."
        )
    return parse_settings(path.read_text(encoding="utf-8"), folder)


def parse_settings(text: str, folder: Path) -> Settings:
    """Settings from the text of `virtaama.yaml`; every problem of it at once."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        what = f"not readable as YAML: {error.problem}."
        raise ProblemsFound((Problem(Place(SETTINGS_FILE, line), what),)) from None
    reader = _Reader()
    members = reader.members(root, MEMBERS, required=("name", "county"))
    county = reader.members(members.get("county"), COUNTY_MEMBERS, required=COUNTY_MEMBERS)
    names = reader.members(county.get("names"), LANGUAGES, required=LANGUAGES)
    folder = folder.resolve()

    def path(name: str) -> Path:
        return folder / Path(reader.text(members.get(name), default=name)).expanduser()

    settings = Settings(
        folder=folder,
        name=reader.text(members.get("name")),
        county_code=reader.text(county.get("code")),
        county=Text(*(reader.text(names.get(language)) for language in LANGUAGES)),
        deliveries=path("deliveries"),
        data=path("data"),
        keys=path("keys"),
        minimum_group=reader.count(members.get("minimum_group"), default=5),
        languages=reader.languages(members.get("languages")),
        demo=reader.truth(members.get("demo")),
    )
    if settings.keys == settings.data or settings.data in settings.keys.parents:
        reader.problem(
            members.get("keys"),
            "the keys lie inside the data folder.",
            "Whoever copies the data must not get the keys with it: put them outside.",
        )
    if reader.problems:
        raise ProblemsFound(tuple(reader.problems))
    return settings


class _Reader:
    """Reads nodes of a YAML file and collects what is wrong, each with its line."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def problem(self, node: yaml.Node | None, what: str, advice: str = "") -> None:
        line = node.start_mark.line + 1 if node else 0
        self.problems.append(Problem(Place(SETTINGS_FILE, line), what, advice))

    def members(
        self, node: yaml.Node | None, known: tuple[str, ...], required: tuple[str, ...]
    ) -> dict[str, yaml.Node]:
        """The members of a mapping by name; unknown and missing ones are problems."""
        if not isinstance(node, yaml.MappingNode):
            if node is not None:
                self.problem(node, f"members are expected here: {', '.join(known)}.")
            return {}
        found = {}
        for key, value in node.value:
            name = str(key.value)
            if name in known:
                found[name] = value
            else:
                close = get_close_matches(name, known, 1)
                advice = f"Did you mean '{close[0]}'?" if close else f"Known are {', '.join(known)}."
                self.problem(key, f"'{name}' is no setting.", advice)
        for name in required:
            if name not in found:
                self.problem(node, f"'{name}' is missing.")
        return found

    def text(self, node: yaml.Node | None, default: str = "") -> str:
        if node is None:
            return default
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            self.problem(node, "a text is expected here.")
            return default
        return str(node.value)

    def count(self, node: yaml.Node | None, default: int) -> int:
        if node is None:
            return default
        if not isinstance(node, yaml.ScalarNode) or not node.value.isdecimal():
            self.problem(node, "a whole number from 0 on is expected here.")
            return default
        return int(node.value)

    def truth(self, node: yaml.Node | None) -> bool:
        if node is not None and node.value not in ("true", "false"):
            self.problem(node, "true or false is expected here.")
        return node is not None and node.value == "true"

    def languages(self, node: yaml.Node | None) -> tuple[str, ...]:
        if node is None:
            return LANGUAGES
        chosen = tuple(item.value for item in node.value) if isinstance(node, yaml.SequenceNode) else ()
        if not chosen or not set(chosen) <= set(LANGUAGES):
            self.problem(node, f"a list of some of {', '.join(LANGUAGES)} is expected here.")
            return LANGUAGES
        return chosen


def files_in(folder: Path, *below: str) -> Iterator[tuple[str, str]]:
    """Name and text of each YAML file in some folders of a project, folder by folder, by name."""
    for name in below:
        for path in sorted((folder / name).rglob("*.yaml")):
            yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")
