"""What the names in the files of a model stand for."""

from __future__ import annotations

from dataclasses import dataclass

from virtaama.model.concepts import CodeList, Concept
from virtaama.model.feeds import Feed


@dataclass(frozen=True, slots=True)
class Names:
    """What the names in the files stand for; the first of a name counts."""

    unread: frozenset[str]  # folders with a file that could not be read
    concepts: dict[str, Concept]
    code_lists: dict[str, CodeList]
    feeds: dict[str, Feed]
    derived: frozenset[str]  # concepts that rules make, which nothing delivered describes or points to

    def lacks_concept(self, name: str) -> bool:
        return bool(name) and name not in self.concepts and "concepts" not in self.unread

    def lacks_codes(self, name: str) -> bool:
        return bool(name) and name not in self.code_lists and "codes" not in self.unread

    def lacks_feed(self, name: str) -> bool:
        return bool(name) and name not in self.feeds and "systems" not in self.unread
