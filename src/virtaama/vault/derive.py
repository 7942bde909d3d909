"""The views of concepts that are computed, wholly or in part: as queries over the views of others.

`star` and `as_of` here are those of `vault.views`, for every concept of a model: where rules compute nothing
they are the same queries.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlglot import exp

from virtaama.model.columns import star_columns
from virtaama.model.concepts import Concept
from virtaama.model.dependencies import needed_for
from virtaama.model.making import made, query_of, with_computed
from virtaama.model.model import Model
from virtaama.sql.build import cast, column, named, select, subquery
from virtaama.sql.queries import qualified, tables_of, with_own_names, with_tables
from virtaama.vault import views
from virtaama.vault.endings import NO_ENDINGS, Endings
from virtaama.vault.keys import hash_key, standardised
from virtaama.vault.tables import VaultDesign

Made = Callable[[str], exp.Expr]
"""Where the view of a concept is that has been made before: a table, or a query."""


def star(model: Model, design: VaultDesign, concept: str, made: Made | None = None) -> exp.Query:
    """The concept as it is known now, one row an instance; the columns are those of `star_columns`.

    `made` says where the views of the concepts it is computed from are, if they are there already; else they
    are computed on the way.
    """
    return _view(model, concept, lambda name: views.star(model, design, name), made)


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
    return _view(model, concept, lambda name: views.as_of(model, design, name, moment, known, endings), made)


def end_of(day: date) -> datetime:
    """The first moment after a day: a delivery that describes the day was extracted then or before."""
    return datetime(day.year, day.month, day.day) + timedelta(days=1)


def rows_of(model: Model, concept: Concept, delivered: Callable[[str], exp.Query]) -> exp.Query:
    """What rules add to a concept: a query that reads the concepts it needs as tables under their names."""
    derived = model.derived_as(concept.name)
    if derived is None:
        base = with_own_names(delivered(concept.name), f"{concept.name}__")
        return with_computed(concept, base, model) if concept.is_computed else base
    queries = []
    for rule in derived.rules:
        query = query_of(rule.making, concept, model)
        schema = {name: dict(star_columns(model.concept(name))) for name in tables_of(query)}
        own = f"{concept.name}__{rule.version}__"
        queries.append(with_own_names(qualified(query, schema), own))
    return _keyed(concept, made(derived, queries))


def _view(model: Model, name: str, delivered: Callable[[str], exp.Query], made: Made | None) -> exp.Query:
    query = rows_of(model, model.concept(name), delivered)
    needed = needed_for(model, name)
    if made is not None:
        return with_tables(query, {other: made(other) for other in needed}) if needed else query
    for other in needed:
        assert isinstance(query, exp.Select)
        query = query.with_(other, as_=rows_of(model, model.concept(other), delivered), copy=False)
    return query


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
