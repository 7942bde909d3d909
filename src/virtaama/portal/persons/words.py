"""The words of the pages that open a person."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from virtaama.privacy.reasons import NoReason

NO_REASON: dict[NoReason, Promise] = {
    NoReason.MISSING: _("Write why you open the person."),
    NoReason.TOO_SHORT: _(
        "The reason is too short. Write it in a sentence: what happened, and what you need to know."
    ),
    NoReason.NO_SENTENCE: _("The reason repeats itself. Write what happened, and what you need to know."),
    NoReason.TOO_LONG: _("The reason is too long."),
    NoReason.NAMES_A_PERSON: _("The reason holds a personal identity code. Leave it out."),
}
REASONS = (
    _("Appointment today"),
    _("Phone call with the client"),
    _("Care on the ward"),
    _("Home visit"),
    _("Preparing a decision"),
    _("Client's own request"),
)
"""What is offered for the reason of opening somebody in one's own care; anything else can be written."""
