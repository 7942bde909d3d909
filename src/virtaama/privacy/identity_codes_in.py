"""Personal identity codes that stand in bytes: in rows that could not be read, in files as they were delivered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from virtaama.privacy.pseudonyms import is_identity_code, normalise

_CODE = re.compile(rb"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]", re.IGNORECASE)


def codes_in(raw: bytes) -> Iterator[str]:
    """Each right code, normalised, as often as it stands there; also where each letter takes two bytes."""
    # Digits and signs are where ASCII has them, and zeros stand between them where a letter is two bytes.
    for found in _CODE.findall(raw.replace(b"\0", b"") if b"\0" in raw else raw):
        code = normalise(found.decode("ascii"))
        if is_identity_code(code):
            yield code
