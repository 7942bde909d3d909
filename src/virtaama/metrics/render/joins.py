"""The star tables an expression leads through, each joined once."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from virtaama.metrics.expressions import read_expression
from virtaama.metrics.render.trees import Stars, column
from virtaama.model.paths import Name, Rise, follow, names_in, rename, rise
from virtaama.sql.ages import AGES, Functions, expand
from virtaama.sql.build import any_of
from virtaama.vault.hierarchy import lasts, levels


class Joins:
    """The star tables a fact needs, each joined once, found while its expressions are resolved.

    `functions` of the platform are written out where an author calls them.
    """

    def __init__(self, concept: str, stars: Stars, functions: Functions = AGES) -> None:
        self._functions = functions
        self._concept = stars.model.concept(concept)
        self._stars = stars
        self._met: dict[tuple[str, ...], str] = {}

    def resolve(self, sql: str, known: dict[Name, exp.Expr]) -> exp.Expr:
        """An author's expression over star columns, the platform's functions written out."""

        def stands_for(name: Name) -> exp.Expr:
            return known[name].copy() if name in known else self.column(name)

        return rename(expand(read_expression(sql), self._functions), stands_for)

    def column(self, name: Name) -> exp.Expr:
        followed = follow(self._stars.model, self._concept, name, rising=True)
        path: tuple[str, ...] = ()
        for relationship, concept in followed.steps:
            path = (*path, relationship)
            self._met.setdefault(path, concept)
        return column(followed.column, self._alias(path))

    def lost(self, sql: str, known: Iterable[Name]) -> exp.Expr:
        """Whether a relationship followed in an expression names an instance that is not there."""
        paths: dict[tuple[str, ...], str] = {}
        for name in names_in(read_expression(sql)):
            if name not in known:
                steps = follow(self._stars.model, self._concept, name, rising=True).steps
                for reach, (_, concept) in enumerate(steps, start=1):
                    paths[tuple(relationship for relationship, _ in steps[:reach])] = concept
        return any_of([self._leads_nowhere(path, concept) for path, concept in paths.items()])

    def _leads_nowhere(self, path: tuple[str, ...], concept: str) -> exp.Expr:
        way = self._way(path)
        named = column("at_level", way) if way else column(f"{path[-1]}_key", self._alias(path[:-1]))
        missing = column(f"{concept}_key", self._alias(path)).is_(exp.null())
        nowhere = exp.and_(exp.not_(named.is_(exp.null())), missing)
        return exp.or_(nowhere, column("astray", way)) if way else nowhere

    def person(self, path: str) -> exp.Expr:
        if not path:
            return exp.null()
        if path == "self":
            return column(f"{self._concept.name}_key", self._alias(()))
        return self.column(tuple(path.split(".")))

    def add_to(self, select: exp.Select) -> exp.Select:
        """The select, which is changed, with the tables it needs."""
        own = exp.alias_(self._stars.table(self._concept.name), self._alias(()), table=True)
        select = select.from_(own, copy=False)
        for path, concept in sorted(self._met.items(), key=lambda met: len(met[0])):
            alias, before = self._alias(path), self._alias(path[:-1])
            key, pointing = f"{concept}_key", column(f"{path[-1]}_key", before)
            if way := self._way(path):
                up = exp.alias_(self._levels(path, concept).subquery(), way, table=True)
                select = select.join(
                    up, on=column("descendant", way).eq(column(key, before)), join_type="left", copy=False
                )
                pointing = column("at_level", way)
            star = exp.alias_(self._stars.table(concept), alias, table=True)
            select = select.join(star, on=column(key, alias).eq(pointing), join_type="left", copy=False)
        return select

    def _rise(self, path: tuple[str, ...]) -> Rise | None:
        before = path[:-1]
        return rise(self._stars.model.concept(self._met[before]) if before else self._concept, path[-1])

    def _way(self, path: tuple[str, ...]) -> str:
        """The table that leads up a tree in the last step of a path; empty where it is an ordinary step."""
        return f"{self._alias(path)}__way" if self._rise(path) else ""

    def _levels(self, path: tuple[str, ...], concept: str) -> exp.Select:
        up = self._rise(path)
        assert up
        key, above = f"{concept}_key", f"{up.relationship}_key"
        rows = exp.select(column(key), column(above)).from_(self._stars.table(concept))
        return levels(rows, key, above, up.level) if up.level else lasts(rows, key, above)

    def _alias(self, path: tuple[str, ...]) -> str:
        return flat((self._concept.name, *path))


def flat(name: Name) -> str:
    return "__".join(name)
