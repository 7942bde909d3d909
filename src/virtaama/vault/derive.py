"""The views of concepts that are computed, wholly or in part: as queries over the views of others.

`star` and `as_of` here are those of `vault.views`, for every concept of a model: where rules compute nothing
they are the same queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlglot import exp

from virtaama.model.columns import star_columns
from virtaama.model.concepts import Concept
from virtaama.model.dependencies import needed_for
from virtaama.model.making import made, query_of, with_computed
from virtaama.model.model import Model
from virtaama.model.protection import person_of
from virtaama.sql.build import cast, column, named, select, subquery
from virtaama.sql.queries import qualified, tables_of, with_own_names, with_tables
from virtaama.vault import views
from virtaama.vault.endings import NO_ENDINGS, Endings
from virtaama.vault.keys import hash_key, standardised
from virtaama.vault.protection import care, protected, protected_name, withholding
from virtaama.vault.tables import VaultDesign

Made = Callable[[str], exp.Expr]
"""Where the view of a concept is that has been made before: a table, or a query."""


def star(model: Model, design: VaultDesign, concept: str, made: Made | None = None) -> exp.Query:
    """The concept as it is known now, one row an instance; the columns are those of `star_columns`.

    `made` says where the views of the concepts it is computed from are, if they are there already; else they
    are computed on the way.
    """
    return _view(model, design, concept, lambda name: views.star(model, design, name), made)


def as_of(
    model: Model,
    design: VaultDesign,
    concept: str,
    moment: datetime | None = None,
    known: int | None = None,
    made: Made | None = None,
    endings: Endings = NO_ENDINGS,
) -> exp.Query:
    """The same at another moment, in either of two times: computed from what was true, or known, then.

    `moment`: from deliveries extracted until then. `known`: from what had landed when this batch had. `endings`:
    what is kept of `vault.endings.endings_of` while many moments are taken.
    """
    return _view(
        model, design, concept, lambda name: views.as_of(model, design, name, moment, known, endings), made
    )


def end_of(day: date) -> datetime:
    """The first moment after a day: a delivery that describes the day was extracted then or before."""
    return datetime(day.year, day.month, day.day) + timedelta(days=1)


def rows_of(model: Model, concept: Concept, delivered: Callable[[str], exp.Query]) -> exp.Query:
    """A concept with what rules add to it, without what protection orders withhold.

    A query that reads the concepts it needs as tables under their names, and who has an order as
    `protected_name` calls it.
    """
    derived = model.derived_as(concept.name)
    if derived is None:
        # Whose an instance is may be known only by what completes a relationship: that comes first. What is
        # computed comes last, so that it is computed from what is told.
        whole = withholding(concept, _completed(model, concept, delivered))
        told = replace(concept, relationships=tuple(replace(r, otherwise="") for r in concept.relationships))
        return with_computed(told, whole, model) if told.is_computed else whole
    queries = []
    for rule in derived.rules:
        query = query_of(rule.making, concept, model)
        schema = {name: dict(star_columns(model.concept(name))) for name in tables_of(query)}
        own = f"{concept.name}__{rule.version}__"
        queries.append(with_own_names(qualified(query, schema), own))
    return _keyed(concept, made(derived, queries))


def _completed(model: Model, concept: Concept, delivered: Callable[[str], exp.Query]) -> exp.Query:
    """What was delivered of a concept, its relationships completed by what the model says of them otherwise."""
    base = with_own_names(delivered(concept.name), f"{concept.name}__")
    plain = replace(concept, attributes=tuple(replace(a, rules=()) for a in concept.attributes))
    return with_computed(plain, base, model) if plain.is_computed else base


def _view(
    model: Model,
    design: VaultDesign,
    name: str,
    delivered: Callable[[str], exp.Query],
    made: Made | None,
) -> exp.Query:
    query = rows_of(model, model.concept(name), delivered)
    needed = needed_for(model, name)
    people = _people(model, (name,) if made is not None else (name, *needed))
    if made is not None:
        there = {other: made(other) for other in needed}
        there |= {protected_name(person): made(protected_name(person)) for person in people}
        return with_tables(query, there) if there else query
    for person in people:
        assert isinstance(query, exp.Select)
        # Who has an order is what is known now, at whatever moment the rest is looked at.
        query = query.with_(protected_name(person), as_=order_now(model, design, person), copy=False)
    for other in needed:
        assert isinstance(query, exp.Select)
        query = query.with_(other, as_=rows_of(model, model.concept(other), delivered), copy=False)
    return query


def order_now(model: Model, design: VaultDesign, person: str) -> exp.Query:
    """Those who have a protection order now, as a step that may stand beside others."""
    name = protected_name(person)
    return with_own_names(protected(model, design, person), f"{name}__")


def care_of(model: Model, design: VaultDesign, concept: str, made: Made) -> exp.Query:
    """The hints of places withheld in the star of a concept, of those under an order."""
    described = model.concept(concept)
    rows = _completed(model, described, lambda name: views.star(model, design, name))
    name = protected_name(person_of(described))
    there = {other: made(other) for other in needed_for(model, concept)}
    return with_tables(care(described, rows), {**there, name: made(name)})


def _people(model: Model, concepts: Iterable[str]) -> tuple[str, ...]:
    """The concepts that tell who has an order, of those whose places these views withhold."""
    found = (person_of(model.concept(name)) for name in concepts if model.derived_as(name) is None)
    return tuple(dict.fromkeys(person for person in found if person))


def _keyed(concept: Concept, rows: exp.Query) -> exp.Select:
    """Rows with the hash key of their business key and the types of the concept; none without a key."""
    types = {attribute.name: attribute.type for attribute in concept.attributes}
    parts = {name: standardised(_typed(name, concept), types[name]) for name in concept.key}
    typed = [named(parts.get(name) or _typed(name, concept), name) for name, _ in star_columns(concept)[1:]]
    whole = select(*typed).from_(subquery(rows, "made"))
    key = hash_key([(column(name), types[name]) for name in concept.key])
    columns = [column(name) for name, _ in star_columns(concept)[1:]]
    present = [exp.not_(exp.Is(this=column(name), expression=exp.null())) for name in concept.key]
    return select(named(key, f"{concept.name}_key"), *columns).from_(subquery(whole, "typed")).where(*present)


def _typed(name: str, concept: Concept) -> exp.Expr:
    return cast(column(name), dict(star_columns(concept))[name])
