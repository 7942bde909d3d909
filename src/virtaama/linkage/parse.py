"""The linkages of a county from its YAML files, checked against the model; every problem at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from virtaama.linkage.check import problems_of
from virtaama.linkage.definitions import (
    LEVELS,
    Candidate,
    Card,
    Comparison,
    Kind,
    Level,
    Linkage,
    Rule,
    Weights,
)
from virtaama.linkage.schema import LINKS
from virtaama.model.concepts import Purpose
from virtaama.model.documents import Entry, did_you_mean
from virtaama.model.model import Model
from virtaama.problems import Problem, ProblemsFound

_NOTHING = Weights(version=0, learned=date.min, learned_from="", same=1.0, levels={})


def parse_links(files: Mapping[str, str], model: Model) -> tuple[Linkage, ...]:
    """The linkages that files (name → text) describe together.

    Raises ProblemsFound with every problem of every file, each with its line and what would be right.
    """
    roots, wrong = LINKS.read_all(files)
    if wrong:
        raise ProblemsFound(wrong)
    weights = {name: entry for root in roots for name, entry in root.within("weights")}
    written = [each for root in roots for each in root.within("links")]
    names = tuple(name for name, _ in written)
    linkages = tuple(_linkage(name, entry, weights.get(name)) for name, entry in written)
    problems = (
        *(problem for linkage in linkages for problem in problems_of(linkage, model)),
        *(
            problem
            for linkage in linkages
            for problem in _weights_problems(linkage, weights.get(linkage.name))
        ),
        *(
            Problem(entry.place, f"weights of '{name}', which is not a linkage.", did_you_mean(name, names))
            for name, entry in weights.items()
            if name not in names
        ),
        *(
            Problem(entry.place, f"linkage '{name}' is described twice.", "Keep one of the two.")
            for place, (name, entry) in enumerate(written)
            if name in names[:place]
        ),
    )
    if problems:
        raise ProblemsFound(problems)
    return linkages


def _linkage(name: str, entry: Entry, weights: Entry | None) -> Linkage:
    thresholds = entry.at(("thresholds",))
    return Linkage(
        name=name,
        labels=entry.words("labels"),
        definition=entry.words("definition"),
        of=entry.text("of"),
        to=entry.text("to"),
        told_by=entry.text("told_by"),
        feed=entry.text("feed"),
        version=_whole(entry.text("version")),
        purpose=Purpose(entry.text("purpose")),
        legal_basis=entry.text("legal_basis"),
        owner=entry.text("owner"),
        comparisons=tuple(
            Comparison(
                name=each,
                of=found.text("of", each),
                to=found.text("to", each),
                kind=Kind(found.text("as")),
                locates=found.truth("locates"),
            )
            for each, found in entry.within("compare")
        ),
        rules=tuple(
            Rule(
                name=each,
                labels=found.words("labels"),
                through=found.text("through"),
                agree=found.texts("agree"),
            )
            for each, found in entry.within("rules")
        ),
        candidates=tuple(
            Candidate(tuple(name.scalar for name in each.items())) for each in entry.list("candidates")
        ),
        link=float(thresholds.text("link")),
        review=float(thresholds.text("review")),
        ahead=float(thresholds.text("ahead")),
        weights=_weights(weights) if weights else _NOTHING,
        card=_card(entry.at(("card",))),
        protection=entry.text("protection"),
        place=entry.place,
    )


def _card(entry: Entry) -> Card:
    return Card(
        use=entry.words("use"),
        not_for=entry.words("not_for"),
        limits=entry.words("limits"),
        measured=entry.text("measured"),
    )


def _weights(entry: Entry) -> Weights:
    return Weights(
        version=_whole(entry.text("version")),
        learned=_day(entry.text("learned")),
        learned_from=entry.text("learned_from"),
        same=float(entry.text("same")),
        levels={
            name: {
                Level(level): (float(m.scalar), float(u.scalar))
                for level, shares in found.members()
                for m, u in [tuple(shares.items())]
            }
            for name, found in entry.within("levels")
        },
    )


def _weights_problems(linkage: Linkage, entry: Entry | None) -> Iterator[Problem]:
    said = f"linkage '{linkage.name}'"
    if entry is None:
        advice = f"Write what `virtaama link learn {linkage.name}` prints into a file of links/."
        yield Problem(linkage.place, f"{said} has no weights.", advice)
        return
    if linkage.weights.learned == date.min:
        what = f"weights of {said}: '{entry.text('learned')}' is no day."
        yield Problem(entry.place, what, "Write it as 2026-11-26.")
    for comparison in linkage.comparisons:
        held = linkage.weights.levels.get(comparison.name, {})
        if missing := [level.value for level in LEVELS[comparison.kind] if level not in held]:
            what = f"weights of {said} lack {', '.join(missing)} of '{comparison.name}'."
            yield Problem(entry.place, what, f"Learn them anew: `virtaama link learn {linkage.name}`.")


def _whole(written: str) -> int:
    return int(float(written))


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return date.min
