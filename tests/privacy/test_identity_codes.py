"""What a personal identity code is: white space and case are no part of it, the sign of the century is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fi import hetu

from virtaama.privacy.pseudonyms import is_identity_code, normalise


def test_white_space_and_case_do_not_make_another_person() -> None:
    assert normalise(" 010190-900p\n") == "010190-900P"
    assert normalise("010190 -900p\t") == "010190-900P"


@given(
    day=st.integers(0, 32),
    month=st.integers(0, 13),
    year=st.integers(0, 99),
    sign=st.sampled_from("+-ABCDEFUVWXY"),
    number=st.integers(2, 999),
    check=st.sampled_from("0123456789ABCDEFHJKLMNPRSTUVWXY"),
)
def test_a_code_is_recognised_exactly_when_an_independent_library_does(
    day: int, month: int, year: int, sign: str, number: int, check: str
) -> None:
    code = f"{day:02}{month:02}{year:02}{sign}{number:03}{check}"
    assert is_identity_code(code) == hetu.is_valid(code, allow_temporary=True)


@given(st.dates(), st.integers(900, 999))
def test_a_code_with_its_right_check_character_is_recognised(day: object, number: int) -> None:
    digits = f"{day:%d%m%y}{number}"
    check = "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(digits) % 31]
    code = f"{day:%d%m%y}-{number}{check}"
    assert is_identity_code(code) == hetu.is_valid(code, allow_temporary=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "010190-900",
        "010190-900PP",
        "010190/900P",
        "٠١٠١٩٠-900P",
        "Meikäläinen",
    ],
)
def test_other_text_is_not_an_identity_code(text: str) -> None:
    assert not is_identity_code(text)
