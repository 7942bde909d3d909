"""What would leave a warehouse with a change of its model, and from which tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from virtaama.model.changes import Change, Changed, Kind, Removed, Thing
from virtaama.model.compare import under_new_names
from virtaama.model.compare_mappings import mapping_thing, numbered
from virtaama.model.model import Model
from virtaama.vault.design import design
from virtaama.vault.tables import History, Satellite, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Where a warehouse holds something: rows of a table, or those in which a column has a value."""

    table: str
    column: str = ""
    feed: str  # whose deliveries it came with; the lake keeps them


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Something the warehouse would no longer hold. `name` is what one accepts it by."""

    name: str
    thing: Thing
    held: tuple[Held, ...]


def losses(old: Model, new: Model, changes: Iterable[Change]) -> tuple[Loss, ...]:
    """What is gone and was not declared to live on under another name. Tables are those of the old model.

    What is only read otherwise is no loss, nor is what stands in the files of the model, as codes do.
    """
    today = under_new_names(old, new)
    sources = tuple(
        _Renamed(was, now, number)
        for was, now, (_, _, number) in zip(
            design(old).sources, design(today).sources, numbered(today.mappings), strict=True
        )
    )
    found = (_loss(change, sources) for change in changes)
    return tuple(loss for loss in found if loss and loss.held)


@dataclass(frozen=True, slots=True)
class _Renamed:
    """A source of the old model, and the same under the names of the new one."""

    was: Source
    now: Source
    number: int  # among the mappings of its feed to its concept

    def is_of(self, mapping: Thing) -> bool:
        return mapping == mapping_thing(self.now.mapping.feed, self.now.hub.concept, self.number)

    def rows(self) -> Iterator[Held]:
        for history in self.was.histories:
            yield Held(table=history.name, feed=self.was.mapping.feed)

    def values(self, name: str) -> Iterator[Held]:
        for was, now in zip(self.was.histories, self.now.histories, strict=True):
            for column, role in zip(was.content, _names(now), strict=True):
                if role == name:
                    yield Held(table=was.name, column=column, feed=self.was.mapping.feed)


def _names(history: History) -> tuple[str, ...]:
    if isinstance(history, Satellite):
        return history.content
    return tuple(reference.relationship for reference in history.references)


def _loss(change: Change, sources: tuple[_Renamed, ...]) -> Loss | None:
    match change:
        case Removed(thing=Thing(kind=Kind.CONCEPT, name=name) as thing):
            held = [each for s in sources if s.now.hub.concept == name for each in s.rows()]
            return Loss(name=thing.path, thing=thing, held=tuple(held))
        case Removed(thing=Thing(kind=Kind.ATTRIBUTE | Kind.RELATIONSHIP, name=name, of=of) as thing):
            held = [each for s in sources if s.now.hub.concept == of for each in s.values(name)]
            return Loss(name=thing.path, thing=thing, held=tuple(held))
        case Removed(thing=Thing(kind=Kind.MAPPING) as thing):
            held = [each for s in sources if s.is_of(thing) for each in s.rows()]
            return Loss(name=_path(thing), thing=thing, held=tuple(held))
        case Changed(thing=Thing(kind=Kind.MAPPING) as thing, member=name, now=""):
            held = [each for s in sources if s.is_of(thing) for each in s.values(name)]
            return Loss(name=f"{_path(thing)}.{name}", thing=thing, held=tuple(held))
        case _:
            return None


def _path(mapping: Thing) -> str:
    return f"{mapping.of}/{mapping.name.replace(' ', '')}"
