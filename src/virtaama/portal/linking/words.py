"""The words of the pages of pairs."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from virtaama.lake.link_record import Verdict
from virtaama.linkage.definitions import Level

STATES: dict[str, Promise] = {
    "waiting": gettext_lazy("to decide"),
    "linked": gettext_lazy("linked"),
    "not_same": gettext_lazy("not the same"),
    "unsure": gettext_lazy("unsure"),
    "undone": gettext_lazy("undone"),
}
BY: dict[str, Promise] = {
    "rule": gettext_lazy("a rule"),
    "model": gettext_lazy("the model"),
    "person": gettext_lazy("a person"),
}
SAID: dict[Verdict, Promise] = {
    Verdict.PROPOSED: gettext_lazy("put before people"),
    Verdict.LINKED: gettext_lazy("linked"),
    Verdict.NOT_SAME: gettext_lazy("not the same"),
    Verdict.UNSURE: gettext_lazy("unsure"),
    Verdict.UNDONE: gettext_lazy("the link was undone"),
    Verdict.WITHDRAWN: gettext_lazy("no longer proposed"),
}
TO_SAY: dict[Verdict, Promise] = {
    Verdict.LINKED: gettext_lazy("The same person"),
    Verdict.NOT_SAME: gettext_lazy("Not the same person"),
    Verdict.UNSURE: gettext_lazy("Cannot be told"),
    Verdict.UNDONE: gettext_lazy("Undo the link"),
    Verdict.PROPOSED: gettext_lazy("Put back to be decided"),
}
LEVELS: dict[str, tuple[str, Promise]] = {
    Level.SAME: ("✓", gettext_lazy("the same")),
    Level.FIRST: ("✓", gettext_lazy("fewer given names, the same first")),
    Level.SWAPPED: ("≈", gettext_lazy("day and month the other way round")),
    Level.NEAR: ("≈", gettext_lazy("nearly the same")),
    Level.ALIKE: ("≈", gettext_lazy("alike")),
    Level.PART: ("≈", gettext_lazy("partly the same")),
    Level.OTHER: ("✗", gettext_lazy("different")),
    Level.MISSING: ("–", gettext_lazy("missing")),
}
"""A sign and a word for how far two values agree."""
