"""A model that is written down and read back is the same model."""

import json

from tests.unit.content.county import shipped_model
from tests.unit.model.small_model import FILES, changed
from virtaama.model.parse import parse_model
from virtaama.model.record import meaning_of, model_of, record_of


def test_the_whole_model_of_the_county_comes_back_as_it_was() -> None:
    assert model_of(record_of(shipped_model())) == shipped_model()


def test_what_nobody_knows_any_more_is_passed_over() -> None:
    model = parse_model(FILES)
    told = json.loads(record_of(model))
    told["concepts"][0]["colour"] = "blue"
    told["bridges"] = []
    assert model_of(json.dumps(told)) == model


def test_lines_and_blanks_do_not_change_what_is_meant() -> None:
    moved = {file: f"# a remark\n\n{text}" for file, text in FILES.items()}
    assert meaning_of(parse_model(moved).concepts) == meaning_of(parse_model(FILES).concepts)
    assert record_of(parse_model(moved)) != record_of(parse_model(FILES))


def test_one_letter_that_counts_changes_what_is_meant() -> None:
    other = parse_model(changed("mappings/register.yaml", "sex: SEX", "sex: upper(SEX)"))
    assert meaning_of(other.mappings) != meaning_of(parse_model(FILES).mappings)
