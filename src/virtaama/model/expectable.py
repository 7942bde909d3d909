"""Whether an expectation can be held against what it is about: names, types, and what may be looked at."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from virtaama.model.concepts import CodeList, Concept, Purpose, Sensitivity, Type
from virtaama.model.documents import did_you_mean
from virtaama.model.expectations import (
    EXTRACTED,
    Codes,
    Drift,
    Expectation,
    Fresh,
    Holds,
    Pattern,
    Range,
    Reference,
    Required,
    Unique,
    Volume,
)
from virtaama.model.feeds import Feed
from virtaama.problems import Problem
from virtaama.sql.expressions import NotAnExpression, read_expression

_NUMBERS = (Type.INTEGER, Type.DECIMAL)
_MOMENTS = (Type.DATE, Type.TIMESTAMP)
_SPREAD = (Type.TEXT, Type.INTEGER, Type.DECIMAL, Type.BOOLEAN)


@dataclass(frozen=True, slots=True)
class _Subject:
    """What an expectation is about: the values it can look at, and those only their absence is known of."""

    said: str
    types: dict[str, Type]
    relationships: tuple[str, ...] = ()
    hidden: dict[str, str] | None = None  # name -> why its value may not be looked at


def expectation_problems(
    expectation: Expectation,
    concepts: Mapping[str, Concept],
    feeds: Mapping[str, Feed],
    code_lists: Mapping[str, CodeList],
    made: Container[str] = frozenset(),
) -> Iterator[Problem]:
    """Everything that keeps an expectation from being checked. `made`: the concepts that rules make."""
    if expectation.of_feed:
        feed = feeds.get(expectation.subject)
        subject = _of_feed(feed) if feed else None
    else:
        concept = concepts.get(expectation.subject)
        subject = _of_concept(concept) if concept else None
    if subject is None:
        return
    said = f"expectation '{expectation.name}'"

    def wrong(what: str, advice: str = "") -> Problem:
        return Problem(expectation.place, f"{said}: {what}", advice)

    if not expectation.of_feed and _looks_at_deliveries(expectation):
        yield wrong(
            f"`{expectation.kind}` looks at deliveries, and '{expectation.subject}' is a concept.",
            "Expect it of a feed, in systems/.",
        )
        return
    if expectation.subject in made and isinstance(expectation.check, Reference):
        concept = concepts[expectation.subject]
        relationship = concept.relationship(expectation.check.relationship)
        if relationship and relationship.to in made:
            yield wrong(
                f"'{relationship.to}' is made by rules too, and perhaps later.", "Expect it of that one."
            )
            return
    if expectation.of_feed and isinstance(expectation.check, Reference):
        yield wrong("a field refers to nothing.", "Expect it of the relationship, in concepts/.")
        return
    known = (*subject.types, *subject.relationships)
    unknown = [name for name in expectation.fields if name and name not in known]
    for name in unknown:
        yield wrong(f"{subject.said} has no '{name}'.", did_you_mean(name, known))
    if not unknown:
        for what, advice in _said(expectation, subject, code_lists):
            yield wrong(what, advice)
    for member, sql in (("where", expectation.where), ("holds", _condition(expectation))):
        for what, advice in _expression(member, sql, subject) if sql else ():
            yield wrong(what, advice)


def _looks_at_deliveries(expectation: Expectation) -> bool:
    """Of a concept one can expect how many instances it has, but not how they compare with deliveries."""
    match expectation.check:
        case Fresh() | Drift():
            return True
        case Volume(of_median=of_median):
            return of_median is not None
        case _:
            return False


def _of_feed(feed: Feed) -> _Subject:
    return _Subject(
        said=f"feed '{feed.id}'",
        types={field.name: field.type for field in feed.fields},
        hidden={field.name: "it is kept enciphered" for field in feed.fields if field.direct},
    )


def _of_concept(concept: Concept) -> _Subject:
    hidden = {
        attribute.name: "it is kept enciphered"
        if attribute.sensitivity is Sensitivity.DIRECT
        else "it may not be used for data_quality"
        for attribute in concept.attributes
        if attribute.sensitivity is Sensitivity.DIRECT
        or (attribute.purposes and Purpose.DATA_QUALITY not in attribute.purposes)
    }
    return _Subject(
        said=f"concept '{concept.name}'",
        types={attribute.name: attribute.type for attribute in concept.attributes},
        relationships=tuple(relationship.name for relationship in concept.relationships),
        hidden=hidden,
    )


def _condition(expectation: Expectation) -> str:
    return expectation.check.condition if isinstance(expectation.check, Holds) else ""


def _said(
    expectation: Expectation, subject: _Subject, code_lists: Mapping[str, CodeList]
) -> Iterator[tuple[str, str]]:
    """What is wrong with a check whose names are known."""
    absence_only = expectation.of_feed and isinstance(expectation.check, Required)
    for name in expectation.fields:
        if (why := (subject.hidden or {}).get(name)) and not absence_only:
            yield (
                f"'{name}' cannot be looked at: {why}.",
                "Take the expectation out, or expect another thing.",
            )
            return
    kinds = [subject.types.get(name) for name in expectation.fields]
    match expectation.check:
        case Required() | Unique() | Holds() | Fresh():
            return
        case Reference(relationship):
            if relationship not in subject.relationships:
                yield (
                    f"'{relationship}' is no relationship.",
                    did_you_mean(relationship, subject.relationships),
                )
        case Range(field, least, most):
            yield from _bounds(field, kinds[0], least, most)
        case Pattern(field, matches):
            if kinds[0] is not Type.TEXT:
                yield f"'{field}' is not text.", "Only text has a pattern."
            try:
                re.compile(matches)
            except re.error as error:
                yield f"'{matches}' is no regular expression: {error}.", ""
        case Codes(field, code_list):
            if kinds[0] is not Type.TEXT:
                yield f"'{field}' is not text.", "Codes are text."
            if not code_list:
                yield f"'{field}' has no code list.", "Name it: `list: …`."
            elif code_list not in code_lists:
                yield f"'{code_list}' is not a code list.", did_you_mean(code_list, tuple(code_lists))
        case Volume(least_rows, most_rows, of_median, _):
            pairs = ((least_rows, most_rows), of_median or (None, None))
            if any(low is not None and high is not None and low > high for low, high in pairs):
                yield "its bounds are the wrong way round.", "Write the smaller one first."
        case Drift(field):
            if kinds[0] not in _SPREAD:
                yield f"'{field}' is of type {kinds[0]}.", "Only numbers, codes and truth values are spread."


def _bounds(field: str, kind: Type | None, least: str, most: str) -> Iterator[tuple[str, str]]:
    if kind not in (*_NUMBERS, *_MOMENTS):
        yield f"'{field}' is of type {kind}.", "Only numbers and days have bounds."
        return
    read: list[object] = []
    for bound in (least, most):
        if not bound or (bound == EXTRACTED and kind in _MOMENTS):
            continue
        try:
            read.append(float(bound) if kind in _NUMBERS else _moment(bound))
        except ValueError:
            wanted = "a number" if kind in _NUMBERS else "a day: 2024-01-31"
            yield f"'{bound}' is no bound of '{field}'.", f"Write {wanted}."
    if len(read) == 2 and read[0] > read[1]:  # type: ignore[operator]
        yield "its bounds are the wrong way round.", "`least` is the smaller one."


def _moment(written: str) -> datetime:
    return datetime.combine(date.fromisoformat(written), datetime.min.time())


def _expression(member: str, sql: str, subject: _Subject) -> Iterator[tuple[str, str]]:
    try:
        read = read_expression(sql)
    except NotAnExpression as error:
        yield f"`{member}`: {error}.", error.advice
        return
    known = (*subject.types, *subject.relationships)
    by_lower = {name.lower(): name for name in known}
    for name in read.columns:
        if name.lower() not in by_lower:
            yield f"`{member}` uses '{name}', which {subject.said} has not.", did_you_mean(name, known)
    for name in read.values:
        if why := (subject.hidden or {}).get(by_lower.get(name.lower(), "")):
            yield f"`{member}` reckons with '{name}': {why}.", "Only whether it is null can be asked."
