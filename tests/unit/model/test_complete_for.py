"""Of which parents a delivery may hold all rows, and what is said where it cannot."""

from __future__ import annotations

import pytest

from tests.unit.model.small_model import FILES
from tests.unit.model.test_problems import said_of
from virtaama.model.changes import words
from virtaama.model.compare import compare
from virtaama.model.complete_for import parent_of
from virtaama.model.mappings import Expression
from virtaama.model.parse import parse_model
from virtaama.model.record import model_of, record_of
from virtaama.problems import Place

SYSTEM, CONCEPTS, MAPPINGS = "systems/register.yaml", "concepts/people.yaml", "mappings/register.yaml"
PHONES = """\
  phones:
    labels: {fi: Numerot, sv: Nummer, en: Numbers}
    files: "register/*/phones.csv"
    delivery: changes
    complete_for: HETU
    fields:
      HETU: {type: identity, required: true}
      KIND: {type: text}
      NUMBER: {type: text, direct: true}
"""
PHONE = """\
  phone:
    kind: entity
    labels: {fi: Numero, sv: Nummer, en: Number}
    definition: {fi: Numero., sv: Nummer., en: A number.}
    key: [person, use]
    attributes:
      person: {type: identity, sensitivity: personal, labels: {fi: Henkilö, sv: Person, en: Person}}
      use: {type: text, labels: {fi: Käyttö, sv: Användning, en: Use}}
      number: {type: text, sensitivity: direct, labels: {fi: Numero, sv: Nummer, en: Number}}
"""
MAPPING = """\
  - feed: register.phones
    concept: phone
    key: {person: HETU, use: KIND}
    attributes: {number: NUMBER}
"""


def files(complete_for: str = "HETU", old: str = "", new: str = "") -> dict[str, str]:
    """The small model with the telephone numbers of its residents, one passage of them written otherwise."""

    def written(text: str) -> str:
        return text.replace(old, new) if old else text

    phones = PHONES.replace("complete_for: HETU", f"complete_for: {complete_for}")
    return FILES | {
        SYSTEM: FILES[SYSTEM] + written(phones),
        CONCEPTS: FILES[CONCEPTS] + PHONE,
        MAPPINGS: FILES[MAPPINGS] + written(MAPPING),
    }


@pytest.mark.parametrize("said", ["HETU", "[HETU]", "hetu"])
def test_a_feed_says_for_which_values_a_delivery_is_complete(said: str) -> None:
    model = parse_model(files(said))
    assert [name.lower() for name in model.feed("register.phones").complete_for] == ["hetu"]
    assert model_of(record_of(model)) == model


def key(**parts: str) -> list[tuple[str, Expression]]:
    return [(name, Expression(sql, Place("m.yaml"))) for name, sql in parts.items()]


@pytest.mark.parametrize(
    ("given", "complete_for", "parent"),
    [
        (key(visit="VISIT", code="CODE"), ("VISIT",), ("visit",)),
        (key(code="CODE", visit="VISIT"), ("VISIT",), ("visit",)),
        (key(visit="'x:' || upper(visit)", code="CODE"), ("VISIT",), ("visit",)),
        (key(site="SITE", visit="VISIT", code="CODE"), ("SITE", "VISIT"), ("site", "visit")),
        (key(visit="SITE || VISIT", code="CODE"), ("SITE", "VISIT"), ("visit",)),
        (key(visit="VISIT", code="CODE"), ("SITE", "VISIT"), ()),  # nothing tells the site of a row
        (key(visit="SITE || VISIT", code="CODE"), ("VISIT",), ()),  # a visit is not told without its site
        (key(visit="VISIT"), ("VISIT",), ()),  # every row is a set of its own
        (key(visit="VISIT", kind="'diagnosis'"), ("VISIT",), ()),
        (key(visit="VISIT", code="CODE"), (), ()),
    ],
)
def test_the_parent_of_a_row_is_told_by_parts_of_its_key(
    given: list[tuple[str, Expression]], complete_for: tuple[str, ...], parent: tuple[str, ...]
) -> None:
    assert parent_of(given, complete_for) == parent


@pytest.mark.parametrize(
    ("complete_for", "old", "new", "said"),
    [
        (
            "NUMBER",
            "",
            "",
            "systems/register.yaml:16: feed 'register.phones' is `complete_for` 'NUMBER', which does not stand "
            "beside another part in the key of 'phone'.",
        ),
        (
            "[HETU, KIND]",
            "",
            "",
            "is `complete_for` 'HETU', 'KIND', which does not stand beside another part in the key of 'phone'.",
        ),
        (
            "HETY",
            "",
            "",
            "is `complete_for` 'HETY', which is not one of its fields.\n  Did you mean 'HETU'?",
        ),
        (
            "HETU",
            "delivery: changes",
            "delivery: full",
            "is `full` and has no use for `complete_for`.\n  Take it out: a full delivery is complete for everything.",
        ),
        (
            "HETU",
            "delivery: changes",
            "delivery: events",
            "is `events` and has no use for `complete_for`.\n  Write `delivery: changes`: of events absence means",
        ),
        (
            "HETU",
            'files: "register/*/phones.csv"',
            "format: sql\n    query: SELECT 1\n"
            "    collect: {database: {url_from: env:X, compare: [HETU, KIND]}}",
            "is `complete_for` 'HETU', and only rows that are new are collected.",
        ),
    ],
)
def test_what_cannot_be_complete_is_refused(complete_for: str, old: str, new: str, said: str) -> None:
    assert said in said_of(files(complete_for, old, new))


def test_a_key_that_cannot_be_read_is_told_of_once() -> None:
    assert "complete_for" not in said_of(files(old="use: KIND", new="use: KIND +"))


def test_a_change_of_it_is_told_in_words() -> None:
    before = parse_model({**files(), SYSTEM: files()[SYSTEM].replace("    complete_for: HETU\n", "")})
    now = parse_model(files())
    assert [words(change) for change in compare(before, now)] == [
        "complete_for of feed 'register.phones': HETU, was nothing"
    ]
    assert [words(change) for change in compare(now, before)] == [
        "complete_for of feed 'register.phones': nothing, was HETU"
    ]
