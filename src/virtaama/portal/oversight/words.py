"""The words of the audit log's pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from virtaama.access.audit_entries import About, Act, Entry
from virtaama.access.held_back import HeldBack
from virtaama.portal.ui.formats import day, moment, number
from virtaama.privacy.closeness import Flag
from virtaama.privacy.policy import Purpose
from virtaama.privacy.unusual import Volume

ACTS: dict[str, Promise] = {
    Act.ASK: gettext_lazy("asked for figures"),
    Act.OPEN: gettext_lazy("opened rows"),
    Act.PERSON: gettext_lazy("opened a person"),
    Act.BREAK_GLASS: gettext_lazy("broke the glass"),
    Act.BUILD: gettext_lazy("made a table"),
    Act.RELEASE: gettext_lazy("made anonymous figures"),
    Act.PAGE: gettext_lazy("opened a page"),
    Act.REPORT: gettext_lazy("made a log report"),
    Act.LOOK: gettext_lazy("looked into the log"),
    Act.REVIEW: gettext_lazy("marked an entry"),
    Act.LINK: gettext_lazy("decided on a link"),
    Act.INCIDENT: gettext_lazy("wrote about an incident"),
    Act.SIGN_IN: gettext_lazy("signed in"),
    Act.SIGN_OUT: gettext_lazy("signed out"),
    Act.ERASE: gettext_lazy("destroyed data about persons"),
}
PURPOSES: dict[str, Promise] = {
    Purpose.STEERING: gettext_lazy("leading and supervising"),
    Purpose.PLANNING: gettext_lazy("planning"),
    Purpose.EVALUATION: gettext_lazy("evaluation"),
    Purpose.DATA_QUALITY: gettext_lazy("quality of data"),
    Purpose.CLIENT_CARE: gettext_lazy("care of or service to the client"),
    "sign_in": gettext_lazy("signing in"),
    "oversight": gettext_lazy("oversight"),
    "erasure": gettext_lazy("destruction of data"),
}
MARKS: dict[str, Promise] = {
    "in_order": gettext_lazy("in order"),
    "to_look_into": gettext_lazy("to be looked into"),
    "misuse": gettext_lazy("misuse"),
}

FLAGS: dict[Flag, Promise] = {
    Flag.ONESELF: gettext_lazy("oneself"),
    Flag.FAMILY_NAME: gettext_lazy("the same family name"),
    Flag.NEIGHBOUR: gettext_lazy("a neighbour"),
    Flag.COLLEAGUE: gettext_lazy("one of the county's own staff"),
}

PERSONS_OWN = gettext_lazy(
    "%(count)s persons opened on %(day)s. On %(days)s other days of theirs usually %(usual)s, at most %(most)s."
)
PERSONS_OF_OTHERS = gettext_lazy(
    "%(count)s persons opened on %(day)s. Too few days of their own to compare with; on %(days)s days of others in "
    "the role usually %(usual)s, at most %(most)s."
)
HELD_BACK = {
    (False, 1): gettext_lazy(
        "Look-ups refused: %(count)s, the first on %(first)s. "
        "%(most)s within an hour are as many as one person may make."
    ),
    (False, 24): gettext_lazy(
        "Look-ups refused: %(count)s, the first on %(first)s. "
        "%(most)s within 24 hours are as many as one person may make."
    ),
    (True, 1): gettext_lazy(
        "Look-ups refused: %(count)s, the first on %(first)s. "
        "%(most)s within an hour are as many as all together may make."
    ),
    (True, 24): gettext_lazy(
        "Look-ups refused: %(count)s, the first on %(first)s. "
        "%(most)s within 24 hours are as many as all together may make."
    ),
}
"""By whether the limit is of the whole house, and its hours."""

ENTRIES_OWN = gettext_lazy(
    "%(count)s entries on %(day)s. On %(days)s other days of theirs usually %(usual)s, at most %(most)s."
)
ENTRIES_OF_OTHERS = gettext_lazy(
    "%(count)s entries on %(day)s. Too few days of their own to compare with; on %(days)s days of others in the role "
    "usually %(usual)s, at most %(most)s."
)


def about_whom(entry: Entry, language: str) -> str:
    match entry.about:
        case About.PERSON:
            found = _("one person")
        case About.ROSTER:
            found = _("%(count)s persons") % {"count": number(entry.persons, 0, language)}
        case About.NOBODY:
            return "–"
        case _:
            found = ""
    if entry.unknown:
        rows = _("%(count)s rows of unknown persons") % {"count": number(entry.unknown, 0, language)}
        return f"{found}, {rows}" if found else rows
    return found or _("not told")


def held_back_by(each: HeldBack, language: str) -> str:
    """How often somebody was held back on a day, and by which limit, in a sentence."""
    told = {
        "count": number(each.count, 0, language),
        "first": moment(each.first, language),
        "most": number(each.limit.most, 0, language),
    }
    return str(HELD_BACK[each.limit.of_house, each.limit.hours] % told)


def reason_of(volume: Volume, language: str) -> str:
    """Why a day stands out, in a sentence."""
    told = {
        "count": number(volume.count, 0, language),
        "day": day(volume.day.day, language),
        "usual": number(volume.usual, 0, language),
        "most": number(volume.most, 0, language),
        "days": number(volume.compared, 0, language),
    }
    if volume.of_persons and volume.own:
        return str(PERSONS_OWN) % told
    if volume.of_persons:
        return str(PERSONS_OF_OTHERS) % told
    return str(ENTRIES_OWN if volume.own else ENTRIES_OF_OTHERS) % told
