"""What a project knows of the funding, and how tables come into it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.spec.funding.shared import TABLE, shipped
from virtaama.problems import NotReady, ProblemsFound
from virtaama.project.funding import import_table, read_funding
from virtaama.project.statutes import shipped_statutes, statutes_of

TEXT = "koodi;asukasmäärä\n21;180000\n20;70000\n"


def test_a_project_without_tables_knows_the_law_and_says_what_to_do(tmp_path: Path) -> None:
    known = read_funding(tmp_path, shipped_statutes())
    assert known.years == ()
    assert known.law.parameters.rules
    with pytest.raises(NotReady, match="virtaama funding import"):
        known.year(None)
    with pytest.raises(NotReady, match=r"scenarios\.yaml"):
        known.scenario(None)


def test_a_table_is_taken_in_with_its_year_and_read_again(tmp_path: Path) -> None:
    (tmp_path / "vm.csv").write_text(TEXT, encoding="cp1252")
    taken = import_table(tmp_path, tmp_path / "vm.csv", shipped_statutes(), year=2026)
    assert taken.file == tmp_path / "funding" / "vm.csv"
    assert not taken.replaced
    known = read_funding(tmp_path, shipped_statutes())
    assert known.years == (2026,)
    assert known.year(None) == 2026
    assert known.numbers[2026]["determinant.21.residents"].value == 180_000


def test_a_table_of_the_same_name_is_replaced_only_when_one_says_so(tmp_path: Path) -> None:
    source = tmp_path / "vm.csv"
    source.write_text(TEXT, encoding="utf-8")
    import_table(tmp_path, source, shipped_statutes(), year=2026)
    source.write_text(TEXT.replace("180000", "181000"), encoding="utf-8")
    with pytest.raises(NotReady, match="--replace"):
        import_table(tmp_path, source, shipped_statutes(), year=2026)
    assert import_table(tmp_path, source, shipped_statutes(), year=2026, replace=True).replaced
    known = read_funding(tmp_path, shipped_statutes())
    assert known.numbers[2026]["determinant.21.residents"].value == 181_000


def test_a_table_with_problems_or_that_contradicts_another_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.csv").write_text(TEXT.replace("180000", "1"), encoding="utf-8")
    (tmp_path / "c.csv").write_text(TEXT.replace("180000", "?"), encoding="utf-8")
    import_table(tmp_path, tmp_path / "a.csv", shipped_statutes(), year=2026)
    for name in ("b.csv", "c.csv"):
        with pytest.raises(ProblemsFound):
            import_table(tmp_path, tmp_path / name, shipped_statutes(), year=2026)
    assert [path.name for path in (tmp_path / "funding").iterdir()] == ["a.csv"]


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="There is no file"):
        import_table(tmp_path, tmp_path / "none.csv", shipped_statutes())


def test_problems_of_all_files_are_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "funding").mkdir()
    (tmp_path / "funding" / "a.csv").write_text("vuosi;koodi;asukasmäärä\n2026;99;1\n", encoding="utf-8")
    (tmp_path / "funding" / "scenarios.yaml").write_text("scenarios: {basic: {}}\n", encoding="utf-8")
    with pytest.raises(ProblemsFound) as found:
        read_funding(tmp_path, shipped_statutes())
    assert {problem.place.file for problem in found.value.problems} == {
        "funding/a.csv",
        "funding/scenarios.yaml",
    }


def test_a_price_of_the_projects_own_newer_pack_counts(tmp_path: Path) -> None:
    (tmp_path / "funding").mkdir()
    (tmp_path / "funding" / "t.csv").write_text(shipped(TABLE), encoding="utf-8")
    (tmp_path / "statutes").mkdir()
    (tmp_path / "statutes" / "prices.yaml").write_text(
        """pack: funding_prices
edition: 2027-01-01
title: {fi: Hinnat, sv: Priser, en: Prices}
sources: {decree: {title: Asetus 1/2026, taken: 2026-12-01}}
prices:
  - {item: residents, euros: 700.01, from: 2025-01-01, source: decree, section: 2 §}
""",
        encoding="utf-8",
    )
    known = read_funding(tmp_path, statutes_of(tmp_path))
    assert [str(each.euros) for each in known.law.prices.prices] == ["70001/100"]
