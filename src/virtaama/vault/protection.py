"""Protection orders in the views: of who has one now, no place is in any view, of whatever moment.

This is the one place where it is withheld: figures, feature tables, releases, the past and exports are all made
from views. What is withheld becomes null there, so a person counts in the county, and in no area below it.
"""

from __future__ import annotations

from sqlglot import exp

from virtaama.model.columns import star_columns
from virtaama.model.concepts import Concept
from virtaama.model.model import Model
from virtaama.model.protection import person_of, withheld_columns
from virtaama.sql.build import column, named, select, subquery, table
from virtaama.vault import views
from virtaama.vault.tables import VaultDesign

_WHOLE, _ORDER = "whole", "under_order"
KEY = "protected_key"
"""The one column of the table of those who have an order; named as keys are, which engines read as such."""


def protected_name(person: str) -> str:
    """What the table of those who have an order now is called in a view that withholds their places."""
    return f"protected__{person}"


def care_name(concept: str) -> str:
    """What the table of withheld hints is called, which only those see in whose care a person is."""
    return f"care__{concept}"


def protected(model: Model, design: VaultDesign, person: str) -> exp.Select:
    """The keys of those who have an order as is known now, whatever moment is looked at."""
    said = model.concept(person).protection
    assert said is not None
    everybody = subquery(views.star(model, design, person), "everybody")
    return select(named(column(f"{person}_key"), KEY)).from_(everybody).where(column(said.told_by))


def people_under_order(model: Model) -> tuple[str, ...]:
    """The concepts that tell who has an order."""
    return tuple(c.name for c in model.concepts if c.protection and c.protection.told_by)


def withholding(concept: Concept, rows: exp.Query) -> exp.Query:
    """Rows of the view of a concept without the places of those under an order; reads `protected_name` as a table.

    That somebody has an order shows at every moment, so that what looks back knows it too.
    """
    if concept.protection is None:
        return rows
    told_by = concept.protection.told_by
    withheld = withheld_columns(concept)
    free = exp.Is(this=column(KEY, _ORDER), expression=exp.null())

    def shown(name: str) -> exp.Expr:
        value = column(name, _WHOLE)
        if name in withheld:
            return named(exp.case().when(free.copy(), value), name)
        if name == told_by:
            return named(exp.case().when(free.copy(), value).else_(exp.true()), name)
        return named(value, name)

    return (
        select(*(shown(name) for name, _ in star_columns(concept)))
        .from_(subquery(rows, _WHOLE))
        .join(
            table(protected_name(person_of(concept)), _ORDER),
            on=column(KEY, _ORDER).eq(column(_whose(concept), _WHOLE)),
            join_type="LEFT",
        )
    )


def care(concept: Concept, rows: exp.Query) -> exp.Select:
    """The hints of places that are withheld, by the key of the instance: of those under an order alone."""
    assert concept.protection is not None
    columns = (f"{concept.name}_key", *hints(concept))
    return (
        select(*(named(column(name, _WHOLE), name) for name in columns))
        .from_(subquery(rows, _WHOLE))
        .join(
            table(protected_name(person_of(concept)), _ORDER),
            on=column(KEY, _ORDER).eq(column(_whose(concept), _WHOLE)),
            join_type="INNER",
        )
    )


def hints(concept: Concept) -> tuple[str, ...]:
    """The columns that hint at a place without naming it."""
    return withheld_columns(concept, concept.protection.hints) if concept.protection else ()


def _whose(concept: Concept) -> str:
    assert concept.protection is not None
    return f"{concept.protection.through or concept.name}_key"
