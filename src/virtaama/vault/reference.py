"""The reference of the steps of a load, written from the steps themselves, with the statements of a small model."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import get_args

from sqlglot import exp

from virtaama.model.feeds import Delivery
from virtaama.model.model import Model
from virtaama.model.parse import parse_model
from virtaama.sql.spelling import spelled
from virtaama.vault.design import design
from virtaama.vault.evolve import plan_evolution
from virtaama.vault.explain import explain
from virtaama.vault.explain_tables import explain_table_step
from virtaama.vault.fingerprints import fingerprint
from virtaama.vault.plan import FULL_AT_MOST, plan_load
from virtaama.vault.render import render
from virtaama.vault.render.tables import render_table_step
from virtaama.vault.steps import Arrival, Step
from virtaama.vault.table_steps import TableStep

_OPENING = """# Steps of a load

Written from the steps themselves: `python tools/steps.py`.

A plan is a tuple of steps. One reader runs them, another explains them (`virtaama plan`), tests compare them. Here
is each step, what it does, how a plan says it, and its statement for a small model: first those that bring the
tables to the model, or from one model to the next, then those that a load is made of. The model: residents
with a language and a home municipality, delivered as a whole by a register, and their telephone numbers, of which a
delivery holds all of each resident it names. `$names` are bound when the step runs. On
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
  phones:
    labels: {fi: Puhelinnumerot, sv: Telefonnummer, en: Telephone numbers}
    files: "register/phones/*.csv"
    delivery: changes
    complete_for: ID
    fields:
      ID: {type: identity, required: true}
      KIND: {type: text}
      NUMBER: {type: text, direct: true}
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
  phone:
    kind: entity
    labels: {fi: Puhelinnumero, sv: Telefonnummer, en: Telephone number}
    definition: {fi: Asukkaan numero, sv: Invånarens nummer, en: A number of a resident}
    key: [person, use]
    attributes:
      person: {type: identity, sensitivity: personal, labels: {fi: Henkilö, sv: Person, en: Person}}
      use: {type: text, labels: {fi: Käyttö, sv: Användning, en: Use}}
      number: {type: text, sensitivity: direct, labels: {fi: Numero, sv: Nummer, en: Number}}
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
  - feed: register.phones
    concept: phone
    key: {person: ID, use: KIND}
    attributes: {number: NUMBER}
""",
}


def steps_page() -> str:
    """The whole page; ValueError where a step has no example."""
    examples = {type(step): step for step in reversed(tuple(_examples()))}
    on_tables = {type(step): step for step in reversed(tuple(_examples_on_tables()))}
    missing = [kind.__name__ for kind in get_args(Step) if kind not in examples]
    missing += [kind.__name__ for kind in get_args(TableStep) if kind not in on_tables]
    if missing:
        raise ValueError(f"steps without an example: {', '.join(missing)}")
    sections = [
        *(_table_section(on_tables[kind]) for kind in get_args(TableStep)),
        *(
            _section(type(step), explain(step), render(step))
            for step in map(examples.get, get_args(Step))
            if step
        ),
    ]
    return _OPENING + "\n".join(sections)


def _table_section(step: TableStep) -> str:
    return _section(type(step), explain_table_step(step), render_table_step(step))


def _section(kind: type, words: str, statement: exp.Expr) -> str:
    said = inspect.cleandoc(kind.__doc__ or "")
    written = spelled(statement, pretty=True)
    return f"## {kind.__name__}\n\n{said}\n\n*{words}*\n\n```sql\n{written}\n```\n"


def _examples_on_tables() -> Iterator[TableStep]:
    """The steps to the model, and from it to one with another name and without the second mapping."""
    model = parse_model(_MODEL)
    yield from plan_evolution(None, model, {}, frozenset()).steps
    changed = {
        file: text.replace("resident:", "inhabitant:\n    was: resident").replace(
            "concept: resident", "concept: inhabitant"
        )
        for file, text in _MODEL.items()
    }
    mappings, second, last = (
        "mappings/residents.yaml",
        "    concept: municipality\n",
        "  - feed: register.phones",
    )
    before, _, after = changed[mappings].partition("  - feed: register.people\n" + second)
    changed[mappings] = before + last + after.partition(last)[2]
    filled = {source.id: fingerprint(model, source) for source in design(model).sources}
    yield from plan_evolution(model, parse_model(changed), filled, frozenset()).steps


def _examples() -> Iterator[Step]:
    """The steps of loads that come in order, side by side, and late."""
    model = parse_model(_MODEL)
    for small in (_with(model, Delivery.CHANGES), model):
        yield from _load(small, rows=3, months=(1,))
        yield from _load(small, rows=FULL_AT_MOST, months=(1, 2))
        yield from _load(small, rows=3, months=(2, 1))
    yield from _load(model, rows=3, months=(1,), feed="register.phones")


def _with(model: Model, delivery: Delivery) -> Model:
    (system,) = model.systems
    feeds = tuple(replace(feed, delivery=delivery, complete_for=()) for feed in system.feeds)
    return replace(model, systems=(replace(system, feeds=feeds),))


def _load(model: Model, rows: int, months: tuple[int, ...], feed: str = "register.people") -> Iterator[Step]:
    arrivals = [
        Arrival(
            number=number,
            feed=feed,
            extracted=datetime(2025, month, 1),
            file=f"people_{month}.csv",
            rows=rows,
        )
        for number, month in enumerate(months, start=1)
    ]
    for load in plan_load(model, design(model), arrivals, frozenset()):
        for reading in load.readings:
            yield from reading.steps
