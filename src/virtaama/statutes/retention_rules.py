"""The pack of the annex of 703/2023: each type of document with its period, legal basis and days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from virtaama.model.documents import Entry
from virtaama.model.schema import LABELS
from virtaama.model.shape import members, text
from virtaama.statutes.lengths import read_whole, whole
from virtaama.statutes.packs import Kind, Table
from virtaama.statutes.provisions import Standing, at, in_force
from virtaama.statutes.retention import (
    Fact,
    Period,
    Permanent,
    RetentionRule,
    YearsAfter,
    YearsAfterDeathOrBirth,
    YearsAfterImaging,
)


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """The rules of every day, in the order of the annex."""

    every: tuple[RetentionRule, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name a model may use."""
        return tuple(dict.fromkeys(rule.name for rule in self.every))

    def in_force(self, on: date) -> tuple[RetentionRule, ...]:
        """The rules in force on a day."""
        return in_force(self.every, on)

    def rule(self, name: str, on: date) -> RetentionRule | None:
        """The rule of a name that is in force on a day."""
        return at((rule for rule in self.every if rule.name == name), on)


_FORMS: Final = (
    {"years", "after"},
    {"from_death", "from_birth"},
    {"from_imaging", "at_most_from_death"},
    {"review_every"},
)
_KEPT: Final = members(
    "How long: `years` and `after`; or `from_death` and `from_birth`; or `from_imaging` and `at_most_from_death`; or "
    "`review_every` of what is kept for good.",
    {
        "years": whole("Years from the last of what is named by `after`."),
        "after": {
            "description": "What must have happened, all of it.",
            "type": "array",
            "minItems": 1,
            "items": {"enum": [fact.value for fact in Fact]},
        },
        "from_death": whole("Years from death."),
        "from_birth": whole("Years from birth, where no death is known or who died was a child."),
        "from_imaging": whole("Years from the day a picture was taken."),
        "at_most_from_death": whole("But at most so many years from death."),
        "review_every": whole("Kept for good; every so many years it is looked at anew."),
    },
)


def _period(entry: Entry) -> Period:
    said = dict(entry.members())
    if set(said) not in _FORMS:
        forms = "; or ".join(" and ".join(sorted(form, reverse=True)) for form in _FORMS)
        raise ValueError(f"`kept` is told by {forms}")

    def years(name: str) -> int:
        return read_whole(said[name].scalar)

    if "after" in said:
        facts = tuple(Fact(each) for each in entry.texts("after"))
        return YearsAfter(years=years("years"), facts=facts)
    if "from_death" in said:
        return YearsAfterDeathOrBirth(after_death=years("from_death"), after_birth=years("from_birth"))
    if "from_imaging" in said:
        at_most = years("at_most_from_death")
        return YearsAfterImaging(years=years("from_imaging"), at_most_after_death=at_most)
    return Permanent(review_every=years("review_every"))


def _rule(entry: Entry, standing: Standing) -> RetentionRule:
    return RetentionRule(
        name=entry.text("rule"),
        labels=entry.words("labels"),
        period=_period(entry.at(("kept",))),
        remark=entry.text("remark"),
        **standing,
    )


RETENTION: Final = Kind(
    name="retention",
    about="How long documents about clients are kept, by type of document.",
    tables=(
        Table(
            name="rules",
            about="A rule for each type of document.",
            members={
                "rule": text(
                    "Its name, <domain>.<document type>, by which concepts follow it.", pattern=r"^[a-z_.]+$"
                ),
                "labels": LABELS,
                "kept": _KEPT,
                "remark": text("What the law says besides and no data tells."),
            },
            required=("rule", "labels", "kept"),
            read=_rule,
            key=lambda rule: rule.name,
        ),
    ),
    make=lambda rows: RetentionRules(rows["rules"]),
)
