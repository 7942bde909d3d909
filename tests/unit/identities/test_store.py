"""The identity store gives each person one surrogate, on disk before anybody hears of it, and keeps all else closed."""

from __future__ import annotations

import multiprocessing
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from time import process_time

import pytest

from virtaama.identities.checking import damage
from virtaama.identities.store import Identities, is_person
from virtaama.identities.tables import FILE
from virtaama.keyring import Keyring
from virtaama.problems import Busy, Damaged, NotReady, ProblemsFound
from virtaama.vault.keys import key_of

NOW = datetime(2026, 11, 26, 15)
CODE, OTHER = "010190-900P", "020290-922V"


def opened(folder: Path) -> Identities:
    return Identities(folder / "identities", Keyring.create(folder / "keys"), lambda: NOW)


@pytest.fixture
def store(tmp_path: Path) -> Identities:
    return opened(tmp_path)


def test_a_person_has_one_random_surrogate_whatever_way_the_code_is_written(store: Identities) -> None:
    one, same, other = store.persons([CODE, f" {CODE.lower()}\n", OTHER])
    assert one == same != other
    assert store.persons([OTHER, CODE]) == [other, one]
    assert is_person(one)
    assert store.count() == 2


def test_another_store_under_the_same_keys_gives_another_surrogate(tmp_path: Path) -> None:
    keyring = Keyring.create(tmp_path / "keys")
    one, other = (Identities(tmp_path / name, keyring, lambda: NOW) for name in ("one", "other"))
    assert one.persons([CODE]) != other.persons([CODE])


def test_looking_for_somebody_makes_nobody(store: Identities) -> None:
    assert store.find(CODE) is None
    assert store.count() == 0
    assert store.persons([CODE]) == [store.find(CODE)]


def test_a_number_of_a_system_is_somebody_of_its_own(store: Identities) -> None:
    [client], [same_number_elsewhere] = (
        store.subjects("old.asiakasnro", ["7"]),
        store.subjects("new.nro", ["7"]),
    )
    assert client != same_number_elsewhere
    assert store.find_subject("old.asiakasnro", "7") == client
    assert store.find_subject("old.asiakasnro", "8") is None
    assert store.known_as(client) == (("old.asiakasnro", "7"),)


def test_what_was_made_is_there_after_the_next_opening(tmp_path: Path) -> None:
    first = opened(tmp_path)
    persons = first.persons([CODE, OTHER])
    first.close()
    assert opened(tmp_path).persons([CODE, OTHER]) == persons


def test_nothing_in_the_file_tells_a_code_a_surrogate_or_a_hash_of_one(tmp_path: Path) -> None:
    store = opened(tmp_path)
    [person] = store.persons([CODE])
    closed = store.encipher(person, "NAME", ["Virtanen"])[0]
    kept = b"".join(path.read_bytes() for path in (tmp_path / "identities").iterdir())
    for text in (CODE, person.removeprefix("p-"), closed):
        assert text.encode() not in kept
    assert bytes.fromhex(person.removeprefix("p-")) not in kept
    assert key_of(person).bytes not in kept


