"""What a project says about the cluster its warehouse is on."""

from __future__ import annotations

from dataclasses import dataclass

from virtaama.model.documents import Entry
from virtaama.model.shape import members, named, number, text

LOCAL = "local[*]"
MEMORY = "2g"
_AMOUNT = r"^[1-9][0-9]*[mg]$"

SPARK = members(
    "The cluster, where the engine is spark.",
    {
        "master": text(
            "Its address: spark://host:7077, local[*] for this machine alone, active for the session of a notebook."
        ),
        "executor_memory": text("Memory of each executor: 2g.", pattern=_AMOUNT),
        "driver_memory": text("Memory of the driver: 2g.", pattern=_AMOUNT),
        "cores": number("Cores it may take of the whole cluster.", minimum=1, multipleOf=1),
        "settings": named("Settings of Spark by their own names.", text("Its value."), names=r"^\S+$"),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkSettings:
    """Where Spark is and how much of it may be used."""

    master: str = LOCAL
    executor_memory: str = MEMORY
    driver_memory: str = MEMORY
    cores: int | None = None  # as many as there are
    settings: tuple[tuple[str, str], ...] = ()


NO_CLUSTER = SparkSettings()
"""What holds where nothing is said: this machine alone."""


def parse_spark(root: Entry) -> SparkSettings:
    """What the settings of a project say of its cluster; `root` is the whole of virtaama.yaml."""
    entry = root.member("spark")
    if entry is None:
        return NO_CLUSTER
    cores = entry.text("cores")
    return SparkSettings(
        master=entry.text("master", LOCAL),
        executor_memory=entry.text("executor_memory", MEMORY),
        driver_memory=entry.text("driver_memory", MEMORY),
        cores=int(float(cores)) if cores else None,
        settings=tuple((name, value.scalar) for name, value in entry.within("settings")),
    )
