"""Which columns one reading of a concept counts, and by what: feed, unit and month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from virtaama.metrics.render.trees import Stars, day
from virtaama.model.concepts import Attribute, Concept, Kind, Purpose, Relationship, Sensitivity, Type
from virtaama.model.expectations import Codes, Holds, Pattern, Range, Reference, Required, RowCheck, Volume
from virtaama.model.model import Model
from virtaama.quality.conditions import Row, conditions, not_in_list
from virtaama.quality.recording import FEED, GUARD, HERE, MONTH, ROWS, UNIT, Measured, Recording
from virtaama.sql.build import (
    all_of,
    any_of,
    cast,
    column,
    function,
    named,
    select,
    subquery,
    text,
    union_all,
)
from virtaama.vault.hierarchy import levels
from virtaama.vault.tables import VaultDesign

_FROM, _RANK = "from", "row__rank"


def recording(
    model: Model,
    design: VaultDesign,
    concept: Concept,
    *,
    unit: str,
    months: tuple[date, date] | None,
    newest: str,
    stars: Stars,
) -> Recording | None:
    """How a concept is counted; None where no feed describes it and nothing is expected of it.

    `unit` is the concept of units (empty: there is none), `months` the first and last month deliveries tell
    of, `newest` the moment the newest delivery describes.
    """
    feeds = tuple(dict.fromkeys(m.feed for m in model.mappings if m.concept == concept.name))
    if not feeds and not model.expected_of(concept.name):
        return None
    return _Reading(model, design, concept, unit, months, newest, stars, feeds or ("",)).recording()


@dataclass
class _Reading:
    model: Model
    design: VaultDesign
    concept: Concept
    unit: str
    months: tuple[date, date] | None
    newest: str
    stars: Stars
    feeds: tuple[str, ...]

    def __post_init__(self) -> None:
        self.lists = {codes.name: codes for codes in self.model.code_lists}
        self.expected = [
            e for e in self.model.expected_of(self.concept.name) if isinstance(e.check, RowCheck)
        ]
        types = {attribute.name.lower(): attribute.type for attribute in self.concept.attributes}
        values = {name: self._column(name) for name in types}
        values |= {r.name.lower(): self._column(f"{r.name}_key") for r in self.concept.relationships}
        known = {
            each.check.relationship: self._leads_somewhere(each.check)
            for each in self.expected
            if isinstance(each.check, Reference)
        }
        self.row = Row(values, types, cast(text(self.newest), "TIMESTAMP"), known)

    def _column(self, name: str) -> exp.Column:
        return column(name, HERE)

    def _target(self, check: Reference) -> str:
        relationship = self.concept.relationship(check.relationship)
        assert relationship is not None
        return relationship.to

    def _leads_somewhere(self, check: Reference) -> exp.Expr:
        """To an instance that is there; along a relationship of a concept to itself, to a top, and not in a circle."""
        there = exp.not_(_null(column(f"{self._target(check)}_key", _alias(check))))
        if self._target(check) != self.concept.name:
            return there
        astray = exp.func("COALESCE", column("astray", _way(check)), exp.false())
        return exp.paren(exp.and_(there, exp.not_(astray)))

    def recording(self) -> Recording:
        measured = tuple(self._measured())
        rules = tuple((e, conditions(e, self.row, self.lists)) for e in self.expected)
        numbers: list[exp.Expr] = []
        for place, each in enumerate(measured):
            numbers.append(named(_count(each.looked_at), f"looked_{place}"))
            numbers.append(named(_count(each.missing), f"missing_{place}"))
            numbers.append(named(_count(each.wrong), f"wrong_{place}"))
        for place, (_, found) in enumerate(rules):
            numbers.append(named(_count(found.looked_at), f"of_{place}"))
            numbers.append(named(_count(found.failed), f"failed_{place}"))
        groups = (self._feed(), self._unit(), self._month())
        query = select(
            *(named(value, name) for value, name in zip(groups, (FEED, UNIT, MONTH), strict=True)),
            named(exp.Count(this=exp.Star()), ROWS),
            named(self._guard(), GUARD),
            *numbers,
        ).from_(exp.alias_(self.stars.table(self.concept.name), HERE, table=True))
        query = self._joined(query).group_by(*(exp.Literal.number(n) for n in (1, 2, 3)))
        volumes = tuple(e for e in self.model.expected_of(self.concept.name) if isinstance(e.check, Volume))
        return Recording(self.concept, measured, rules, volumes, query)

    # What is counted

    def _measured(self) -> Iterator[Measured]:
        if not any(self.feeds):
            return  # nobody records what rules make
        for attribute in self.concept.attributes:
            feeds = self._feeds_of(attribute.name)
            if feeds and may_be_looked_at(attribute) and attribute.name not in self.concept.key:
                yield self._of_field(attribute.name, feeds, self._misfits(attribute))
        for relationship in self.concept.relationships:
            if feeds := self._feeds_of(relationship.name):
                yield self._of_field(relationship.name, feeds, self._unknown(relationship))
        for expectation in self.expected:
            if isinstance(expectation.check, Holds):
                found = conditions(expectation, self.row, self.lists)
                yield Measured(
                    "", expectation.name, self.feeds, True, found.looked_at, exp.false(), found.failed
                )

    def _of_field(self, name: str, feeds: tuple[str, ...], wrong: exp.Expr) -> Measured:
        value = self.row.value(name)
        required = [
            conditions(e, self.row, self.lists).looked_at
            for e in self.expected
            if isinstance(e.check, Required) and e.check.field == name
        ]
        looked_at = any_of(required) if required else exp.true()
        missing = all_of([exp.paren(looked_at.copy()), _null(value)])
        return Measured(
            name, "", feeds, bool(required), looked_at, missing, all_of([exp.paren(looked_at.copy()), wrong])
        )

    def _misfits(self, attribute: Attribute) -> exp.Expr:
        value = self.row.value(attribute.name)
        found: list[exp.Expr] = []
        if attribute.code_list:
            off_list = not_in_list(value.copy(), self.lists[attribute.code_list])
            found.append(all_of([exp.not_(_null(value.copy())), off_list]))
        for e in self.expected:
            if isinstance(e.check, Range | Pattern | Codes) and e.check.field == attribute.name:
                if isinstance(e.check, Codes) and e.check.code_list == attribute.code_list and not e.where:
                    continue
                found.append(conditions(e, self.row, self.lists).failed)
        return exp.paren(any_of(found))

    def _unknown(self, relationship: Relationship) -> exp.Expr:
        found = [
            conditions(e, self.row, self.lists).failed
            for e in self.expected
            if isinstance(e.check, Reference) and e.check.relationship == relationship.name
        ]
        return exp.paren(any_of(found))

    def _feeds_of(self, name: str) -> tuple[str, ...]:
        own = [m for m in self.model.mappings if m.concept == self.concept.name]
        filled = [
            m.feed
            for m in own
            if any(name == n for n, _ in m.attributes) or any(t.relationship == name for t in m.targets)
        ]
        return tuple(dict.fromkeys(filled))

    # What is counted by

    def _feed(self) -> exp.Expr:
        if len(self.feeds) == 1:
            return text(self.feeds[0])
        choice = exp.Case()
        for rank, feed in enumerate(self.feeds):
            choice = choice.when(column(_RANK, _FROM).eq(exp.Literal.number(rank)), text(feed))
        return choice

    def _unit(self) -> exp.Expr:
        if self.concept.name == self.unit:
            return self._column(self._unit_code)
        codes = [column(self._unit_code, alias) for alias, _ in self._ways_to_unit()]
        if not codes:
            return cast(exp.null(), "VARCHAR")
        return codes[0] if len(codes) == 1 else exp.Coalesce(this=codes[0], expressions=codes[1:])

    @property
    def _unit_code(self) -> str:
        return self.model.concept(self.unit).key[0]

    def _month(self) -> exp.Expr:
        if self.concept.kind is not Kind.EVENT or self.months is None:
            return cast(exp.null(), "DATE")
        moments = self.concept.time or tuple(
            a.name for a in self.concept.attributes if a.type in (Type.DATE, Type.TIMESTAMP)
        )
        values = [
            cast(self.row.value(name), "DATE")
            for name in moments
            if self._feeds_of(name) and may_be_looked_at_name(self.concept, name)
        ]
        if not values:
            return cast(exp.null(), "DATE")
        when = values[0] if len(values) == 1 else exp.Coalesce(this=values[0], expressions=values[1:])
        month = cast(function("date_trunc", text("month"), when), "DATE")
        first, last = self.months
        return exp.Case().when(month.copy().between(day(first), day(last)), month)

    def _guard(self) -> exp.Expr:
        """Persons: those known apart, and those not known as one."""
        if not any(a.sensitivity is not Sensitivity.OPEN for a in self.concept.attributes):
            return cast(exp.Literal.number(0), "BIGINT")
        person = person_column(self.model, self.concept)
        if not person:
            return cast(exp.Count(this=exp.Star()), "BIGINT")
        key = self._column(person)
        unknown = cast(exp.CountIf(this=_null(key.copy())), "BIGINT") > exp.Literal.number(0)
        known = exp.Count(this=exp.Distinct(expressions=[key]))
        return known + exp.Case().when(unknown, exp.Literal.number(1)).else_(exp.Literal.number(0))

    # Where it is read

    def _ways_to_unit(self) -> list[tuple[str, list[tuple[str, str, str]]]]:
        """Alias of each table of units with the joins that lead to it: (concept, alias, condition's column).

        The unit an instance refers to itself; where it refers to none, that of what it refers to.
        """
        if not self.unit or self.concept.name == self.unit:
            return []
        direct = [r for r in self.concept.relationships if r.to == self.unit]
        if direct:
            first = direct[0]
            return [("unit__0", [(self.unit, "unit__0", f"{HERE}.{first.name}_key")])]
        ways: list[tuple[str, list[tuple[str, str, str]]]] = []
        for relationship in self.concept.relationships:
            further = self.model.concept(relationship.to)
            onward = next((r for r in further.relationships if r.to == self.unit), None)
            # One that rules make may be made later.
            if onward and further.name != self.concept.name and not self.model.derived_as(further.name):
                between, alias = f"between__{len(ways)}", f"unit__{len(ways)}"
                joins = [
                    (further.name, between, f"{HERE}.{relationship.name}_key"),
                    (self.unit, alias, f"{between}.{onward.name}_key"),
                ]
                ways.append((alias, joins))
        return ways

    def _joined(self, query: exp.Select) -> exp.Select:
        for _, joins in self._ways_to_unit():
            for concept, alias, points in joins:
                query = self._join(query, concept, alias, points)
        references = {e.check.relationship: e.check for e in self.expected if isinstance(e.check, Reference)}
        for check in references.values():
            target = self._target(check)
            query = self._join(query, target, _alias(check), f"{HERE}.{check.relationship}_key")
            if target == self.concept.name:
                query = self._join_way_up(query, check)
        if len(self.feeds) > 1:
            key = f"{self.concept.name}_key"
            query = query.join(
                subquery(self._named_first(), _FROM),
                on=self._column(key).eq(column(key, _FROM)),
                join_type="LEFT",
            )
        return query

    def _join(self, query: exp.Select, concept: str, alias: str, points: str) -> exp.Select:
        table, _, name = points.partition(".")
        return query.join(
            exp.alias_(self.stars.table(concept), alias, table=True),
            on=column(f"{concept}_key", alias).eq(column(name, table)),
            join_type="LEFT",
        )

    def _join_way_up(self, query: exp.Select, check: Reference) -> exp.Select:
        key, above = f"{self.concept.name}_key", f"{check.relationship}_key"
        rows = select(key, above).from_(self.stars.table(self.concept.name))
        return query.join(
            subquery(levels(rows, key, above, 1), _way(check)),
            on=column("descendant", _way(check)).eq(self._column(key)),
            join_type="LEFT",
        )

    def _named_first(self) -> exp.Select:
        """For each instance the first feed, in the order of the mappings, that has named it."""
        key = f"{self.concept.name}_key"
        ranks = [
            select(key, named(exp.Literal.number(self.feeds.index(source.mapping.feed)), _RANK)).from_(
                exp.table_(source.histories[0].name, quoted=True)
            )
            for source in self.design.sources_of(self.concept.name)
        ]
        return (
            select(key, named(exp.Min(this=column(_RANK)), _RANK))
            .from_(subquery(union_all(ranks), "named"))
            .group_by(column(key))
        )


def may_be_looked_at(attribute: Attribute) -> bool:
    """Whether data quality may look at it: not at names, nor at what is kept for other purposes alone."""
    return attribute.sensitivity is not Sensitivity.DIRECT and (
        not attribute.purposes or Purpose.DATA_QUALITY in attribute.purposes
    )


def may_be_looked_at_name(concept: Concept, name: str) -> bool:
    attribute = concept.attribute(name)
    return attribute is not None and attribute.sensitivity is not Sensitivity.DIRECT


def person_column(model: Model, concept: Concept) -> str:
    """The column of a concept's star that tells persons apart; empty where there is none."""

    def is_person(other: Concept) -> bool:
        return any(a.type is Type.IDENTITY for a in other.attributes if a.name in other.key)

    if is_person(concept) and len(concept.key) == 1:
        return f"{concept.name}_key"
    return next((f"{r.name}_key" for r in concept.relationships if is_person(model.concept(r.to))), "")


def _alias(check: Reference) -> str:
    return f"known__{check.relationship}"


def _way(check: Reference) -> str:
    return f"way__{check.relationship}"


def _null(value: exp.Expr) -> exp.Expr:
    return exp.Is(this=value, expression=exp.null())


def _count(condition: exp.Expr) -> exp.Expr:
    return cast(exp.CountIf(this=condition.copy()), "BIGINT")
