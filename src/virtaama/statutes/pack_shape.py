"""The shape of a pack's file as JSON Schema: what all packs have, and the tables of its kind."""

from __future__ import annotations

from typing import Any

from virtaama.model.shape import NAME, Schema, Shape, members, named, one_of, text, words
from virtaama.statutes.packs import Kind, Table

STANDING: Schema = {
    "from": text("The first day it holds.", format="date"),
    "until": text("The last day it holds; without it there is no last day yet.", format="date"),
    "source": text("Which of `sources` says so.", pattern=NAME),
    "section": text("Where in the source: 51 a §."),
}
"""What every row may say besides what it is about."""

SOURCE = members(
    "An act, a decree or open data.",
    {
        "title": text("What it is called, with its number: Terveydenhuoltolaki 1326/2010."),
        "url": text("Where it can be read."),
        "taken": text("The day it was read.", format="date"),
        "licence": text("Of open data: the licence, with the credit it asks for."),
    },
    required=("title", "taken"),
)
HEADER: Schema = {
    "edition": text("The day of this edition; of two editions the newer counts.", format="date"),
    "title": words("What the pack holds, in three languages."),
    "sources": {**named("Where it is from, by a name of one's own.", SOURCE), "minProperties": 1},
    "every": members("What holds of every row that says nothing else.", STANDING),
}


def shape_of(kind: Kind[Any]) -> Shape:
    """What a file of the kind may look like."""
    return Shape(
        kind.name,
        members(
            kind.about,
            {
                "pack": one_of((kind.name,), "The name of the pack."),
                **HEADER,
                **{table.name: _rows(table) for table in kind.tables},
            },
            required=("pack", "edition", "title", "sources", *(table.name for table in kind.tables)),
        ),
    )


def _rows(table: Table[Any]) -> Schema:
    return {
        "description": table.about,
        "type": "array",
        "items": members("One row.", {**table.members, **STANDING}, required=table.required),
    }
