"""The star tables an expression leads through, each joined once."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from virtaama.metrics.expressions import read_expression
from virtaama.metrics.functions import expand
from virtaama.metrics.render.trees import Stars, column
from virtaama.model.paths import Name, follow, names_in, rename
from virtaama.sql.build import any_of


class Joins:
    """The star tables a fact needs, each joined once, found while its expressions are resolved."""

    def __init__(self, concept: str, stars: Stars) -> None:
        self._concept = stars.model.concept(concept)
        self._stars = stars
        self._met: dict[tuple[str, ...], str] = {}

    def resolve(self, sql: str, known: dict[Name, exp.Expr]) -> exp.Expr:
        """An author's expression over star columns, the platform's functions written out."""

        def stands_for(name: Name) -> exp.Expr:
            return known[name].copy() if name in known else self.column(name)

        return rename(expand(read_expression(sql)), stands_for)

    def column(self, name: Name) -> exp.Expr:
        followed = follow(self._stars.model, self._concept, name)
        path: tuple[str, ...] = ()
        for relationship, concept in followed.steps:
            path = (*path, relationship)
            self._met.setdefault(path, concept)
        return column(followed.column, self._alias(path))

    def lost(self, sql: str, known: Iterable[Name]) -> exp.Expr:
        """Whether a relationship followed in an expression names an instance that is not there."""
        paths: dict[tuple[str, ...], str] = {}
        for name in names_in(expand(read_expression(sql))):
            if name not in known:
                steps = follow(self._stars.model, self._concept, name).steps
                for reach, (_, concept) in enumerate(steps, start=1):
                    paths[tuple(relationship for relationship, _ in steps[:reach])] = concept
        points = [
            exp.and_(
                exp.not_(column(f"{path[-1]}_key", self._alias(path[:-1])).is_(exp.null())),
                column(f"{concept}_key", self._alias(path)).is_(exp.null()),
            )
            for path, concept in paths.items()
        ]
        return any_of(points)

    def person(self, path: str) -> exp.Expr:
        if not path:
            return exp.null()
        if path == "self":
            return column(f"{self._concept.name}_key", self._alias(()))
        return self.column(tuple(path.split(".")))

    def add_to(self, select: exp.Select) -> exp.Select:
        select = select.from_(exp.alias_(self._stars.table(self._concept.name), self._alias(()), table=True))
        for path, concept in sorted(self._met.items(), key=lambda met: len(met[0])):
            alias = self._alias(path)
            select = select.join(
                exp.alias_(self._stars.table(concept), alias, table=True),
                on=column(f"{concept}_key", alias).eq(column(f"{path[-1]}_key", self._alias(path[:-1]))),
                join_type="left",
            )
        return select

    def _alias(self, path: tuple[str, ...]) -> str:
        return flat((self._concept.name, *path))


def flat(name: Name) -> str:
    return "__".join(name)
