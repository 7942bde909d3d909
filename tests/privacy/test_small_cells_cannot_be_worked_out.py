"""Property (P8): from published tables with margins no figure about few persons can be worked out."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attack.attacker import Attacker
from attack.disclosure import SMALLEST, invented, small_cells
from virtaama.privacy.disclosure.audit import audit
from virtaama.privacy.disclosure.protect import Why, protect
from virtaama.privacy.disclosure.tables import Cell, Grouping, Key, Tables, families, tables


def table(counts: dict[str, int], total: int | None = None, *, kept: str = "") -> Tables:
    """One row of cells and their total. `kept` was hidden before."""
    parts = {(name,): count for name, count in counts.items()}
    whole: dict[Key, int] = {**parts, ("all",): sum(counts.values()) if total is None else total}
    cells = [
        Cell(key=key, value=count, need=5 if 0 < count < 5 or key == (kept,) else 0)
        for key, count in whole.items()
    ]
    related = families(whole, [Grouping(0, dict.fromkeys(counts, "all"))])
    return tables(cells, related, {("all",): 5})


def hidden(found: Tables) -> dict[str, Why]:
    protection = protect(found)
    assert protection.holds
    return {key[0]: why for key, why in protection.hidden.items()}


def test_attack_works_out_most_of_what_is_hidden_alone() -> None:
    found = small_cells(8, seed=3, audited=False)
    assert found.worked_out > 0.7 * found.small > 50


@pytest.mark.parametrize("base", [1, 5])
def test_attack_finds_no_small_cell_once_tables_are_audited(base: int) -> None:
    found = small_cells(8, seed=3, base=base)
    assert found.small > 50
    assert (found.worked_out, found.narrow) == (0, 0)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_no_table_leaves_a_small_cell_less_room_than_its_threshold(seed: int) -> None:
    random = Random(seed)
    found = invented(random)
    hidden = found.protected()
    attacker = found.attacked(hidden)
    for key in random.sample(found.small, min(4, len(found.small))):
        low, high = attacker.interval(key)
        assert high - low >= SMALLEST - 1e-6


def test_small_cell_takes_the_next_smallest_with_it() -> None:
    assert hidden(table({"a": 100, "b": 3, "c": 40})) == {"b": Why.FEW, "c": Why.PROTECTS}


def test_two_small_cells_with_little_between_them_take_a_third() -> None:
    # Each is one at least: of 3 in all, neither could be more than 2.
    assert hidden(table({"a": 100, "b": 1, "c": 2})) == {"a": Why.PROTECTS, "b": Why.FEW, "c": Why.FEW}


def test_zero_is_shown_and_protects_nobody() -> None:
    assert hidden(table({"a": 100, "b": 3, "c": 0})) == {"a": Why.PROTECTS, "b": Why.FEW}


def test_total_is_hidden_where_nothing_else_is_left() -> None:
    assert hidden(table({"a": 3, "b": 0})) == {"a": Why.FEW, "all": Why.FEW}


def test_what_parts_leave_over_is_a_group_to_be_protected() -> None:
    # Two persons belong to no part: 62 less 60 would tell of them.
    protection = protect(table({"a": 40, "b": 20}, total=62))
    assert protection.holds
    assert {key[0] for key in protection.hidden} == {"b"}


def test_parts_that_overlap_bind_their_total_too() -> None:
    # Persons of two services, some of both: one of b alone is at least all less the others.
    found = table({"a": 30, "b": 4}, total=32)
    (interval,) = audit(found, {("b",)})
    assert (interval.low, interval.high) == (2, 32)
    assert interval.is_wide_enough


def test_cell_that_no_sum_binds_may_be_anything() -> None:
    (interval,) = audit(table({"a": 3, "b": 2}), {("a",), ("b",), ("all",)})[:1]
    assert interval.high == float("inf")


def test_audit_and_attack_agree() -> None:
    found = invented(Random(5))
    hidden = found.protected()
    attacker = found.attacked(hidden)
    needed = [
        Cell(key=key, value=count, need=SMALLEST if 0 < count < SMALLEST else 0)
        for key, count in found.counts.items()
    ]
    intervals = audit(tables(needed, families(found.counts, found.groupings), {}), hidden)
    assert len(intervals) == len(found.small) > 10
    for interval in intervals:
        assert (interval.low, interval.high) == pytest.approx(attacker.interval(interval.key))


def test_attacker_who_is_told_what_cannot_be_is_stopped() -> None:
    attacker = Attacker()
    attacker.sums("all", ["a"])
    attacker.knows("all", 5, 5)
    attacker.knows("a", 7)
    with pytest.raises(ArithmeticError):
        attacker.interval("a")


# What earlier releases have shown or hidden -----------------------------------------------------------


def test_what_was_hidden_before_stays_hidden_though_it_has_grown() -> None:
    protection = protect(table({"a": 100, "b": 30, "c": 40}, kept="b"), hidden_before={("b",)})
    assert protection.hidden == {("b",): Why.BEFORE, ("c",): Why.PROTECTS}


def test_what_was_shown_before_protects_no_longer() -> None:
    # b would be hidden with a, but everybody has it from before: c goes in its place.
    protection = protect(table({"a": 3, "b": 30, "c": 40}), shown_before={("b",), ("all",)})
    assert protection.holds
    assert set(protection.hidden) == {("a",), ("c",)}


def test_protection_does_not_hold_where_all_else_was_shown_before() -> None:
    protection = protect(table({"a": 3, "b": 30}), shown_before={("b",), ("all",)})
    assert not protection.holds
    assert [interval.key for interval in protection.too_narrow] == [("a",)]


def test_cell_that_was_shown_and_has_become_small_is_hidden_with_others() -> None:
    protection = protect(table({"a": 3, "b": 30, "c": 40}), shown_before={("a",)})
    assert protection.holds
    assert set(protection.hidden) == {("a",), ("b",)}
