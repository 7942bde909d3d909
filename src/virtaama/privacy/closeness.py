"""Whether somebody opened a person close to themselves: a flag to ask about, never the names it was told by. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Flag(StrEnum):
    """Why a data protection officer may ask about an opening."""

    ONESELF = "oneself"
    FAMILY_NAME = "family_name"  # the asker's own
    NEIGHBOUR = "neighbour"  # of the same street and, where it is known, postal code
    COLLEAGUE = "colleague"  # one of the county's own staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of somebody that may show closeness; empty where nothing is. `street` may hold a house number."""

    family_name: str = ""
    street: str = ""
    postal_code: str = ""


def flags_of(asker: Known, person: Known, *, is_oneself: bool, is_staff: bool) -> tuple[Flag, ...]:
    """The flags of an opening, in the order of `Flag`. Oneself is no relative, neighbour or colleague of oneself."""
    if is_oneself:
        return (Flag.ONESELF,)
    found = {
        Flag.FAMILY_NAME: shares_name(asker.family_name, person.family_name),
        Flag.NEIGHBOUR: are_neighbours(asker, person),
        Flag.COLLEAGUE: is_staff,
    }
    return tuple(flag for flag, holds in found.items() if holds)


def shares_name(one: str, other: str) -> bool:
    """Whether two family names are the same, or share a part where one is double: Laine, Virtanen-Laine."""
    return bool(_parts(one) & _parts(other))


def are_neighbours(one: Known, other: Known) -> bool:
    """Whether two live on the same street under the same postal code, house numbers aside.

    A code that is not known of one of them agrees with any: under a protection order it is withheld, and there an
    opening that is flagged in vain is better than one that is not.
    """
    streets = _street(one.street), _street(other.street)
    codes = one.postal_code.strip(), other.postal_code.strip()
    may_agree = codes[0] == codes[1] or "" in codes
    return bool(streets[0] and any(codes)) and streets[0] == streets[1] and may_agree


def _parts(name: str) -> frozenset[str]:
    # Particles of names (af, von, de) are shared by many who have nothing to do with each other.
    return frozenset(part for part in re.split(r"[\s\-‐-–]+", _folded(name)) if len(part) > 3) or frozenset(
        {_folded(name)} - {""}
    )


def _street(address: str) -> str:
    """The name of the street: what stands before the first number."""
    return re.split(r"\d", _folded(address), maxsplit=1)[0].strip(" ,.")


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
