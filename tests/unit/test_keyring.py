"""Keys are made once, read only when nobody else can read them, and close what they should."""

from pathlib import Path

import pytest

from virtaama.keyring import FORMAT_FILE, KEYS, NUMBERED, Keyring, key_files
from virtaama.problems import Damaged, NotReady, ProblemsFound


def test_keys_are_made_once_and_are_their_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = Keyring.create(folder)
    again = Keyring.create(folder)
    names = (*KEYS, *(f"{kind}-1" for kind in NUMBERED))
    assert [first.key(name) for name in names] == [again.key(name) for name in names]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {(folder / f"{name}.key").stat().st_mode & 0o777 for name in names} == {0o600}
    assert len({first.key(name) for name in names}) == len(names)


def test_a_missing_key_is_named_and_not_made_anew(tmp_path: Path) -> None:
    Keyring.create(tmp_path / "keys")
    (tmp_path / "keys" / "identity-1.key").unlink()
    (tmp_path / "keys" / "audit.key").unlink()
    with pytest.raises(NotReady, match=r"no key audit\.key, identity-1\.key"):
        Keyring.open(tmp_path / "keys")
    with pytest.raises(NotReady):
        Keyring.open(tmp_path / "nowhere")


def test_keys_others_can_read_are_refused_with_every_problem_named(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "keys"
    Keyring.create(folder)
    folder.chmod(0o755)
    (folder / "wrapping-1.key").chmod(0o640)
    (folder / "audit.key").write_bytes(b"short")
    with pytest.raises(ProblemsFound) as refused:
        Keyring.open(folder)
    assert len(refused.value.problems) == 3
    assert "chmod 600" in str(refused.value)


def test_keys_are_not_printed(tmp_path: Path) -> None:
    keyring = Keyring.create(tmp_path / "keys")
    assert str(keyring.key("identity-1")) not in repr(keyring)


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
    (tmp_path / "keys" / "FORMAT").write_text("3\n", encoding="ascii")
    with pytest.raises(NotReady, match="in form 3"):
        Keyring.open(tmp_path / "keys")


def test_the_leftover_of_a_crash_is_no_key(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    (folder / "identity-1.unfinished").write_bytes(b"cut sh")
    keys = Keyring.create(folder)
    assert len(keys.key("identity-1")) == 32
    assert {path.name for path in folder.iterdir()} == {
        FORMAT_FILE,
        *(path.name for path in key_files(folder)),
    }


def test_a_print_tells_keys_apart_and_nothing_of_them(tmp_path: Path) -> None:
    one, other = Keyring.create(tmp_path / "one"), Keyring.create(tmp_path / "other")
    assert one.prints() == Keyring.open(tmp_path / "one").prints()
    assert not set(one.prints().values()) & set(other.prints().values())
    assert all(mark not in one.key(name).hex() for name, mark in one.prints().items())


def test_keys_of_a_project_whose_pseudonyms_were_computed_are_refused_with_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    for name in ("identity", "direct", "quarantine", "audit", "portal"):
        (folder / f"{name}.key").write_bytes(bytes(32))
        (folder / f"{name}.key").chmod(0o600)
    for open_or_make in (Keyring.open, Keyring.create):
        with pytest.raises(NotReady, match="kept in form 1") as refused:
            open_or_make(folder)
    assert "virtaama new" in str(refused.value)
    assert sorted(path.stem for path in folder.iterdir()) == [
        "audit",
        "direct",
        "identity",
        "portal",
        "quarantine",
    ]


def test_a_next_key_is_added_and_the_former_stays(tmp_path: Path) -> None:
    first = Keyring.create(tmp_path / "keys")
    second = first.with_next("identity")
    assert (first.numbers("identity"), second.numbers("identity")) == ((1,), (1, 2))
    assert second.key("identity-1") == first.key("identity-1") != second.key("identity-2")
    assert second.derived("x") == first.derived("x")
    assert Keyring.create(tmp_path / "keys").prints() == second.prints()
