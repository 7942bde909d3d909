"""From the rules of a model to queries: what is written as SQL is read, what is declared is written out.

A query reads concepts as tables, under their names, with the columns of their views.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import assert_never

from sqlglot import exp

from virtaama.model.builders import episode_query, group_query
from virtaama.model.columns import star_columns
from virtaama.model.concepts import Attribute, Concept, Relationship
from virtaama.model.derived import Derived, Episode, Group, Making, Select
from virtaama.model.paths import Concepts, Followed, Name, follow, names_in, rename
from virtaama.model.row_expressions import read_value
from virtaama.sql.ages import AGES, as_day, expand
from virtaama.sql.build import cast, column, named, select, table, text
from virtaama.sql.expressions import (
    NotAnExpression,
)
from virtaama.sql.queries import read_query, tables_of


def query_of(making: Making, derived: Concept, concepts: Concepts) -> exp.Query:
    """The rows a rule makes: a column for each attribute of `derived`, and a key for each relationship.

    Raises NotAnExpression, or ValueError for a call with the wrong number of arguments, where the rule cannot
    be read. `making.of` must be a concept.
    """
    match making:
        case Select(sql=sql):
            query = expand(read_query(sql.sql, AGES))
            assert isinstance(query, exp.Query)
            return query
        case Episode():
            return episode_query(making, derived, concepts.concept(making.of))
        case Group():
            return group_query(making, derived, concepts.concept(making.of))
        case _:
            assert_never(making)


def concepts_read(making: Making) -> tuple[str, ...]:
    """The names of the concepts a rule reads; none where it cannot be read."""
    if not isinstance(making, Select):
        return (making.of,)
    try:
        tree = read_query(making.sql.sql, AGES)
    except NotAnExpression:
        return ()
    return tables_of(tree)


def concepts_followed(concept: Concept, concepts: Concepts) -> tuple[str, ...]:
    """The concepts whose columns what is computed of a concept reads; none where it cannot be read."""
    found: dict[str, None] = {}
    for attribute in concept.attributes:
        for rule in attribute.rules:
            try:
                for name in names_in(read_value(rule.sql)):
                    found.update(dict.fromkeys(to for _, to in follow(concepts, concept, name).steps))
            except (ValueError, StopIteration):
                continue
    for relationship in concept.relationships:
        with suppress(ValueError, StopIteration):
            found.update(dict.fromkeys(to for _, to in otherwise_of(relationship, concept, concepts).steps))
    return tuple(found)


def otherwise_of(relationship: Relationship, concept: Concept, concepts: Concepts) -> Followed:
    """Where a relationship leads when no source tells it; without steps where nothing is said of that.

    Raises ValueError where the path leads nowhere.
    """
    if not relationship.otherwise:
        return Followed((), f"{relationship.name}_key")
    return follow(concepts, concept, tuple(relationship.otherwise.split(".")))


def with_computed(concept: Concept, base: exp.Expr, concepts: Concepts) -> exp.Select:
    """The view of a concept with its computed attributes and relationships; `base` is the view without them.

    Other concepts are read as tables under their names.
    """
    own = concept.name
    met: dict[Name, str] = {}

    def stands_for(name: Name) -> exp.Expr:
        followed = follow(concepts, concept, name)
        path: Name = ()
        for step, to in followed.steps:
            path = (*path, step)
            met[path] = to
        return column(followed.column, "__".join((own, *path)))

    computed = {a.name: a for a in concept.attributes if a.rules}
    otherwise = {f"{r.name}_key": tuple(r.otherwise.split(".")) for r in concept.relationships if r.otherwise}

    def shown(name: str, kind: str) -> exp.Expr:
        if name in computed:
            return named(_value(computed[name], concept, kind, stands_for), name)
        if name in otherwise:
            told = exp.Coalesce(this=column(name, own), expressions=[stands_for(otherwise[name])])
            return named(told, name)
        return column(name, own)

    columns = [shown(name, kind) for name, kind in star_columns(concept)]
    query = select(*columns).from_(_aliased(base, own))
    for path, to in sorted(met.items(), key=lambda each: len(each[0])):
        alias, before = "__".join((own, *path)), "__".join((own, *path[:-1]))
        on = column(f"{to}_key", alias).eq(column(f"{path[-1]}_key", before))
        query = query.join(_aliased(table(to), alias), on=on, join_type="left")
    return query


def moment_of(concept: Concept, source: str = "") -> exp.Expr:
    """The day an instance happened: the first of the attributes in `time` that has a value."""
    first, *others = (as_day(column(name, source)) for name in concept.time)
    return exp.Coalesce(this=first, expressions=others) if others else first


def made(derived: Derived, queries: Iterable[exp.Query]) -> exp.Query:
    """What all rules of a concept make together: each the instances of its time."""
    rules = derived.rules
    whole: exp.Query | None = None
    for place, query in enumerate(queries):
        part = select(*output_of(derived.concept)).from_(exp.Subquery(this=query, alias=_alias("made")))
        if derived.concept.time:
            at = moment_of(derived.concept, "made")
            begins = exp.cast(text(rules[place].valid_from.isoformat()), "DATE")
            within: exp.Expr = exp.GTE(this=at, expression=begins)
            if place + 1 < len(rules):
                ends = exp.cast(text(rules[place + 1].valid_from.isoformat()), "DATE")
                within = exp.and_(within, exp.LT(this=at.copy(), expression=ends))
            else:
                within = exp.or_(within, exp.Is(this=at.copy(), expression=exp.null()))
            part = part.where(within)
        whole = exp.Union(this=whole, expression=part, distinct=False) if whole else part
    assert whole is not None
    return whole


def output_of(concept: Concept) -> tuple[str, ...]:
    """The columns a rule has to give: those of the view but for the key of the concept itself."""
    return tuple(name for name, _ in star_columns(concept)[1:])


# Computed attributes ---------------------------------------------------------------------------------


def _value(
    attribute: Attribute, concept: Concept, kind: str, stands_for: Callable[[Name], exp.Expr]
) -> exp.Expr:
    values = [rename(read_value(rule.sql), stands_for) for rule in attribute.rules]
    if len(values) == 1 and attribute.rules[0].valid_from is None:
        return cast(values[0], kind)
    at = moment_of(concept, concept.name)
    chosen = exp.case().when(exp.Is(this=at, expression=exp.null()), values[-1])
    for rule, value in reversed(list(zip(attribute.rules, values, strict=True))):
        begins = exp.cast(text(rule.valid_from.isoformat()), "DATE") if rule.valid_from else None
        within = exp.GTE(this=at.copy(), expression=begins) if begins else exp.true()
        chosen = chosen.when(within, value.copy())
    return cast(chosen, kind)


def _aliased(source: exp.Expr, name: str) -> exp.Expr:
    if isinstance(source, exp.Query) and not isinstance(source, exp.Subquery):
        return exp.Subquery(this=source, alias=_alias(name))
    return exp.alias_(source, name, table=True, quoted=True)


def _alias(name: str) -> exp.TableAlias:
    return exp.TableAlias(this=exp.to_identifier(name, quoted=True))
