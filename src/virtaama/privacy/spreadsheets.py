"""Tables that are opened in a spreadsheet: no text of a source or of ours becomes a formula there."""

from __future__ import annotations

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, at the full width of East Asian writing too
(OWASP, CSV Injection, read on 26 November 2026)."""


def harmless(text: str) -> str:
    """The text as a spreadsheet shows it and runs nothing: after an apostrophe where it would begin a formula."""
    return f"'{text}" if text.startswith(BEGINNINGS) else text


def as_meant(text: str) -> str:
    """What was written before it was made harmless."""
    return text[1:] if text.startswith(tuple(f"'{beginning}" for beginning in BEGINNINGS)) else text
