"""Each way in which a model can be wrong, and what its writer is told."""

import pytest

from tests.unit.model.small_model import FILES, changed
from virtaama.model.parse import parse_model
from virtaama.problems import ProblemsFound

SYSTEM = "systems/register.yaml"
CONCEPTS = "concepts/people.yaml"
CODES = "codes/sex.yaml"
MAPPINGS = "mappings/register.yaml"

# file, what stands there, what somebody wrote instead, what is said
PROBLEMS = [
    (
        CONCEPTS,
        "to: municipality",
        "to: municipalty",
        """\
concepts/people.yaml:13: relationship 'home' points to 'municipalty', which is not a concept.
  Did you mean 'municipality'?""",
    ),
]


def said_of(files: dict[str, str]) -> str:
    with pytest.raises(ProblemsFound) as found:
        parse_model(files)
    return str(found.value)


@pytest.mark.parametrize(("file", "old", "new", "said"), PROBLEMS)
def test_a_problem_is_said_with_its_place_and_what_would_work(
    file: str, old: str, new: str, said: str
) -> None:
    assert said_of(changed(file, old, new)) == f"{said}\n1 problem. Nothing was changed."