def test_the_store_is_its_owners_alone_and_refused_otherwise(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.persons([CODE])
    store.close()
    path = tmp_path / "identities" / FILE
    assert (path.parent.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)
    path.chmod(0o640)
    with pytest.raises(ProblemsFound, match="chmod 600"):
        opened(tmp_path)


def test_the_file_is_synced_and_what_is_deleted_is_overwritten(store: Identities) -> None:
    def pragma(name: str) -> object:
        return store.store.connection.execute(f"PRAGMA {name}").fetchone()[0]

    assert (pragma("synchronous"), pragma("journal_mode"), pragma("secure_delete")) == (2, "delete", 1)


# One person, one key ------------------------------------------------------------------------------------


def test_names_are_enciphered_alike_for_one_person_and_field_alone(store: Identities) -> None:
    one, other = store.persons([CODE, OTHER])
    [closed, again] = store.encipher(one, "NAME", ["Mäkelä", "Mäkelä"])
    assert closed == again == store.encipher(one, "NAME", ["Mäkelä"])[0]
    assert store.decipher(one, "NAME", closed) == "Mäkelä"
    assert closed not in (
        store.encipher(other, "NAME", ["Mäkelä"])[0],
        store.encipher(one, "ROAD", ["Mäkelä"])[0],
    )
    for person, field, text in (
        (other, "NAME", closed),
        (one, "ROAD", closed),
        (one, "NAME", closed[:-4] + "AAA="),
    ):
        with pytest.raises(Damaged):
            store.decipher(person, field, text)


def test_after_forgetting_nothing_opens_and_only_the_log_key_is_found_by_the_code(tmp_path: Path) -> None:
    store = opened(tmp_path)
    one, other = store.persons([CODE, OTHER])
    closed = store.encipher(one, "NAME", ["Mäkelä"])[0]
    assert store.forget(one)
    assert not store.forget(one)
    assert store.find(CODE) is None
    assert store.known_as(one) == ()
    with pytest.raises(KeyError):
        store.decipher(one, "NAME", closed)
    assert store.forgotten(CODE) == (key_of(one).bytes,)
    assert store.forgotten(OTHER) == ()
    assert store.find(OTHER) == other
    assert damage(store.store) == ()
    kept = (tmp_path / "identities" / FILE).read_bytes()
    assert key_of(one).bytes not in kept
    assert key_of(one).hex.encode() not in kept


def test_whoever_comes_back_is_another_and_the_log_knows_both(store: Identities) -> None:
    [before] = store.persons([CODE])
    store.forget(before)
    [after] = store.persons([CODE])
    assert after != before
    store.forget(after)
    assert store.forgotten(CODE) == (key_of(after).bytes, key_of(before).bytes)
    assert store.drop_forgotten(date(2026, 11, 26)) == 0
    assert store.drop_forgotten(date(2026, 11, 27)) == 2
    assert store.forgotten(CODE) == ()


def test_what_a_client_number_was_is_forgotten_without_a_trace(store: Identities) -> None:
    [client] = store.subjects("old.asiakasnro", ["7"])
    assert store.forget(client)
    assert store.find_subject("old.asiakasnro", "7") is None
    assert store.extent().forgotten == 0


# Keys, damage and others ---------------------------------------------------------------------------------


def test_other_keys_and_missing_keys_are_refused_before_anybody_becomes_another(tmp_path: Path) -> None:
    opened(tmp_path).persons([CODE])
    others = Keyring.create(tmp_path / "others")
    with pytest.raises(NotReady, match=r"is not the key .* was written with"):
        Identities(tmp_path / "identities", others, lambda: NOW)
    later = others.with_next("identity")
    (tmp_path / "others" / "identity-1.key").unlink()
    with pytest.raises(NotReady, match=r"identity-1\.key is missing"):
        Identities(tmp_path / "identities", Keyring.open(later.folder), lambda: NOW)


def test_a_file_that_is_no_store_is_said_to_be_damaged(tmp_path: Path) -> None:
    opened(tmp_path).close()
    (tmp_path / "identities" / FILE).write_bytes(b"no database at all, but long enough to look like one" * 20)
    with pytest.raises(Damaged, match="the identity store cannot be read"):
        opened(tmp_path)


def test_a_store_of_a_newer_form_is_refused(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.store.connection.execute("PRAGMA user_version = 2")
    store.close()
    with pytest.raises(NotReady, match="newer version"):
        opened(tmp_path)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE person SET closed = zeroblob(76) WHERE number = 1", "1 rows: cannot be opened"),
        ("UPDATE alias SET person = 2 WHERE person = 1", "1 rows: leads to another person"),
        ("UPDATE alias SET alias = zeroblob(32) WHERE person = 1", "1 rows: cannot be opened"),
        ("DELETE FROM alias WHERE person = 1", "1 rows: is known by nothing"),
        ("DELETE FROM person WHERE number = 1", "1 rows: names nobody: its person is gone"),
    ],
)
def test_a_changed_row_is_found(store: Identities, statement: str, said: str) -> None:
    store.persons([CODE, OTHER])
    assert damage(store.store) == ()
    store.store.connection.execute("PRAGMA foreign_keys = OFF")
    store.store.connection.execute(statement)
    assert said in damage(store.store)


