"""A concept in the terminal: what it holds and where each of its columns comes from."""

from __future__ import annotations

import click

from virtaama.cli.console import print_table
from virtaama.model.columns import star_columns
from virtaama.model.concepts import Attribute, Concept, Relationship, Sensitivity
from virtaama.model.derived import Derived
from virtaama.model.lineage import lineage_of_concept
from virtaama.model.model import Model
from virtaama.vault.explain_rules import rules_in_sql


def show_concept(model: Model, concept: Concept, language: str) -> None:
    """Definition, rules, columns and their lineage. Holds no data."""
    derived = model.derived_as(concept.name)
    click.echo(concept.labels.in_language(language))
    click.echo(concept.definition.in_language(language))
    click.echo()
    print_table(
        ("", ""),
        [
            ("kind", concept.kind.value),
            ("key", ", ".join(concept.key)),
            ("time", ", ".join(concept.time) or "none"),
            ("defined in", str(concept.place)),
            *(_said_of_rules(derived) if derived else ()),
        ],
    )
    click.echo()
    print_table(
        ("column", "type", "sensitivity", "purposes", "computed from", "fields"),
        [
            (
                column.column,
                kind.lower(),
                *_guarded(concept, column.column),
                ", ".join(map(str, column.computed_from)),
                ", ".join(map(str, column.fields)),
            )
            for column, (_, kind) in zip(
                lineage_of_concept(model, concept.name), star_columns(concept), strict=True
            )
        ],
    )
    if guarded := [a.name for a in concept.attributes if a.sensitivity is Sensitivity.DIRECT]:
        click.echo()
        click.echo(f"Kept enciphered, in no view: {', '.join(guarded)}.")
    for title, sql in rules_in_sql(model, concept):
        click.echo()
        click.echo(title)
        click.echo(sql)


def _said_of_rules(derived: Derived) -> list[tuple[str, str]]:
    return [
        ("legal basis", derived.legal_basis),
        ("source", derived.source),
        ("owner", derived.owner),
        *(
            (
                f"rule {rule.version}",
                f"from {rule.valid_from}" + (f", {rule.legal_basis}" if rule.legal_basis else ""),
            )
            for rule in derived.rules
        ),
    ]


def _guarded(concept: Concept, column: str) -> tuple[str, str]:
    found: Attribute | Relationship | None = concept.attribute(column)
    if isinstance(found, Attribute):
        return found.sensitivity.value, ", ".join(found.purposes)
    return "key", ""
