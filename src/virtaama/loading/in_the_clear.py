"""Identity codes that stand where none should: in texts that are not declared to hold them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from virtaama.privacy.pseudonyms import is_identity_code

_CODE_LENGTH = 11
_CODE_SHAPE = r"(?i)\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]"


def holds_identity_code(column: pa.ChunkedArray) -> pa.Array | None:
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
