"""The concept model by command: written for the platform, a proposal read back that `virtaama check` accepts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.interchange.county import county_model
from virtaama.cli.main import NOT_UNDERSTOOD, run
from virtaama.problems import NotReady
from virtaama.project.create import create_county


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create_county(tmp_path_factory.mktemp("project") / "county").settings.folder


def test_a_model_goes_out_and_comes_back_as_a_proposal(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at, out = ["--project", str(folder)], tmp_path / "tietomalli"
    assert run(["model", "export", "--prefix", "phhyva", "--to", str(out), *at]) == 0
    files = [str(out / "phhyva.jsonld"), str(out / "phhyva-ap.jsonld")]
    assert run(["model", "import", *files, *at]) == 0
    told = capsys.readouterr().err
    many = len(county_model().every_concept)
    assert f"{many} concepts, {many} of them in the model already." in told
    assert "Differs" not in told
    assert run(["model", "import", *files, *at]) == NotReady.exit_code
    # In the place of what it was made from it is a model that holds together.
    proposal = folder / "proposals" / "phhyva"
    changed = tmp_path / "changed"
    shutil.copytree(folder, changed)
    for name in ("concepts", "derived"):
        shutil.rmtree(changed / name)
        shutil.copytree(proposal / name, changed / name)
    assert run(["check", "--project", str(changed)]) == 0


def test_what_differs_from_the_model_is_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at, out = ["--project", str(folder)], tmp_path / "tietomalli"
    assert run(["model", "export", "--prefix", "phhyva", "--plain", "--to", str(out), *at]) == 0
    attributes = [a for concept in county_model().every_concept for a in concept.attributes]
    many = sum(bool(attribute.purposes) for attribute in attributes)
    assert f"Left out: purposes of attributes: {many} times." in capsys.readouterr().err
    read = tmp_path / "read"
    files = [str(out / "phhyva.jsonld"), str(out / "phhyva-ap.jsonld")]
    assert run(["model", "import", *files, "--to", str(read), *at]) == 0
    told = capsys.readouterr().err
    assert "kind of concept 'absence': entity, was event." in told
    assert "more differences; compare the files." in told
    assert (read / "concepts" / "read.yaml").read_text("utf-8").startswith("# Proposed from")


def test_a_prefix_the_platform_does_not_take_is_not_understood(folder: Path, tmp_path: Path) -> None:
    at = ["--to", str(tmp_path / "out"), "--project", str(folder)]
    assert run(["model", "export", "--prefix", "Päijät", *at]) == NOT_UNDERSTOOD
    assert not (tmp_path / "out").exists()
