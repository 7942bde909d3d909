"""Keys are made once, read only when nobody else can read them, and close what they should."""

from pathlib import Path

import pytest

from virtaama.keyring import KEYS, Keyring
from virtaama.problems import Damaged, NotReady, ProblemsFound


def test_keys_are_made_once_and_are_their_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = Keyring.create(folder)
    again = Keyring.create(folder)
    assert [first.key(name) for name in KEYS] == [again.key(name) for name in KEYS]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {(folder / f"{name}.key").stat().st_mode & 0o777 for name in KEYS} == {0o600}
    assert len({first.key(name) for name in KEYS}) == len(KEYS)


def test_a_missing_key_is_named_and_not_made_anew(tmp_path: Path) -> None:
    Keyring.create(tmp_path / "keys")
    (tmp_path / "keys" / "identity.key").unlink()
    with pytest.raises(NotReady, match=r"identity\.key"):
        Keyring.open(tmp_path / "keys")
    with pytest.raises(NotReady):
        Keyring.open(tmp_path / "nowhere")


def test_keys_others_can_read_are_refused_with_every_problem_named(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "keys"
    Keyring.create(folder)
    folder.chmod(0o755)
    (folder / "direct.key").chmod(0o640)
    (folder / "audit.key").write_bytes(b"short")
    with pytest.raises(ProblemsFound) as refused:
        Keyring.open(folder)
    assert len(refused.value.problems) == 3
    assert "chmod 600" in str(refused.value)


def test_keys_are_not_printed(tmp_path: Path) -> None:
    keyring = Keyring.create(tmp_path / "keys")
    assert str(keyring.key("identity")) not in repr(keyring)


def test_the_same_name_in_the_same_field_is_enciphered_alike_and_opens_again(
    tmp_path: Path,
) -> None:
    keyring = Keyring.create(tmp_path / "keys")
    assert keyring.encipher_all("SUKUNIMI", ["Mäkelä", "Aho"]) == [
        keyring.encipher("SUKUNIMI", "Mäkelä"),
        keyring.encipher("SUKUNIMI", "Aho"),
    ]
    assert keyring.decipher("SUKUNIMI", keyring.encipher("SUKUNIMI", "Mäkelä")) == "Mäkelä"
    assert keyring.encipher("ETUNIMET", "Aho") != keyring.encipher("SUKUNIMI", "Aho")
    with pytest.raises(Damaged):
        keyring.decipher("ETUNIMET", keyring.encipher("SUKUNIMI", "Aho"))


def test_quarantined_bytes_open_only_with_their_feed_and_whole(tmp_path: Path) -> None:
    keyring = Keyring.create(tmp_path / "keys")
    sealed = keyring.seal(b"raw;bytes\xff", "register.residents")
    assert keyring.unseal(sealed, "register.residents") == b"raw;bytes\xff"
    assert sealed != keyring.seal(b"raw;bytes\xff", "register.residents")
    for wrong, context in (
        (sealed, "another.feed"),
        (sealed[:-1] + b"\0", "register.residents"),
    ):
        with pytest.raises(Damaged):
            keyring.unseal(wrong, context)


def test_keys_kept_in_a_newer_form_are_refused(tmp_path: Path) -> None:
    Keyring.create(tmp_path / "keys")
    (tmp_path / "keys" / "FORMAT").write_text("2\n", encoding="ascii")
    with pytest.raises(NotReady, match="in form 2"):
        Keyring.open(tmp_path / "keys")


def test_the_leftover_of_a_crash_is_no_key(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    (folder / "identity.unfinished").write_bytes(b"cut sh")
    keys = Keyring.create(folder)
    assert len(keys.key("identity")) == 32
    assert {path.suffix for path in folder.iterdir()} == {".key"}


def test_a_print_tells_keys_apart_and_nothing_of_them(tmp_path: Path) -> None:
    one, other = Keyring.create(tmp_path / "one"), Keyring.create(tmp_path / "other")
    assert one.prints() == Keyring.open(tmp_path / "one").prints()
    assert not set(one.prints().values()) & set(other.prints().values())
    assert all(mark not in one.key(name).hex() for name, mark in one.prints().items())
