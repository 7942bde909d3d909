"""Who may ask what for which purpose: rules as values, decided in one place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """Why data is used: the duties of 552/2019 §41 and 612/2021 §29."""

    STEERING = "steering"  # leading and supervising services
    PLANNING = "planning"
    EVALUATION = "evaluation"
    DATA_QUALITY = "data_quality"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, as the sign-in established. `municipalities` empty means the whole county."""

    id: str
    role: str
    municipalities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What holders of a role may do; data, from the project's access.yaml."""

    name: str
    purposes: frozenset[Purpose]
    levels: frozenset[str]  # county, municipality, unit
    pages: frozenset[str]  # steering, runs, quality, lineage
    own_municipality_only: bool = False
    minimum_group: int = 5
