"""Property: two identity codes that differ by the sign of the century alone are two persons, all the way."""

from __future__ import annotations

from datetime import datetime
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.loading.deliveries import Landing, feed, fields
from virtaama.access.persons import person_key
from virtaama.identities.store import Identities
from virtaama.keyring import Keyring
from virtaama.privacy.pseudonyms import is_identity_code
from virtaama.project.oversight import person_of

SIGNS = "-UVWXYABCDEF+"
CODES = [f"010190{sign}900P" for sign in SIGNS]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Identities:
    folder = tmp_path_factory.mktemp("signs")
    return Identities(folder / "identities", Keyring.create(folder / "keys"), lambda: datetime(2026, 11, 26))


def test_every_sign_is_a_person_of_its_own_in_lake_store_and_log(tmp_path: Path) -> None:
    assert all(map(is_identity_code, CODES))
    landing = Landing(
        tmp_path, (feed(*fields(CODE="identity", NAME={"type": "text", "direct": True}), whose=("CODE",)),)
    )
    landing.deliver("CODE;NAME\n" + "".join(f"{code};Aho\n" for code in CODES))
    landing.land()
    rows = landing.rows()
    assert [row["CODE"] for row in rows] == [landing.identities.find(code) for code in CODES]
    assert len({row["CODE"] for row in rows}) == len({row["NAME"] for row in rows}) == len(SIGNS)
    keys = {person_of(code, landing.identities).key for code in CODES}
    assert keys == {person_key(row["CODE"]) for row in rows}
    assert len(keys) == len(SIGNS)


@given(st.dates(), st.integers(900, 999))
def test_whatever_the_day_and_number_no_two_signs_share_a_person(
    store: Identities, day: object, number: int
) -> None:
    digits = f"{day:%d%m%y}"
    check = "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(f"{digits}{number}") % 31]
    persons = store.persons([f"{digits}{sign}{number}{check}" for sign in SIGNS])
    assert not [pair for pair in combinations(persons, 2) if pair[0] == pair[1]]


@pytest.mark.parametrize("asked", [" 010190-900p", "010190-900P\n", "010190 -900P"])
def test_white_space_and_case_are_no_part_of_a_person(store: Identities, asked: str) -> None:
    [person] = store.persons(["010190-900P"])
    assert store.find(asked) == person
    assert store.persons([asked]) == [person]
