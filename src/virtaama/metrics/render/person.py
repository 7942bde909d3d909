"""Queries about one person: whether they have a care relation with some units, and the rows of a section.

Whom, which units, which day and which services are bound values (`$person`, `$units`, `$today`, `$services`,
`$services_at_units`); nothing of a question is part of the text.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from virtaama.metrics.person_views import CareRelation, Limit, Path, Persons, Section, Services, is_direct
from virtaama.metrics.render.joins import Joins
from virtaama.metrics.render.trees import Stars, as_type, column, text
from virtaama.sql.ages import AGES, Functions
from virtaama.sql.build import any_of, bound, function

Query = exp.Select

WHEN, SERVICE = "_when", "_service"
"""Columns every row of a section has besides its own: when it is of, and which service it belongs to."""
_UNIT = "_unit"


def relation_query(
    relation: CareRelation, limit: Limit, stars: Stars, functions: Functions = AGES
) -> exp.Select:
    """A row where an event gives the staff of `$units` a care relation with `$person` on `$today`."""
    joins = Joins(relation.of, stars, functions)
    starts = _as_day(_first(joins, relation.starts))
    today = as_type(bound("today"), "DATE")
    conditions: list[exp.Expr] = [
        _leads_to_person(relation.of, relation.person, stars),
        _among("units", "UUID[]", joins.column(relation.unit)),
        exp.LTE(this=starts.copy(), expression=_later(today, limit.days_before)),
    ]
    if relation.ends:
        ends = _as_day(joins.column(relation.ends))
        lasts = exp.GTE(this=_later(ends, limit.days_after), expression=today.copy())
        # What ends before it begins is a mistake in recording: it gives no relation for ever.
        conditions.append(exp.or_(exp.Is(this=ends.copy(), expression=exp.null()), lasts))
    else:
        conditions.append(exp.GTE(this=_later(starts.copy(), limit.days_after), expression=today.copy()))
    if relation.where:
        conditions.append(exp.Paren(this=joins.resolve(relation.where, {})))
    return joins.add_to(exp.select(exp.true().as_("related"))).where(*conditions).limit(1)


def section_query(
    section: Section, stars: Stars, functions: Functions = AGES, *, every: bool, most: int
) -> exp.Select:
    """The newest rows of a section about `$person`: WHEN, SERVICE and c0, c1, …, enciphered ones as nulls.

    `every`: all of them; else those of `$services`, and of `$services_at_units` at `$units`. `most` is how many.
    """
    joins = Joins(section.of, stars, functions)
    concept = stars.model.concept(section.of)
    apart = {attribute.name for attribute in concept.attributes if is_direct(attribute)}
    values = [
        exp.null() if len(each.path) == 1 and each.path[0] in apart else joins.column(each.path)
        for each in section.columns
    ]
    names = [f"c{number}" for number in range(len(values))]
    rows = exp.select(
        _first(joins, section.time).as_(WHEN, quoted=True),
        _service(joins, section.services).as_(SERVICE, quoted=True),
        _first(joins, section.unit).as_(_UNIT, quoted=True),
        *(value.as_(name, quoted=True) for value, name in zip(values, names, strict=True)),
    )
    theirs = [_leads_to_person(section.of, path, stars) for path in section.person or ((),)]
    conditions = [any_of(theirs)]
    if section.where:
        conditions.append(exp.Paren(this=joins.resolve(section.where, {})))
    rows = joins.add_to(rows).where(*conditions)
    query = exp.select(*(column(name) for name in (WHEN, SERVICE, *names))).from_(rows.subquery("theirs"))
    if not every:
        own = _among("services", "TEXT[]", column(SERVICE))
        at_units = _among("services_at_units", "TEXT[]", column(SERVICE))
        query = query.where(exp.or_(own, exp.and_(at_units, _among("units", "UUID[]", column(_UNIT)))))
    newest = exp.Ordered(this=column(WHEN), desc=True, nulls_first=False)
    return query.order_by(newest, *map(column, names)).limit(most)


def number_query(persons: Persons, stars: Stars) -> exp.Select:
    """The key of the person with the client number `$number`."""
    assert persons.numbers
    concept, number, path = persons.numbers
    joins = Joins(concept, stars)
    key = joins.column(path).as_("person", quoted=True)
    numbered = exp.EQ(this=joins.column((number,)), expression=bound("number", "TEXT"))
    known = exp.not_(joins.column(path).is_(exp.null()))
    return joins.add_to(exp.select(key)).where(numbered, known).order_by(column("person")).limit(1)


def person_query(persons: Persons, stars: Stars) -> exp.Select:
    """The pseudonym of `$person` and whether a protection order holds; no row where the register knows nobody."""
    concept = stars.model.concept(persons.of)
    protected: exp.Expr = column(persons.protection) if persons.protection else exp.false()
    protected = exp.Coalesce(this=protected, expressions=[exp.false()])
    return (
        exp.select(column(concept.key[0]).as_("pseudonym"), protected.as_("protected"))
        .from_(stars.table(concept.name))
        .where(_is_person(column(f"{concept.name}_key")))
    )


def address_query(persons: Persons, open_parts: Sequence[str], stars: Stars) -> exp.Select:
    """The parts of the address of `$person` that are not enciphered."""
    concept = stars.model.concept(persons.of)
    return (
        exp.select(*(column(name) for name in open_parts))
        .from_(stars.table(concept.name))
        .where(_is_person(column(f"{concept.name}_key")))
    )


def staff_query(persons: Persons, stars: Stars) -> exp.Select:
    """A row where `$person` is one of the county's own staff."""
    assert persons.staff
    concept, path = persons.staff
    query = exp.select(exp.true().as_("staff")).from_(exp.alias_(stars.table(concept), concept, table=True))
    return query.where(_leads_to_person(concept, path, stars)).limit(1)