def test_boxes_cannot_be_swapped_between_rows(store: Identities) -> None:
    """Who can write to the file cannot make one person's code lead to another's surrogate."""
    store.persons([CODE, OTHER])
    [(closed,)] = store.store.connection.execute("SELECT closed FROM alias WHERE person = 1").fetchall()
    store.store.connection.execute("UPDATE alias SET closed = ? WHERE person = 2", (closed,))
    with pytest.raises(Damaged):
        [store.find(CODE), store.find(OTHER)]


def test_a_full_disk_makes_nobody_and_the_next_try_does(store: Identities) -> None:
    [(pages,)] = store.store.connection.execute("PRAGMA page_count").fetchall()
    store.store.connection.execute(f"PRAGMA max_page_count = {pages}")
    many = [f"{number}" for number in range(2_000)]
    with pytest.raises(sqlite3.OperationalError, match="full"):
        store.subjects("n", many)
    assert store.count() == 0
    store.store.connection.execute("PRAGMA max_page_count = 1000000")
    assert len(set(store.subjects("n", many))) == 2_000


def test_a_store_another_holds_is_said_to_be_busy(store: Identities, tmp_path: Path) -> None:
    store.store.connection.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(tmp_path / "identities" / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy, match="another process"):
        store.persons([CODE])
    other.rollback()
    store.persons([CODE])


def _make(folder: str, first: int, begin: Callable[[], object], told: multiprocessing.Queue) -> None:  # type: ignore[type-arg]
    identities = opened(Path(folder))
    begin()
    wanted = [f"{number}" for number in range(first, first + 600)]
    told.put(dict(zip(wanted, identities.subjects("n", wanted), strict=True)))


def test_two_processes_at_once_give_nobody_two_surrogates(tmp_path: Path) -> None:
    Keyring.create(tmp_path / "keys")
    context = multiprocessing.get_context("fork")
    barrier, told = context.Barrier(3), context.Queue()
    processes = [
        context.Process(target=_make, args=(str(tmp_path), first, barrier.wait, told))
        for first in (0, 200, 400)
    ]
    for process in processes:
        process.start()
    answers = [told.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    together: dict[str, set[str]] = {}
    for answer in answers:
        for name, person in answer.items():
            together.setdefault(name, set()).add(person)
    assert len(together) == 1_000
    assert {len(persons) for persons in together.values()} == {1}
    store = opened(tmp_path)
    assert store.count() == 1_000
    assert damage(store.store) == ()


def test_a_process_killed_while_it_makes_persons_leaves_each_whole_or_not_there(tmp_path: Path) -> None:
    opened(tmp_path).close()
    program = """if True:
        import sys
        from pathlib import Path
        from tests.unit.identities.test_store import opened
        store = opened(Path(sys.argv[1]))
        for number in range(10**6):
            print(number, *store.subjects("n", [f"{number}.{n}" for n in range(50)]), flush=True)
    """
    told: dict[str, str] = {}
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            for _ in range(4):
                number, *persons = child.stdout.readline().split()
                told.update({f"{number}.{n}": person for n, person in enumerate(persons)})
            child.kill()
    store = opened(tmp_path)
    assert damage(store.store) == ()
    assert store.subjects("n", list(told)) == list(told.values())


def test_looking_up_costs_what_the_batch_costs_not_what_the_store_holds(store: Identities) -> None:
    many = [f"{number}" for number in range(40_000)]
    begun = process_time()
    made = store.subjects("n", many)
    making = process_time() - begun
    begun = process_time()
    assert store.subjects("n", many[:400]) == made[:400]
    assert process_time() - begun < making / 5
