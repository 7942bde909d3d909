"""How large a group guards each count against being found out by the counts around it.

A count about `persons` persons is hidden from a reader whose smallest group is larger. That alone does not protect
it: where a sum and all its other parts are shown, the hidden one is what is left. So every count is bound to the
wholes it is a part of: its area without the breakdown, the county, the next longer period. Of each whole,

- a hidden part takes the next smallest with it, and another, until what the hidden ones could be is as wide as the
  smallest group: each is one at least, and the others take up the rest;
- a hidden whole takes its smallest parts with it, for they would make it up;
- the only part there is, is the whole: it has its guard, and is hidden in nobody's stead; the only month of a
  quarter there is may be, and the quarter with it;
- rows that lie in no municipality, or in no unit, are a part that is never shown.

A count is also no safer than the groups left over where it is taken from another (`left_over`). The guard is the
size of group a count is hidden for: this holds for every smallest group at once, so it is computed when figures are
made and not when they are read. It depends on no finer breakdown than the count's own, and is therefore the same
whether everything is computed or one question. Counts of nobody are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from virtaama.metrics.definitions import Measure, Window
from virtaama.metrics.plan import Breakdown
from virtaama.metrics.question import Level
from virtaama.metrics.render.cells import CELL_COLUMNS
from virtaama.metrics.render.trees import column, text
from virtaama.sql.build import parsed, row_hash, subquery

ROUNDS = 10
"""From the county in a year to the members of a unit in a month is four steps; what is hidden instead of something
can need others in turn. After eight, next to nothing follows any more."""

_COUNT = ("counted", *CELL_COLUMNS)


def coarser(breakdowns: Iterable[Breakdown]) -> tuple[Breakdown, ...]:
    """Breakdowns with all that bear on their guards."""
    found = dict.fromkeys(breakdowns)
    for each in tuple(found):
        for level in (each.level, Level.COUNTY):
            for dimension in (each.dimension, ""):
                found[Breakdown(level, dimension)] = None
    return tuple(found)


def sizes(cells: str, measure: Measure, rests: Sequence[str]) -> exp.Query:
    """The counts about somebody in a table of cells of a measure.

    `rests` are tables of cells of what is left over where the count is taken from another. Columns: `counted`, the
    name of the table; those of a cell; `size`; `guard`, the least group the count tells of; `lies`, how in time.
    """
    own = ", ".join(f"c.{name}" for name in CELL_COLUMNS)
    joins = " ".join(
        f"LEFT JOIN {rest} AS r{n} ON " + " AND ".join(f"r{n}.{name} = c.{name}" for name in CELL_COLUMNS)
        for n, rest in enumerate(rests)
    )
    least = "".join(f", nullif(r{n}.persons, 0)" for n in range(len(rests)))
    guard = f"least(c.persons{least})" if rests else "c.persons"
    return _written(
        f"""
        SELECT '{cells}' AS counted, {own}, c.persons AS size, {guard} AS guard, '{_lies(measure)}' AS lies
        FROM {cells} AS c {joins} WHERE c.persons > 0
        """  # nosec B608 # tables and columns are constants and names of ours
    )


def _lies(measure: Measure) -> str:
    """How the counts of shorter periods lie in a longer one: all together make it up, the last or each is it."""
    if measure.per_person_having:
        return "apart"  # who satisfies it in a year may do so in none of its months
    match measure.window:
        case Window.PERIOD_END | Window.YEAR_TO_DATE:
            return "last"
        case Window.WHOLE_YEAR:
            return "each"
        case _:
            return "together"


def parts(sizes: str, county: str) -> exp.Query:
    """Each count as a part of every whole it has, a row for each.

    Columns: those of `sizes`; `in_time`, 1 where the whole is a longer period; the cell of the whole; `own` and
    `whole`, which tell the counts and the sums apart.
    """
    # Rows of no area are no whole: nobody is told of them but as what is missing in the county.
    members = f"""
        SELECT *, 0 AS in_time, dimension AS split, grain AS whole_grain, period AS whole_period, level AS whole_level,
            area AS whole_area, '' AS whole_dimension, '' AS whole_member
        FROM {sizes} WHERE dimension <> '' AND area <> ''
    """  # nosec B608 # tables and columns are constants and names of ours
    areas = f"""
        SELECT *, 0, level, grain, period, 'county', :county, dimension, member FROM {sizes} WHERE level <> 'county'
    """  # nosec B608 # tables and columns are constants and names of ours
    periods = (
        f"""
        SELECT *, 1, CASE lies WHEN 'each' THEN CAST(period AS TEXT) ELSE '' END,
            '{longer}', CAST(date_trunc('{longer}', period) AS DATE), level, area, dimension, member
        FROM {sizes}
        WHERE grain = '{grain}' AND area <> ''
            AND (lies IN ('together', 'each') OR (lies = 'last' AND month(period) IN ({last})))
        """  # nosec B608 # tables and columns are constants and names of ours
        for grain, longer, last in (("month", "quarter", "3, 6, 9, 12"), ("quarter", "year", "10"))
    )
    return _written(
        f"SELECT *, :own AS own, :whole AS whole FROM ({' UNION ALL '.join((members, areas, *periods))}) AS part",  # nosec B608 # tables and columns are constants and names of ours
        own=row_hash(map(column, _COUNT)),
        whole=row_hash(
            column(name) for name in ("counted", "split", *(f"whole_{name}" for name in CELL_COLUMNS))
        ),
        county=text(county),
    )


def bonds(sizes: str, parts: str) -> exp.Query:
    """Every sum: its parts, and the whole beside them.

    Columns: `own` and `whole` as in `parts`; `area`, `member` and `period`, by which equal parts are ordered; `size`
    and `guard`; `is_whole` and `in_time`, 1 or 0; `many`, how many parts the sum has; `alone`, 1 where the count is all
    there is of some whole of its own period.
    """
    same = " AND ".join(f"s.{name} = p.whole_{name}" for name in CELL_COLUMNS)
    wholes = ", ".join(("counted", "in_time", *(f"whole_{name}" for name in CELL_COLUMNS), "whole"))
    return _written(
        f"""
        SELECT *, max(CASE WHEN many = 1 AND in_time = 0 AND is_whole = 0 THEN 1 ELSE 0 END)
            OVER (PARTITION BY own) AS alone
        FROM (
            SELECT own, whole, area, member, period, size, guard, 0 AS is_whole, in_time,
                count(*) OVER (PARTITION BY whole) AS many
            FROM {parts}
            UNION ALL
            SELECT :own, p.whole, s.area, s.member, s.period, s.size, s.guard, 1, p.in_time, p.many
            FROM (SELECT {wholes}, count(*) AS many FROM {parts} GROUP BY {wholes}) AS p
                JOIN {sizes} AS s ON s.counted = p.counted AND {same}
        ) AS bound
        """,  # nosec B608 # tables and columns are constants and names of ours
        own=row_hash(column(name, "s") for name in _COUNT),
    )


_KEPT = "own, whole, area, member, period, size, is_whole, in_time, many, alone"
_PLACED = """
    (PARTITION BY whole
        ORDER BY is_whole, CASE WHEN area = '' THEN 0 ELSE 1 END, alone, guard, size, area, member, period
"""
_JUDGED = f"""
    SELECT *,
        max(CASE WHEN is_whole = 1 THEN guard END) OVER (PARTITION BY whole) AS of_whole,
        min(CASE WHEN is_whole = 0 THEN guard END) OVER (PARTITION BY whole) AS of_least,
        min(CASE WHEN area = '' THEN guard END) OVER (PARTITION BY whole) AS of_nowhere,
        min(CASE WHEN is_whole = 1 OR (alone = 1 AND area <> '') THEN guard END) OVER (PARTITION BY whole) AS of_fixed,
        row_number() OVER {_PLACED}) AS place,
        sum(CASE WHEN alone = 1 THEN 0 ELSE size - 1 END)
            OVER {_PLACED} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS room
    FROM bonds
