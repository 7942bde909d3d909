"""Members of every dimension for rows that belong to none of its own: what is not told, and what is not known."""

from __future__ import annotations

from virtaama.model.concepts import Text

NOT_TOLD = "_not_told"
"""The row, or what it points to, does not say."""
UNKNOWN = "_unknown"
"""The row points to something that nobody has delivered, or that is no longer there."""

WORDS = {
    NOT_TOLD: Text("Ei kerrottu", "Ej uppgivet", "Not told"),
    UNKNOWN: Text("Tuntematon", "Okänd", "Unknown"),
}


def place(member: str) -> tuple[bool, str]:
    """Where a member stands among others: what is not told or not known comes last."""
    return member in WORDS, member
