"""What is due for destruction: the instances whose time is over by the rule their concept follows.

What decides is `statutes.retention.kept`; the engine only leaves out what cannot be due by any day it knows, so
that little is looked at one by one. An instance that something not yet due refers to is kept as long as that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlglot import exp

from virtaama.engines.port import Engine
from virtaama.metrics.render.joins import Joins
from virtaama.metrics.render.trees import Stars, day
from virtaama.model.columns import star_columns
from virtaama.model.concepts import Concept, Retention, Type
from virtaama.model.model import Model
from virtaama.sql.build import (
    any_of,
    bound,
    cast,
    column,
    drop_table,
    function,
    join,
    named,
    select,
    subquery,
    table,
    temporary_table,
)
from virtaama.statutes.retained import rules_of
from virtaama.statutes.retention import Fact, KeptUntil, RetentionRule, kept, latest_that_is_due
from virtaama.statutes.retention_rules import RetentionRules
from virtaama.vault.derive import star
from virtaama.vault.design import design
from virtaama.vault.tables import VaultDesign

_NOW = "kept__"  # how the views that paths lead through are called while they are read
_KEYS = "due__keys"
_FAR = 3  # relationships from an instance to the person it is about, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class DueInstance:
    """One instance whose destruction is due. `person` is the pseudonym of whom it is about, if that is told."""

    concept: str
    key: str  # its key in the warehouse, as 32 hexadecimal digits
    number: str  # its business key
    person: str
    person_key: str
    rule: str
    counted_from: Fact
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is due on a day. `held_back` counts, by concept, what is kept because something not due refers to it."""

    on: date
    instances: tuple[DueInstance, ...]
    held_back: Mapping[str, int]

    def keys(self) -> dict[str, frozenset[str]]:
        """The keys of what is due, by concept."""
        found: dict[str, set[str]] = defaultdict(set)
        for instance in self.instances:
            found[instance.concept].add(instance.key)
        return {concept: frozenset(keys) for concept, keys in found.items()}


def due(engine: Engine, model: Model, law: RetentionRules, on: date) -> Due:
    """Whatever is due on a day by the rules of the law in force then, from what the warehouse holds now.

    The retention of the model fits the rules (see `statutes.retained`). Temporary views aside, nothing is changed.
    """
    views = _Views(engine, model, design(model))
    try:
        found = {
            (instance.concept, instance.key): instance
            for concept in model.concepts
            if concept.retention and concept.retention.named
            for instance in _due_of(views, concept, concept.retention, law, on)
        }
        held = _held_back(views, set(found))
    finally:
        views.drop()
    counts: dict[str, int] = defaultdict(int)
    for concept_name, _ in held:
        counts[concept_name] += 1
    instances = (instance for known, instance in found.items() if known not in held)
    ordered = sorted(instances, key=lambda each: (each.concept, each.due, each.key))
    return Due(on=on, instances=tuple(ordered), held_back=dict(counts))


class _Views:
    """The views of concepts as they are now: those that paths lead through once, as tables of a few columns."""

    def __init__(self, engine: Engine, model: Model, vault: VaultDesign) -> None:
        self.engine = engine
        self.model = model
        self._design = vault
        self._made: set[str] = set()

    def read(self, concept: Concept, joins: Joins, query: exp.Select) -> list[dict[str, Any]]:
        """The rows of a query over a concept and what its paths lead to."""
        query = joins.add_to(query)
        stars = Stars(self.model, schema="", prefix=_NOW)
        for name in stars.concepts_in(query) - {concept.name}:
            self._make(name)
        if concept.name not in self._made:
            query = query.with_(f"{_NOW}{concept.name}", as_=self.star(concept.name), copy=False)
        return self.engine.rows(query)

    def star(self, concept: str) -> exp.Query:
        return star(self.model, self._design, concept)

    def drop(self) -> None:
        for name in (*(f"{_NOW}{concept}" for concept in sorted(self._made)), _KEYS):
            self.engine.run(drop_table(name))

    def _make(self, name: str) -> None:
        if name not in self._made:
            concept = self.model.concept(name)
            # Keys, days and what rules are chosen by: all that a path can end in.
            wanted = {attribute.name for attribute in concept.attributes if _may_be_asked_for(attribute.type)}
            kept = [
                c for c, _ in star_columns(concept) if c.endswith("_key") or c in wanted or c in concept.key
            ]
            self.engine.run(
                temporary_table(f"{_NOW}{name}", select(*kept).from_(subquery(self.star(name), "star")))
            )
            self._made.add(name)


def _may_be_asked_for(kind: Type) -> bool:
    return kind in (Type.DATE, Type.TIMESTAMP, Type.TEXT, Type.IDENTITY)


