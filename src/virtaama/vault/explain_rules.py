"""The rules of a concept as SQL over the concepts they read, for people to look at."""

from __future__ import annotations

from collections.abc import Iterator

from virtaama.model.concepts import Concept
from virtaama.model.making import query_of
from virtaama.model.model import Model
from virtaama.sql.spelling import spelled


def rules_in_sql(model: Model, concept: Concept) -> Iterator[tuple[str, str]]:
    """A title and the SQL of each version of each rule; for what is written out, what it stands for."""
    if derived := model.derived_as(concept.name):
        for rule in derived.rules:
            title = f"Rule {rule.version} of {concept.name}, in force from {rule.valid_from}:"
            yield title, spelled(query_of(rule.making, concept, model), pretty=True)
    for attribute in concept.attributes:
        for value in attribute.rules:
            since = f", in force from {value.valid_from}" if value.valid_from else ""
            yield f"Rule {value.version} of {concept.name}.{attribute.name}{since}:", value.sql
    for relationship in concept.relationships:
        if relationship.otherwise:
            yield f"Where no source tells {concept.name}.{relationship.name}:", relationship.otherwise
