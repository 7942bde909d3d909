"""Former names and replaced feeds: whether what a model says of its own past can be meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from virtaama.model.concepts import Concept
from virtaama.model.documents import did_you_mean
from virtaama.model.feeds import Feed
from virtaama.problems import Place, Problem


class _Renamed(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def was(self) -> tuple[str, ...]: ...
    @property
    def place(self) -> Place: ...


def former_name_problems(concepts: Iterable[Concept]) -> Iterator[Problem]:
    """Former names that are still somebody's name."""
    concepts = tuple(concepts)
    yield from _still_there("concept", concepts)
    for concept in concepts:
        yield from _still_there("attribute", concept.attributes)
        yield from _still_there("relationship", concept.relationships)


def replaced_feed_problems(feeds: Mapping[str, Feed], *, all_read: bool) -> Iterator[Problem]:
    """Feeds that replace what nobody knows, or themselves. `all_read`: no file of feeds was unreadable."""
    for feed in feeds.values():
        for name in feed.replaces:
            if name not in feeds and all_read:
                what = f"feed '{feed.id}' replaces '{name}', which is not a feed."
                yield Problem(feed.place, what, did_you_mean(name, tuple(feeds)))
        if feed.id in _replaced_by(feed, feeds):
            what = f"feed '{feed.id}' replaces itself, if one follows `replaces`."
            yield Problem(feed.place, what, "`replaces` stands on the newer feed only.")


def _still_there(kind: str, found: Sequence[_Renamed]) -> Iterator[Problem]:
    names = {each.name for each in found}
    for each in found:
        for former in each.was:
            if former in names:
                what = f"{kind} '{each.name}' was '{former}', and one of that name is still there."
                advice = "`was` is for a name that is gone. What is new beside it needs none."
                yield Problem(each.place, what, advice)


def _replaced_by(feed: Feed, feeds: Mapping[str, Feed]) -> set[str]:
    """Every feed this one replaces, and those replaced by them."""
    met: set[str] = set()
    waiting = list(feed.replaces)
    while waiting:
        name = waiting.pop()
        if name not in met:
            met.add(name)
            waiting += feeds[name].replaces if name in feeds else ()
    return met
