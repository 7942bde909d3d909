"""What a project says of how often persons may be looked up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from virtaama.model.documents import Entry
from virtaama.model.shape import Schema, members, number, text
from virtaama.privacy.look_up_limits import SHIPPED, LookUpLimits
from virtaama.problems import Problem

_COUNTS = {
    "hour": number("Look-ups of one asker in any hour.", minimum=1, multipleOf=1),
    "day": number("Look-ups of one asker in any 24 hours.", minimum=1, multipleOf=1),
    "house_hour": number("Look-ups of all together in any hour.", minimum=1, multipleOf=1),
    "house_day": number("Look-ups of all together in any 24 hours.", minimum=1, multipleOf=1),
}
LOOK_UPS: Schema = {
    "description": "How often persons may be looked up. Of several the newest that has begun holds.",
    "type": "array",
    "minItems": 1,
    "items": members(
        "Numbers that hold from a day on; what is left out is as shipped.",
        {
            "from": text("The first day: 2027-01-11.", format="date"),
            **_COUNTS,
            "why": text("Why these numbers: whoever looks at a refusal wants to know."),
        },
        required=("from", "why"),
    ),
}
_NOT_MORE = (("hour", "day"), ("house_hour", "house_day"), ("hour", "house_hour"), ("day", "house_day"))
"""Of each pair the first is not to be more than the second."""


def parse_look_ups(root: Entry) -> tuple[LookUpLimits, ...]:
    """What virtaama.yaml says; `root` is the whole of it."""
    return tuple(_limits(each) for each in root.list("look_ups"))


def problems_of_look_ups(root: Entry) -> Iterator[Problem]:
    """Numbers that hold nobody back, and two that begin on one day."""
    begun: set[date] = set()
    for entry in root.list("look_ups"):
        limits = _limits(entry)
        if limits.since in begun:
            yield Problem(
                entry.place, f"two of look_ups begin on {limits.since}.", "One of them counts: take one out."
            )
        begun.add(limits.since)
        for first, second in _NOT_MORE:
            if getattr(limits, first) > getattr(limits, second):
                what = f"{first} of look_ups is more than {second}, so that it never holds anybody back."
                yield Problem(entry.at((first,)).place, what, f"Write {second} too, or less.")


def _limits(entry: Entry) -> LookUpLimits:
    counts = {name: int(float(entry.text(name, str(getattr(SHIPPED, name))))) for name in _COUNTS}
    return LookUpLimits(since=date.fromisoformat(entry.text("from")), why=entry.text("why"), **counts)
