"""Systems and code lists of two models, held against each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from virtaama.model.changes import (
    Added,
    Change,
    Kind,
    Reissued,
    Removed,
    Renamed,
    Replaced,
    Thing,
)
from virtaama.model.concepts import Code, CodeList
from virtaama.model.feeds import Feed, System
from virtaama.model.matching import matched
from virtaama.model.members import member_changes
from virtaama.model.record import meaning_of


def compare_systems(old: Sequence[System], new: Sequence[System]) -> Iterator[Change]:
    """Systems, feeds and fields. A feed is known by its id: the lake keeps deliveries under it."""
    before = {system.name: system for system in old}
    for system in new:
        if system.name in before:
            thing = Thing(Kind.SYSTEM, system.name)
            yield from member_changes(thing, before[system.name], system, apart=("feeds",))
    feeds = {feed.id: feed for system in old for feed in system.feeds}
    now = {feed.id: feed for system in new for feed in system.feeds}
    for feed in now.values():
        thing = Thing(Kind.FEED, feed.id)
        earlier = feeds.get(feed.id)
        if earlier is None:
            yield Added(thing=thing, place=feed.place)
        else:
            yield from member_changes(thing, earlier, feed, apart=("system", "fields"))
            yield from _fields(earlier, feed)
        taken = tuple(name for name in feed.replaces if earlier is None or name not in earlier.replaces)
        if taken:
            yield Replaced(thing=thing, of=taken, place=feed.place)
    for id, feed in feeds.items():
        if id not in now:
            yield Removed(thing=Thing(Kind.FEED, id), place=feed.place)


def _fields(was: Feed, now: Feed) -> Iterator[Change]:
    found = matched(was.fields, now.fields, lambda field: field.also)
    for earlier, field in found.kept:
        thing = Thing(Kind.FIELD, field.name, now.id)
        if earlier.name != field.name:
            yield Renamed(thing=thing, was=earlier.name, place=field.place)
        yield from member_changes(thing, earlier, field)
    for field in found.added:
        yield Added(thing=Thing(Kind.FIELD, field.name, now.id), place=field.place)
    for field in found.removed:
        yield Removed(thing=Thing(Kind.FIELD, field.name, now.id), place=field.place)


def compare_code_lists(old: Sequence[CodeList], new: Sequence[CodeList]) -> Iterator[Change]:
    before, now = {codes.name: codes for codes in old}, {codes.name for codes in new}
    for codes in new:
        thing = Thing(Kind.CODE_LIST, codes.name)
        if codes.name not in before:
            yield Added(thing=thing, place=codes.place)
            continue
        yield from member_changes(thing, before[codes.name], codes, apart=("codes",))
        if meaning_of(before[codes.name].codes) != meaning_of(codes.codes):
            yield _reissued(thing, before[codes.name], codes)
    for codes in old:
        if codes.name not in now:
            yield Removed(thing=Thing(Kind.CODE_LIST, codes.name), place=codes.place)


def _reissued(thing: Thing, was: CodeList, now: CodeList) -> Reissued:
    before = {code.code: code for code in was.codes}
    after = {code.code: code for code in now.codes}
    both = [(before[code.code], code) for code in now.codes if code.code in before]
    return Reissued(
        thing=thing,
        added=tuple(code for code in after if code not in before),
        removed=tuple(code for code in before if code not in after),
        redated=tuple(code.code for earlier, code in both if _days(earlier) != _days(code)),
        reworded=tuple(code.code for earlier, code in both if earlier.labels != code.labels),
        regrouped=tuple(code.code for earlier, code in both if earlier.broader != code.broader),
        place=now.place,
    )


def _days(code: Code) -> tuple[object, object]:
    return code.valid_from, code.valid_until
