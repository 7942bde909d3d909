"""Identity codes are valid, belong to nobody, and are unique with their century sign."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pytest
from stdnum.fi import hetu

from virtaama.synthetic.calendar import day_number
from virtaama.synthetic.identity import identity_codes, with_wrong_check


def invented(size: int) -> list[str]:
    rng = np.random.default_rng(5)
    born = rng.integers(day_number(date(1921, 1, 1)), day_number(date(2026, 10, 31)), size)
    codes: list[str] = identity_codes(born, rng.random(size) < 0.5).to_pylist()
    return codes


def test_codes_are_valid_by_another_reading_of_the_rules() -> None:
    assert all(hetu.is_valid(code, allow_temporary=True) for code in invented(3_000))


def test_individual_numbers_are_those_given_to_nobody() -> None:
    assert all(900 <= int(code[7:10]) <= 999 for code in invented(3_000))


def test_sex_is_in_the_parity_of_the_individual_number() -> None:
    born = np.full(2, day_number(date(1980, 2, 29)))
    man, woman = identity_codes(born, np.array([True, False])).to_pylist()
    assert int(man[7:10]) % 2 == 1
    assert int(woman[7:10]) % 2 == 0
    assert man[:6] == "290280"


@pytest.mark.parametrize("size", [20_000, 250_000])
def test_codes_are_unique_with_their_sign(size: int) -> None:
    codes = invented(size)
    assert len(set(codes)) == len(codes)


def test_every_century_sign_occurs() -> None:
    assert {code[6] for code in invented(3_000)} == set("-YXWVUABCDEF")


def test_some_persons_differ_in_the_century_sign_only() -> None:
    without_sign = Counter(code[:6] + code[7:] for code in invented(20_000))
    assert sum(count > 1 for count in without_sign.values()) >= 20


def test_wrong_check_character_is_never_the_right_one() -> None:
    codes = identity_codes(np.arange(0, 3_000), np.zeros(3_000, dtype=bool))
    assert not any(hetu.is_valid(code, allow_temporary=True) for code in with_wrong_check(codes).to_pylist())
