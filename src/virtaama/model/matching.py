"""Which names of a new model stand for which of the old: by name, and by what is declared, never by guess."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Named(Protocol):
    @property
    def name(self) -> str: ...


Item = TypeVar("Item", bound=Named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched(Generic[Item]):
    """The old and the new items of one kind, held against each other. Orders are those of the model."""

    kept: tuple[tuple[Item, Item], ...]  # old and new; under another name where it was renamed
    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    split: tuple[tuple[Item, tuple[Item, ...]], ...]  # one old, several new; the new are in `added` too
    merged: tuple[tuple[Item, tuple[Item, ...]], ...]  # one new, several old; the new are in `added` too

    @property
    def declared(self) -> frozenset[str]:
        """The names of old items that live on in several new ones, or together in one."""
        return frozenset(
            (*(old.name for old, _ in self.split), *(old.name for _, olds in self.merged for old in olds))
        )


def matched(
    old: Sequence[Item], new: Sequence[Item], former: Callable[[Item], Sequence[str]]
) -> Matched[Item]:
    """Hold two generations against each other. A former name that is gone for long stands for nothing.

    What the old generation says of its own past counts as well: so one who goes back a generation needs to
    declare nothing.
    """
    before = {item.name: item for item in old}
    now = {item.name for item in new}
    parents = {
        item.name: [
            *(name for name in former(item) if name in before and name not in now),
            *(gone.name for gone in old if gone.name not in now and item.name in former(gone)),
        ]
        for item in new
        if item.name not in before
    }
    children: dict[str, list[Item]] = {}
    for item in new:
        for parent in parents.get(item.name, ()):
            children.setdefault(parent, []).append(item)

    def renamed(item: Item) -> bool:
        return len(parents[item.name]) == 1 and len(children[parents[item.name][0]]) == 1

    kept = []
    for item in new:
        if item.name in before:
            kept.append((before[item.name], item))
        elif renamed(item):
            kept.append((before[parents[item.name][0]], item))
    met = {each.name for each, _ in kept}
    stays = {each.name for _, each in kept}
    return Matched(
        kept=tuple(kept),
        added=tuple(item for item in new if item.name not in stays),
        removed=tuple(item for item in old if item.name not in met),
        split=tuple((before[parent], tuple(found)) for parent, found in children.items() if len(found) > 1),
        merged=tuple(
            (item, tuple(before[p] for p in parents[item.name]))
            for item in new
            if len(parents.get(item.name, ())) > 1
        ),
    )


def new_names(pairs: Iterable[tuple[Item, Item]]) -> dict[str, str]:
    """Former name → name of what was kept."""
    return {old.name: new.name for old, new in pairs}
