"""Values whose form no schema can judge: regular expressions, ways of writing a day, the order of two days."""

from __future__ import annotations

import re
from collections.abc import Iterator

from virtaama.model.collect import collect_problems
from virtaama.model.documents import Entry, did_you_mean
from virtaama.model.intake import intake_problems, read_intake
from virtaama.problems import Place, Problem

_DIRECTIVE = re.compile(r"%-?(.)")
_DIRECTIVES = "aAbBcdfgGHIjmMnpSuUVwWxXyYzZ%"


def value_problems(folder: str, root: Entry) -> Iterator[Problem]:
    """Whatever in a file of the right shape holds a value that means nothing."""
    if folder == "systems":
        yield from _delivery(root)
        for name, feed in root.within("feeds"):
            yield from _delivery(feed)
            yield from collect_problems(root, name, feed)
            if (intake := read_intake(root, feed)) is not None:
                yield from intake_problems(
                    intake,
                    name,
                    is_json=(feed.text("format") or root.text("format")) == "json_lines",
                    is_events=feed.text("delivery") == "events",
                    has_files=bool(feed.text("files") or feed.member("collect")),
                    place=feed.place,
                )
            for _, field in feed.within("fields"):
                yield from _day_format("format", field)
    if folder == "codes":
        for _, codes in root.within("code_lists"):
            for code, entry in codes.within("codes"):
                yield from _order(code, entry)
            yield from _broader(codes)


def _delivery(entry: Entry) -> Iterator[Problem]:
    if extracted := entry.member("extracted"):
        yield from _regular_expression(extracted.scalar, extracted.place)
    if csv := entry.member("csv"):
        yield from _day_format("date", csv)
        yield from _day_format("timestamp", csv)


def _regular_expression(written: str, place: Place) -> Iterator[Problem]:
    try:
        groups = re.compile(written).groupindex
    except re.error as error:
        what = f"extracted is no regular expression: {error}."
        yield Problem(place, what, r"Write it as in '/(?P<year>\d{4})-(?P<month>\d{2})/'.")
        return
    if missing := [name for name in ("year", "month") if name not in groups]:
        what = f"extracted has no group {' and no group '.join(missing)}."
        yield Problem(place, what, r"Write it as in '/(?P<year>\d{4})-(?P<month>\d{2})/'.")


def _day_format(name: str, entry: Entry) -> Iterator[Problem]:
    found = entry.member(name)
    if found is None or not found.scalar:
        return
    written = found.scalar
    advice = "Days are written with %Y, %m and %d, the time with %H, %M and %S: %d.%m.%Y %H:%M."
    if "%" not in written:
        yield Problem(found.place, f"{name} '{written}' does not say how a day is written.", advice)
    for directive in _DIRECTIVE.findall(written):
        if directive not in _DIRECTIVES:
            yield Problem(found.place, f"'%{directive}' in {name} '{written}' stands for nothing.", advice)


def _order(code: str, entry: Entry) -> Iterator[Problem]:
    begins, ends = entry.text("from"), entry.text("until")
    if begins and ends and ends < begins:  # both written year first, or their shape is wrong anyway
        what = f"code '{code}' ends on {ends}, before it begins on {begins}."
        yield Problem(entry.place, what, "`from` is its first day, `until` its last.")


def _broader(codes: Entry) -> Iterator[Problem]:
    """Whatever a code is part of is a code of the same list, and in the end none is part of itself."""
    above = {code: entry.text("broader") for code, entry in codes.within("codes")}
    for code, entry in codes.within("codes"):
        if above[code] and above[code] not in above:
            what = f"code '{code}' is part of '{above[code]}', which is not a code of this list."
            yield Problem(entry.place, what, did_you_mean(above[code], tuple(above)))
        elif _leads_back(code, above):
            what = f"code '{code}' is part of itself, by way of the codes above it."
            yield Problem(entry.place, what, "Take `broader` out where the list begins.")


def _leads_back(code: str, above: dict[str, str]) -> bool:
    met: set[str] = set()
    here = above[code]
    while here and here not in met:
        met.add(here)
        here = above.get(here, "")
    return code in met
