"""Compares the columns that were delivered with those that were declared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from virtaama.lake.batches import DriftEvent
from virtaama.model.feeds import Feed, Outcome
from virtaama.privacy.pseudonyms import without_codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What was found: for each field its delivered column, and how the columns differ."""

    sources: dict[str, str]  # field → name of the delivered column
    events: tuple[DriftEvent, ...]

    def with_outcome(self, outcome: Outcome) -> tuple[DriftEvent, ...]:
        return tuple(event for event in self.events if event.outcome == outcome)


def compare(feed: Feed, delivered: Sequence[str]) -> Columns:
    """Find each field under its name or a former one, and name every difference."""
    sources: dict[str, str] = {}
    events = []
    for field in feed.fields:
        if field.name in delivered:
            sources[field.name] = field.name
        elif former := next((name for name in field.also if name in delivered), None):
            sources[field.name] = former
            detail = f"column {field.name} is delivered as {former}"
            events.append(_event("renamed", field.name, feed.drift.renamed, detail))
        elif not field.optional:
            events.append(
                _event(
                    "missing",
                    field.name,
                    feed.drift.missing,
                    f"column {field.name} is not delivered",
                )
            )
    known = set(sources.values())
    if known:  # else what stands for names is likely the first row, and may name a person
        events += [_added(without_codes(name), feed) for name in delivered if name not in known]
    return Columns(sources=sources, events=tuple(events))


def _added(name: str, feed: Feed) -> DriftEvent:
    return _event("added", name, feed.drift.added, f"column {name} is not in the description of the feed")


def repeated(delivered: Sequence[str]) -> tuple[str, ...]:
    """The names that stand more than once in a header."""
    return tuple(name for name, count in sorted(Counter(delivered).items()) if count > 1)


def retyped(feed: Feed, column: str, count: int, rows: int) -> DriftEvent:
    """A column whose values do not read as the declared type."""
    detail = f"{count} of {rows} values of column {column} do not read as the declared type"
    return _event("retyped", column, feed.drift.retyped, detail)


def never_there(column: str, rows: int) -> DriftEvent:
    """A field that not one of so many resources gave. Resources may leave out anything: it is on record, no more."""
    detail = f"not one of {rows} resources gives {column}"
    return _event("missing", column, Outcome.ACCEPT, detail)


def _event(kind: str, column: str, outcome: Outcome, detail: str) -> DriftEvent:
    return DriftEvent(kind=kind, column=column, outcome=outcome.value, detail=detail)