"""  # nosec B608 # tables and columns are constants and names of ours
_FOLLOWED = f"""
    SELECT {_KEPT}, CASE
        WHEN is_whole = 1 AND in_time = 1 AND many = 1 THEN least(guard, of_least)
        WHEN is_whole = 1 OR area = '' OR of_whole IS NULL THEN guard
        WHEN many = 1 THEN least(guard, of_whole)
        WHEN alone = 1 THEN guard
        WHEN place = 1 THEN least(guard, of_fixed)
        WHEN place = 2 AND of_nowhere IS NULL THEN least(guard, of_whole, of_least)
        WHEN place = 2 THEN least(guard, of_nowhere, greatest(of_fixed, room))
        ELSE least(guard, greatest(least(of_whole, of_least), room))
        END AS follows
    FROM judged
"""  # nosec B608 # tables and columns are constants and names of ours
_DRAWN = f"SELECT {_KEPT}, min(follows) OVER (PARTITION BY own) AS guard FROM followed"  # nosec B608 # tables and columns are constants and names of ours


def guards(bonds: str) -> exp.Query:
    """The guard of each count of some bonds, by `own`, when all that follows has been drawn."""
    query = _written(f"SELECT * FROM {bonds}")  # nosec B608 # tables and columns are constants and names of ours
    for _ in range(ROUNDS):
        for sql, name in ((_JUDGED, "bonds"), (_FOLLOWED, "judged"), (_DRAWN, "followed")):
            query = _within(sql, name, query)
    return _within("SELECT own, min(guard) AS guard FROM bonds GROUP BY own", "bonds", query)


def guarded(cells: str, guards: str) -> exp.Query:
    """The cells of areas with one more column, `guard`: 0 where there is nobody."""
    own = [text(cells), *(column(name, "c") for name in CELL_COLUMNS)]
    return _written(
        f"""
        SELECT c.*, coalesce(g.guard, c.persons) AS guard
        FROM {cells} AS c LEFT JOIN {guards} AS g ON g.own = :own WHERE c.area <> ''
        """,  # nosec B608 # tables and columns are constants and names of ours
        own=row_hash(own),
    )


def _written(sql: str, **given: exp.Expr) -> exp.Query:
    """A query as it is written here, with what is given in the places of :names; every name of it quoted."""
    query = parsed(sql)
    for place in list(query.find_all(exp.Placeholder)):
        place.replace(given[place.name].copy())
    for name in query.find_all(exp.Identifier):
        name.set("quoted", True)
    assert isinstance(query, exp.Query)
    return query


def _within(sql: str, name: str, inner: exp.Query) -> exp.Query:
    """A query that reads another where it names a table."""
    query = _written(sql)
    for read in list(query.find_all(exp.Table)):
        if read.name == name:
            read.replace(subquery(inner, name))
    return query
