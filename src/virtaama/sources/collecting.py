"""What connectors that fetch are given, and what they give back: deliveries nobody handed over."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from virtaama.model.feeds import Feed
from virtaama.problems import DeliveryRefused
from virtaama.sources.secrets import read_secret

Position = Mapping[str, Any]
"""Where the next collection of a feed begins, as JSON has it. Holds no personal data: rows are known by digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a connector may use while it fetches."""

    folder: Path  # of this run alone, outside the project; removed afterwards
    cache: Path  # open data kept from run to run
    project: Path  # no secret lies in here
    hosts: frozenset[str]  # the only ones spoken to
    now: datetime
    digest: Callable[[bytes], str]  # keyed, so that nobody can guess what was digested
    keep: Callable[[Feed, Position], None]  # notes at once how far a long collection is
    wait: Callable[[float], None] = time.sleep

    def secret(self, reference: str) -> str:
        """What `env:NAME` or `file:/path` stands for; DeliveryRefused where there is nothing."""
        return read_secret(reference, self.project)

    def may_speak_to(self, host: str) -> None:
        """DeliveryRefused where the settings of the project do not name the host."""
        if host.lower() not in self.hosts:
            raise DeliveryRefused(
                f"{host} is not among the hosts this project speaks to.\n  Add it to `hosts` in virtaama.yaml."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """A delivery that was fetched; `file` is None where nothing is new.

    `extracted` is the moment it describes, in local time. `complete` says that it holds everything there is,
    so that the same bytes as last time say nothing new.
    """

    feed: Feed
    file: Path | None
    position: Position
    extracted: datetime
    complete: bool = False


class Collector(Protocol):
    """How one kind of source is asked. Feeds come together that are fetched in the same way."""

    def __call__(
        self, feeds: Sequence[Feed], positions: Mapping[str, Position], around: Surroundings
    ) -> Iterator[Collected | NotCollected]: ...


@dataclass(frozen=True, slots=True)
class NotCollected:
    """A feed that could not be fetched; the others are not held up."""

    feed: Feed
    refusal: DeliveryRefused


def pause_before(attempt: int, asked: float | None = None) -> float:
    """Seconds to wait before another attempt (from 1): what was asked for, else twice as long each time.

    A part of it is left to chance, so that many who were turned away do not come back together.
    """
    return min(asked, 600.0) if asked is not None else min(60.0, 2.0**attempt) * random.uniform(0.5, 1.0)  # nosec B311 # how long to wait, no secret
