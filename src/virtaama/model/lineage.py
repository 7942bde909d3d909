"""Where the columns of a concept come from: attributes of other concepts, and in the end fields of feeds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, build_scope, traverse_scope

from virtaama.model.columns import star_columns
from virtaama.model.concepts import Concept, Text
from virtaama.model.dependencies import needed_for
from virtaama.model.making import query_of, with_computed
from virtaama.model.mappings import Expression
from virtaama.model.model import Model
from virtaama.model.paths import Concepts
from virtaama.sql.build import table
from virtaama.sql.expressions import NotAnExpression, read_expression
from virtaama.sql.queries import Schema, conditions_of, qualified, tables_of
from virtaama.sql.spelling import DIALECT

# What follows columns through queries is brought in where one is followed: most models compute nothing.
if TYPE_CHECKING:
    from sqlglot.lineage import Node


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """A column of a concept's view."""

    concept: str
    column: str

    def __str__(self) -> str:
        return f"{self.concept}.{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class FieldOrigin:
    """A field of a feed."""

    feed: str
    field: str

    def __str__(self) -> str:
        return f"{self.feed} {self.field}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnLineage:
    """One column of a computed concept: what it is computed from, step by step, and the fields in the end."""

    column: str
    computed_from: tuple[Origin, ...]  # one step back; empty where the value is delivered
    delivered_as: tuple[Origin, ...]  # columns of concepts that sources describe
    fields: tuple[FieldOrigin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputedConcept:
    """A concept that rules compute, wholly or in part, with the columns they compute."""

    name: str
    labels: Text
    legal_basis: str  # empty where only some attributes are computed
    source: str
    owner: str
    rules: tuple[tuple[int, date], ...]  # version and first day, the oldest first
    columns: tuple[ColumnLineage, ...]


# One query -------------------------------------------------------------------------------------------


def schema_of(concepts: Concepts, names: tuple[str, ...]) -> Schema:
    """The views of concepts, as tables of these names."""
    return {name: dict(star_columns(concepts.concept(name))) for name in names}


def origins_in(query: exp.Query) -> dict[str, tuple[Origin, ...]]:
    """For each column of a qualified query the columns of tables its value is computed from."""
    from sqlglot.lineage import lineage

    found = lineage(None, query, {}, scope=build_scope(query), dialect=DIALECT)
    return {name: _tables_behind(node) for name, node in found.items()}


def conditions_in(query: exp.Query) -> tuple[Origin, ...]:
    """The columns of tables that decide which rows a qualified query has, in whatever step of it."""
    from sqlglot.lineage import lineage

    found: set[Origin] = set()
    for scope in traverse_scope(query):
        for column in conditions_of(scope.expression):
            source = scope.sources.get(column.table)
            if isinstance(source, exp.Table):
                found.add(Origin(source.name, column.name))
            elif isinstance(source, Scope) and isinstance(source.expression, exp.Query):
                node = lineage(column.name, source.expression, {}, scope=source, dialect=DIALECT)
                found.update(_tables_behind(node))
    return tuple(sorted(found))


def _tables_behind(node: Node) -> tuple[Origin, ...]:
    steps = (step for step in node.walk() if isinstance(step.expression, exp.Table))
    return tuple(
        sorted({Origin(step.expression.name, step.name.rpartition(".")[2].strip('"')) for step in steps})
    )


# One step back ---------------------------------------------------------------------------------------


def computed_from(model: Model, concept: Concept) -> dict[str, tuple[Origin, ...]]:
    """For each computed column of a concept the columns one step back; delivered columns are left out."""
    derived = model.derived_as(concept.name)
    found: dict[str, set[Origin]] = {}
    if derived is None:
        if not concept.is_computed:
            return {}
        query = with_computed(concept, table(concept.name), model)
        whole = qualified(query, schema_of(model, tables_of(query)))
        computed = {attribute.name for attribute in concept.attributes if attribute.rules}
        computed |= {f"{each.name}_key" for each in concept.relationships if each.otherwise}
        return {name: origins for name, origins in origins_in(whole).items() if name in computed}
    for rule in derived.rules:
        query_made = query_of(rule.making, concept, model)
        whole = qualified(query_made, schema_of(model, tables_of(query_made)))
        # What counts rows comes from there being rows.
        rows = {Origin(name, f"{name}_key") for name in tables_of(query_made)}
        for name, origins in origins_in(whole).items():
            found.setdefault(name, set()).update(origins or rows)
    key = {origin for name in concept.key for origin in found.get(name, ())}
    found[f"{concept.name}_key"] = key
    return {name: tuple(sorted(origins)) for name, origins in found.items()}


# All the way -----------------------------------------------------------------------------------------


def lineage_of_concept(model: Model, name: str) -> tuple[ColumnLineage, ...]:
    """Every column of a concept's view back to the fields it comes from."""
    steps = {each: computed_from(model, model.concept(each)) for each in (*needed_for(model, name), name)}
    return tuple(
        ColumnLineage(
            column=column,
            computed_from=steps[name].get(column, ()),
            delivered_as=(delivered := _delivered(Origin(name, column), steps)),
            fields=tuple(sorted({field for origin in delivered for field in fields_of(model, origin)})),
        )
        for column, _ in star_columns(model.concept(name))
    )


def computed_behind(model: Model, concepts: Iterable[str]) -> tuple[ComputedConcept, ...]:
    """The concepts that rules compute among these and all they are computed from, each after what it needs."""
    wanted = dict.fromkeys(name for each in concepts for name in (*needed_for(model, each), each))
    found = []
    for name in wanted:
        columns = tuple(column for column in lineage_of_concept(model, name) if column.computed_from)
        if columns:
            derived, concept = model.derived_as(name), model.concept(name)
            found.append(
                ComputedConcept(
                    name=name,
                    labels=concept.labels,
                    legal_basis=derived.legal_basis if derived else "",
                    source=derived.source if derived else "",
                    owner=derived.owner if derived else "",
                    rules=tuple((r.version, r.valid_from) for r in derived.rules) if derived else (),
                    columns=columns,
                )
            )
    return tuple(found)


def described_by(model: Model, concepts: tuple[str, ...]) -> tuple[str, ...]:
    """The feeds that describe concepts, through whatever they are computed from."""
    wanted = {*concepts, *(name for concept in concepts for name in needed_for(model, concept))}
    return tuple(dict.fromkeys(m.feed for m in model.mappings if m.concept in wanted))


def fields_of(model: Model, origin: Origin) -> tuple[FieldOrigin, ...]:
    """The fields a delivered column is given by the mappings."""
    found: dict[FieldOrigin, None] = {}
    concept = model.concept(origin.concept)
    for mapping in model.mappings:
        if mapping.concept != origin.concept:
            continue
        given: list[Expression] = [e for name, e in mapping.attributes if name == origin.column]
        given += [e for name, e in zip(concept.key, mapping.key, strict=True) if name == origin.column]
        if origin.column == f"{origin.concept}_key":
            given += mapping.key
        for target in mapping.targets:
            if origin.column == f"{target.relationship}_key":
                given += target.key
        for expression in given:
            for name in _columns(expression.sql):
                found[FieldOrigin(mapping.feed, name)] = None
    return tuple(found)


def _delivered(origin: Origin, steps: dict[str, dict[str, tuple[Origin, ...]]]) -> tuple[Origin, ...]:
    before = steps.get(origin.concept, {}).get(origin.column)
    if before is None:
        return (origin,)
    # A relationship with `otherwise` is told by its own sources too.
    told = {found for each in before for found in ((each,) if each == origin else _delivered(each, steps))}
    return tuple(sorted(told))


def _columns(sql: str) -> tuple[str, ...]:
    try:
        return read_expression(sql).columns
    except NotAnExpression:
        return ()
