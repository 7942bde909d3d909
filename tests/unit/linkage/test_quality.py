"""How well the county's linkage decides, held to a floor; docs/explanation/linking.md has the whole measurement."""

from __future__ import annotations

from benchmarks.linking import county_linkage, invented, pairs_of, quality
from virtaama.linkage.judge import judge


def test_of_a_small_county_nobody_is_linked_wrongly_and_nine_in_ten_are_found() -> None:
    linkage = county_linkage()
    case = invented(residents=6_000, records=1_500, seed=1)
    judged = judge(pairs_of(case, linkage), linkage)
    everybody = quality(judged, case, case.groups["all"])
    assert everybody.false == 0
    assert everybody.recall is not None
    assert everybody.recall > 0.9
    assert everybody.recall_with_people is not None
    assert everybody.recall_with_people > 0.98
    assert everybody.to_people < everybody.records / 10
    for name in ("children, 0-17", "names of other languages"):
        found = quality(judged, case, case.groups[name])
        assert found.recall is not None
        assert found.recall > 0.85, name
