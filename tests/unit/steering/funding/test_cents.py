from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from virtaama.steering.funding.cents import decimal, split, to_cents, written


@pytest.mark.parametrize(
    ("euros", "cents"), [("1.005", 101), ("-1.005", -101), ("1.0049999", 100), ("0", 0), ("-0.001", 0)]
)
def test_half_a_cent_goes_away_from_zero(euros: str, cents: int) -> None:
    assert to_cents(Fraction(euros)) == cents


@settings(max_examples=60)
@given(
    cents=st.integers(-(10**12), 10**12),
    weights=st.lists(st.integers(0, 700).map(lambda n: Fraction(n, 7)), min_size=1, max_size=12).filter(any),
)
def test_split_loses_nothing_and_is_nowhere_off_by_a_cent(cents: int, weights: list[Fraction]) -> None:
    parts = split(cents, weights)
    assert sum(parts) == cents
    assert all(abs(part - cents * w / sum(weights)) < 1 for part, w in zip(parts, weights, strict=True))


@pytest.mark.parametrize(
    ("cents", "text"), [(123456, "1234.56"), (-5, "-0.05"), (0, "0.00"), (-100, "-1.00")]
)
def test_cents_are_written_as_euros(cents: int, text: str) -> None:
    assert written(cents) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2180.79", "2180.79"),
        ("1/3", "0.333333"),
        ("2/3", "0.666667"),
        ("5", "5"),
        ("-1/8", "-0.125"),
        ("-1/10000000", "0"),
    ],
)
def test_numbers_are_written_plainly(value: str, text: str) -> None:
    assert decimal(Fraction(value)) == text
