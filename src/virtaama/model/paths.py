"""Dotted names in expressions: relationships followed from a concept to an attribute."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from sqlglot import exp

from virtaama.model.concepts import Concept

Name = tuple[str, ...]
"""A dotted name split at its dots: ("resident", "birth_date")."""

_RISE = re.compile(r"(?P<relationship>.+)_(?:level_(?P<level>[1-9][0-9]?)|last)")


class Concepts(Protocol):
    """Where the concepts of a model are found by name."""

    def concept(self, name: str) -> Concept: ...


@dataclass(frozen=True, slots=True)
class Followed:
    """What a dotted name stands for: the concepts met on the way and a column of the last one."""

    steps: tuple[tuple[str, str], ...]  # (relationship, the concept it leads to)
    column: str


def dotted(node: exp.Expr) -> Name | None:
    """The dotted name a node spells, if it spells one."""
    match node:
        case exp.Column():
            return tuple(part.name for part in node.parts)
        case exp.Dot():
            head = dotted(node.this)
            return (*head, node.expression.name) if head else None
        case _:
            return None


def names_in(tree: exp.Expr) -> Iterator[Name]:
    """Every dotted name of an expression, in the order of the tree; longest spelling only."""
    if name := dotted(tree):
        yield name
        return
    for child in tree.iter_expressions():
        yield from names_in(child)


def rename(tree: exp.Expr, stands_for: Callable[[Name], exp.Expr]) -> exp.Expr:
    """The expression with every dotted name replaced by what it stands for."""

    def replaced(node: exp.Expr) -> exp.Expr:
        name = dotted(node)
        return stands_for(name) if name else node

    return tree.copy().transform(replaced, copy=False)


@dataclass(frozen=True, slots=True)
class Rise:
    """A step along a relationship of a concept to itself as far as it leads.

    Up a tree to a level counted from the top, which is 1; or, without a level, to the last of a chain, the one
    that stands for all that are the same.
    """

    relationship: str
    level: int | None


def rise(concept: Concept, step: str) -> Rise | None:
    """What a step spells as `<relationship>_level_<n>` or `<relationship>_last`, where it is no relationship itself."""
    spelled = _RISE.fullmatch(step)
    if spelled is None or concept.relationship(step):
        return None
    relationship = concept.relationship(spelled["relationship"])
    if relationship is None or relationship.to != concept.name:
        return None
    return Rise(relationship.name, int(spelled["level"]) if spelled["level"] else None)


def follow(concepts: Concepts, concept: Concept, name: Name, *, rising: bool = False) -> Followed:
    """Follow relationships from a concept to an attribute, or to the instance a last relationship names.

    `rising`: a step may be a Rise, too. Raises ValueError, saying which step leads nowhere and what would.
    """
    *relationships, last = name
    steps: list[tuple[str, str]] = []
    here = concept
    for step in relationships:
        relationship = here.relationship(step)
        if rising and rise(here, step):
            steps.append((step, here.name))
            continue
        if relationship is None:
            known = tuple(r.name for r in here.relationships)
            raise ValueError(f"'{here.name}' has no relationship '{step}'; it has {listed(known)}")
        here = concepts.concept(relationship.to)
        steps.append((step, here.name))
    if here.attribute(last):
        return Followed(tuple(steps), last)
    if here.relationship(last):
        return Followed(tuple(steps), f"{last}_key")
    if rising and rise(here, last):
        return Followed((*steps, (last, here.name)), f"{here.name}_key")
    known = tuple(a.name for a in here.attributes) + tuple(r.name for r in here.relationships)
    raise ValueError(f"'{here.name}' has no attribute '{last}'; it has {listed(known)}")


def listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(names)) or "none"
