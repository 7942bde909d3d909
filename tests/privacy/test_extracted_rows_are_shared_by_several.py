"""Property (P11): rows that are handed out are alike in what identifies, and differ in what is sensitive."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.privacy.approvals import approved
from tests.spec.care import Care
from tests.spec.features import build_of, column, feature_table, hospital, table_text
from virtaama.access.audit import AuditLog
from virtaama.access.rows import OpenedRows, RowDoor
from virtaama.lake.marts import FeatureMart
from virtaama.loading.features import build_features
from virtaama.privacy.disclosure.anonymity import anonymous
from virtaama.privacy.domains import Domain
from virtaama.privacy.policy import Asker, Purpose, Role
from virtaama.problems import ProblemsFound

MOMENT = datetime(2025, 6, 1, 12)
ANALYST = Asker(id="someone", role="analyst")
COLUMNS = column("born", value="birth_date") + column("n", fact="visit", aggregate="count", last="1 month")


def opened(folder: Path, more: str) -> OpenedRows:
    """Six persons of one birthday and one of another, with a visit of one of the six; opened with `more` said."""
    model, catalogue = hospital()
    warehouse = Care(model, folder, in_memory=True)
    people = [(f"p{n}", "1950-5-1") for n in range(6)]
    warehouse.people(*people, ("alone", "1951-5-1"), on="1-2")
    warehouse.visits("v1 p3 1-20", on="2-1")
    warehouse.load()
    build = build_of(warehouse, catalogue, table_text(COLUMNS, more=more))
    build_features(
        warehouse.engine,
        build,
        FeatureMart(folder / "lake" / "marts" / "use"),
        MOMENT,
        lambda done, of, what: None,
    )
    door = RowDoor(
        marts=folder / "lake" / "marts",
        roles=(
            Role(
                name="analyst",
                purposes=frozenset(Purpose),
                levels=frozenset(),
                pages=frozenset(),
                approvals=approved("use"),
            ),
        ),
        audit=AuditLog(folder / "audit.sqlite", b"k" * 32),
        model=model,
        catalogue=catalogue,
        clock=lambda: MOMENT,
        domains=partial(Domain.under, b"k" * 32, 1),
    )
    allowed = door.decide(build.table, ANALYST, Purpose.PLANNING)
    return door.open(build.table, allowed, date(2025, 1, 31), date(2025, 1, 31))


def test_row_that_too_few_share_is_left_out(tmp_path: Path) -> None:
    found = opened(tmp_path, "identifying: [born]")
    assert (len(found.rows), found.left_out) == (6, 1)
    assert set(found.rows.column("born").to_pylist()) == {date(1950, 5, 1)}


def test_table_that_names_nothing_identifying_is_given_whole(tmp_path: Path) -> None:
    found = opened(tmp_path, "")
    assert (len(found.rows), found.left_out) == (7, 0)


def test_how_many_must_be_alike_is_said_by_the_table(tmp_path: Path) -> None:
    assert len(opened(tmp_path, "identifying: [born]\n    alike: 7").rows) == 0


def test_rows_that_differ_in_what_is_sensitive_stay(tmp_path: Path) -> None:
    assert len(opened(tmp_path, "identifying: [born]\n    sensitive: [n]").rows) == 6


def test_what_all_who_are_alike_have_would_be_known_of_each() -> None:
    classes = ["a"] * 5 + ["b"] * 5
    assert anonymous(classes, [["ill"] * 5 + ["ill", "well"] * 2 + ["well"]], 5) == [False] * 5 + [True] * 5


@given(
    rows=st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 2), st.sampled_from("xy")), max_size=60),
    alike=st.integers(2, 8),
)
def test_every_row_that_stays_is_shared_and_told_nothing_by(
    rows: list[tuple[str, int, str]], alike: int
) -> None:
    classes = [(sex, age) for sex, age, _ in rows]
    stays = anonymous(classes, [[what for *_, what in rows]], alike)
    kept = [row for row, stay in zip(rows, stays, strict=True) if stay]
    sizes = Counter((sex, age) for sex, age, _ in kept)
    told = defaultdict(set)
    for sex, age, what in kept:
        told[sex, age].add(what)
    assert all(size >= alike for size in sizes.values())
    assert all(len(held) > 1 for held in told.values())
    left = Counter(classes) - sizes
    for found, size in left.items():
        assert size < alike or len({what for *of, what in rows if tuple(of) == found}) == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("identifying: [borm]", "'borm' is none of its columns. Did you mean 'born'?"),
        ("sensitive: [n]", "it has sensitive columns and no identifying ones"),
        ("identifying: [born]\n    alike: 1", "alike"),
    ],
)
def test_what_is_wrong_with_it_is_said(more: str, said: str) -> None:
    with pytest.raises(ProblemsFound) as found:
        feature_table(table_text(COLUMNS, more=more), *hospital())
    assert said.split(".")[0] in str(found.value)
