"""The reference of retention rules, written from the rules themselves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from virtaama.statutes.packs import Pack
from virtaama.statutes.retention import WORDS, Fact, RetentionRule, in_words
from virtaama.statutes.retention_rules import RetentionRules

_OPENING = """# Retention rules

Written from the pack [`retention`](statutes.md#retention): `python tools/retention.py`.

How long documents about clients are kept, by the annex of 703/2023. A concept names its rule and says where the
facts stand from which it counts ([model language](model-language.md#concepts)). The last day of a period in years has
the number of the first; 29 February ends on 28 February in other years (150/1930 3 §). Destruction is due the day
after.
A fact that is not known makes nothing due. Not legal advice.

`virtaama retention rules` lists them with the concepts that follow them.
"""


def retention_page(pack: Pack[RetentionRules]) -> str:
    """The whole page."""
    return "\n".join([_OPENING, *_rules(pack), *_facts()]) + "\n"


def _rules(pack: Pack[RetentionRules]) -> Iterator[str]:
    for basis, rules in groupby(pack.content.every, key=lambda rule: rule.basis):
        yield f"## {basis}\n"
        yield "| Rule | Document | Kept | In force |\n|---|---|---|---|"
        yield from map(_row, rules)
        yield ""
    for source in pack.sources:
        yield f"Source: {source.title}, read {source.taken}.\n"


def _row(rule: RetentionRule) -> str:
    until = f"–{rule.valid_until}" if rule.valid_until else ""
    remark = f"; {rule.remark}" if rule.remark else ""
    return (
        f"| `{rule.name}` | {rule.labels.fi} ({rule.labels.en}) | {in_words(rule.period)}{remark} "
        f"| {rule.valid_from}{until or '–'} |"
    )


def _facts() -> Iterator[str]:
    yield "## Facts\n"
    yield "| Fact | Meaning |\n|---|---|"
    yield from (f"| `{fact}` | {WORDS[fact]} |" for fact in Fact)
