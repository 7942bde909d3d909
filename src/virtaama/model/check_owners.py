"""Whose a name is: what is enciphered is enciphered for one person, so each row must tell for whom."""

from __future__ import annotations

from collections.abc import Iterator

from virtaama.model.concepts import Type
from virtaama.model.documents import did_you_mean
from virtaama.model.feeds import Feed, Field
from virtaama.problems import Problem

_NUMBERS = (Type.IDENTITY, Type.TEXT, Type.INTEGER)


def owner_problems(field: Field, feed: Feed) -> Iterator[Problem]:
    """Whether every row tells whose a direct field is."""
    said, place = f"field '{field.name}' of feed '{feed.id}'", field.place
    owners = feed.owners(field)
    codes = [each.name for each in feed.fields if each.type is Type.IDENTITY]
    if not owners and codes:
        what = f"{said} names a person, and a row holds several: {', '.join(codes)}."
        yield Problem(
            place, what, "Say which: `whose: " + codes[0] + "`, at the field or for the whole feed."
        )
    elif not owners:
        what = f"{said} names a person, and nothing tells whom."
        advice = "Name in `whose` the field that does: the number the system knows the person by."
        yield Problem(place, what, advice)
    wrong = [problem for name in owners for problem in _owner(name, said, field, feed)]
    yield from wrong
    filled = any(each.required for each in feed.fields if each.name in owners)
    if owners and not wrong and not filled:
        what = f"{said} names a person, and a row may be without {' and '.join(owners)}."
        advice = (
            f"Write `required: true` at {owners[-1]}; or add to `whose` a field that is always filled: "
            f"`whose: [{', '.join(owners)}, NUMBER]`."
        )
        yield Problem(place, what, advice)


def _owner(name: str, said: str, field: Field, feed: Feed) -> Iterator[Problem]:
    """Whether a field can tell whose another is."""
    owner = feed.field(name)
    if owner is None:
        what = f"{said} is that of '{name}', which is not a field of the feed."
        yield Problem(field.place, what, did_you_mean(name, [each.name for each in feed.fields]))
    elif owner.type not in _NUMBERS or (owner.direct and owner.type is not Type.IDENTITY):
        what = f"{said} is that of '{name}', which is no number of a person."
        yield Problem(field.place, what, "Name a field of type identity, text or integer that is not direct.")
