"""Rules that are declared rather than written, as the queries they stand for: episodes and groups."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from virtaama.model.columns import star_columns
from virtaama.model.concepts import Concept
from virtaama.model.derived import Episode, Group
from virtaama.model.mappings import Expression
from virtaama.model.paths import Name, names_in, rename
from virtaama.model.row_expressions import read_value
from virtaama.sql.ages import AGES, expand
from virtaama.sql.build import column, named, parsed, select, table
from virtaama.sql.expressions import ALLOWED_FUNCTIONS, NotAnExpression, read_tree, refuse_functions
from virtaama.sql.queries import AGGREGATES
from virtaama.sql.spelling import spelled

_ROWS = ALLOWED_FUNCTIONS.union(AGES, AGGREGATES, ("first", "last"))
_FOREVER = "9999-12-31"
_LIMITS = ("starts", "ends", "parts")


def group_query(group: Group, derived: Concept, of: Concept) -> exp.Query:
    by = [(name, _column_of(name, of)) for name in group.by]
    columns = [named(column(found), _output(name, derived)) for name, found in by if _is_of(derived, name)]
    for name, expression in group.columns:
        tree = _over_rows(expression, of, frozenset(group.by))
        if tree.find(exp.First, exp.Last):
            raise NotAnExpression("rows of a group are in no order", "Write min(x), max(x) or count(x).")
        columns.append(named(rename(tree, lambda n: column(_column_of(n[0], of))), _output(name, derived)))
    query = select(*columns).from_(table(of.name))
    return _narrowed(query, group.where, of, [found for _, found in by]).group_by(
        *(column(found) for _, found in by)
    )


def episode_query(episode: Episode, derived: Concept, of: Concept) -> exp.Query:
    by = [_column_of(name, of) for name in episode.by]
    trees = [(name, _over_rows(e, of, frozenset((*episode.by, *_LIMITS)))) for name, e in episode.columns]
    needed = dict.fromkeys(
        _column_of(name[0], of) for _, tree in trees for name in names_in(tree) if name[0] not in _LIMITS
    )
    kept = tuple(dict.fromkeys((*by, *of.key, *needed)))
    starts = rename(_one_row(episode.starts), lambda n: column(_column_of(n[0], of)))
    until = episode.ends and rename(_one_row(episode.ends), lambda n: column(_column_of(n[0], of)))
    parts = _narrowed(
        select(
            *kept,
            named(starts, "part__starts"),
            named(until or starts.copy(), "part__until"),
        ).from_(table(of.name)),
        episode.where,
        of,
        by,
    ).where(exp.not_(exp.Is(this=starts.copy(), expression=exp.null())))
    names, who = _listed(kept), _listed(by)
    order = _listed(("part__starts", *of.key))
    columns = ", ".join(
        [
            *(
                f'"{c}" AS "{_output(n, derived)}"'
                for n, c in zip(episode.by, by, strict=True)
                if _is_of(derived, n)
            ),
            *(f'{spelled(_placed(tree, of))} AS "{_output(name, derived)}"' for name, tree in trees),
        ]
    )
    # A row that has not ended holds its episode open for ever; one that ends before it starts lasts a moment.
    query = parsed(f"""
        WITH part AS ({spelled(parts)}),
        lasting AS (
            SELECT {names}, part__starts, part__until,
                greatest(coalesce(part__until, CAST('{_FOREVER}' AS DATE)), part__starts) AS part__ends
            FROM part
        ),
        reached AS (
            SELECT {names}, part__starts, part__until, part__ends,
                max(part__ends) OVER (PARTITION BY {who} ORDER BY {order}
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS part__reached
            FROM lasting
        ),
        numbered AS (
            SELECT {names}, part__starts, part__until, part__ends,
                sum(CASE WHEN date_diff('day', CAST(part__reached AS DATE), CAST(part__starts AS DATE)) <= {episode.gap}
                    THEN 0 ELSE 1 END) OVER (PARTITION BY {who} ORDER BY {order}
                    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS episode__number
            FROM reached
        ),
        placed AS (
            SELECT {names}, part__starts, part__until, part__ends, episode__number,
                row_number() OVER (PARTITION BY {who}, episode__number ORDER BY {order}) AS part__number,
                count(*) OVER (PARTITION BY {who}, episode__number) AS part__count
            FROM numbered
        )
        SELECT {columns} FROM placed GROUP BY {who}, episode__number
    """)  # nosec B608 # expressions are trees, names of the model; it is parsed at once
    assert isinstance(query, exp.Query)
    return query


def _placed(tree: exp.Expr, of: Concept) -> exp.Expr:
    """An aggregate over the rows of an episode, in the columns of its last step."""
    limits = {
        "starts": "min(part__starts)",
        "ends": "CASE WHEN count(*) = count(part__until) THEN max(part__ends) END",
        "parts": "count(*)",
    }

    def stands_for(name: Name) -> exp.Expr:
        return parsed(limits[name[0]]) if name[0] in limits else column(_column_of(name[0], of))

    def chosen(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.First | exp.Last):
            return node
        at = exp.Literal.number(1) if isinstance(node, exp.First) else column("part__count")
        return exp.Max(this=exp.case().when(column("part__number").eq(at), node.this))

    return rename(tree, stands_for).transform(chosen, copy=False)


def _over_rows(expression: Expression, of: Concept, single: frozenset[str]) -> exp.Expr:
    """An aggregate over rows of a concept; names in `single` have one value for all of them."""
    tree = read_tree(expression.sql)
    refuse_functions(expression.sql, tree, _ROWS)
    tree = expand(tree)
    for node in tree.find_all(exp.Column):
        if node.name not in single and node.find_ancestor(exp.AggFunc) is None:
            raise NotAnExpression(
                f"the rows put together have several values of '{node.name}'",
                f"Write min({node.name}), max({node.name}), count({node.name}) or, in an episode, "
                f"first({node.name}) or last({node.name}).",
            )
    for name in names_in(tree):
        _column_of(name[0] if len(name) == 1 else ".".join(name), of, single)
    return tree


def _one_row(expression: Expression) -> exp.Expr:
    return read_value(expression.sql)


def _narrowed(query: exp.Select, where: Expression | None, of: Concept, by: list[str]) -> exp.Select:
    if where:
        query = query.where(exp.Paren(this=rename(_one_row(where), lambda n: column(_column_of(n[0], of)))))
    return query.where(*(exp.not_(exp.Is(this=column(name), expression=exp.null())) for name in by))


def _column_of(name: str, of: Concept, also: frozenset[str] = frozenset()) -> str:
    """The column of an attribute or relationship of a concept."""
    if of.relationship(name):
        return f"{name}_key"
    known = [column for column, _ in star_columns(of)]
    if name in known or name in also:
        return name
    raise NotAnExpression(
        f"'{of.name}' has no attribute or relationship '{name}'",
        "Names with a dot are for computed attributes and SQL rules." if "." in name else "",
    )


def _output(name: str, derived: Concept) -> str:
    return f"{name}_key" if derived.relationship(name) else name


def _is_of(derived: Concept, name: str) -> bool:
    return derived.attribute(name) is not None or derived.relationship(name) is not None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
