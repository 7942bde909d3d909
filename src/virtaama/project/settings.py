"""The settings of a project: one file, `virtaama.yaml`, read in one place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from virtaama.model.concepts import Text
from virtaama.model.documents import Entry
from virtaama.model.shape import Shape, members, number, one_of, text, texts, truth, words
from virtaama.privacy.look_up_limits import LookUpLimits
from virtaama.problems import NotReady, Place, Problem, ProblemsFound
from virtaama.project.look_ups import LOOK_UPS, parse_look_ups, problems_of_look_ups
from virtaama.project.sign_in import SIGN_IN, CountySignIn, parse_sign_in, problems_of_sign_in
from virtaama.project.spark_settings import NO_CLUSTER, SPARK, SparkSettings, parse_spark
from virtaama.sql.spelling import EngineName

SETTINGS_FILE = "virtaama.yaml"
MEMORY = "1200MB"
BACKUP_DAYS = 35
LANGUAGES = ("fi", "sv", "en")
_MEMORY = r"(25[6-9]|2[6-9]\d|[3-9]\d\d|\d{4,})(\.\d+)?MB|[1-9]\d*(\.\d+)?GB"
SETTINGS = Shape(
    "virtaama",
    members(
        "The settings of a project.",
        {
            "name": text("Shown at the top of every page."),
            "county": members(
                "The county.",
                {
                    "code": text("Its code in the national classification, in quotes."),
                    "names": words("Its name, in three languages."),
                },
                required=("code", "names"),
            ),
            "deliveries": text("Where source systems leave their files."),
            "data": text("Lake, warehouse, published figures, accounts and audit log."),
            "keys": text("The keys; never inside `data` or `identities`."),
            "identities": text("Who persons are, closed under the keys; never inside `data` or `keys`."),
            "memory": text("Memory a step of landing, loading or publishing may use: 512MB, 3GB."),
            "threads": number("Cores they may use; all where nothing is said.", minimum=1, multipleOf=1),
            "engine": one_of([*EngineName], "What the warehouse is on: duckdb or spark."),
            "spark": SPARK,
            "minimum_group": number("Figures about fewer persons are not shown.", minimum=0, multipleOf=1),
            "languages": {
                **texts("Languages the portal offers; the first is the default.", minItems=1),
                "items": one_of(LANGUAGES, "fi, sv or en."),
            },
            "audit": members(
                "The audit log.",
                {
                    "anchor": text(
                        "A folder outside, best write-once: its newest entry is noted there hourly."
                    )
                },
            ),
            "backups": members(
                "Where backups are kept, and how long.",
                {
                    "folder": text("The folder of the backups; outside the project."),
                    "days": number(
                        "After so many days a backup goes; 35 by default.", minimum=1, multipleOf=1
                    ),
                },
                required=("folder",),
            ),
            "hosts": texts("The only hosts that are spoken to when sources are collected."),
            "look_ups": LOOK_UPS,
            "sign_in": SIGN_IN,
            "demo": truth("The data is invented: the folder may be emptied and filled again."),
        },
        required=("name", "county"),
    ),
)
"""The shape of virtaama.yaml."""


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
    identities: Path
    memory: str = MEMORY
    threads: int | None = None  # as many as the machine has
    engine: EngineName = EngineName.DUCKDB
    spark: SparkSettings = NO_CLUSTER
    minimum_group: int = 5
    languages: tuple[str, ...] = LANGUAGES
    anchors: Path | None = None  # where the head of the audit log is noted
    backups: Path | None = None  # the folder whose backups go when their time is over
    backup_days: int = BACKUP_DAYS
    hosts: frozenset[str] = frozenset()  # in small letters: the only ones spoken to
    look_ups: tuple[LookUpLimits, ...] = ()  # as shipped before the first of them
    sign_in: CountySignIn | None = None
    demo: bool = False  # the folder may be filled with invented data and emptied again

    @property
    def lake(self) -> Path:
        return self.data / "lake"

    @property
    def ledger(self) -> Path:
        return self.data / "lake" / "ledger.sqlite"

    @property
    def warehouse(self) -> Path:
        """A file of DuckDB, or a folder of Spark."""
        return self.data / "warehouse" / f"warehouse.{self.engine}"

    @property
    def published(self) -> Path:
        return self.data / "published"

    @property
    def lock(self) -> Path:
        return self.data / "lock"

    @property
    def cache(self) -> Path:
        return self.data / "cache"

    @property
    def features(self) -> Path:
        return self.data / "marts" / "features"

    @property
    def direct(self) -> Path:
        """What names persons, enciphered, where the door to persons looks it up."""
        return self.data / "marts" / "direct"

    @property
    def releases(self) -> Path:
        """Data sets that were made, a folder for each."""
        return self.data / "releases"

    @property
    def released(self) -> Path:
        """The record of every figure that has left the county."""
        return self.data / "released"

    @property
    def retention(self) -> Path:
        """The newest list of what is due; it names persons by their pseudonyms."""
        return self.data / "retention"

    @property
    def descriptions(self) -> Path:
        """Descriptions that were made, a numbered folder for each time."""
        return self.data / "descriptions"

    @property
    def links(self) -> Path:
        """What was decided on records that may be about the same person."""
        return self.data / "links.sqlite"

    @property
    def erasing(self) -> Path:
        """What an erasure that was broken off needs to be finished, sealed; there while one is under way."""
        return self.data / "erasing"

    @property
    def audit(self) -> Path:
        return self.data / "audit.sqlite"

    @property
    def rosters(self) -> Path:
        return self.data / "audit.rosters"


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
    root, problems = SETTINGS.read(SETTINGS_FILE, text)
    if root is None and not problems:
        problems = (
            Problem(Place(SETTINGS_FILE), "the file is empty.", "Give the project a name and a county."),
        )
    if root is None:
        raise ProblemsFound(problems)
    folder = folder.resolve()
    county = root.at(("county",))

    def path(name: str) -> Path:
        return folder / Path(root.text(name, name)).expanduser()

    keys, data, identities = path("keys"), path("data"), path("identities")
    problems += tuple(_not_apart(root, keys, data, identities))
    memory = root.text("memory", MEMORY).replace(" ", "").upper()
    if not re.fullmatch(_MEMORY, memory):
        what = f"'{root.text('memory')}' is no amount of memory."
        problems += (Problem(root.at(("memory",)).place, what, "Write it as 512MB or 3GB; 256MB at least."),)
    anchors = root.at(("audit",)).text("anchor")
    place = (folder / anchors).resolve()
    if anchors and (place == data or data in place.parents):
        what = "the anchors of the audit log lie inside the data folder."
        advice = "Whoever can change the log must not be able to change them: put them elsewhere."
        problems += (Problem(root.at(("audit", "anchor")).place, what, advice),)
    problems += tuple(problems_of_sign_in(root))
    problems = problems or tuple(problems_of_look_ups(root))
    if problems:
        raise ProblemsFound(problems)
    threads = root.text("threads")
    return Settings(
        folder=folder,
        name=root.text("name"),
        county_code=county.text("code"),
        county=county.words("names"),
        deliveries=path("deliveries"),
        data=data,
        keys=keys,
        identities=identities,
        memory=memory,
        threads=int(float(threads)) if threads else None,
        engine=EngineName(root.text("engine", EngineName.DUCKDB)),
        spark=parse_spark(root),
        minimum_group=int(float(root.text("minimum_group", "5"))),
        languages=root.texts("languages") or LANGUAGES,
        anchors=folder / Path(anchors).expanduser() if anchors else None,
        backups=folder / Path(root.at(("backups",)).text("folder")).expanduser()
        if root.member("backups")
        else None,
        backup_days=int(float(root.at(("backups",)).text("days", str(BACKUP_DAYS)))),
        hosts=frozenset(host.lower() for host in root.texts("hosts")),
        look_ups=parse_look_ups(root),
        sign_in=parse_sign_in(root, folder),
        demo=root.truth("demo"),
    )


def _not_apart(root: Entry, keys: Path, data: Path, identities: Path) -> Iterator[Problem]:
    """Who gets one of the three folders must not get another with it."""
    for name, said, inner, folder, outer in (
        ("keys", "the keys lie", keys, "data", data),
        ("keys", "the keys lie", keys, "identities", identities),
        ("identities", "the identities lie", identities, "data", data),
        ("identities", "the identities lie", identities, "keys", keys),
    ):
        if inner == outer or outer in inner.parents:
            what = f"{said} inside the {folder} folder."
            advice = f"Whoever copies the {folder} must not get the {name} with it: put them outside."
            yield Problem(root.at((name,)).place, what, advice)


def files_in(folder: Path, *below: str) -> Iterator[tuple[str, str]]:
    """Name and text of each YAML file in some folders of a project, folder by folder, by name."""
    for name in below:
        for path in sorted((folder / name).rglob("*.yaml")):
            yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8")
