"""What names a person, as sources said it last: enciphered, a row for each value, apart from every view."""

from __future__ import annotations

from collections.abc import Collection

from sqlglot import exp

from virtaama.model.concepts import Sensitivity
from virtaama.sql.build import cast, column, named, parsed, select, subquery, text, union_all
from virtaama.vault.render.names import known, newest
from virtaama.vault.tables import Source, VaultDesign


def direct(design: VaultDesign, concept: str, attributes: Collection[str]) -> exp.Query | None:
    """The enciphered values of a concept's attributes; None where no source has one.

    Columns: `key` (the instance's, as text), `attribute`, `field` (what the source calls it, which it was enciphered
    with), `value` (enciphered) and `rank` of the source, where the first counts. In the order of the keys.
    """
    said = [
        rows
        for rank, source in enumerate(design.sources_of(concept))
        for rows in _said(source, rank, attributes)
    ]
    if not said:
        return None
    whole = subquery(union_all(said), "said")
    columns = ("key", "attribute", "field", "value", "rank")
    return select(*columns).from_(whole).order_by(*(column(name) for name in columns))


def _said(source: Source, rank: int, attributes: Collection[str]) -> list[exp.Query]:
    fields = {name: parsed(expression.sql).name for name, expression in source.mapping.attributes}
    found: list[exp.Query] = []
    for satellite in source.satellites:
        if satellite.sensitivity is not Sensitivity.DIRECT:
            continue
        for name in (name for name in satellite.content if name in attributes):
            last = subquery(newest(satellite, name, "deleted"), "last")
            row = select(
                named(cast(column(satellite.hash_key), "TEXT"), "key"),
                named(text(name), "attribute"),
                named(text(fields[name]), "field"),
                named(column(name), "value"),
                named(exp.Literal.number(rank), "rank"),
            )
            found.append(row.from_(last).where(exp.not_(column("deleted")), known(name)))
    return found
