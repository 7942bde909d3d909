"""Property: who holds two extracts that were made for different uses cannot tell who is the same in both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from random import Random
from uuid import UUID

import pyarrow as pa
import pytest

from tests.spec.features import column, feature_table, hospital, table_text
from virtaama.access.persons import person_key
from virtaama.access.rows import in_domain
from virtaama.identities.store import Identities
from virtaama.keyring import Keyring
from virtaama.metrics.feature_tables import FeatureTable
from virtaama.model.model import Model
from virtaama.privacy.domains import Domain

DAYS = (date(2026, 1, 31), date(2026, 2, 28))
PEOPLE = 300


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Identities:
    folder = tmp_path_factory.mktemp("domains")
    return Identities(folder / "identities", Keyring.create(folder / "keys"), lambda: datetime(2026, 11, 26))


@pytest.fixture(scope="module")
def persons(store: Identities) -> list[str]:
    return store.subjects("n", [f"{number}" for number in range(PEOPLE)])


@pytest.fixture(scope="module")
def model() -> Model:
    return hospital()[0]


@pytest.fixture(scope="module")
def table() -> FeatureTable:
    model, catalogue = hospital()
    return feature_table(
        table_text(
            column("who", value="person") + column("n", fact="visit", aggregate="count", last="1 month")
        ),
        model,
        catalogue,
    )


@pytest.fixture(scope="module")
def built(persons: list[str]) -> pa.Table:
    """The rows as the warehouse gives them: in the order of its keys."""
    ordered = sorted(persons, key=person_key)
    return pa.table(
        {
            "resident_key": [UUID(bytes=person_key(person)).hex for _ in DAYS for person in ordered],
            "snapshot_day": [day for day in DAYS for _ in ordered],
            "who": [person for _ in DAYS for person in ordered],
            "n": [Random(person).randrange(3) for _ in DAYS for person in ordered],
        }
    )


def test_a_person_is_the_same_throughout_one_domain_and_nobody_in_another(
    built: pa.Table, table: FeatureTable, model: Model, store: Identities
) -> None:
    one, again, other = (
        in_domain(table, model, built, store.domain(name)) for name in ("one", "one", "other")
    )
    assert one == again
    assert len(set(one["resident_key"].to_pylist())) == PEOPLE
    assert one["resident_key"] == one["who"]  # key and surrogate are of one person: joined within the domain
    for first in ("resident_key", "who"):
        for second in ("resident_key", "who"):
            assert not set(one[first].to_pylist()) & set(other[second].to_pylist())


def test_the_order_of_rows_tells_nobody_apart(
    built: pa.Table, table: FeatureTable, model: Model, store: Identities, persons: list[str]
) -> None:
    who = {name: {store.pseudonym(person, name): person for person in persons} for name in ("one", "other")}
    one, other = (
        [
            who[name][called]
            for called in in_domain(table, model, built, store.domain(name))["who"].to_pylist()
        ]
        for name in ("one", "other")
    )
    assert sorted(one) == sorted(other)
    # By chance one of each day stands at the same place in both.
    assert sum(first == second for first, second in zip(one, other, strict=True)) < 12


def test_no_key_of_the_warehouse_and_no_surrogate_leaves(
    built: pa.Table, table: FeatureTable, model: Model, store: Identities, persons: list[str]
) -> None:
    shown = str(in_domain(table, model, built, store.domain("one")).to_pydict())
    assert not [person for person in persons if person in shown or person_key(person).hex() in shown]


def test_a_surrogate_is_replaced_whatever_way_it_came(
    built: pa.Table, table: FeatureTable, model: Model, store: Identities, persons: list[str]
) -> None:
    """A column that says nothing of being an identity: reached over a relationship, or made by a rule."""
    state = replace(table.states[0], value="coalesce(nobody, person)")
    loose = replace(table, columns=(state, *table.columns[1:]))
    shown = in_domain(loose, model, built, store.domain("one"))
    assert set(shown["who"].to_pylist()) == {store.pseudonym(person, "one") for person in persons}


def test_a_table_is_a_domain_of_its_own_where_none_is_named(table: FeatureTable) -> None:
    assert table.in_domain == table.name
    assert replace(table, domain="study").in_domain == "study"


def test_a_next_key_gives_others_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    before = Identities(tmp_path / "identities", Keyring.create(folder), lambda: datetime(2026, 11, 26))
    [person] = before.persons(["010190-900P"])
    called = before.pseudonym(person, "study")
    Keyring.open(folder).with_next("domain")
    after = Identities(tmp_path / "identities", Keyring.open(folder), lambda: datetime(2026, 11, 26))
    assert after.pseudonym(person, "study") != called
    assert (called.partition("-")[0], after.pseudonym(person, "study").partition("-")[0]) == ("1", "2")
    assert after.find("010190-900P") == person


def test_without_the_key_a_pseudonym_is_no_function_of_anything_stolen(persons: list[str]) -> None:
    key = person_key(persons[0])
    called = {Domain.under(bytes([n]) * 32, 1, "one").pseudonym(key) for n in range(100)}
    assert len(called) == 100
