"""A model read from YAML with what is expected of it, small enough to read."""

from __future__ import annotations

from textwrap import indent

from virtaama.model.model import Model
from virtaama.model.parse import parse_model

SYSTEM = """\
system: care
labels: {fi: Hoito, sv: Vård, en: Care}
format: csv
feeds:
  visits:
    labels: {fi: Käynnit, sv: Besök, en: Visits}
    files: "care/*.csv"
    delivery: events
    whose: [PERSON, ID]
    fields:
      ID: {type: text, required: true}
      PERSON: {type: identity}
      UNIT: {type: text}
      FORM: {type: text}
      STARTED: {type: timestamp}
      ENDED: {type: timestamp}
      WEIGHT: {type: decimal}
      NAME: {type: text, direct: true}
"""
UNITS = """\
system: register
labels: {fi: Rekisteri, sv: Register, en: Register}
format: csv
feeds:
  units:
    labels: {fi: Yksiköt, sv: Enheter, en: Units}
    files: "register/*.csv"
    delivery: full
    fields:
      CODE: {type: text}
"""
CONCEPTS = """\
concepts:
  resident:
    kind: entity
    labels: {fi: Asukas, sv: Invånare, en: Resident}
    definition: {fi: Asuu täällä., sv: Bor här., en: Lives here.}
    key: [person]
    attributes:
      person: {type: identity, sensitivity: personal, labels: {fi: Henkilö, sv: Person, en: Person}}
  unit:
    kind: entity
    labels: {fi: Yksikkö, sv: Enhet, en: Unit}
    definition: {fi: Yksikkö., sv: Enhet., en: A unit.}
    key: [code]
    attributes:
      code: {type: text, labels: {fi: Tunnus, sv: Kod, en: Code}}
  visit:
    kind: event
    labels: {fi: Käynti, sv: Besök, en: Visit}
    definition: {fi: Käynti., sv: Besök., en: A visit.}
    key: [id]
    time: [started]
    attributes:
      id: {type: text, sensitivity: personal, labels: {fi: Tunnus, sv: Kod, en: Identifier}}
      started: {type: timestamp, sensitivity: personal, labels: {fi: Alkoi, sv: Började, en: Started}}
      ended: {type: timestamp, sensitivity: personal, labels: {fi: Loppui, sv: Slutade, en: Ended}}
      form: {type: text, sensitivity: personal, code_list: form, labels: {fi: Muoto, sv: Form, en: Form}}
      weight: {type: decimal, sensitivity: personal, labels: {fi: Paino, sv: Vikt, en: Weight}}
    relationships:
      resident: {to: resident, labels: {fi: Asukas, sv: Invånare, en: Resident}}
      unit: {to: unit, labels: {fi: Yksikkö, sv: Enhet, en: Unit}}
"""
CODES = """\
code_lists:
  form:
    labels: {fi: Muoto, sv: Form, en: Form}
    source: invented
    codes:
      R10: {fi: käynti, sv: besök, en: visit}
      R52: {fi: etä, sv: distans, en: remote}
"""
MAPPINGS = """\
mappings:
  - feed: register.units
    concept: unit
    key: {code: CODE}
  - feed: care.visits
    concept: visit
    key: {id: ID}
    attributes: {started: STARTED, ended: ENDED, form: FORM, weight: WEIGHT}
    relationships: {resident: PERSON, unit: UNIT}
"""


def files(*, of_feed: str = "", of_concept: str = "", more: dict[str, str] | None = None) -> dict[str, str]:
    """Model files with expectations, written as YAML, of the feed care.visits and of the concept visit."""
    return {
        **(more or {}),
        "systems/care.yaml": SYSTEM + _expected(of_feed),
        "systems/register.yaml": UNITS,
        "concepts/care.yaml": CONCEPTS + _expected(of_concept),
        "codes/form.yaml": CODES,
        "mappings/care.yaml": MAPPINGS,
    }


def expecting(*, of_feed: str = "", of_concept: str = "", more: dict[str, str] | None = None) -> Model:
    return parse_model(files(of_feed=of_feed, of_concept=of_concept, more=more))


def _expected(written: str) -> str:
    return indent("expectations:\n" + indent(written.strip("\n") + "\n", "  "), "    ") if written else ""
