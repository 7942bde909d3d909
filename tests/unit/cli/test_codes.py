"""Code lists by command: written for the platform, taken from it, nothing overwritten."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.unit.interchange.county import county_model
from virtaama.cli.main import NOT_UNDERSTOOD, run
from virtaama.interchange.platform import Publisher
from virtaama.model.parse import parse_model
from virtaama.problems import NotReady, ProblemsFound
from virtaama.project.code_lists import export_code_lists, import_code_list
from virtaama.project.create import create_county

SMALL = "CODEVALUE,STATUS,PREFLABEL_FI\nmale,VALID,Mies\nnew,VALID,Uusi\n"


def test_lists_go_out_and_come_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--project", str(create_county(tmp_path / "county").settings.folder)]
    out = tmp_path / "koodistot"
    wanted = ["contact_type", "age_group"]
    assert run(["codes", "export", *wanted, "--registry", "phhyva", "--to", str(out), *at]) == 0
    files = ["age_group.csv", "codelists.csv", "contact_type.csv"]
    assert sorted(path.name for path in out.iterdir()) == files
    assert run(["codes", "import", str(out / "contact_type.csv"), "--list", "ways_2027", *at]) == 0
    told = capsys.readouterr().err
    assert "Left out: the words for the list" in told
    assert "16 codes are written" in told
    text = (tmp_path / "county" / "codes" / "ways_2027.yaml").read_text("utf-8")
    (read,) = parse_model({"codes/ways_2027.yaml": text}).code_lists
    assert read.codes == county_model().code_list("contact_type").codes
    assert run(["codes", "export", "--registry", "r", "--domain", "P99", "--to", "x", *at]) == NOT_UNDERSTOOD


def test_without_names_every_list_is_written(tmp_path: Path) -> None:
    written = export_code_lists(
        county_model(), (), Publisher(registry="r"), date(2026, 11, 26), tmp_path / "out"
    )
    assert len(written) == len(county_model().code_lists) + 1
    with pytest.raises(ProblemsFound, match="Did you mean 'sex'"):
        export_code_lists(county_model(), ["sexx"], Publisher(), date(2026, 11, 26), tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_list_that_is_known_is_written_elsewhere(tmp_path: Path) -> None:
    file, elsewhere = tmp_path / "sex.csv", tmp_path / "sex.yaml"
    file.write_text(SMALL, encoding="utf-8")

    def taken(to: Path | None) -> Path:
        return import_code_list(tmp_path, county_model(), file, lists=None, name="", to=to)[1]

    with pytest.raises(NotReady, match="1 codes are new, 2 are gone and 1 say something else"):
        taken(None)
    assert taken(elsewhere) == elsewhere
    with pytest.raises(NotReady, match="is there already"):
        taken(elsewhere)


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    file = tmp_path / "latin.csv"
    file.write_bytes("CODEVALUE,STATUS,PREFLABEL_FI\n1,VALID,Käynti\n".encode("latin-1"))
    with pytest.raises(ProblemsFound, match="not UTF-8"):
        import_code_list(tmp_path, county_model(), file, lists=None, name="", to=None)
