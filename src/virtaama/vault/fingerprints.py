"""What a source's history was made of, in a word: another word, and the lake is read again."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from virtaama.model.feeds import Feed
from virtaama.model.mappings import Mapping
from virtaama.model.model import Model
from virtaama.model.record import meaning_of
from virtaama.sql.expressions import read_expression
from virtaama.vault.keys import HASH_RULE
from virtaama.vault.tables import Source

LOADING_RULE = 1
"""Rises when the same deliveries under the same model would give another history than before."""


def fingerprint(model: Model, source: Source) -> str:
    """Changes with everything that decides what the tables of a source hold, and with nothing else.

    That is its mapping, the key, types and classes of what it fills, the fields it reads, and the rules of
    hashing and loading. Words, places in files and the order of attributes do not count.
    """
    feed = model.feed(source.mapping.feed)
    used = _used(source.mapping, feed)
    said = (
        HASH_RULE,
        LOADING_RULE,
        _in_order(source),
        feed.delivery,
        feed.row_order,
        tuple((field.name, field.type, field.also) for field in feed.fields if field.name.lower() in used),
    )
    return hashlib.sha256(meaning_of(said).encode()).hexdigest()[:16]


def _in_order(source: Source) -> Source:
    """The same source with its parts in the order of their names, which decides nothing."""
    mapping = source.mapping
    link = source.link
    return replace(
        source,
        replaced_by=(),  # decides what views show, not what the tables hold
        mapping=replace(
            mapping,
            attributes=tuple(sorted(mapping.attributes, key=lambda given: given[0])),
            targets=tuple(sorted(mapping.targets, key=lambda target: target.relationship)),
        ),
        satellites=tuple(
            replace(satellite, payload=tuple(sorted(satellite.payload, key=lambda column: column.name)))
            for satellite in source.satellites
        ),
        link=link
        and replace(link, references=tuple(sorted(link.references, key=lambda each: each.relationship))),
    )


def _used(mapping: Mapping, feed: Feed) -> set[str]:
    """The fields a mapping reads, and the order of rows with them, in small letters."""
    expressions = [
        *(part.sql for part in mapping.key),
        *(given.sql for _, given in mapping.attributes),
        *(part.sql for target in mapping.targets for part in target.key),
        *(condition.sql for condition in (mapping.where, mapping.deleted) if condition),
        *((feed.row_order,) if feed.row_order else ()),
    ]
    return {column.lower() for sql in expressions for column in read_expression(sql).columns}
