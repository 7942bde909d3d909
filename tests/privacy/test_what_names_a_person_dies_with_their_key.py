"""Property: names are closed under a key of the person they name; where it is destroyed, no other opens them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.unit.loading.deliveries import NOW, Landing, feed, fields
from torture.clinic import identity
from virtaama.identities.rotation import rotate
from virtaama.identities.store import Identities
from virtaama.keyring import Keyring
from virtaama.problems import Damaged, NotReady

CODES = [identity(number) for number in range(30)]
FIELDS = fields(
    CODE={"type": "identity", "required": True},
    NAME={"type": "text", "direct": True},
    ROAD={"type": "text", "direct": True},
)


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    """Two deliveries about the same persons, who are all called alike and live in one house."""
    made = Landing(tmp_path, (feed(*FIELDS),))
    for month, codes in (("09", CODES), ("10", CODES[::-1])):
        made.deliver(
            "CODE;NAME;ROAD\n" + "".join(f"{code};Aho;Koskitie 1\n" for code in codes),
            f"register/2026-{month}/rows.csv",
        )
        made.land()
    return made


def opened_by_any(identities: Identities, row: dict[str, Any]) -> list[str]:
    """What all keys that are left make of a row's name."""
    found = []
    keys = identities.data_keys(filter(None, map(identities.find, CODES)))
    for person in filter(None, map(identities.find, CODES)):
        try:
            found.append(keys.decipher(person, "NAME", row["NAME"]))
        except Damaged:
            continue
    return found


def test_the_same_name_is_another_text_for_each_person_and_one_text_for_one(landing: Landing) -> None:
    rows = landing.rows()
    assert len(rows) == 2 * len(CODES)
    assert len({row["NAME"] for row in rows}) == len(CODES)
    assert len({(row["CODE"], row["NAME"], row["ROAD"]) for row in rows}) == len(CODES)
    assert opened_by_any(landing.identities, rows[0]) == ["Aho"]


def test_who_is_forgotten_is_opened_by_no_key_there_is_and_others_still_are(landing: Landing) -> None:
    rows = landing.rows()
    gone = rows[0]["CODE"]
    landing.identities.forget(gone)
    for row in rows:
        assert opened_by_any(landing.identities, row) == ([] if row["CODE"] == gone else ["Aho"])
    rotate(landing.identities.store)
    for row in rows:
        assert opened_by_any(landing.identities, row) == ([] if row["CODE"] == gone else ["Aho"])


def test_who_comes_again_does_not_open_what_was_theirs(landing: Landing) -> None:
    rows = landing.rows()
    landing.identities.forget(rows[0]["CODE"])
    [again] = landing.identities.persons(CODES[:1])
    assert again != rows[0]["CODE"]
    assert opened_by_any(landing.identities, rows[0]) == []


def test_when_the_old_wrapping_key_is_destroyed_a_copy_of_the_store_opens_nobody(
    landing: Landing, tmp_path: Path
) -> None:
    """What a disk or a lost backup still holds of the store as it was before somebody was erased."""
    copy = tmp_path / "copy" / "identities.sqlite"
    copy.parent.mkdir(mode=0o700)
    landing.identities.copy_to(copy)
    copy.chmod(0o600)
    landing.identities.forget(landing.rows()[0]["CODE"])
    rotate(landing.identities.store)
    for name in ("identity-1", "wrapping-1"):
        (tmp_path / "keys" / f"{name}.key").unlink()
    assert landing.identities.find(CODES[1])
    with pytest.raises(NotReady, match="is missing"):
        Identities(copy.parent, Keyring.open(tmp_path / "keys"), lambda: NOW)
    # Nor without our program: no box of the copy opens under a key that is left.
    left = landing.identities.store.closing
    boxes = _boxes(copy)
    assert len(boxes) == 2 * len(CODES)
    for mark, closed in boxes:
        with pytest.raises(Damaged):
            left.open(2, closed, mark)


def _boxes(path: Path) -> list[tuple[bytes, bytes]]:
    with closing(sqlite3.connect(path)) as connection:
        return [
            row
            for table, mark in (("person", "handle"), ("alias", "alias"))
            for row in connection.execute(f"SELECT {mark}, closed FROM {table}")
        ]
