"""What becomes of weighed pairs."""

from __future__ import annotations

from dataclasses import replace

from tests.linked_model import linkage
from virtaama.linkage.judge import Judged, Pair, judge

LINKAGE = replace(linkage(), link=10.0, review=0.0, ahead=4.0)


def pair(of: str, to: str, weight: float, rule: str = "") -> Pair:
    return Pair(of=of, to=to, weight=weight, why={}, rule=rule)


def told(judged: Judged) -> tuple[list[str], list[str]]:
    return [f"{p.of}{p.to}" for p in judged.link], [f"{p.of}{p.to}" for p in judged.review]


def test_pairs_are_linked_put_before_people_or_nothing_by_their_weight() -> None:
    pairs = [pair("a", "x", 10.0), pair("b", "x", 9.99), pair("c", "y", 0.0), pair("d", "y", -0.01)]
    assert told(judge(pairs, LINKAGE)) == (["ax"], ["bx", "cy"])


def test_the_best_must_be_well_ahead_of_the_next() -> None:
    assert told(judge([pair("a", "x", 14.0), pair("a", "y", 10.0)], LINKAGE)) == (["ax"], [])
    assert told(judge([pair("a", "x", 14.0), pair("a", "y", 10.1)], LINKAGE)) == ([], ["ax", "ay"])


def test_a_rule_links_what_it_names_alone_whatever_others_weigh() -> None:
    pairs = [pair("a", "x", 2.0, "same_client"), pair("a", "y", 20.0)]
    assert told(judge(pairs, LINKAGE)) == (["ax"], [])


def test_the_first_rule_that_names_anybody_counts() -> None:
    pairs = [pair("a", "x", 20.0, "same_person"), pair("a", "y", 5.0, "same_client")]
    assert told(judge(pairs, LINKAGE)) == (["ay"], [])


def test_a_rule_that_names_several_is_for_people() -> None:
    pairs = [pair("a", "x", 20.0, "same_person"), pair("a", "y", 20.0, "same_person")]
    assert told(judge(pairs, LINKAGE)) == ([], ["ax", "ay"])


def test_a_rule_everything_else_speaks_against_is_for_people() -> None:
    assert told(judge([pair("a", "x", -12.0, "same_client")], LINKAGE)) == ([], ["ax"])


def test_who_people_have_spoken_of_is_never_linked_without_them() -> None:
    assert told(judge([pair("a", "x", 30.0, "same_person")], LINKAGE, {"a"})) == ([], ["ax"])


def test_the_order_of_pairs_decides_nothing() -> None:
    pairs = [pair("b", "y", 12.0), pair("a", "y", 5.0), pair("a", "x", 5.0), pair("b", "x", 1.0)]
    assert judge(pairs, LINKAGE) == judge(pairs[::-1], LINKAGE)
