"""Property: who steals the tables learns no identity code, though there are few enough codes to try them all."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from attack.codes import (
    WORTH_TRYING,
    Attacker,
    guessed,
    plain_hub,
    shown_by_keys,
    shown_by_rows,
    shown_by_store,
)
from tests.unit.loading.deliveries import Landing, feed, fields
from virtaama.identities.store import Identities
from virtaama.keyring import Keyring
from virtaama.privacy.pseudonyms import is_identity_code
from virtaama.synthetic.identity import identity_codes
from virtaama.vault.keys import key_of


@pytest.fixture(scope="module")
def attacker() -> Attacker:
    """With the list of all invented codes of five years around the turn of the century."""
    return Attacker.between(date(1998, 1, 1), date(2002, 12, 31))


@pytest.fixture(scope="module")
def codes() -> list[str]:
    days = np.random.default_rng(1).integers(10_300, 11_900, 500)  # since 1970: between 1998 and 2002
    found: list[str] = identity_codes(days, days % 2).to_pylist()
    return found


@pytest.fixture(scope="module")
def identities(tmp_path_factory: pytest.TempPathFactory) -> Identities:
    folder = tmp_path_factory.mktemp("stolen")
    return Identities(folder / "identities", Keyring.create(folder / "keys"), lambda: datetime(2026, 11, 26))


@pytest.fixture(scope="module")
def hub(identities: Identities, codes: list[str]) -> list[UUID]:
    """The hub of residents as a load makes it."""
    return [key_of(person) for person in identities.persons(codes)]


def test_codes_of_the_list_are_codes(attacker: Attacker, codes: list[str]) -> None:
    listed = {code for (code,) in attacker.connection.execute("SELECT code FROM list").fetchall()}
    assert len(listed) == attacker.codes == 1_826 * 100 * 6  # days, numbers, signs
    assert set(codes) <= listed
    assert all(map(is_identity_code, list(listed)[::5_000]))


def test_a_hub_of_plain_hashes_is_open(attacker: Attacker, codes: list[str]) -> None:
    assert attacker.inverts(plain_hub(codes)) == len(set(codes))


def test_a_hub_of_surrogates_is_closed(attacker: Attacker, hub: list[UUID]) -> None:
    assert attacker.inverts(hub) == 0


def test_who_has_the_store_too_learns_nobody_without_the_keys(
    hub: list[UUID], codes: list[str], identities: Identities
) -> None:
    store = identities.store.path
    assert [shown_by_store(hub, codes, store, guessed(key)) for key in WORTH_TRYING if key] == [0] * 4
    assert shown_by_rows(hub, store) == 0


def test_who_has_the_keys_learns_nobody_without_the_store(
    hub: list[UUID], codes: list[str], identities: Identities
) -> None:
    assert shown_by_keys(hub, codes, identities.keyring) == 0


def test_store_and_keys_together_would_open_it(
    hub: list[UUID], codes: list[str], identities: Identities
) -> None:
    assert shown_by_store(hub, codes, identities.store.path, identities.keyring) == len(codes)


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512", "blake2b"])
def test_no_hash_without_a_key_is_in_the_store(
    algorithm: str, codes: list[str], identities: Identities
) -> None:
    held = identities.store.path.read_bytes()
    hashes = (hashlib.new(algorithm, code.encode()).digest()[:16] for code in codes)
    assert not any(each in held for each in hashes)


def test_a_delivery_of_one_row_is_told_by_no_mark_of_its_bytes(tmp_path: Path, codes: list[str]) -> None:
    """All but the code is in the lake: who tries all codes knows the bytes when they see their plain hash."""
    visits = feed(*fields(CODE="identity", UNIT="text"))
    landing = Landing(tmp_path, (visits,))
    landing.deliver(f"CODE;UNIT\n{codes[7]};U1\n")
    [batch] = landing.land().landed
    [row] = landing.rows()
    tried = {f"CODE;UNIT\n{code};{row['UNIT']}\n".encode() for code in codes}
    plain = {hashlib.sha256(delivered).hexdigest() for delivered in tried}
    assert hashlib.sha256((tmp_path / "deliveries" / batch.file).read_bytes()).hexdigest() in plain
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and "deliveries" not in path.parts]
    assert not [path for path in kept if path.stem in plain]
    held = b"".join(path.read_bytes() for path in kept)
    assert not [digest for digest in plain if digest.encode() in held or bytes.fromhex(digest) in held]
