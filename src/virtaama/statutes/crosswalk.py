"""The crosswalk of service classifications: which code of each stands for which of the county's own classes, by day.

Every classification is a code list of the model: Hilmo's, the service tasks of the law, and whatever else a county
writes into codes/: service classes of PTV or the State, THL's, its cost centres. All lead to one list, the county's
own, so that what one classification counts can be laid beside what another does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from virtaama.model.concepts import Code, CodeList
from virtaama.model.documents import Entry, did_you_mean
from virtaama.model.model import Model
from virtaama.model.shape import NAME, Shape, members, named, text, texts
from virtaama.problems import Place, Problem, ProblemsFound

LINK: Final = members(
    "Codes and the class they belong to.",
    {
        "codes": texts("Codes of the classification.", minItems=1),
        "to": text("The class of the county they belong to."),
        "none": text("Why they belong to none, where they do not."),
        "from": text("The first day it holds; without it, that of the crosswalk.", format="date"),
        "until": text("The last day it holds.", format="date"),
    },
    required=("codes",),
)
CROSSWALK: Final = Shape(
    "crosswalk",
    members(
        "Which codes of service classifications stand for which of the county's own classes.",
        {
            "to": text("The code list of the county's own classes.", pattern=NAME),
            "from": text(
                "The first day the crosswalk is about: from then on no code is left out.", format="date"
            ),
            "owner": text("Who keeps it."),
            "classifications": named(
                "The links of each classification, by the name of its code list.",
                {"description": "Its links.", "type": "array", "items": LINK},
            ),
        },
        required=("to", "from", "owner", "classifications"),
    ),
)
"""The shape of the file `crosswalk.yaml`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A code of a classification and the class it belongs to, or why to none; both days are included."""

    classification: str
    code: str
    to: str
    none: str
    valid_from: date
    valid_until: date | None
    place: Place

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crosswalk:
    """The links of every day, checked: from `valid_from` on each code has one link on each day it is valid."""

    to: str
    valid_from: date
    owner: str
    links: tuple[Link, ...]

    @property
    def classifications(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(link.classification for link in self.links))

    def in_force(self, on: date) -> tuple[Link, ...]:
        return tuple(link for link in self.links if link.holds(on))

    def class_of(self, classification: str, code: str, on: date) -> str:
        """The class a code belongs to on a day; empty where it belongs to none, or is none."""
        links = (
            each for each in self.in_force(on) if (each.classification, each.code) == (classification, code)
        )
        return next((each.to for each in links), "")


def parse_crosswalk(file: str, written: str, model: Model) -> Crosswalk:
    """The crosswalk a file describes, checked against the code lists of the model.

    Raises ProblemsFound with every problem: codes that are not there, that are left out or that belong to two classes.
    """
    root, wrong = CROSSWALK.read(file, written)
    if root is None or wrong:
        advice = "Write to: with the code list of your own classes."
        raise ProblemsFound(wrong or (Problem(Place(file), "the file is empty.", advice),))
    begins = date.fromisoformat(root.text("from"))
    found = Crosswalk(
        to=root.text("to"),
        valid_from=begins,
        owner=root.text("owner"),
        links=tuple(
            link
            for name, entry in root.within("classifications")
            for item in entry.items()
            for link in _links(name, item, begins)
        ),
    )
    lists = {each.name: each for each in model.code_lists}
    problems = tuple(_problems(root, found, lists))
    if problems:
        raise ProblemsFound(problems)
    return found


def _links(classification: str, entry: Entry, begins: date) -> Iterator[Link]:
    first, last = entry.text("from"), entry.text("until")
    for code in entry.texts("codes"):
        yield Link(
            classification=classification,
            code=code,
            to=entry.text("to"),
            none=entry.text("none"),
            valid_from=date.fromisoformat(first) if first else begins,
            valid_until=date.fromisoformat(last) if last else None,
            place=entry.place,
        )


def _problems(root: Entry, found: Crosswalk, lists: Mapping[str, CodeList]) -> Iterator[Problem]:
    if found.to not in lists:
        place = root.at(("to",)).place
        yield Problem(
            place, f"'{found.to}' is no code list of the model.", did_you_mean(found.to, tuple(lists))
        )
        return
    classes = {code.code: code for code in lists[found.to].codes}
    for name, entry in root.within("classifications"):
        if name not in lists:
            what = f"'{name}' is no code list of the model."
            yield Problem(entry.place, what, did_you_mean(name, tuple(lists)))
            continue
        own = [link for link in found.links if link.classification == name]
        codes = {code.code: code for code in lists[name].codes}
        for link in own:
            yield from _of_link(link, codes, classes)
        for code in codes.values():
            yield from _of_code(code, [link for link in own if link.code == code.code], found, entry.place)


def _of_link(link: Link, codes: Mapping[str, Code], classes: Mapping[str, Code]) -> Iterator[Problem]:
    whose = f"code '{link.code}' of '{link.classification}'"
    if link.code not in codes:
        yield Problem(link.place, f"{whose} is not there.", did_you_mean(link.code, tuple(codes)))
    if bool(link.to) == bool(link.none):
        yield Problem(
            link.place, f"{whose} needs one of `to` and `none`.", "`none` says why it belongs to no class."
        )
    elif link.to and link.to not in classes:
        yield Problem(
            link.place, f"{whose} leads to '{link.to}', no class.", did_you_mean(link.to, tuple(classes))
        )
    if link.valid_until and link.valid_until < link.valid_from:
        what = f"{whose} belongs there from {link.valid_from} until {link.valid_until}, which is no day."
        yield Problem(link.place, what)


def _of_code(code: Code, links: list[Link], found: Crosswalk, place: Place) -> Iterator[Problem]:
    """Days on which a code belongs to two classes, or is valid and nobody says to which."""
    links = sorted(links, key=lambda link: link.valid_from)
    for before, after in pairwise(links):
        if before.holds(after.valid_from):
            what = f"code '{code.code}' belongs to two classes on {after.valid_from}."
            yield Problem(after.place, what, "End the one before with until:, or take one of them out.")
    open_from: date | None = max(code.valid_from or found.valid_from, found.valid_from)
    last = code.valid_until or date.max
    for link in links:
        if open_from is not None and open_from <= last and link.valid_from > open_from:
            yield _left_out(code, open_from, link.place)
        ends = link.valid_until or date.max
        if open_from is not None and ends >= open_from:
            open_from = ends + timedelta(days=1) if ends < date.max else None
    if open_from is not None and open_from <= last:
        yield _left_out(code, open_from, links[-1].place if links else place)


def _left_out(code: Code, day: date, place: Place) -> Problem:
    what = f"nobody says to which class code '{code.code}' ({code.labels.en}) belongs on {day}."
    return Problem(
        place, what, "Add it to the codes of a class, or write none: with why it belongs to no class."
    )
