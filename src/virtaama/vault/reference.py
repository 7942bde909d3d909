"""The reference of the steps of a load, written from the steps themselves, with the statements of a small model."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import get_args

from virtaama.model.feeds import Delivery
from virtaama.model.model import Model
from virtaama.model.parse import parse_model
from virtaama.sql.spelling import spelled
from virtaama.vault.design import design
from virtaama.vault.evolve import plan_codes, plan_tables
from virtaama.vault.explain import explain
from virtaama.vault.plan import FULL_AT_MOST, plan_load
from virtaama.vault.render import render
from virtaama.vault.steps import AddColumn, Arrival, EmptyHistory, Step

_OPENING = """# Steps of a load

Written from the steps themselves: `python tools/steps.py`.

A plan is a tuple of steps. One reader runs them, another explains them (`virtaama plan`), tests compare them. Here
is each step that a load is made of, what it does, how a plan says it, and its statement for a small model: residents
with a language and a home municipality, delivered as a whole by a register. `$names` are bound when the step runs. On
Spark the same statements are spelled for Spark.

"""
_MODEL = {
    "systems/register.yaml": """
system: register
labels: {fi: Rekisteri, sv: Register, en: Register}
format: csv
feeds:
  people:
    labels: {fi: Asukkaat, sv: Invånare, en: Residents}
    files: "register/*.csv"
    delivery: full
    fields:
      ID: {type: identity}
      LANGUAGE: {type: text}
      HOME: {type: text}
      STATE: {type: text}
""",
    "concepts/residents.yaml": """
concepts:
  municipality:
    kind: entity
    labels: {fi: Kunta, sv: Kommun, en: Municipality}
    definition: {fi: Kunta, sv: Kommun, en: A municipality}
    key: [code]
    attributes:
      code: {type: text, labels: {fi: Tunnus, sv: Kod, en: Code}}
  resident:
    kind: entity
    labels: {fi: Asukas, sv: Invånare, en: Resident}
    definition: {fi: Alueen asukas, sv: Invånare i området, en: A resident of the county}
    key: [person]
    attributes:
      person: {type: identity, sensitivity: personal, labels: {fi: Henkilö, sv: Person, en: Person}}
      language:
        type: text
        code_list: language
        sensitivity: personal
        labels: {fi: Kieli, sv: Språk, en: Language}
    relationships:
      home: {to: municipality, labels: {fi: Kotikunta, sv: Hemkommun, en: Home municipality}}
""",
    "codes/languages.yaml": """
code_lists:
  language:
    labels: {fi: Kieli, sv: Språk, en: Language}
    source: ISO 639-1
    codes:
      fi: {fi: suomi, sv: finska, en: Finnish}
      sv: {fi: ruotsi, sv: svenska, en: Swedish}
""",
    "mappings/residents.yaml": """
mappings:
  - feed: register.people
    concept: resident
    key: {person: ID}
    attributes: {language: LANGUAGE}
    relationships: {home: {code: HOME}}
    deleted: STATE = 'P'
  - feed: register.people
    concept: municipality
    key: {code: HOME}
""",
}


def steps_page() -> str:
    """The whole page; ValueError where a step has no example."""
    examples = {type(step): step for step in reversed(tuple(_examples()))}
    missing = [kind.__name__ for kind in get_args(Step) if kind not in examples]
    if missing:
        raise ValueError(f"steps without an example: {', '.join(missing)}")
    return _OPENING + "\n".join(_section(examples[kind]) for kind in get_args(Step))


def _section(step: Step) -> str:
    said = inspect.cleandoc(type(step).__doc__ or "")
    statement = spelled(render(step), pretty=True)
    return f"## {type(step).__name__}\n\n{said}\n\n*{explain(step)}*\n\n```sql\n{statement}\n```\n"


def _examples() -> Iterator[Step]:
    """The steps of loads that come in order, side by side, and late."""
    model = parse_model(_MODEL)
    tables = design(model)
    yield from plan_tables(tables, lambda _: ())
    yield from plan_codes(model, tables)
    (history, *_) = tables.sources[0].histories
    yield AddColumn(table=history.name, column="language", kind="VARCHAR")
    yield EmptyHistory(table=history.name)
    for small in (_with(model, Delivery.CHANGES), model):
        yield from _load(small, rows=3, months=(1,))
        yield from _load(small, rows=FULL_AT_MOST, months=(1, 2))
        yield from _load(small, rows=3, months=(2, 1))


def _with(model: Model, delivery: Delivery) -> Model:
    (system,) = model.systems
    feeds = tuple(replace(feed, delivery=delivery) for feed in system.feeds)
    return replace(model, systems=(replace(system, feeds=feeds),))


def _load(model: Model, rows: int, months: tuple[int, ...]) -> Iterator[Step]:
    arrivals = [
        Arrival(
            number=number,
            feed="register.people",
            extracted=datetime(2025, month, 1),
            file=f"people_{month}.csv",
            rows=rows,
        )
        for number, month in enumerate(months, start=1)
    ]
    for load in plan_load(model, design(model), arrivals, frozenset()):
        for reading in load.readings:
            yield from reading.steps
