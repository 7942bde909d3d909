"""Whom a data protection officer may ask about: same names, same streets."""

from __future__ import annotations

import pytest

from virtaama.privacy.closeness import Flag, Known, are_neighbours, flags_of, shares_name


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Virtanen", "virtanen ", True),
        ("Virtanen-Laine", "Laine", True),
        ("Laine", "Virtanen", False),
        ("Öst", "öst", True),
        ("O\u0308st", "Öst", True),  # the same letter, written in two ways
        ("af Björk", "af Ek", False),
        ("af Björk", "Björk", True),
        ("Ek", "Ek", True),
        ("", "", False),
        ("", "Laine", False),
    ],
)
def test_family_names(one: str, other: str, same: bool) -> None:
    assert shares_name(one, other) == shares_name(other, one) == same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Koivutie 3 A 5", "15100"), ("koivutie 18", "15100"), True),
        (("Koivutie 3", "15100"), ("Koivutie 3", "15200"), False),
        (("Koivutie 3", "15100"), ("Mäntytie 3", "15100"), False),
        (("Koivutie", ""), ("Koivutie", ""), False),
        (("Koivutie 3", "15100"), ("Koivutie 18", ""), True),  # withheld under a protection order
        (("Koivutie 3", "15100"), ("Mäntytie 3", ""), False),
        (("", "15100"), ("", "15100"), False),
        (("3", "15100"), ("3", "15100"), False),
    ],
)
def test_neighbours(one: tuple[str, str], other: tuple[str, str], same: bool) -> None:
    first, second = (Known(street=street, postal_code=code) for street, code in (one, other))
    assert are_neighbours(first, second) == are_neighbours(second, first) == same


def test_oneself_is_nothing_else_to_oneself() -> None:
    known = Known(family_name="Laine", street="Koivutie 1", postal_code="15100")
    assert flags_of(known, known, is_oneself=True, is_staff=True) == (Flag.ONESELF,)
    assert flags_of(known, known, is_oneself=False, is_staff=True) == (
        Flag.FAMILY_NAME,
        Flag.NEIGHBOUR,
        Flag.COLLEAGUE,
    )
    assert flags_of(Known(), known, is_oneself=False, is_staff=False) == ()
