"""What became of each instance in each delivery: appeared, changed, disappeared or returned."""

from __future__ import annotations

from sqlglot import exp

from virtaama.sql.build import column, function, named, select, subquery, table, text, union_all
from virtaama.vault.tables import Source

STATUS = "status"


def tracked(source: Source) -> exp.Select:
    """A row for each time a source said something new of an instance.

    Columns: the hash key, `extracted`, `batch` and `status`: *appeared* when the source first names it,
    *disappeared* when a row says it is gone, or a delivery that is complete leaves it out, *returned* when it is
    named after that, else *changed*. It is read from the histories, so it is as whole as they are and costs no table.
    """
    key = source.hub.hash_key
    place = (key, "extracted", "batch")
    said = union_all([select(*place, "deleted").from_(table(history.name)) for history in source.histories])
    # A deletion stands in every history, so any of them tells.
    deleted = named(function("BOOL_OR", column("deleted")), "deleted")
    each = select(*place, deleted).from_(subquery(said, "said")).group_by(*map(column, place))
    before = exp.Window(
        this=function("LAG", column("deleted")),
        partition_by=[column(key)],
        order=exp.Order(expressions=[exp.Ordered(this=column(name)) for name in ("extracted", "batch")]),
    )
    placed = select(*place, "deleted", named(before, "before")).from_(subquery(each, "each"))
    status = (
        exp.case()
        .when(column("deleted"), text("disappeared"))
        .when(exp.Is(this=column("before"), expression=exp.null()), text("appeared"))
        .when(column("before"), text("returned"))
        .else_(text("changed"))
    )
    return select(*place, named(status, STATUS)).from_(subquery(placed, "placed"))