def _due_of(
    views: _Views, concept: Concept, said: Retention, law: RetentionRules, on: date
) -> Iterator[DueInstance]:
    rules = rules_of(said, law, on)
    latest = _latest(rules.values(), on)
    joins = Joins(concept.name, Stars(views.model, schema="", prefix=_NOW))
    facts = {Fact(name): _first_day(joins, paths) for name, paths in said.facts}
    if not (asked := [facts[fact] <= day(until) for fact, until in latest.items() if fact in facts]):
        return
    persons = tuple(_ways_to_persons(views.model, concept))
    columns = [
        named(cast(_own(concept), "VARCHAR"), "instance__key"),
        *(
            named(cast(joins.column((part,)), "VARCHAR"), f"number__{place}")
            for place, part in enumerate(concept.key)
        ),
        named(_first([joins.column(way) for way, _ in persons]), "person__name"),
        named(
            _first([cast(_key_at_end(joins, concept, way), "VARCHAR") for way, _ in persons]), "person__key"
        ),
        named(joins.column(tuple(said.by.split("."))) if said.by else exp.null(), "chosen__by"),
        *(named(value.copy(), f"fact__{fact}") for fact, value in facts.items()),
    ]
    query = exp.select(*columns).where(any_of([condition.copy() for condition in asked]))

    @cache
    def decided(rule: str, known: tuple[tuple[Fact, date], ...]) -> KeptUntil | None:
        found = kept(rules[rule].period, dict(known)) if rule in rules else None
        return found if isinstance(found, KeptUntil) and found.due <= on else None

    for row in views.read(concept, joins, query):
        known = tuple((fact, row[f"fact__{fact}"]) for fact in facts if row[f"fact__{fact}"])
        rule = said.rule_for(row["chosen__by"])
        if until := decided(rule, known):
            yield DueInstance(
                concept=concept.name,
                key=_hex(row["instance__key"]),
                number="|".join(str(row[f"number__{place}"]) for place in range(len(concept.key))),
                person=row["person__name"] or "",
                person_key=_hex(row["person__key"] or ""),
                rule=rule,
                counted_from=until.counted_from,
                due=until.due,
            )


def _latest(rules: Iterable[RetentionRule], on: date) -> dict[Fact, date]:
    """For each fact the latest day from which any of the rules may be due."""
    found: dict[Fact, date] = {}
    for rule in rules:
        for fact, until in latest_that_is_due(rule.period, on).items():
            found[fact] = max(until, found.get(fact, until))
    return found


def _held_back(views: _Views, due_now: set[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """What is due and referred to by something that is not, or is held back itself."""
    model = views.model
    by_concept: dict[str, set[str]] = defaultdict(set)
    for name, key in due_now:
        by_concept[name].add(key)
    refers: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for concept in model.concepts:
        for relationship in concept.relationships:
            if relationship.to in by_concept:
                keys = by_concept[relationship.to]
                for referring, to in _referring(views, concept, relationship.name, keys):
                    refers[relationship.to, to].add((concept.name, referring))
    held: set[tuple[str, str]] = set()
    while more := {
        instance
        for instance in due_now - held
        if any(other not in due_now or other in held for other in refers[instance] - {instance})
    }:
        held |= more
    return frozenset(held)


def _referring(
    views: _Views, concept: Concept, relationship: str, keys: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Each instance of a concept that refers to one of these, with the one it refers to."""
    column_name = f"{relationship}_key"
    values = select(named(cast(function("UNNEST", bound("keys")), "UUID"), column_name))
    views.engine.run(temporary_table(_KEYS, values), {"keys": sorted(keys)})
    rows = select(
        named(cast(column(f"{concept.name}_key"), "VARCHAR"), "referring"),
        named(cast(column(column_name), "VARCHAR"), "to"),
    ).from_(subquery(views.star(concept.name), "star"))
    for row in views.engine.rows(join(rows, table(_KEYS), column_name, "SEMI")):
        yield _hex(row["referring"]), _hex(row["to"])


def person_concepts(model: Model) -> tuple[Concept, ...]:
    """The concepts whose instances are persons: an identity alone is their key."""
    return tuple(concept for concept in model.concepts if is_person(concept))


def is_person(concept: Concept) -> bool:
    attribute = concept.attribute(concept.key[0]) if len(concept.key) == 1 else None
    return attribute is not None and attribute.type is Type.IDENTITY


def _ways_to_persons(model: Model, concept: Concept) -> Iterator[tuple[tuple[str, ...], Concept]]:
    """The ways from an instance to the pseudonym of whom it is about, the shortest first."""
    waiting: list[tuple[tuple[str, ...], Concept]] = [((), concept)]
    while waiting:
        way, here = waiting.pop(0)
        if is_person(here):
            yield (*way, here.key[0]), here
            continue
        if len(way) < _FAR:
            waiting += [
                ((*way, r.name), model.concept(r.to)) for r in here.relationships if r.to != here.name
            ]


def _key_at_end(joins: Joins, concept: Concept, way: tuple[str, ...]) -> exp.Expr:
    """The key of the person a way leads to: that of the last relationship, or the instance's own."""
    return joins.column(way[:-1]) if len(way) > 1 else _own(concept)


def _own(concept: Concept) -> exp.Column:
    return column(f"{concept.name}_key", concept.name)


def _first_day(joins: Joins, paths: Iterable[str]) -> exp.Expr:
    return _first([cast(joins.column(tuple(path.split("."))), "DATE") for path in paths])


def _first(values: list[exp.Expr]) -> exp.Expr:
    if not values:
        return cast(exp.null(), "VARCHAR")
    return values[0] if len(values) == 1 else exp.func("COALESCE", *values)


def _hex(key: str) -> str:
    return key.replace("-", "")
