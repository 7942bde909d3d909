"""What rules make is held against what is expected of it, as what is delivered is."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.expecting import expecting
from tests.expecting_county import CLIENTS, CONTACTS, County, visit
from virtaama.problems import ProblemsFound
from virtaama.quality.results import Result

FEW = "few: {range: visits, most: 2, severity: stop, owner: Reception}"


def delivered(folder: Path, rule: str) -> County:
    """Ann (p1) came twice, Bo (p2) once, to a unit nobody has recorded."""
    county = County(folder, of_derived=rule)
    county.month(1, visit(1, 1), visit(2, 1, unit=None))
    county.month(2, visit(1, 2))
    county.month(3)
    return county


def results(county: County) -> list[Result]:
    return list(county.warehouse.ledger.results("client"))


@pytest.mark.parametrize(
    ("rule", "failed", "of"),
    [
        pytest.param("{required: unit, owner: o}", 1, 2, id="a value is there"),
        pytest.param("{unique: [resident], owner: o}", 0, 2, id="unique"),
        pytest.param("{unique: [form], owner: o}", 0, 0, id="what is not known is no repetition"),
        pytest.param("{reference: unit, owner: o}", 0, 1, id="a reference is known"),
        pytest.param("{range: visits, most: 1, owner: o}", 1, 2, id="within its range"),
        pytest.param("{range: since, most: extracted, owner: o}", 0, 2, id="not after the newest delivery"),
        pytest.param("{pattern: first_visit, matches: '[0-9]-2', owner: o}", 1, 2, id="of its form"),
        pytest.param("{codes: form, owner: o}", 0, 0, id="of its code list"),
        pytest.param("{holds: visits > 1, owner: o}", 1, 2, id="a condition"),
        pytest.param("{holds: visits > 1, where: visits < 2, owner: o}", 1, 1, id="a condition of some"),
        pytest.param("{volume: {least: 3}, owner: o}", 2, 2, id="at least so many instances"),
        pytest.param("{volume: {least: 2, most: 2}, owner: o}", 0, 2, id="so many instances"),
    ],
)
def test_what_came_of_a_check_is_kept(tmp_path: Path, rule: str, failed: int, of: int) -> None:
    county = delivered(tmp_path, f"rule: {rule}")
    county.publish()
    [result] = results(county)
    assert (result.expectation, result.rows, result.of, result.passed) == ("rule", failed, of, failed == 0)


def test_only_what_counts_the_derived_concept_is_held_back(tmp_path: Path) -> None:
    county = delivered(tmp_path, FEW)
    assert county.publish().held == ()
    county.month(4, visit(1, 4), visit(3, 4))
    assert county.publish().held == ("clients",)
    assert county.count("star/client") == 2
    assert county.figures("clients").get(4, 0) == 0
    assert county.figures("visits")[4] == 2
    assert county.count("star/visit") == 5
    assert [result.passed for result in results(county)] == [True, False]


def test_it_goes_on_when_what_it_is_made_from_is_put_right(tmp_path: Path) -> None:
    county = delivered(tmp_path, FEW)
    county.publish()
    county.month(4, visit(1, 4), visit(3, 4))
    county.publish()
    moved = visit(1, 4) | {"PERSON": "p4"}
    county.warehouse.deliver("care.visits", datetime(2025, 5, 2), moved)
    assert county.publish().held == ()
    assert county.count("star/client") == 4


def test_nothing_is_checked_again_where_nothing_has_changed(tmp_path: Path) -> None:
    county = delivered(tmp_path, FEW)
    county.publish()
    county.publish()
    assert len(results(county)) == 1


def test_a_changed_expectation_is_checked_though_the_data_is_the_same(tmp_path: Path) -> None:
    county = delivered(tmp_path, FEW)
    county.publish()
    county.expect(of_derived=FEW.replace("most: 2", "most: 1"))
    assert county.publish().held == ("clients",)


def test_nobody_records_what_rules_make(tmp_path: Path) -> None:
    county = delivered(tmp_path, "some: {holds: visits > 1, owner: o}")
    county.publish()
    assert county.count("recording/client") == 0


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("{fresh: month, owner: o}", "`fresh` looks at deliveries, and 'client' is a concept"),
        ("{drift: form, owner: o}", "`drift` looks at deliveries, and 'client' is a concept"),
        ("{volume: {of_median: [0.5, 2]}, owner: o}", "`volume` looks at deliveries"),
        ("{range: vists, most: 1, owner: o}", "has no 'vists'"),
        ("{owner: o}", "expects nothing"),
    ],
)
def test_what_cannot_be_checked_is_a_problem(rule: str, said: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        expecting(more={**CONTACTS, "derived/client.yaml": f"{CLIENTS}      rule: {rule}\n"})
    assert said in str(found.value)
    assert "derived/client.yaml:" in str(found.value)
