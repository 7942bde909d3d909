"""The catalogue of a county from its YAML files, checked against its model; every problem at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from virtaama.metrics.check import check_catalogue
from virtaama.metrics.definitions import (
    Catalogue,
    Dimension,
    Direction,
    Fact,
    Family,
    Measure,
    Metric,
    Target,
    Window,
)
from virtaama.metrics.functions import decided_by
from virtaama.metrics.indicator_parse import indicator_members, package_of
from virtaama.metrics.indicators import Status
from virtaama.metrics.schema import METRICS
from virtaama.model.documents import Entry
from virtaama.model.model import Model
from virtaama.problems import Place, Problem, ProblemsFound
from virtaama.statutes.care_guarantee import WaitLimit

SECTIONS = ("facts", "dimensions", "metrics", "packages")


def parse_catalogue(files: Mapping[str, str], model: Model, limits: Sequence[WaitLimit] = ()) -> Catalogue:
    """The catalogue that files (name → text) describe together, reckoned by these limits of the care guarantee.

    Raises ProblemsFound with every problem of every file, each with its line and what would be right.
    """
    roots, wrong = METRICS.read_all(files)
    twice = (problem for section in SECTIONS for problem in _taken_twice(section, roots))
    if problems := (*wrong, *twice):
        raise ProblemsFound(problems)
    metrics = tuple(_metric(*each) for root in roots for each in root.within("metrics"))
    content = "\0".join([*(f"{file}\0{text}" for file, text in sorted(files.items())), *decided_by(limits)])
    catalogue = Catalogue(
        version=hashlib.sha256(content.encode()).hexdigest()[:12],
        facts=tuple(_fact(*each) for root in roots for each in root.within("facts")),
        dimensions=tuple(_dimension(*each) for root in roots for each in root.within("dimensions")),
        metrics=tuple(metric for metric in metrics if metric.status is not Status.DRAFT),
        drafts=tuple(metric for metric in metrics if metric.status is Status.DRAFT),
        packages=tuple(package_of(*each) for root in roots for each in root.within("packages")),
        limits=tuple(limits),
    )
    if found := tuple(check_catalogue(catalogue, model)):
        raise ProblemsFound(found)
    return catalogue


# Reading: the shape is right, so what is asked for is there -----------------------------------------


def _taken_twice(section: str, roots: Sequence[Entry]) -> Iterator[Problem]:
    first: dict[str, Place] = {}
    for root in roots:
        for name, entry in root.within(section):
            if name in first:
                what = f"'{name}' is already described at {first[name]}."
                yield Problem(entry.place, what, "Give one of them another name.")
            first.setdefault(name, entry.place)


def _fact(name: str, entry: Entry) -> Fact:
    during = entry.texts("during")
    return Fact(
        name=name,
        place=entry.place,
        of=entry.text("of"),
        union=entry.texts("union"),
        where=entry.text("where"),
        time=entry.text("time"),
        during=(during[0], during[1]) if during else None,
        person=entry.text("person"),
        by=_expressions(entry, "by"),
        columns=_expressions(entry, "columns"),
    )


def _expressions(entry: Entry, member: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, found.scalar) for name, found in entry.within(member))


def _dimension(name: str, entry: Entry) -> Dimension:
    return Dimension(
        name=name,
        labels=entry.words("labels"),
        code_list=entry.text("code_list"),
        concept=entry.text("concept"),
        branch=entry.text("branch"),
    )


def _measure(entry: Entry) -> Measure:
    return Measure(
        fact=entry.text("fact"),
        aggregate=entry.text("aggregate"),
        where=entry.text("where"),
        window=Window(entry.text("window", Window.PERIOD)),
        per_person_having=entry.text("per_person_having"),
    )


def _metric(name: str, entry: Entry) -> Metric:
    below = entry.member("denominator")
    return Metric(
        name=name,
        labels=entry.words("labels"),
        definition=entry.words("definition"),
        family=Family(entry.text("family")),
        unit=entry.words("unit"),
        numerator=_measure(entry.at(("numerator",))),
        denominator=_measure(below) if below else None,
        scale=float(entry.text("scale", "1")),
        direction=Direction(entry.text("direction")),
        decimals=int(float(entry.text("decimals", "0"))),
        levels=entry.texts("levels"),
        by=entry.texts("by"),
        legal_basis=entry.text("legal_basis"),
        source=entry.text("source"),
        owner=entry.text("owner"),
        targets=tuple(_target(item) for item in entry.list("targets")),
        minimum_group=int(float(entry.text("minimum_group", "5"))),
        place=entry.place,
        **indicator_members(entry),
    )


def _target(entry: Entry) -> Target:
    return Target(
        value=float(entry.text("value")),
        source=entry.text("source"),
        valid_from=date.fromisoformat(entry.text("from")),
        place=entry.place,
    )
