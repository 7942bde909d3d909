"""SELECT statements people write into YAML, read as DuckDB: a closed list of constructs over named tables.

What may stand here gives the same rows for the same rows on any day, any machine and any engine: no clock, no
chance, no file, no row that is first by accident.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from virtaama.sql.expressions import ALLOWED_FUNCTIONS, NotAnExpression, read_statement, refuse_functions
from virtaama.sql.spelling import DIALECT, spelled

_AGGREGATES = """
count count_if countif sum avg mean median min max bool_or bool_and
stddev stddev_samp stddev_pop var_samp var_pop variance corr quantile_cont
"""
AGGREGATES = frozenset(_AGGREGATES.split())
_WINDOWS = "row_number rank dense_rank percent_rank ntile lag lead first_value last_value"
WINDOWS = frozenset(_WINDOWS.split())

_STATEMENT = (
    exp.Select, exp.SetOperation, exp.With, exp.CTE, exp.TableAlias, exp.From, exp.Join, exp.Where, exp.Group,
    exp.Having, exp.Qualify, exp.Order, exp.Ordered, exp.Window, exp.WindowSpec, exp.Distinct, exp.Subquery,
    exp.Table, exp.Filter,
)  # fmt: skip
_EXPRESSION = (
    exp.Identifier, exp.Column, exp.Alias, exp.Literal, exp.Boolean, exp.Null, exp.Star, exp.DataType,
    exp.DataTypeParam, exp.Interval, exp.Var, exp.Paren, exp.Tuple, exp.Binary, exp.Unary, exp.Connector, exp.Condition,
    exp.Func, exp.Escape, exp.PropertyEQ, exp.IntervalSpan, exp.Distinct,
)  # fmt: skip
_ORDERED = (
    exp.RowNumber, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.Ntile, exp.Rank, exp.DenseRank,
    exp.PercentRank,
)  # fmt: skip

Schema = Mapping[str, Mapping[str, str]]
"""The columns of each table with their types, as the engine calls them."""


def read_query(sql: str, functions: Collection[str] = ()) -> exp.Query:
    """The SELECT that `sql` says; `functions` may be called besides those that reckon with rows.

    Raises NotAnExpression where it is none, or holds anything that is not in the closed list.
    """
    tree = read_statement(sql)
    if not isinstance(tree, exp.Query) or isinstance(tree, exp.Subquery):
        raise NotAnExpression("it is no SELECT", "Write SELECT … FROM …, with concepts as its tables.")
    for node in tree.walk():
        _refuse_node(node)
    refuse_functions(sql, tree, ALLOWED_FUNCTIONS | AGGREGATES | WINDOWS | frozenset(functions))
    if not tables_of(tree):
        raise NotAnExpression(
            "it reads from no concept", "Write SELECT … FROM …, with concepts as its tables."
        )
    taken = {cte.alias for cte in tree.find_all(exp.CTE)}
    for name in tables_of(tree):
        if name in taken:
            raise NotAnExpression(f"'{name}' is both a table and a name after WITH", "Choose another name.")
    return tree


def tables_of(tree: exp.Query) -> tuple[str, ...]:
    """The tables a query reads, each once, in the order of the tree; names after WITH are none."""
    return tuple(dict.fromkeys(table.name for table in _outer_tables(tree)))


def with_tables(tree: exp.Query, stands_for: dict[str, exp.Expr]) -> exp.Query:
    """The query with its tables replaced by what stands for them, known by the same names as before."""
    whole = tree.copy()
    for table in [found for found in _outer_tables(whole) if found.name in stands_for]:
        source = stands_for[table.name].copy()
        alias = exp.to_identifier(table.alias or table.name, quoted=True)
        if isinstance(source, exp.Query) and not isinstance(source, exp.Subquery):
            table.replace(exp.Subquery(this=source, alias=exp.TableAlias(this=alias)))
        else:
            source.set("alias", exp.TableAlias(this=alias))
            table.replace(source)
    return whole


def with_own_names(tree: exp.Query, prefix: str) -> exp.Query:
    """The query with another name for each of its steps after WITH, so that it may stand beside others.

    Some engines know one list of such names for a whole statement. A step may not be read under its name
    alone where columns name it: it needs an alias, which `qualified` gives.
    """
    whole = tree.copy()
    steps = {cte.alias for cte in whole.find_all(exp.CTE)}
    for found in whole.find_all(exp.Table):
        if found.name in steps and not found.db:
            found.set("this", exp.to_identifier(f"{prefix}{found.name}", quoted=True))
    for cte in whole.find_all(exp.CTE):
        cte.args["alias"].set("this", exp.to_identifier(f"{prefix}{cte.alias}", quoted=True))
    return whole


def qualified(tree: exp.Query, schema: Schema) -> exp.Query:
    """The query with every column under its table and every output named.

    Raises NotAnExpression, naming every column that is in none of the tables, or in several.
    """
    # Imported here: most models compute nothing, and it is slow to start.
    from sqlglot.optimizer.qualify import qualify

    try:
        whole = qualify(
            tree.copy(),
            dialect=DIALECT,
            schema=plain(schema),
            validate_qualify_columns=False,
            quote_identifiers=True,
        )
    except SqlglotError as error:
        # Raised for the first column that its own table has not.
        unknown: tuple[str, ...] = (str(error).splitlines()[0].rpartition(": ")[2].rstrip("."),)
    else:
        assert isinstance(whole, exp.Query)
        unknown = tuple(dict.fromkeys(_unknown_columns(whole, schema)))
    if unknown:
        names = ", ".join(f"'{name}'" for name in unknown)
        what = "is" if len(unknown) == 1 else "are each"
        raise NotAnExpression(
            f"{names} {what} not a column of exactly one of its tables",
            "A column of several tables needs its table before a dot; `virtaama explain CONCEPT` lists columns.",
        )
    return whole


def plain(schema: Schema) -> dict[str, object]:
    """The schema as the SQL reader takes it."""
    return {table: dict(columns) for table, columns in schema.items()}


def conditions_of(select: exp.Expr) -> tuple[exp.Column, ...]:
    """The columns that decide which rows one SELECT has: in WHERE, HAVING, QUALIFY and ON."""
    parts = [select.args.get(name) for name in ("where", "having", "qualify")]
    parts += [join.args.get("on") for join in select.args.get("joins") or ()]
    return tuple(column for part in parts if part for column in part.find_all(exp.Column))


def values_only(tree: exp.Query) -> exp.Query:
    """A query with the same columns whose origins are only what can show in them as it is.

    What is counted, compared or put in order, and what chooses between values, is left out.
    """

    def shown(node: exp.Expr) -> exp.Expr:
        if isinstance(
            node, exp.Count | exp.RowNumber | exp.Rank | exp.DenseRank | exp.PercentRank | exp.Ntile
        ):
            return exp.Literal.number(1)
        if isinstance(node, exp.Predicate) and node.find_ancestor(exp.Where, exp.Having, exp.Join) is None:
            return exp.true()
        if isinstance(node, exp.Window):
            return exp.Window(this=node.this)
        return node

    whole = tree.copy().transform(shown)
    assert isinstance(whole, exp.Query)
    return whole


def _outer_tables(tree: exp.Query) -> Iterable[exp.Table]:
    named = {cte.alias for cte in tree.find_all(exp.CTE)}
    return (table for table in tree.find_all(exp.Table) if table.name not in named)


def _refuse_node(node: exp.Expr) -> None:
    if isinstance(node, exp.Select) and any(node.args.get(part) for part in ("limit", "offset", "sample")):
        raise NotAnExpression(
            "it takes some of the rows by their place", "Say by a condition which rows are meant."
        )
    if isinstance(node, exp.With) and node.args.get("recursive"):
        raise NotAnExpression("it refers to itself", "Write WITH without RECURSIVE.")
    if isinstance(node, exp.Table):
        if node.args.get("db") or not isinstance(node.this, exp.Identifier) or node.args.get("sample"):
            raise NotAnExpression(f"'{spelled(node)}' is not a concept", "Read from concepts by their names.")
        return
    if isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
        raise NotAnExpression("'*' leaves open which columns are meant", "Name each column.")
    if isinstance(node, exp.Join) and (
        str(node.args.get("method") or "").upper() in ("NATURAL", "ASOF", "POSITIONAL")
    ):
        raise NotAnExpression("it joins without saying by what", "Write JOIN … ON …")
    if isinstance(node, exp.Distinct) and node.args.get("on"):
        raise NotAnExpression("DISTINCT ON keeps a row by accident", "Group the rows, or rank them.")
    if isinstance(node, exp.Window) and isinstance(node.this, _ORDERED) and not node.args.get("order"):
        raise NotAnExpression(
            f"'{node.this.sql_name().lower()}' has no order", "Write OVER (… ORDER BY …), down to one row."
        )
    if not isinstance(node, (*_STATEMENT, *_EXPRESSION)):
        raise NotAnExpression(
            f"'{spelled(node)[:60]}' is more than a rule may do",
            "A rule is SELECT with WITH, JOIN, WHERE, GROUP BY, HAVING, QUALIFY, windows and UNION.",
        )


def _unknown_columns(tree: exp.Query, schema: Schema) -> Iterable[str]:
    for scope in traverse_scope(tree):
        for column in scope.columns:
            source = scope.sources.get(column.table)
            if isinstance(source, exp.Table):
                if column.name not in schema.get(source.name, {column.name: ""}):
                    yield f"{column.table}.{column.name}"
            elif isinstance(source, Scope):
                if column.name not in _outputs(source):
                    yield f"{column.table}.{column.name}"
            elif not column.table and not _names_an_output(column, scope):
                yield column.name


def _names_an_output(column: exp.Expr, scope: Scope) -> bool:
    """ORDER BY may name what the same SELECT calls its columns."""
    return column.find_ancestor(exp.Order) is not None and column.name in _outputs(scope)


def _outputs(scope: Scope) -> list[str]:
    return scope.expression.named_selects if isinstance(scope.expression, exp.Query) else []
