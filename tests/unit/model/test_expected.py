"""Expectations: what is read from their words, and each way in which they can be wrong."""

from __future__ import annotations

import pytest

from tests.expecting import expecting, files
from tests.unit.model.test_problems import said_of
from virtaama.model.concepts import Text
from virtaama.model.expectations import Drift, Severity, Unit, Volume


def test_what_is_not_said_has_a_default() -> None:
    (expectation,) = expecting(of_concept="known: {required: unit, owner: Tietohallinto}").expectations
    assert (expectation.id, expectation.kind, expectation.fields) == ("visit.known", "required", ("unit",))
    assert (expectation.severity, expectation.at_most, expectation.unit) == (Severity.WARN, 0, Unit.SHARE)
    assert expectation.message == Text("Tieto puuttuu: Yksikkö", "Uppgift saknas: Enhet", "Missing: Unit")


def test_everything_can_be_said() -> None:
    written = """
rows: {volume: {least: 10, of_median: [0.5, 2], against: 6}, severity: stop, owner: a}
mix: {drift: FORM, against: 3, severity: note, owner: b, message: {fi: x, sv: y, en: z}}
"""
    rows, mix = expecting(of_feed=written).expected_of("care.visits")
    assert rows.check == Volume(least=10, most=None, of_median=(0.5, 2), against=6)
    assert (mix.check, mix.at_most, mix.unit) == (Drift("FORM", 3), 0.25, Unit.INDEX)
    assert (mix.severity, mix.owner, mix.message) == (Severity.NOTE, "b", Text("x", "y", "z"))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("x: {owner: a}", "expectation 'x' expects nothing."),
        (
            "x: {required: unit, codes: form, owner: a}",
            "expectation 'x' expects required and codes at once.\n  Write one expectation for each.",
        ),
        ("x: {required: unit}", "expectation 'x' has no 'owner'."),
        (
            "x: {required: unit, least: 3, owner: a}",
            "`least` says nothing in expectation 'x', which is about `required`.",
        ),
        (
            "x: {required: unit, at_most: 5, owner: a}",
            "expectation 'x' allows a share of 5.\n  A share is 1 at most; or write `unit: count`.",
        ),
        ("x: {range: weight, owner: a}", "expectation 'x' has no bounds."),
        ("x: {pattern: id, owner: a}", "expectation 'x' has no `matches`."),
        ("x: {required: unti, owner: a}", "concept 'visit' has no 'unti'.\n  Did you mean 'unit'?"),
        ("x: {reference: form, owner: a}", "'form' is no relationship."),
        ("x: {range: form, least: 1, owner: a}", "'form' is of type text."),
        ("x: {range: weight, least: extracted, owner: a}", "'extracted' is no bound of 'weight'."),
        ("x: {range: started, most: 2024-13-01, owner: a}", "'2024-13-01' is no bound of 'started'."),
        ("x: {range: weight, least: 3, most: 2, owner: a}", "its bounds are the wrong way round."),
        ("x: {pattern: id, matches: '[0-9', owner: a}", "'[0-9' is no regular expression"),
        ("x: {pattern: weight, matches: '1', owner: a}", "'weight' is not text."),
        ("x: {codes: id, owner: a}", "'id' has no code list.\n  Name it: `list: …`."),
        ("x: {codes: id, list: from, owner: a}", "'from' is not a code list.\n  Did you mean 'form'?"),
        ("x: {holds: started < endde, owner: a}", "`holds` uses 'endde', which concept 'visit' has not."),
        ("x: {holds: 'count(*) > 1', owner: a}", "`holds`: 'count' looks at several rows."),
        (
            "x: {required: unit, where: 'uni = 1', owner: a}",
            "`where` uses 'uni', which concept 'visit' has not.",
        ),
        ("x: {fresh: month, owner: a}", "`fresh` looks at deliveries, and 'visit' is a concept."),
        ("x: {drift: form, owner: a}", "`drift` looks at deliveries, and 'visit' is a concept."),
        ("x: {required: unit, severity: halt, owner: a}", "severity of expectation 'x' is 'halt'"),
    ],
)
def test_a_wrong_expectation_of_a_concept_is_told(written: str, said: str) -> None:
    problems = said_of(files(of_concept=written))
    assert said in problems
    assert problems.startswith("concepts/care.yaml:")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("x: {reference: UNIT, owner: a}", "a field refers to nothing."),
        ("x: {pattern: NAME, matches: 'x', owner: a}", "'NAME' cannot be looked at: it is kept enciphered."),
        ("x: {drift: NAME, owner: a}", "'NAME' cannot be looked at: it is kept enciphered."),
        ("x: {drift: PERSON, owner: a}", "'PERSON' is of type identity."),
        ("x: {drift: STARTED, owner: a}", "'STARTED' is of type timestamp."),
        ("x: {volume: {least: 3, most: 2}, owner: a}", "its bounds are the wrong way round."),
        ("x: {volume: {of_median: [2, 1]}, owner: a}", "its bounds are the wrong way round."),
        ("x: {volume: {}, owner: a}", "expectation 'x' has no bounds."),
        (
            "x: {required: UNIT, where: \"NAME = 'x'\", owner: a}",
            "`where` reckons with 'NAME': it is kept enciphered.",
        ),
        ("x: {fresh: fortnight, owner: a}", "fresh of expectation 'x' is 'fortnight'"),
    ],
)
def test_a_wrong_expectation_of_a_feed_is_told(written: str, said: str) -> None:
    assert said in said_of(files(of_feed=written))


def test_special_data_that_may_not_be_used_for_data_quality_is_not_looked_at() -> None:
    written = files(of_concept="x: {range: weight, least: 1, owner: a}")
    file = "concepts/care.yaml"
    written[file] = written[file].replace(
        "weight: {type: decimal, sensitivity: personal",
        "weight: {type: decimal, sensitivity: special, purposes: [steering]",
    )
    assert "'weight' cannot be looked at: it may not be used for data_quality." in said_of(written)


def test_all_problems_are_told_at_once() -> None:
    problems = said_of(files(of_concept="x: {required: a1, owner: a}\ny: {required: b2, owner: a}"))
    assert "a1" in problems
    assert "b2" in problems
