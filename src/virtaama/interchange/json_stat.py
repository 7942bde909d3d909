"""Released figures as JSON-stat 2.0: a cube for each length of period and each breakdown.

Labels are in one language, as the format wants it; the same words in all three stand in `extension`, so that a
document can be told in another (`in_language`). What is missing is null, with the reason as its status.
"""

from __future__ import annotations

from virtaama.interchange.json_stat_cube import AREA, METRIC, PERIOD, Cube, Plain, ReleasedFigures, Table
from virtaama.metrics.definitions import Measure, Metric

LANGUAGES = ("fi", "sv", "en")
_IN_WORDS = ("version", "class", "label", "source", "note", "dimension", "extension")


def json_stat(told: ReleasedFigures, table: Table, language: str = "fi") -> Plain:
    """A cube as a JSON-stat dataset."""
    cube = Cube.of(told, table)
    axes = cube.axes
    words = {each: cube.words(each) for each in LANGUAGES}
    origin, release = told.origin, told.release
    document: Plain = {
        "version": "2.0",
        "class": "dataset",
        "updated": origin.made.isoformat(timespec="seconds"),
        "id": [*axes],
        "size": [len(codes) for codes in axes.values()],
        "role": {"metric": [METRIC], "geo": [AREA], "time": [PERIOD]},
        "dimension": {name: {"category": {"index": [*codes]}} for name, codes in axes.items()},
        **cube.cells(),
        "extension": {
            "language": language,
            "words": words,
            "release": {
                "name": release.name,
                "number": origin.number,
                "grain": table.grain.value,
                "breakdown": table.dimension or None,
                "audience": release.audience.value,
                "legal_basis": release.legal_basis,
                "owner": release.owner,
                "licence": release.licence.value if release.licence else None,
            },
            "protection": {"threshold": release.threshold, "rounding": release.rounding},
            "snapshot": {
                "number": origin.snapshot,
                "published": origin.published.isoformat(timespec="seconds"),
                "model_version": origin.model_version,
                "catalogue_version": origin.catalogue_version,
            },
            "record": origin.record,
            "metrics": {metric.name: _told_of(metric) for metric in cube.metrics},
            "levels": {code: place.level.value for code, place in cube.places.items()},
        },
    }
    if release.licence:
        document["link"] = {"license": [{"href": release.licence.address}]}
    if children := cube.children():
        document["dimension"][AREA]["category"]["child"] = children
    return in_language(document, language)


def in_language(document: Plain, language: str) -> Plain:
    """The same document with its labels in another language."""
    words = document["extension"]["words"][language]
    dimensions = {}
    for name, dimension in document["dimension"].items():
        said = words["dimension"][name]
        dimensions[name] = {
            "label": said["label"],
            "category": {**dimension["category"], **said["category"]},
        }
    return {
        "version": document["version"],
        "class": document["class"],
        **{name: words[name] for name in ("label", "source", "note")},
        **{name: value for name, value in document.items() if name not in _IN_WORDS},
        "dimension": dimensions,
        "extension": {**document["extension"], "language": language},
    }


def _told_of(metric: Metric) -> Plain:
    """What a figure of a metric goes back to."""
    return {
        "version": metric.version or None,
        "formula": {
            "numerator": _measure(metric.numerator),
            "denominator": _measure(metric.denominator) if metric.denominator else None,
            "scale": metric.scale,
        },
        "source": metric.source,
        "legal_basis": metric.legal_basis,
        "owner": metric.owner,
        "breaks": [
            {"on": each.on.isoformat(), "reason": {lang: each.reason.in_language(lang) for lang in LANGUAGES}}
            for each in metric.breaks
        ],
    }


def _measure(measure: Measure) -> Plain:
    told = {
        "fact": measure.fact,
        "aggregate": measure.aggregate,
        "where": measure.where,
        "window": measure.window.value,
        "per_person_having": measure.per_person_having,
    }
    return {name: value for name, value in told.items() if value}
