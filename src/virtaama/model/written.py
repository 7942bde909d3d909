"""Model files as their writers wrote them: read into values, not yet held against each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from virtaama.model.calendars import Calendar
from virtaama.model.collect import read_collect
from virtaama.model.concepts import (
    Attribute,
    Code,
    CodeList,
    Concept,
    Kind,
    Protection,
    Purpose,
    Relationship,
    Retention,
    Sensitivity,
    Text,
    Type,
    Validity,
)
from virtaama.model.derived import Derived
from virtaama.model.documents import Entry
from virtaama.model.expectations import Expectation
from virtaama.model.expected import read_expectations
from virtaama.model.feeds import (
    REJECT_AT_MOST,
    CsvDialect,
    Delivery,
    Drift,
    Feed,
    Field,
    Format,
    Outcome,
    System,
)
from virtaama.model.intake import files_of_intake, read_intake
from virtaama.model.mappings import Expression
from virtaama.model.written_rules import day, read_calendar, read_rules, read_value_rules
from virtaama.problems import Place

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTarget:
    """Where a relationship points: one expression, or one for each named part of the other key."""

    relationship: str
    place: Place
    key: tuple[tuple[str, Expression], ...]  # the name is empty where a lone expression gives the key


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenMapping:
    """A mapping whose names have not been looked up."""

    feed: str
    concept: str
    place: Place
    key: tuple[tuple[str, Expression], ...]
    attributes: tuple[tuple[str, Expression], ...]
    targets: tuple[WrittenTarget, ...]
    where: Expression | None
    deleted: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Everything that stands in the files of a model, in the order of the files, names possibly repeated."""

    concepts: tuple[Concept, ...] = ()
    code_lists: tuple[CodeList, ...] = ()
    systems: tuple[System, ...] = ()
    mappings: tuple[WrittenMapping, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    derived: tuple[Derived, ...] = ()
    calendars: tuple[Calendar, ...] = ()


def read_written(folder: str, root: Entry) -> Written:
    """What a file says. Where its shape is wrong the nearest thing it could mean is taken."""
    match folder:
        case "systems":
            return Written(systems=(_system(root),), expectations=tuple(_expected_of_feeds(root)))
        case "concepts":
            concepts = tuple(_concept(*named) for named in root.within("concepts"))
            return Written(concepts=concepts, expectations=tuple(_expected_of_concepts(root, concepts)))
        case "codes":
            return Written(code_lists=tuple(_code_list(*named) for named in root.within("code_lists")))
        case "derived":
            derived = tuple(_derived(*named) for named in root.within("derived"))
            made = tuple(each.concept for each in derived)
            return Written(derived=derived, expectations=tuple(_expected_of_concepts(root, made, "derived")))
        case "calendars":
            return Written(calendars=tuple(read_calendar(*named) for named in root.within("calendars")))
        case _:
            return Written(mappings=tuple(_mapping(entry) for entry in root.list("mappings")))


def together(parts: Iterator[Written]) -> Written:
    whole = Written()
    for part in parts:
        whole = Written(
            concepts=(*whole.concepts, *part.concepts),
            code_lists=(*whole.code_lists, *part.code_lists),
            systems=(*whole.systems, *part.systems),
            mappings=(*whole.mappings, *part.mappings),
            expectations=(*whole.expectations, *part.expectations),
            derived=(*whole.derived, *part.derived),
            calendars=(*whole.calendars, *part.calendars),
        )
    return whole


def _choice(entry: Entry | None, name: str, choices: type[Choice], default: Choice) -> Choice:
    written = entry.text(name) if entry else ""
    close = get_close_matches(written, [choice.value for choice in choices], n=1)
    return choices(close[0]) if close else default


def _expected_of_concepts(
    root: Entry, concepts: tuple[Concept, ...], section: str = "concepts"
) -> Iterator[Expectation]:
    for concept, (name, entry) in zip(concepts, root.within(section), strict=True):
        labels = {attribute.name: attribute.labels for attribute in concept.attributes}
        labels |= {relationship.name: relationship.labels for relationship in concept.relationships}
        lists = {attribute.name: attribute.code_list for attribute in concept.attributes}
        yield from read_expectations(name, entry, labels, lists, of_feed=False)


def _expected_of_feeds(root: Entry) -> Iterator[Expectation]:
    for name, entry in root.within("feeds"):
        yield from read_expectations(f"{root.text('system')}.{name}", entry, {}, {}, of_feed=True)


# Concepts and codes


def _concept(name: str, entry: Entry) -> Concept:
    return Concept(
        name=name,
        kind=_choice(entry, "kind", Kind, Kind.ENTITY),
        labels=entry.words("labels"),
        definition=entry.words("definition"),
        key=entry.texts("key"),
        time=entry.texts("time"),
        valid=_validity(entry),
        was=entry.one_or_more("was"),
        attributes=tuple(_attribute(*named) for named in entry.within("attributes")),
        relationships=tuple(_relationship(*named) for named in entry.within("relationships")),
        place=entry.place,
        retention=_retention(entry.member("retention")),
        protection=_protection(entry.member("protection")),
    )


def _derived(name: str, entry: Entry) -> Derived:
    return Derived(
        concept=_concept(name, entry),
        rules=read_rules(entry),
        legal_basis=entry.text("legal_basis"),
        source=entry.text("source"),
        owner=entry.text("owner"),
    )


def _attribute(name: str, entry: Entry) -> Attribute:
    labels = entry.words("labels")
    return Attribute(
        name=name,
        type=_choice(entry, "type", Type, Type.TEXT),
        labels=labels,
        definition=entry.words("definition") if entry.member("definition") else labels,
        place=entry.place,
        sensitivity=_choice(entry, "sensitivity", Sensitivity, Sensitivity.OPEN),
        unit=entry.text("unit"),
        code_list=entry.text("code_list"),
        purposes=_purposes(entry),
        was=entry.one_or_more("was"),
        rules=read_value_rules(entry),
    )


def _validity(entry: Entry) -> Validity | None:
    if not entry.member("valid"):
        return None
    valid = entry.at(("valid",))
    return Validity(since=valid.text("since"), until=valid.text("until"))


def _retention(entry: Entry | None) -> Retention | None:
    if entry is None:
        return None
    return Retention(
        place=entry.place,
        rule=entry.text("rule"),
        by=entry.text("by"),
        rules=tuple((code, found.scalar) for code, found in entry.within("rules")),
        facts=tuple((fact, entry.at(("facts",)).one_or_more(fact)) for fact, _ in entry.within("facts")),
        none=entry.text("none"),
    )


def _protection(entry: Entry | None) -> Protection | None:
    if entry is None:
        return None
    return Protection(
        place=entry.place,
        told_by=entry.text("told_by"),
        through=entry.text("through"),
        places=entry.texts("places"),
        hints=entry.texts("hints"),
    )


def _purposes(entry: Entry) -> tuple[Purpose, ...]:
    given = entry.texts("purposes")
    known = tuple(purpose for purpose in Purpose if purpose in given)
    return known or (tuple(Purpose) if given else ())


def _relationship(name: str, entry: Entry) -> Relationship:
    labels = entry.words("labels")
    return Relationship(
        name=name,
        to=entry.text("to"),
        one_each=entry.truth("one_each"),
        was=entry.one_or_more("was"),
        otherwise=entry.text("otherwise"),
        labels=labels,
        definition=entry.words("definition") if entry.member("definition") else labels,
        place=entry.place,
    )


def _code_list(name: str, entry: Entry) -> CodeList:
    return CodeList(
        name=name,
        labels=entry.words("labels"),
        source=entry.text("source"),
        codes=tuple(_code(code, found) for code, found in entry.within("codes")),
        place=entry.place,
    )


def _code(code: str, entry: Entry) -> Code:
    return Code(
        code=code,
        labels=Text(entry.text("fi"), entry.text("sv"), entry.text("en")),
        valid_from=day(entry.text("from")),
        valid_until=day(entry.text("until")),
        broader=entry.text("broader"),
    )


# Systems


def _system(entry: Entry) -> System:
    name = entry.text("system")
    named = entry.member("system")
    return System(
        name=name,
        labels=entry.words("labels"),
        feeds=tuple(_feed(name, entry, feed, found) for feed, found in entry.within("feeds")),
        place=named.place if named else entry.place,
    )


def _feed(system: str, above: Entry, name: str, entry: Entry) -> Feed:
    def own(member: str) -> Entry:
        return entry if entry.member(member) else above

    return Feed(
        system=system,
        name=name,
        format=_choice(own("format"), "format", Format, Format.CSV),
        files=files_of_intake(system, name) if entry.member("intake") else entry.text("files"),
        delivery=_choice(entry, "delivery", Delivery, Delivery.CHANGES),
        fields=tuple(_field(field, found) for field, found in entry.within("fields")),
        labels=entry.words("labels"),
        place=entry.place,
        csv=_csv(entry.member("csv"), _csv(above.member("csv"), CsvDialect())),
        query=entry.text("query"),
        resource=entry.text("resource"),
        row_order=entry.text("row_order"),
        complete_for=entry.one_or_more("complete_for"),
        whose=entry.one_or_more("whose"),
        drift=_drift(entry.member("drift"), _drift(above.member("drift"), Drift())),
        extracted=own("extracted").text("extracted"),
        reject_at_most=_share(own("reject_at_most").text("reject_at_most")),
        replaces=entry.one_or_more("replaces"),
        collect=read_collect(above, entry),
        intake=read_intake(above, entry),
        filled_by=entry.text("filled_by"),
    )


def _csv(entry: Entry | None, otherwise: CsvDialect) -> CsvDialect:
    if entry is None:
        return otherwise
    names = ("delimiter", "quote", "encoding", "decimal", "date", "timestamp")
    given = {name: entry.exact_text(name, getattr(otherwise, name)) for name in names}
    null = entry.texts("null") if entry.member("null") else otherwise.null
    return replace(otherwise, **given, null=null)


def _drift(entry: Entry | None, otherwise: Drift) -> Drift:
    if entry is None:
        return otherwise
    return Drift(
        added=_choice(entry, "added", Outcome, otherwise.added),
        missing=_choice(entry, "missing", Outcome, otherwise.missing),
        renamed=_choice(entry, "renamed", Outcome, otherwise.renamed),
        retyped=_choice(entry, "retyped", Outcome, otherwise.retyped),
    )


def _share(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        return REJECT_AT_MOST


def _field(name: str, entry: Entry) -> Field:
    return Field(
        name=name,
        type=_choice(entry, "type", Type, Type.TEXT),
        place=entry.place,
        also=entry.texts("also"),
        format=entry.text("format"),
        path=entry.text("path"),
        direct=entry.truth("direct"),
        whose=entry.one_or_more("whose"),
        required=entry.truth("required"),
        optional=entry.truth("optional"),
    )


# Mappings


def _mapping(entry: Entry) -> WrittenMapping:
    return WrittenMapping(
        feed=entry.text("feed"),
        concept=entry.text("concept"),
        place=entry.place,
        key=_expressions(entry.within("key")),
        attributes=_expressions(entry.within("attributes")),
        targets=tuple(_target(*named) for named in entry.within("relationships")),
        where=_expression(entry.member("where")),
        deleted=_expression(entry.member("deleted")),
    )


def _expression(entry: Entry | None) -> Expression | None:
    return Expression(entry.scalar, entry.place) if entry else None


def _expressions(members: Iterator[tuple[str, Entry]]) -> tuple[tuple[str, Expression], ...]:
    return tuple((name, Expression(entry.scalar, entry.place)) for name, entry in members)


def _target(name: str, entry: Entry) -> WrittenTarget:
    key = (
        _expressions(entry.members()) if entry.is_mapping else (("", Expression(entry.scalar, entry.place)),)
    )
    return WrittenTarget(relationship=name, place=entry.place, key=key)
