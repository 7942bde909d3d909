"""The example of a replaced system is a model that holds together, and the plan says what the page says."""

from __future__ import annotations

import re
from pathlib import Path

from virtaama.model.changes import words
from virtaama.model.compare import compare
from virtaama.model.parse import parse_model

PAGE = (Path(__file__).parents[2] / "docs/how-to/change-the-model.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^```yaml\n# (\S+\.yaml)\n(.*?)^```", PAGE, re.M | re.S))
WORDS = "{fi: sana, sv: ord, en: word}"
BEFORE = {
    "concepts/clients.yaml": f"""\
concepts:
  client:
    kind: entity
    labels: {WORDS}
    definition: {WORDS}
    key: [number]
    attributes:
      number: {{type: text, sensitivity: personal, labels: {WORDS}}}
      name: {{type: text, sensitivity: direct, labels: {WORDS}}}
""",
    "systems/old_system.yaml": f"""\
system: old_system
labels: {WORDS}
format: csv
feeds:
  clients:
    labels: {WORDS}
    files: "old_system/*/clients.csv"
    delivery: full
    whose: ID
    fields: {{ID: {{type: text, required: true}}, NAME: {{type: text, direct: true}}}}
""",
    "mappings/old_system.yaml": """\
mappings:
  - feed: old_system.clients
    concept: client
    key: {number: "'old:' || ID"}
    attributes: {name: NAME}
""",
}


def test_the_example_is_told_as_the_page_tells_it() -> None:
    assert list(EXAMPLES) == ["systems/new_system.yaml", "mappings/new_system.yaml"]
    changes = compare(parse_model(BEFORE), parse_model(BEFORE | EXAMPLES))
    told = [words(change) for change in changes]
    assert told[1] in PAGE
    assert told == [
        "feed 'new_system.clients' is new",
        "feed 'new_system.clients' takes the place of 'old_system.clients'; the history of both is kept",
        "mapping of new_system.clients to client is new",
    ]
