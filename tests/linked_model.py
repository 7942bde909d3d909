"""The model of a clinic, some of whose clients have no identity code, and a linkage: small enough to read."""

from __future__ import annotations

from virtaama.linkage.definitions import Linkage
from virtaama.linkage.parse import parse_links
from virtaama.model.model import Model
from virtaama.model.parse import parse_model

WORDS = "{fi: Sana, sv: Ord, en: Word}"
PERSONAL = f"sensitivity: personal, labels: {WORDS}"
DIRECT = f"type: text, sensitivity: direct, labels: {WORDS}"

FILES = {
    "systems/clinic.yaml": f"""
system: clinic
labels: {WORDS}
format: csv
feeds:
  people:
    labels: {WORDS}
    files: people.csv
    delivery: changes
    fields:
      ID: {{type: identity, required: true}}
      FAMILY: {{type: text, direct: true}}
      GIVEN: {{type: text, direct: true}}
      BORN: {{type: date}}
      GONE: {{type: text}}
  clients:
    labels: {WORDS}
    files: clients.csv
    delivery: changes
    whose: [ID, NUMBER]
    fields:
      NUMBER: {{type: text, required: true}}
      ID: {{type: identity}}
      FAMILY: {{type: text, direct: true}}
      GIVEN: {{type: text, direct: true}}
      BORN: {{type: date}}
      SAME: {{type: text}}
  visits:
    labels: {WORDS}
    files: visits.csv
    delivery: events
    fields:
      VISIT: {{type: text}}
      NUMBER: {{type: text}}
      ID: {{type: identity}}
      DAY: {{type: date}}
""",
    "systems/linking.yaml": f"""
system: linking
labels: {WORDS}
format: parquet
feeds:
  clients:
    labels: {WORDS}
    filled_by: links
    delivery: changes
    fields:
      instance: {{type: text}}
      same_as: {{type: identity}}
      since: {{type: timestamp}}
      until: {{type: timestamp}}
      decided_by: {{type: text}}
      rule: {{type: text}}
      settings: {{type: text}}
      weight: {{type: decimal}}
""",
    "concepts/clinic.yaml": f"""
concepts:
  resident:
    kind: entity
    labels: {WORDS}
    definition: {WORDS}
    key: [person]
    attributes:
      person: {{type: identity, {PERSONAL}}}
      birth_date: {{type: date, {PERSONAL}}}
      family_name: {{{DIRECT}}}
      given_names: {{{DIRECT}}}
  client:
    kind: entity
    labels: {WORDS}
    definition: {WORDS}
    key: [number]
    attributes:
      number: {{type: text, {PERSONAL}}}
      birth_date: {{type: date, {PERSONAL}}}
      family_name: {{{DIRECT}}}
      given_names: {{{DIRECT}}}
    relationships:
      resident: {{to: resident, otherwise: link.resident, labels: {WORDS}}}
      same: {{to: client, labels: {WORDS}}}
      link: {{to: client_link, labels: {WORDS}}}
  client_link:
    kind: entity
    labels: {WORDS}
    definition: {WORDS}
    key: [number]
    attributes:
      number: {{type: text, {PERSONAL}}}
      decided_by: {{type: text, {PERSONAL}}}
    relationships:
      resident: {{to: resident, labels: {WORDS}}}
  visit:
    kind: event
    labels: {WORDS}
    definition: {WORDS}
    key: [visit_id]
    time: [day]
    attributes:
      visit_id: {{type: text, {PERSONAL}}}
      day: {{type: date, {PERSONAL}}}
    relationships:
      client: {{to: client, labels: {WORDS}}}
      resident: {{to: resident, otherwise: client.resident, labels: {WORDS}}}
""",
    "mappings/clinic.yaml": """
mappings:
  - feed: clinic.people
    concept: resident
    deleted: GONE = 'yes'
    key: {person: ID}
    attributes: {birth_date: BORN, family_name: FAMILY, given_names: GIVEN}
  - feed: clinic.clients
    concept: client
    key: {number: NUMBER}
    attributes: {birth_date: BORN, family_name: FAMILY, given_names: GIVEN}
    relationships: {resident: ID, same: SAME, link: NUMBER}
  - feed: clinic.visits
    concept: visit
    key: {visit_id: VISIT}
    attributes: {day: DAY}
    relationships: {client: NUMBER, resident: ID}
  - feed: linking.clients
    concept: client_link
    deleted: until IS NOT NULL
    key: {number: instance}
    attributes: {decided_by: decided_by}
    relationships: {resident: same_as}
""",
}
LINKS = f"""
links:
  clients:
    labels: {WORDS}
    definition: {WORDS}
    of: client
    to: resident
    told_by: resident
    feed: linking.clients
    version: 1
    purpose: data_quality
    legal_basis: "612/2021 29 §"
    owner: tests
    compare:
      family_name: {{as: name}}
      given_names: {{as: given_names}}
      birth_date: {{as: day}}
    rules:
      same_client: {{through: same, labels: {WORDS}}}
      same_person: {{agree: [family_name, given_names, birth_date], labels: {WORDS}}}
    candidates:
      - [birth_date]
      - [birth_date.swapped]
      - [family_name, given_names.first]
    thresholds: {{link: 20, review: -4, ahead: 4}}
    card: {{use: {WORDS}, not_for: {WORDS}, limits: {WORDS}, measured: here}}
weights:
  clients:
    version: 1
    learned: "2026-11-26"
    learned_from: nobody
    same: 0.9
    levels:
      family_name: {{same: [0.9, 0.01], near: [0.05, 0.003], alike: [0.01, 0.01], other: [0.04, 0.977]}}
      given_names:
        {{same: [0.6, 0.001], first: [0.3, 0.005], near: [0.05, 0.002], part: [0.001, 0.004], other: [0.05, 0.988]}}
      birth_date:
        {{same: [0.95, 0.0001], swapped: [0.02, 0.0001], near: [0.02, 0.001], alike: [0.005, 0.001],
         other: [0.005, 0.997]}}
"""
MODEL = parse_model(FILES)


def linkage(text: str = LINKS, model: Model = MODEL) -> Linkage:
    [found] = parse_links({"links/clients.yaml": text}, model)
    return found
