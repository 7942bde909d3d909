"""The door between a source and the lake: no row passes with an identity code or a name in the clear."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from virtaama.identities.closing import DataKeys
from virtaama.identities.store import Identities
from virtaama.keyring import Keyring
from virtaama.loading.in_the_clear import holds_identity_code
from virtaama.model.concepts import Type
from virtaama.model.feeds import Feed, Field
from virtaama.privacy.pseudonyms import is_identity_code, normalise
from virtaama.sources.reading import FAULT

_REMEMBERED = 300_000  # codes: some 60 MB

DETAILS = {
    "bad_identity": "column {} does not hold a personal identity code",
    "identity_in_text": "column {} holds a personal identity code but is not of type identity",
    "nobody_named": "column {} names a person and nothing in the row tells whom",
}


@dataclass(slots=True)
class Pseudonymiser:
    """Makes rows safe to keep. Remembers surrogates in memory, so many, for as long as the project's lock is held."""

    keyring: Keyring
    identities: Identities
    _known: dict[str, str | None] = field(default_factory=dict, repr=False)

    def remember_nobody(self) -> None:
        """Ask the identity store again."""
        self._known.clear()

    def protect(self, rows: pa.Table, feed: Feed) -> pa.Table:
        """Replace identity codes by surrogates and encipher direct fields; keep order and columns.

        What a row is enciphered under is the key of the person it names. A surrogate is on disk in the identity
        store when this returns. A value that cannot be replaced becomes null and its row gets a fault. An
        identity code that stands in a field that was not declared to hold one is a fault too.
        """
        for declared in feed.fields:
            if declared.type is Type.IDENTITY:
                rows = self._with_persons(rows, declared.name)
        enciphering = _Enciphering(self.identities, rows, feed)
        for declared in feed.fields:
            name = declared.name
            if declared.type is not Type.TEXT:
                continue
            if declared.direct:
                enciphered, bad = enciphering.column(declared)
                rows = _replaced(rows, name, enciphered, bad, f"nobody_named:{name}")
            elif (hidden := holds_identity_code(rows[name])) is not None:
                rows = _replaced(rows, name, rows[name], hidden, f"identity_in_text:{name}")
        return rows

    def _with_persons(self, rows: pa.Table, name: str) -> pa.Table:
        column = rows[name]
        encoded = column.combine_chunks().dictionary_encode()  # each different code is looked up once
        persons = pa.array(self._persons(encoded.dictionary.to_pylist()), pa.string()).take(encoded.indices)
        bad = pc.and_(pc.is_valid(column), pc.is_null(persons))
        return _replaced(rows, name, persons, bad, f"bad_identity:{name}")

    def _persons(self, codes: list[str]) -> list[str | None]:
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        new = {code: normalise(code) for code in codes if code not in self._known}
        right = {code: normal for code, normal in new.items() if is_identity_code(normal)}
        self._known.update(dict.fromkeys(new))
        self._known.update(zip(right, self.identities.persons(list(right.values())), strict=True))
        return [self._known[code] for code in codes]


class _Enciphering:
    """The direct fields of one piece. Whose they are is found once for all fields that are told by the same."""

    def __init__(self, identities: Identities, rows: pa.Table, feed: Feed) -> None:
        self._identities = identities
        self._rows = rows
        self._feed = feed
        self._owners: dict[tuple[str, ...], tuple[list[str | None], DataKeys]] = {}

    def column(self, direct: Field) -> tuple[pa.Array, pa.Array]:
        """The enciphered values, and which could not be because nobody is named."""
        texts = self._rows[direct.name].to_pylist()
        owners, keys = self._owners_by(self._feed.owners(direct))
        closed = [
            None if text is None or owner is None else keys.encipher(owner, direct.name, text)
            for owner, text in zip(owners, texts, strict=True)
        ]
        bad = [text is not None and owner is None for owner, text in zip(owners, texts, strict=True)]
        return pa.array(closed, pa.string()), pa.array(bad, pa.bool_())

    def _owners_by(self, names: tuple[str, ...]) -> tuple[list[str | None], DataKeys]:
        """Whose each row is, and their keys."""
        if names not in self._owners:
            found: list[str | None] = [None] * self._rows.num_rows
            for name in names:
                told = self._told_by(name)
                found = [before or owner for before, owner in zip(found, told, strict=True)]
            self._owners[names] = found, self._identities.data_keys({owner for owner in found if owner})
        return self._owners[names]

    def _told_by(self, name: str) -> list[str | None]:
        """Whom a field names in each row: a person by identity code, else a subject of its own."""
        declared = self._feed.field(name)
        values: list[Any] = self._rows[name].to_pylist()
        if declared is None or declared.type is Type.IDENTITY:
            return values
        different = [value for value in dict.fromkeys(values) if value is not None]
        subjects = self._identities.subjects(
            f"{self._feed.system}.{name}", [str(value) for value in different]
        )
        by_value = dict(zip(different, subjects, strict=True))
        return [None if value is None else by_value[value] for value in values]


def _replaced(
    rows: pa.Table,
    name: str,
    column: pa.Array | pa.ChunkedArray,
    bad: pa.Array,
    fault: str,
) -> pa.Table:
    rows = rows.set_column(rows.column_names.index(name), name, column)
    if not pc.any(bad).as_py():
        return rows
    faults = pc.if_else(pc.and_(bad, pc.is_null(rows[FAULT])), fault, rows[FAULT])
    return rows.set_column(rows.column_names.index(FAULT), FAULT, faults)
