"""Persons are known by keyed pseudonyms: one person one pseudonym, no way back without the key."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fi import hetu

from virtaama.privacy.pseudonyms import is_identity_code, normalise, pseudonym

KEY = bytes(range(32))


def test_persons_who_differ_only_by_the_sign_of_the_century_are_different_persons() -> None:
    codes = [
        "010190-900P",
        "010190+900P",
        "010190A900P",
        "010190U900P",
        "010190Y900P",
        "010190B900P",
    ]
    assert all(is_identity_code(code) for code in codes[:1])
    assert len({pseudonym(code, KEY) for code in codes}) == len(codes)


def test_white_space_and_case_do_not_make_another_person() -> None:
    assert normalise(" 010190-900p\n") == "010190-900P"
    assert normalise("010190 -900p\t") == "010190-900P"


def test_a_pseudonym_names_the_version_of_its_key_and_has_128_bits() -> None:
    version, digits = pseudonym("010190-900P", KEY).split("-")
    assert version == "1"
    assert len(bytes.fromhex(digits)) == 16


def test_another_key_gives_other_pseudonyms() -> None:
    assert pseudonym("010190-900P", KEY) != pseudonym("010190-900P", bytes(32))


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512", "blake2b"])
def test_no_hash_without_the_key_gives_the_pseudonym(algorithm: str) -> None:
    code = b"010190-900P"
    assert pseudonym(code.decode(), KEY)[2:] not in hashlib.new(algorithm, code).hexdigest()


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
