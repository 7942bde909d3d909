"""The descriptions of a project as the portal shows them: which were made, and what they would say otherwise now."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from virtaama.project.described import DescribedSet, Revised, made_sets, revised

if TYPE_CHECKING:
    from virtaama.descriptions.document import Document
    from virtaama.project.parts import Parts


class Descriptions:
    """Reads only; `virtaama describe` makes them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        # A project is read once by a process, so what it would say changes with the day alone.
        self._documents = lru_cache(maxsize=8)(self._say)

    def made(self) -> tuple[DescribedSet, ...]:
        """The sets that were made, the oldest first."""
        return made_sets(self._parts.settings.descriptions)

    def revised(self, told: DescribedSet, language: str, today: date) -> tuple[Revised, ...]:
        """What a set says otherwise than the project would today, in one of its languages."""
        return revised(told, self._documents(language, today))

    def _say(self, language: str, today: date) -> tuple[Document, ...]:
        # Brought in where somebody looks: it reads the whole installation.
        from virtaama.descriptions.every import describe
        from virtaama.project.describe import known_of

        return describe(known_of(self._parts, today), language)
