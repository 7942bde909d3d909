"""Whether what a model says of retention fits the law: rules that are there, and facts they can count from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from virtaama.model.concepts import Attribute, Concept, Retention, Sensitivity, Type
from virtaama.model.documents import did_you_mean
from virtaama.model.model import Model
from virtaama.model.paths import Followed, follow, listed
from virtaama.problems import Problem
from virtaama.statutes.retention import (
    WORDS,
    Fact,
    RetentionRule,
    facts_of,
    in_words,
)
from virtaama.statutes.retention_rules import RetentionRules

_FACTS = tuple(fact.value for fact in Fact)
_AS_FAR = 2  # relationships that are followed to name dates somebody may have meant


def retention_problems(model: Model, law: RetentionRules, on: date) -> Iterator[Problem]:
    """Everything in what concepts say of retention that does not fit the rules in force on a day."""
    for concept in model.concepts:
        if concept.retention:
            yield from _problems(model, concept, concept.retention, law, on)


def without_rule(model: Model) -> tuple[Concept, ...]:
    """Concepts with attributes about persons of which nobody has said how long they are kept, or why not."""
    return tuple(
        concept
        for concept in model.concepts
        if concept.retention is None
        and any(attribute.sensitivity is not Sensitivity.OPEN for attribute in concept.attributes)
    )


def rules_of(retention: Retention, law: RetentionRules, on: date) -> dict[str, RetentionRule]:
    """The rules a concept names, by name, as they are in force on a day."""
    found = {name: law.rule(name, on) for name in retention.named}
    return {name: rule for name, rule in found.items() if rule}


def _problems(
    model: Model, concept: Concept, said: Retention, law: RetentionRules, on: date
) -> Iterator[Problem]:
    whose = f"retention of concept '{concept.name}'"
    if said.none:
        if said.named or said.by or said.facts:
            what = f"{whose} says why there is no rule, and names one."
            yield Problem(said.place, what, "Leave out `none`, or all the rest.")
        return
    if not said.named:
        yield Problem(
            said.place,
            f"{whose} names no rule.",
            "Write `rule:` with a rule of the law, or `none:` with why there is none.",
        )
    yield from _of_codes(model, concept, said)
    for name in said.named:
        if name not in law.names:
            what = f"{whose} names the rule '{name}', which is not there."
            yield Problem(said.place, what, did_you_mean(name, law.names))
        elif law.rule(name, on) is None:
            what = f"{whose} names the rule '{name}', which is not in force on {on}."
            yield Problem(said.place, what, "See docs/reference/retention.md.")
    yield from _of_facts(model, concept, said, rules_of(said, law, on))


def _of_codes(model: Model, concept: Concept, said: Retention) -> Iterator[Problem]:
    whose = f"retention of concept '{concept.name}'"
    if bool(said.by) != bool(said.rules):
        what = f"{whose} has one of `by` and `rules` without the other."
        yield Problem(
            said.place, what, "`by` names an attribute, `rules` gives the rule for each of its codes."
        )
    if not said.by:
        return
    try:
        attribute = _end(model, concept, follow(model, concept, tuple(said.by.split("."))))
    except ValueError as error:
        near = did_you_mean(said.by, [a.name for a in concept.attributes])
        yield Problem(said.place, f"{whose} chooses by '{said.by}': {error}.", near)
        return
    if attribute is None:
        yield Problem(said.place, f"{whose} chooses by '{said.by}', a relationship.", "Choose by a code.")
        return
    if attribute.sensitivity is Sensitivity.DIRECT:
        what = f"{whose} chooses by '{said.by}', which names a person and is kept enciphered."
        yield Problem(said.place, what, "Choose by a code.")
    codes = next((found for found in model.code_lists if found.name == attribute.code_list), None)
    known = tuple(code.code for code in codes.codes) if codes else ()
    for code, _ in said.rules:
        if codes and code not in known:
            what = f"{whose} names the code '{code}', which is not in '{codes.name}'."
            yield Problem(said.place, what, did_you_mean(code, known))
    if said.rule == "" and (left := sorted(set(known) - {code for code, _ in said.rules})):
        what = f"{whose} names no rule for {listed(tuple(left))} of '{attribute.code_list}'."
        yield Problem(said.place, what, "Add them to `rules`, or write `rule:` for all others.")


def _of_facts(
    model: Model, concept: Concept, said: Retention, rules: Mapping[str, RetentionRule]
) -> Iterator[Problem]:
    whose = f"retention of concept '{concept.name}'"
    asked: dict[Fact, RetentionRule] = {}
    for rule in rules.values():
        for fact in facts_of(rule.period):
            asked.setdefault(fact, rule)
    given = dict(said.facts)
    for name, paths in said.facts:
        if name not in _FACTS:
            what = f"{whose} names the fact '{name}', from which no rule counts."
            yield Problem(said.place, what, did_you_mean(name, _FACTS))
        elif asked and Fact(name) not in asked:
            what = f"{whose} says where {WORDS[Fact(name)]} stands, and none of its rules counts from it."
            yield Problem(said.place, what, "Take it out, or name the rule that is meant.")
        for path in paths:
            yield from _of_path(model, concept, said, path)
    for fact, rule in asked.items():
        if fact.value not in given:
            what = (
                f"{whose} follows '{rule.name}' ({in_words(rule.period)}), and nothing says where "
                f"{WORDS[fact]} stands."
            )
            yield Problem(said.place, what, _where(model, concept, fact))


def _of_path(model: Model, concept: Concept, said: Retention, path: str) -> Iterator[Problem]:
    try:
        followed = follow(model, concept, tuple(path.split(".")))
    except ValueError as error:
        near = did_you_mean(path, tuple(_days(model, concept, (), _AS_FAR)))
        yield Problem(said.place, f"retention of concept '{concept.name}' names '{path}': {error}.", near)
        return
    attribute = _end(model, concept, followed)
    what = f"retention of concept '{concept.name}' counts from '{path}', which is"
    if attribute is None:
        yield Problem(said.place, f"{what} a relationship.", "Name an attribute of what it leads to.")
    elif attribute.type not in (Type.DATE, Type.TIMESTAMP):
        yield Problem(said.place, f"{what} of type {attribute.type}.", "Periods are counted from a day.")
    elif attribute.sensitivity is Sensitivity.DIRECT:
        yield Problem(
            said.place, f"{what} kept enciphered.", "Such an attribute is in no view: take another."
        )


def _end(model: Model, concept: Concept, followed: Followed) -> Attribute | None:
    last = model.concept(followed.steps[-1][1]) if followed.steps else concept
    return last.attribute(followed.column)


def _where(model: Model, concept: Concept, fact: Fact) -> str:
    days = tuple(_days(model, concept, (), _AS_FAR))
    if not days:
        return f"'{concept.name}' leads to no day at all: give it a relationship to what has one, or another rule."
    return f"Add facts: {{{fact.value}: …}}. Days it leads to: {listed(days)}."


def _days(model: Model, concept: Concept, way: tuple[str, ...], as_far: int) -> Iterator[str]:
    for attribute in concept.attributes:
        if attribute.type in (Type.DATE, Type.TIMESTAMP) and attribute.sensitivity is not Sensitivity.DIRECT:
            yield ".".join((*way, attribute.name))
    for relationship in concept.relationships if as_far else ():
        yield from _days(model, model.concept(relationship.to), (*way, relationship.name), as_far - 1)
