"""The hash rule: how a business key becomes the 128-bit key that joins everything.

Rule 1. Each part is written as text: text without whitespace at its ends (a closed set of characters,
the same on every engine) and null when nothing is left; numbers, dates and truth values as the engine
casts them. A key of one part is that part. Where there are several, in each `\\` becomes `\\\\` and `|`
becomes `\\|`, and they are joined by `|`. The hash key is the MD5 of the UTF-8 bytes, held as a UUID.
A null part gives no key. The concept is not part of the hash.

A change of this rule is a new version: every key of a warehouse changes with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID

from sqlglot import exp

from virtaama.model.concepts import Type
from virtaama.sql.build import function, text

HASH_RULE = 1

# Space, tab, line feed, vertical tab, form feed, carriage return; no-break, figure, narrow no-break and
# zero-width no-break space. Engines disagree about what else `trim` takes, so nothing is left to them.
WHITESPACE = " \t\n\v\f\r\u00a0\u2007\u202f\ufeff"

_TEXT = (Type.TEXT, Type.IDENTITY)


def standardised(part: exp.Expr, kind: Type) -> exp.Expr:
    """A part of a key as the hub keeps it."""
    if kind not in _TEXT:
        return part
    # Trimming by a set of characters is the dearest thing in a load: only where an end may need it.
    ends = (part, function("RIGHT", part, exp.Literal.number(1)))
    clean = exp.and_(*(exp.Between(this=end, low=text("!"), high=text("~")) for end in ends))
    trimmed = exp.Trim(this=part, expression=_whitespace())
    return exp.case().when(clean, part).else_(exp.Nullif(this=trimmed, expression=text("")))


def hash_key(parts: Sequence[tuple[exp.Expr, Type]]) -> exp.Expr:
    """The hash key of parts that are standardised already; null when one of them is."""
    written = [_as_text(part, kind) for part, kind in parts]
    if len(parts) > 1:
        # Numbers, dates and truth values hold neither sign.
        written = [
            _escaped(part) if kind in _TEXT else part for part, (_, kind) in zip(written, parts, strict=True)
        ]
    joined, *others = written
    for part in others:
        joined = exp.DPipe(this=exp.DPipe(this=joined, expression=text("|")), expression=part)
    # From the digest's bytes rather than from its text: the same value, a third cheaper.
    return exp.cast(exp.Unhex(this=exp.MD5(this=joined)), "UUID")


def key_of(*parts: str) -> UUID:
    """The rule in plain Python, for parts that are text: what an auditor may check a key with."""
    cleaned = [part.strip(WHITESPACE) for part in parts]
    if len(cleaned) > 1:
        cleaned = [part.replace("\\", "\\\\").replace("|", "\\|") for part in cleaned]
    return UUID(hashlib.md5("|".join(cleaned).encode(), usedforsecurity=False).hexdigest())


def _whitespace() -> exp.Expr:
    # By number: a statement is text that people read and files carry, and these would not survive it.
    characters = [exp.Chr(expressions=[exp.Literal.number(ord(character))]) for character in WHITESPACE]
    whole: exp.Expr = characters[0]
    for character in characters[1:]:
        whole = exp.DPipe(this=whole, expression=character)
    return whole


def _as_text(part: exp.Expr, kind: Type) -> exp.Expr:
    return part if kind in _TEXT else exp.cast(part, "VARCHAR")


def _escaped(part: exp.Expr) -> exp.Expr:
    for character in ("\\", "|"):
        part = function("REPLACE", part, text(character), text("\\" + character))
    return part
