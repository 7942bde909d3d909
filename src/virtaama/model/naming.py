"""Names of the model language, made of names others gave."""

from __future__ import annotations

import re

_LETTERS = str.maketrans("äåö", "aao")


def as_name(text: str) -> str:
    """A name of the model language, as near to a text as can be: serviceEvent is service_event.

    >>> as_name("Käynti (avohoito)")
    'kaynti_avohoito'
    """
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    name = re.sub(r"[^a-z0-9]+", "_", apart.lower().translate(_LETTERS)).strip("_") or "unnamed"
    return name if name[0].isalpha() else f"n_{name}"
