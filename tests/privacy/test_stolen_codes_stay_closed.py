"""Property: who steals the tables learns no identity code, though there are few enough codes to try them all."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import numpy as np
import pytest

from attack.codes import WORTH_TRYING, Attacker, opened_by, plain_hub
from virtaama.privacy.pseudonyms import is_identity_code, pseudonym
from virtaama.synthetic.identity import identity_codes
from virtaama.vault.keys import key_of

KEY = bytes(range(1, 33))


@pytest.fixture(scope="module")
def attacker() -> Attacker:
    """With the list of all invented codes of five years around the turn of the century."""
    return Attacker.between(date(1998, 1, 1), date(2002, 12, 31))


@pytest.fixture(scope="module")
def codes() -> list[str]:
    days = np.random.default_rng(1).integers(10_300, 11_900, 500)  # since 1970: between 1998 and 2002
    found: list[str] = identity_codes(days, days % 2).to_pylist()
    return found


def keyed(codes: list[str]) -> list[UUID]:
    return [key_of(pseudonym(code, KEY)) for code in codes]


def test_codes_of_the_list_are_codes(attacker: Attacker, codes: list[str]) -> None:
    listed = {code for (code,) in attacker.connection.execute("SELECT code FROM list").fetchall()}
    assert len(listed) == attacker.codes == 1_826 * 100 * 6  # days, numbers, signs
    assert set(codes) <= listed
    assert all(map(is_identity_code, list(listed)[::5_000]))


def test_a_hub_of_plain_hashes_is_open(attacker: Attacker, codes: list[str]) -> None:
    assert attacker.inverts(plain_hub(codes)) == len(set(codes))


def test_a_hub_of_keyed_pseudonyms_is_closed(attacker: Attacker, codes: list[str]) -> None:
    assert attacker.inverts(keyed(codes)) == 0
    assert opened_by(keyed(codes), codes, WORTH_TRYING) == 0


def test_the_key_would_open_it(codes: list[str]) -> None:
    assert opened_by(keyed(codes), codes, [KEY]) == len(set(codes))