def bound_in(query: Query) -> frozenset[str]:
    """The names of the values a query binds."""
    return frozenset(placeholder.name for placeholder in query.find_all(exp.Placeholder))


def _leads_to_person(of: str, path: Path, stars: Stars, alias: str = "") -> exp.Expr:
    """Whether relationships lead from a row to `$person`. Rows are looked for from the person, not joined."""
    if not path:
        return _is_person(column(f"{of}_key", alias or of))
    step, *rest = path
    here = column(f"{step}_key", alias or of)
    if not rest:
        return _is_person(here)
    relationship = stars.model.concept(of).relationship(step)
    assert relationship
    to, inner = relationship.to, f"{alias or of}__{step}__whose"
    of_person = (
        exp.select(column(f"{to}_key", inner))
        .from_(exp.alias_(stars.table(to), inner, table=True))
        .where(_leads_to_person(to, tuple(rest), stars, inner))
    )
    return exp.In(this=here, query=exp.Subquery(this=of_person))


def _is_person(key: exp.Expr) -> exp.Expr:
    return exp.EQ(this=key, expression=as_type(bound("person"), "UUID"))


def _among(name: str, kind: str, value: exp.Expr) -> exp.Expr:
    """Whether a value is in a bound list; a null is in none."""
    return function("list_contains", as_type(bound(name), kind), value)


def _first(joins: Joins, paths: Sequence[Path]) -> exp.Expr:
    """The first value that is there; null where no path is given."""
    if not paths:
        return exp.null()
    first, *others = (joins.column(path) for path in paths)
    return exp.Coalesce(this=first, expressions=others) if others else first


def _service(joins: Joins, services: Services) -> exp.Expr:
    if services.every:
        return text(services.every)
    if not services.by:
        return as_type(exp.null(), "TEXT")
    chosen = exp.case(as_type(_first(joins, services.by), "TEXT"))
    for value, service in services.values.items():
        chosen = chosen.when(text(value), text(service))
    return chosen


def _later(day: exp.Expr, days: int) -> exp.Expr:
    return exp.Add(this=day, expression=exp.Literal.number(days))


def _as_day(value: exp.Expr) -> exp.Expr:
    return as_type(value, "DATE")
