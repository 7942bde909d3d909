"""Clients of the old register without an identity code, and who they are in truth."""

from __future__ import annotations

import sqlite3
from datetime import date

import numpy as np
import pytest

from virtaama.synthetic import CountySize, Manifest
from virtaama.synthetic.county import settle
from virtaama.synthetic.mistyped import Habits, Written, written_down
from virtaama.synthetic.old_system import old_system, who_they_are

SIZE = CountySize(residents=4_000, months=2)
NEVER = Habits(
    first_name_only=0,
    wrong_key=0,
    without_dots=0,
    otherwise=0,
    former_name=0,
    day_and_month=0,
    wrong_digit=0,
    no_date=0,
)
PERSON = Written(surname="Mäkelä", given_names="Yulia Maria", born="19620514")


def clients() -> list[tuple[str, str | None, str | None]]:
    """Number, identity code, and the number it is said to be the same as."""
    deliveries = old_system(settle(SIZE, Manifest()))
    [file] = next(iter(deliveries))
    with sqlite3.connect(":memory:") as database:
        database.deserialize(file.data)
        return database.execute(
            "SELECT CAST(asiakasnro AS TEXT), hetu, CAST(sama_kuin AS TEXT) FROM asiakas"
        ).fetchall()


def test_a_small_share_has_no_code_and_truth_knows_all_of_them() -> None:
    found, truth = clients(), who_they_are(settle(SIZE, Manifest()))
    assert {number for number, code, _ in found if code is None} == truth.keys()
    assert 0.05 < len(truth) / len(found) < 0.25
    assert None in truth.values()  # somebody no register knows
    codes = {code: number for number, code, _ in found if code}
    for number, _, same_as in found:
        if same_as:
            assert codes[truth[number]] == same_as


def test_nobody_is_mistyped_by_who_types_well() -> None:
    rng = np.random.default_rng(1)
    assert all(written_down(rng, PERSON, "Salo", NEVER) == PERSON for _ in range(50))


@pytest.mark.parametrize(
    ("habit", "wanted"),
    [
        ({"first_name_only": 1}, {("Mäkelä", "Yulia", "19620514")}),
        ({"without_dots": 1}, {("Makela", "Yulia Maria", "19620514")}),
        ({"otherwise": 1}, {("Mäkelä", "Julija Maria", "19620514")}),
        ({"former_name": 1}, {("Salo", "Yulia Maria", "19620514")}),
        ({"no_date": 1}, {("Mäkelä", "Yulia Maria", None)}),
    ],
)
def test_each_habit_is_what_it_says(
    habit: dict[str, float], wanted: set[tuple[str, str, str | None]]
) -> None:
    rng, habits = np.random.default_rng(1), Habits(**{**dict.fromkeys(Habits.__slots__, 0.0), **habit})
    found = {written_down(rng, PERSON, "Salo", habits) for _ in range(20)}
    assert {(w.surname, w.given_names, w.born) for w in found} == wanted


def test_days_stay_days() -> None:
    rng, habits = np.random.default_rng(1), Habits(day_and_month=0.5, wrong_digit=1)
    for day in ("19620514", "19990131", "20000229", "19700101"):
        for _ in range(40):
            born = written_down(rng, Written(surname="A", given_names="B", born=day), "C", habits).born
            assert born
            date.fromisoformat(born)
