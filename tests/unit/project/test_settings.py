from pathlib import Path

import pytest

from virtaama.problems import NotReady, ProblemsFound
from virtaama.project.settings import parse_settings, read_settings

WHOLE = """
name: Harjoitus
county:
  code: "09"
  names: {fi: Alue, sv: Område, en: County}
"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(ProblemsFound) as found:
        parse_settings(text, Path("/somewhere"))
    return [str(problem) for problem in found.value.problems]


def test_what_is_left_out_has_a_default() -> None:
    settings = parse_settings(WHOLE, Path("/somewhere"))
    assert settings.county_code == "09"
    assert settings.county.sv == "Område"
    assert settings.minimum_group == 5
    assert settings.languages == ("fi", "sv", "en")
    assert settings.demo is False
    assert settings.published == Path("/somewhere/data/published")


def test_a_relative_path_starts_from_the_folder_and_a_whole_one_stands() -> None:
    settings = parse_settings(f"{WHOLE}deliveries: ../incoming\nkeys: /etc/keys\n", Path("/some/project"))
    assert settings.deliveries == Path("/some/project/../incoming")
    assert settings.keys == Path("/etc/keys")


def test_keys_may_not_lie_inside_the_data_folder() -> None:
    (problem,) = problems_of(f"{WHOLE}keys: data/keys\n")
    assert "keys lie inside the data folder" in problem


def test_a_misspelt_setting_says_what_was_meant_and_where() -> None:
    (problem,) = problems_of(f"{WHOLE}deliverys: incoming\n")
    assert problem.startswith("virtaama.yaml:6: the file has no member 'deliverys'.")
    assert "Did you mean 'deliveries'?" in problem


def test_every_problem_is_listed_at_once() -> None:
    found = problems_of(
        "county: {code: '09', names: {fi: a, sv: b}}\nminimum_group: few\ndemo: perhaps\nlanguages: [de]\n"
    )
    assert [problem.split(":")[1] for problem in found] == ["1", "1", "2", "3", "4"]


def test_broken_yaml_is_a_problem_with_its_line() -> None:
    (problem,) = problems_of("name: [\n")
    assert problem.startswith("virtaama.yaml:2: the file cannot be read as YAML")


def test_a_folder_without_settings_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="virtaama new FOLDER"):
        read_settings(tmp_path)
