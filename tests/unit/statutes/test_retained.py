"""What a model says of retention must fit the law; each contradiction is said with what would be right."""

from __future__ import annotations

from datetime import date

import pytest

from tests.shipped_law import RETENTION_RULES
from tests.unit.model.small_model import changed
from virtaama.model.compare import compare
from virtaama.model.parse import parse_model
from virtaama.problems import ProblemsFound
from virtaama.statutes.retained import retention_problems, without_rule

TODAY = date(2026, 11, 26)
KEY = "    key: [person]\n"
PATIENT = "potilasasiakirjat.hoitomerkinnat"


def said(retention: str, on: date = TODAY) -> list[str]:
    """The problems of the small model whose resident has this retention."""
    files = changed("concepts/people.yaml", KEY, f"{KEY}    retention: {retention}\n")
    return [str(problem) for problem in retention_problems(parse_model(files), RETENTION_RULES, on)]


def test_what_fits_is_no_problem() -> None:
    assert said("{rule: sosiaalihuolto.perheoikeudelliset, facts: {birth: birth_date}}") == []
    assert said("{none: Invented persons.}") == []
    chosen = (
        '{by: sex, rules: {"1": sosiaalihuolto.perheoikeudelliset}, rule: potilasasiakirjat.perinnollisyys,'
    )
    assert said(f"{chosen} facts: {{birth: birth_date}}}}") == []


@pytest.mark.parametrize(
    ("retention", "what", "advice"),
    [
        (
            "{rule: potilasasiakirjat.hoitomerkinat, facts: {birth: birth_date}}",
            "names the rule 'potilasasiakirjat.hoitomerkinat', which is not there.",
            "Did you mean 'potilasasiakirjat.hoitomerkinnat'?",
        ),
        (
            "{rule: sosiaalihuolto.asiakkuus}",
            "follows 'sosiaalihuolto.asiakkuus' (2 years from death), and nothing says where death stands.",
            "Add facts: {death: …}. Days it leads to: 'birth_date'.",
        ),
        (
            f"{{rule: {PATIENT}, facts: {{birth: birth_date}}}}",
            "and nothing says where death stands.",
            "Add facts: {death: …}.",
        ),
        (
            "{rule: sosiaalihuolto.perheoikeudelliset, facts: {brith: birth_date, birth: birth_date}}",
            "names the fact 'brith', from which no rule counts.",
            "Did you mean 'birth'?",
        ),
        (
            "{rule: sosiaalihuolto.perheoikeudelliset, facts: {birth: birth_date, death: birth_date}}",
            "says where death stands, and none of its rules counts from it.",
            "Take it out",
        ),
        (
            "{rule: sosiaalihuolto.perheoikeudelliset, facts: {birth: birth_dat}}",
            "names 'birth_dat': 'resident' has no attribute 'birth_dat'",
            "Did you mean 'birth_date'?",
        ),
        (
            "{rule: sosiaalihuolto.perheoikeudelliset, facts: {birth: sex}}",
            "counts from 'sex', which is of type text.",
            "Periods are counted from a day.",
        ),
        (
            "{rule: sosiaalihuolto.perheoikeudelliset, facts: {birth: home}}",
            "counts from 'home', which is a relationship.",
            "Name an attribute of what it leads to.",
        ),
        (
            "{by: sexx, rules: {a: potilasasiakirjat.perinnollisyys}}",
            "chooses by 'sexx': 'resident' has no attribute 'sexx'",
            "Did you mean 'sex'?",
        ),
        (
            "{by: name, rules: {a: potilasasiakirjat.perinnollisyys}}",
            "chooses by 'name', which names a person and is kept enciphered.",
            "Choose by a code.",
        ),
        (
            '{by: sex, rules: {"3": potilasasiakirjat.perinnollisyys}, rule: potilasasiakirjat.perinnollisyys}',
            "names the code '3', which is not in 'sex'.",
            "Known here: '1', '2'.",
        ),
        (
            '{by: sex, rules: {"1": potilasasiakirjat.perinnollisyys}}',
            "names no rule for '2' of 'sex'.",
            "Add them to `rules`, or write `rule:` for all others.",
        ),
        ("{by: sex, rule: potilasasiakirjat.perinnollisyys}", "has one of `by` and `rules`", "`by` names"),
        ("{facts: {birth: birth_date}}", "names no rule.", "Write `rule:`"),
        (
            "{rule: potilasasiakirjat.perinnollisyys, none: Nothing.}",
            "says why there is no rule, and names one.",
            "Leave out `none`",
        ),
    ],
)
def test_contradictions_are_said_with_what_would_be_right(retention: str, what: str, advice: str) -> None:
    problems = said(retention)
    assert problems, "nothing was found"
    assert any(what in problem and advice in problem for problem in problems), problems
    assert all(
        problem.startswith("concepts/people.yaml:7: retention of concept 'resident'") for problem in problems
    )


def test_a_rule_after_death_needs_a_way_to_a_day() -> None:
    files = changed(
        "concepts/people.yaml",
        "    key: [code]\n",
        "    key: [code]\n    retention: {rule: sosiaalihuolto.asiakkuus}\n",
    )
    [problem] = retention_problems(parse_model(files), RETENTION_RULES, TODAY)
    assert "'municipality' leads to no day at all" in problem.advice


def test_a_rule_that_is_not_in_force_yet_is_a_problem() -> None:
    [problem] = said("{rule: potilasasiakirjat.perinnollisyys}", date(2023, 12, 31))
    assert "which is not in force on 2023-12-31." in problem


def test_a_member_nobody_knows_is_met_when_the_file_is_read() -> None:
    with pytest.raises(ProblemsFound, match="rulle"):
        said("{rulle: potilasasiakirjat.perinnollisyys}")


def test_concepts_about_persons_of_which_nobody_has_said_anything_are_named() -> None:
    files = changed("concepts/people.yaml", KEY, KEY)
    assert [concept.name for concept in without_rule(parse_model(files))] == ["resident"]
    silent = changed("concepts/people.yaml", KEY, f"{KEY}    retention: {{none: Invented.}}\n")
    assert without_rule(parse_model(silent)) == ()


def test_another_retention_is_another_word_and_nothing_is_read_again() -> None:
    before = parse_model(changed("concepts/people.yaml", KEY, KEY))
    after = parse_model(changed("concepts/people.yaml", KEY, f"{KEY}    retention: {{none: Invented.}}\n"))
    [change] = compare(before, after)
    assert type(change).__name__ == "Reworded"


def test_retention_follows_an_attribute_that_is_called_otherwise() -> None:
    rule = "    retention: {rule: sosiaalihuolto.perheoikeudelliset, facts: {birth: NAME}}\n"
    before = changed("concepts/people.yaml", KEY, f"{KEY}{rule.replace('NAME', 'birth_date')}")
    after = {name: text.replace("birth_date: BORN", "born_on: BORN") for name, text in before.items()}
    after["concepts/people.yaml"] = (
        after["concepts/people.yaml"]
        .replace("birth: birth_date", "birth: born_on")
        .replace("birth_date: {type: date,", "born_on: {was: birth_date, type: date,")
    )
    kinds = [type(change).__name__ for change in compare(parse_model(before), parse_model(after))]
    assert kinds == ["Renamed"]
