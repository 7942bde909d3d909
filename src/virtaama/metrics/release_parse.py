"""The releases of a county from its YAML files, checked against its catalogue; every problem at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.described_twice import described_twice
from virtaama.metrics.plan import is_defined
from virtaama.metrics.question import Grain, Level
from virtaama.metrics.release_schema import RELEASES
from virtaama.metrics.releases import Audience, Licence, Release
from virtaama.model.documents import Entry, did_you_mean
from virtaama.problems import Problem, ProblemsFound


def parse_releases(files: Mapping[str, str], catalogue: Catalogue, minimum_group: int) -> tuple[Release, ...]:
    """The releases that files (name → text) describe together. None may show smaller groups than the project.

    Raises ProblemsFound with every problem of every file, each with its line and what would be right.
    """
    roots, wrong = RELEASES.read_all(files)
    if wrong:
        raise ProblemsFound(wrong)
    releases = tuple(_release(*each) for root in roots for each in root.within("releases"))
    problems = (
        *(problem for release in releases for problem in _check(release, catalogue, minimum_group)),
        *described_twice("release", releases),
    )
    if problems:
        raise ProblemsFound(problems)
    return releases


def _release(name: str, entry: Entry) -> Release:
    last = entry.text("last_year")
    return Release(
        name=name,
        labels=entry.words("labels"),
        definition=entry.words("definition"),
        metrics=entry.texts("metrics"),
        levels=tuple(Level(level) for level in entry.texts("levels")),
        breakdowns=entry.texts("breakdowns"),
        grains=tuple(Grain(grain) for grain in entry.texts("grains")),
        first_year=_whole(entry.text("first_year")),
        last_year=_whole(last) if last else None,
        threshold=_whole(entry.text("threshold", "5")),
        rounding=_whole(entry.text("rounding", "5")),
        audience=Audience(entry.text("audience")),
        legal_basis=entry.text("legal_basis"),
        owner=entry.text("owner"),
        licence=Licence(entry.text("licence")) if entry.text("licence") else None,
        place=entry.place,
    )


def _whole(text: str) -> int:
    return int(float(text))


def _check(release: Release, catalogue: Catalogue, minimum_group: int) -> Iterator[Problem]:
    def wrong(what: str, advice: str = "") -> Problem:
        return Problem(release.place, f"release '{release.name}': {what}", advice)

    known = {metric.name: metric for metric in catalogue.metrics}
    dimensions = tuple(dimension.name for dimension in catalogue.dimensions)
    for name in release.metrics:
        if name not in known:
            yield wrong(f"'{name}' is not a metric", did_you_mean(name, tuple(known)))
    for dimension in release.breakdowns:
        if dimension not in dimensions:
            yield wrong(f"'{dimension}' is not a dimension", did_you_mean(dimension, dimensions))
        elif not any(
            is_defined(known[name], level, dimension, catalogue)
            for name in release.metrics
            if name in known
            for level in release.levels
        ):
            yield wrong(f"none of its metrics can be broken down by '{dimension}'", "Leave it out.")
    for level in release.levels:
        names = [name for name in release.metrics if name in known]
        if names and not any(is_defined(known[name], level, "", catalogue) for name in names):
            yield wrong(f"none of its metrics has figures at the level '{level}'", "Leave it out.")
    if release.last_year is not None and release.last_year < release.first_year:
        yield wrong("it ends before it begins", "Let last_year be first_year or later.")
    if release.threshold < minimum_group:
        yield wrong(
            f"its threshold is {release.threshold}, and the project shows no group smaller than {minimum_group}",
            "Raise the threshold, or lower minimum_group in virtaama.yaml.",
        )
    if release.rounding > 2 * release.threshold:
        yield wrong(
            f"rounding to {release.rounding} would make a shown group of {release.threshold} into nobody",
            f"Round to {2 * release.threshold} at most.",
        )
