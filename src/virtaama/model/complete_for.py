"""What a delivery of changes may be complete for: the rows of a parent, told by parts of the key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from virtaama.model.collect import FromDatabase, FromFhirBulk
from virtaama.model.documents import did_you_mean
from virtaama.model.feeds import Delivery, Feed
from virtaama.model.mappings import Expression
from virtaama.problems import Problem
from virtaama.sql.expressions import NotAnExpression, read_expression

Key = Sequence[tuple[str, Expression]]
"""The parts of a concept's key with the expressions that give them."""


def parent_of(key: Iterable[tuple[str, Expression]], complete_for: Sequence[str]) -> tuple[str, ...]:
    """The parts of a key that tell the parent: those made of the fields a delivery is complete for, and of no other.

    Empty where the fields are not all in such parts, or where they are the whole key: then every row is a set
    of its own, and none can be absent from it.
    """
    fields = {name.lower() for name in complete_for}
    if not fields:
        return ()
    parts = [(name, _fields(expression)) for name, expression in key]
    of_parent = [(name, used) for name, used in parts if used and used <= fields]
    told = {field for _, used in of_parent for field in used}
    of_row = any(used - fields for _, used in parts)
    return tuple(name for name, _ in of_parent) if told == fields and of_row else ()


def complete_for_problems(feed: Feed, keys: Sequence[tuple[str, Key]]) -> Iterator[Problem]:
    """What stands against `complete_for` of a feed. `keys`: each concept it describes, and how its key is given."""
    said, names = f"feed '{feed.id}'", tuple(field.name for field in feed.fields)
    if not feed.complete_for:
        return
    if feed.delivery is not Delivery.CHANGES:
        what = f"{said} is `{feed.delivery}` and has no use for `complete_for`."
        advice = (
            "Take it out: a full delivery is complete for everything."
            if feed.delivery is Delivery.FULL
            else "Write `delivery: changes`: of events absence means nothing."
        )
        yield Problem(feed.place, what, advice)
    if isinstance(feed.collect, FromFhirBulk) or (
        isinstance(feed.collect, FromDatabase) and feed.collect.compare
    ):
        what = f"{said} is `complete_for` {_listed(feed.complete_for)}, and only rows that are new are collected."
        yield Problem(feed.place, what, "Take `complete_for` out, or collect by a `mark` of the parent.")
    known = {name.lower() for name in names}
    unknown = [name for name in feed.complete_for if name.lower() not in known]
    for name in unknown:
        what = f"{said} is `complete_for` '{name}', which is not one of its fields."
        yield Problem(feed.place, what, did_you_mean(name, names))
    if unknown or not keys or not all(_is_read(expression) for _, key in keys for _, expression in key):
        return  # what else is wrong is said elsewhere
    if any(parent_of(key, feed.complete_for) for _, key in keys):
        return
    concepts = ", ".join(f"'{name}'" for name in dict.fromkeys(name for name, _ in keys))
    yield Problem(
        feed.place,
        f"{said} is `complete_for` {_listed(feed.complete_for)}, which does not stand beside another part in the "
        f"key of {concepts}.",
        "Name fields that by themselves give parts of the key, and leave a part that tells the rows apart: "
        "else a row would change its parent, and nothing could say that it ended.",
    )


def _is_read(expression: Expression) -> bool:
    try:
        read_expression(expression.sql)
    except NotAnExpression:
        return False
    return True


def _fields(expression: Expression) -> set[str]:
    return {column.lower() for column in read_expression(expression.sql).columns}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
