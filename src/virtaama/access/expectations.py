"""What is expected of the data and whether it holds, for who may read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from virtaama.model.concepts import Text
from virtaama.model.expectations import Expectation
from virtaama.model.model import Model
from virtaama.quality.results import Result, began, failing_since, newest


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectationState:
    """An expectation, what it is about in words, and what came of its last check; None while there was none."""

    expectation: Expectation
    subject: Text
    fields: Text  # what it names; empty where it looks at whole rows
    last: Result | None
    failing_since: datetime | None  # None while it holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Why a metric shows what was published before: what does not hold, who answers for it, since when."""

    metric: str
    expectation: str  # its id
    owner: str
    message: Text
    since: datetime


def states(model: Model, results: Iterable[Result]) -> tuple[ExpectationState, ...]:
    """Every expectation of the model, in its order."""
    known = tuple(results)
    last = {result.id: result for result in newest(known)}
    since = failing_since(known)
    return tuple(
        ExpectationState(
            expectation=expectation,
            subject=_subject(model, expectation),
            fields=_fields(model, expectation),
            last=last.get(expectation.id),
            failing_since=began(since[expectation.id]) if expectation.id in since else None,
        )
        for expectation in model.expectations
    )


def _fields(model: Model, expectation: Expectation) -> Text:
    """Fields of a feed by their names at the source, attributes and relationships by their labels."""
    labels: dict[str, Text] = {}
    if not expectation.of_feed:
        concept = model.concept(expectation.subject)
        labels = {attribute.name: attribute.labels for attribute in concept.attributes}
        labels |= {relationship.name: relationship.labels for relationship in concept.relationships}
    called = [labels.get(name, Text(name, name, name)) for name in expectation.fields]
    return Text(
        *(", ".join(text.in_language(language) for text in called) for language in ("fi", "sv", "en"))
    )


def _subject(model: Model, expectation: Expectation) -> Text:
    if not expectation.of_feed:
        return model.concept(expectation.subject).labels
    system = next(s for s in model.systems if any(f.id == expectation.subject for f in s.feeds))
    feed = model.feed(expectation.subject).labels
    above = system.labels
    return Text(f"{above.fi}: {feed.fi}", f"{above.sv}: {feed.sv}", f"{above.en}: {feed.en}")
