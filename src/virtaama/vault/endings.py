"""When each row of a history ends: found once where a concept is looked at as it was at many moments."""

from __future__ import annotations

from sqlglot import exp

from virtaama.model.concepts import Concept, Kind, Sensitivity
from virtaama.model.model import Model
from virtaama.sql.build import column, join, named, select, subquery, table
from virtaama.vault.render.names import over
from virtaama.vault.tables import History, Link, Source, VaultDesign

FOLLOWING = "following"  # the moment of the next row of a key
Endings = frozenset[str]
"""Histories, by name, whose endings are kept in a table of `ending_name`."""
NO_ENDINGS: Endings = frozenset()


def endings_of(model: Model, design: VaultDesign, concept: str) -> dict[str, exp.Select]:
    """For each history the views of a concept read, by name: its rows with the moment of the next row of their key.

    Of an event only keys with several rows are there, for nearly all have one; the others are as they are.
    """
    described = model.concept(concept)
    histories = [h for source in design.sources_of(concept) for h in read_of(source)]
    return {history.name: _ending(history, described) for history in histories}


def ending_name(history: str) -> str:
    """The table the query of `endings_of` is kept in while many moments are taken."""
    return f"{history}__ending"


def _ending(history: History, concept: Concept) -> exp.Select:
    key = history.hash_key
    following = over(exp.Lead(this=column("extracted")), key, "extracted", "batch")
    content = history.content if is_open(history) else ()
    rows = select(key, *content, "extracted", "deleted", named(following, FOLLOWING)).from_(
        table(history.name)
    )
    if concept.kind is not Kind.EVENT:
        return rows
    several = exp.Count(this=exp.Star()) > exp.Literal.number(1)
    keys = select(key).from_(table(history.name)).group_by(column(key)).having(several)
    return join(rows, subquery(keys, "several"), key, "SEMI")


def read_of(source: Source) -> list[History]:
    """The histories a view reads of a source: those anybody may see; of a source without any, one for its keys."""
    return open_to_view(source) or list(source.histories[:1])


def open_to_view(source: Source) -> list[History]:
    return [history for history in source.histories if is_open(history)]


def is_open(history: History) -> bool:
    return isinstance(history, Link) or history.sensitivity is not Sensitivity.DIRECT
