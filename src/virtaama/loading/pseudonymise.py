"""The door between a source and the lake: no row passes with an identity code or a name in the clear."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from virtaama.keyring import Keyring
from virtaama.model.concepts import Type
from virtaama.model.feeds import Feed
from virtaama.privacy.pseudonyms import is_identity_code, normalise
from virtaama.sources.reading import FAULT

_CODE_LENGTH = 11
_REMEMBERED = 300_000  # codes: some 60 MB
_CODE_SHAPE = r"(?i)\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]"

DETAILS = {
    "bad_identity": "column {} does not hold a personal identity code",
    "identity_in_text": "column {} holds a personal identity code but is not of type identity",
}


@dataclass(slots=True)
class Pseudonymiser:
    """Makes rows safe to keep. Remembers pseudonyms for the time of one run, so many and in memory only."""

    keyring: Keyring
    _known: dict[str, str | None] = field(default_factory=dict, repr=False)

    def protect(self, rows: pa.Table, feed: Feed) -> pa.Table:
        """Replace identity codes by pseudonyms and encipher direct fields; keep order and columns.

        A value that cannot be replaced becomes null and its row gets a fault. An identity code that
        stands in a field that was not declared to hold one is a fault too.
        """
        for declared in feed.fields:
            name = declared.name
            column = rows[name]
            match declared.type:
                case Type.IDENTITY:
                    protected = _mapped(column, self._pseudonyms)
                    bad = pc.and_(pc.is_valid(column), pc.is_null(protected))
                    rows = _replaced(rows, name, protected, bad, f"bad_identity:{name}")
                case Type.TEXT if declared.direct:
                    encipher = partial(self.keyring.encipher_all, name)
                    rows = _replaced(rows, name, _mapped(column, encipher))
                case Type.TEXT:
                    hidden = _holds_identity_code(column)
                    if hidden is not None:
                        rows = _replaced(rows, name, column, hidden, f"identity_in_text:{name}")
                case _:
                    pass
        return rows

    def _pseudonyms(self, codes: list[str]) -> list[str | None]:
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        for code in codes:
            if code not in self._known:
                normal = normalise(code)
                self._known[code] = self.keyring.pseudonym(normal) if is_identity_code(normal) else None
        return [self._known[code] for code in codes]


def _mapped(
    column: pa.ChunkedArray,
    replace: Callable[[list[str]], list[str | None] | list[str]],
) -> pa.Array:
    """Each different value is replaced once."""
    encoded = column.combine_chunks().dictionary_encode()
    replaced = pa.array(replace(encoded.dictionary.to_pylist()), pa.string())
    return replaced.take(encoded.indices)


def _replaced(
    rows: pa.Table,
    name: str,
    column: pa.Array | pa.ChunkedArray,
    bad: pa.Array | None = None,
    fault: str = "",
) -> pa.Table:
    rows = rows.set_column(rows.column_names.index(name), name, column)
    if bad is None or not pc.any(bad).as_py():
        return rows
    faults = pc.if_else(pc.and_(bad, pc.is_null(rows[FAULT])), fault, rows[FAULT])
    return rows.set_column(rows.column_names.index(FAULT), FAULT, faults)


def _holds_identity_code(column: pa.ChunkedArray) -> pa.Array | None:
    """Which values hold a right identity code; None when no value can."""
    longest = pc.max(pc.binary_length(column)).as_py()
    if longest is None or longest < _CODE_LENGTH:
        return None
    shaped = pc.fill_null(pc.match_substring_regex(column, _CODE_SHAPE), False)
    if not pc.any(shaped).as_py():
        return None
    return pa.array(
        [
            is_shaped and _has_code(text)
            for is_shaped, text in zip(shaped.to_pylist(), column.to_pylist(), strict=True)
        ]
    )


def _has_code(text: str) -> bool:
    return any(
        is_identity_code(text[start : start + _CODE_LENGTH].upper())
        for start in range(len(text) - _CODE_LENGTH + 1)
    )
