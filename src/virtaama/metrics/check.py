"""Whether facts, dimensions and metrics hold together and fit the model they count."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from virtaama.metrics.definitions import Catalogue, Dimension, Fact, Measure, Metric, Window
from virtaama.metrics.expressions import AT, read_expression
from virtaama.metrics.indicator_check import check_indicator, check_packages
from virtaama.metrics.levels import several_levels
from virtaama.metrics.plan import (
    STOCK_WINDOWS,
    columns_of,
    counts_persons,
    dimensions_of,
    measures_of,
    parts_of,
    read_aggregate,
)
from virtaama.metrics.question import Level
from virtaama.model.concepts import Sensitivity
from virtaama.model.documents import did_you_mean
from virtaama.model.model import Model
from virtaama.model.paths import Name, follow, listed, names_in
from virtaama.problems import Place, Problem


def check_catalogue(catalogue: Catalogue, model: Model) -> Iterator[Problem]:
    """Everything in which a catalogue does not hold together or does not fit the model."""
    sound: set[str] = set()
    for fact in catalogue.facts:
        problems = tuple(_check_fact(fact, catalogue, model))
        yield from problems
        if not problems:
            sound.add(fact.name)
    for fact in catalogue.facts:
        if fact.union and not sound.issuperset(fact.union):
            sound.discard(fact.name)
    for dimension in catalogue.dimensions:
        yield from _check_dimension(dimension, catalogue, model)
    for metric in (*catalogue.metrics, *catalogue.drafts):
        problems = tuple(_check_metric(metric, sound, catalogue, model))
        yield from problems
        counts_what_is_sound = sound.issuperset(measure.fact for measure in measures_of(metric))
        yield from check_indicator(metric, catalogue, sound=not problems and counts_what_is_sound)
    yield from check_packages(catalogue, model)


def _check_fact(fact: Fact, catalogue: Catalogue, model: Model) -> Iterator[Problem]:
    def wrong(what: str, advice: str = "") -> Problem:
        return Problem(fact.place, f"fact '{fact.name}': {what}", advice)

    if fact.union:
        yield from _check_union(fact, catalogue)
        return
    concepts = tuple(concept.name for concept in model.every_concept)
    if fact.of not in concepts:
        yield wrong(f"'{fact.of}' is not a concept", did_you_mean(fact.of, concepts))
        return
    if bool(fact.time) == bool(fact.during):
        yield wrong("exactly one of 'time' and 'during' places its rows in time")
        return
    concept = model.concept(fact.of)
    placed = (fact.time,) if fact.time else fact.during or ()
    plain = [("where", fact.where)] if fact.where else []
    for what, sql in [("time", sql) for sql in placed]:
        for problem in _name_problems(sql, frozenset(), fact.of, model):
            yield wrong(f"{what}: {problem}")
    for what, sql in [*plain, *fact.by, *fact.columns]:
        for problem in _name_problems(sql, frozenset({AT}), fact.of, model):
            yield wrong(f"{what}: {problem}")
    if fact.person and fact.person != "self":
        try:
            follow(model, concept, tuple(fact.person.split(".")), rising=True)
        except ValueError as error:
            yield wrong(f"person: {error}")
    known = tuple(d.name for d in catalogue.dimensions)
    for dimension, _ in fact.by:
        if dimension not in known:
            yield wrong(f"'{dimension}' is not a dimension", did_you_mean(dimension, known))


def _check_union(fact: Fact, catalogue: Catalogue) -> Iterator[Problem]:
    known = {other.name: other for other in catalogue.facts if not other.union}
    for name in fact.union:
        if name not in known:
            yield Problem(
                fact.place,
                f"fact '{fact.name}': '{name}' is not a fact over a concept",
                did_you_mean(name, tuple(known)),
            )


def _name_problems(sql: str, known: frozenset[Name], concept: str, model: Model) -> Iterator[str]:
    """What is wrong with an expression whose names are known ones or lead on from a concept."""
    try:
        tree = read_expression(sql)
    except ValueError as error:
        yield str(error)
        return
    for name in dict.fromkeys(names_in(tree)):
        if name in known:
            continue
        if not concept:
            yield f"'{'.'.join(name)}' is not one of {listed(tuple('.'.join(n) for n in known))}"
            continue
        try:
            follow(model, model.concept(concept), name, rising=True)
        except ValueError as error:
            yield str(error)


def _check_dimension(dimension: Dimension, catalogue: Catalogue, model: Model) -> Iterator[Problem]:
    place = next(
        (f.place for f in catalogue.facts if dimension.name in dict(f.by)),
        Place("metrics"),
    )
    lists = tuple(c.name for c in model.code_lists)
    concepts = tuple(c.name for c in model.every_concept)
    if dimension.code_list and dimension.code_list not in lists:
        yield Problem(
            place,
            f"dimension '{dimension.name}': '{dimension.code_list}' is not a code list",
            did_you_mean(dimension.code_list, lists),
        )
    if dimension.concept and dimension.concept not in concepts:
        yield Problem(
            place,
            f"dimension '{dimension.name}': '{dimension.concept}' is not a concept",
            did_you_mean(dimension.concept, concepts),
        )
    elif dimension.branch:
        attributes = model.concept(dimension.concept).attributes if dimension.concept else ()
        known = tuple(a.name for a in attributes if a.sensitivity is Sensitivity.OPEN)
        if dimension.branch not in known:
            yield Problem(
                place,
                f"dimension '{dimension.name}': '{dimension.branch}' is no open attribute of its concept",
                did_you_mean(dimension.branch, known),
            )


def _check_metric(metric: Metric, sound: set[str], catalogue: Catalogue, model: Model) -> Iterator[Problem]:
    def wrong(what: str, advice: str = "") -> Problem:
        return Problem(metric.place, f"metric '{metric.name}': {what}", advice)

    facts = {fact.name: fact for fact in catalogue.facts}
    levels = tuple(level.value for level in Level)
    for level in metric.levels:
        if level not in levels:
            yield wrong(f"'{level}' is not a level", did_you_mean(level, levels))
    if not metric.levels:
        yield wrong("it has no levels", f"Levels are {listed(levels)}.")
    for measure in measures_of(metric):
        if measure.fact not in facts:
            yield wrong(
                f"'{measure.fact}' is not a fact",
                did_you_mean(measure.fact, tuple(facts)),
            )
        elif measure.fact in sound:
            for problem in _measure_problems(measure, facts[measure.fact], catalogue, model):
                yield wrong(problem)
            dimensions = dimensions_of(facts[measure.fact], catalogue)
            for level in metric.levels:
                if level in ("municipality", "unit") and level not in dimensions:
                    yield wrong(
                        f"fact '{measure.fact}' has no dimension '{level}'",
                        f"Add it to the fact's `by`, or take {level} out of the metric's levels.",
                    )
    if metric.numerator.fact in sound:
        dimensions = dimensions_of(facts[metric.numerator.fact], catalogue)
        for dimension in metric.by:
            if dimension not in dimensions:
                yield wrong(
                    f"fact '{metric.numerator.fact}' has no dimension '{dimension}'",
                    did_you_mean(dimension, dimensions),
                )
        for dimension in several_levels(metric, catalogue, model):
            yield wrong(
                f"'{dimension}' is another level of a tree it is broken down by already: figures of a branch less"
                " those below it would tell of few persons",
                "Offer one level of the tree in its `by`.",
            )
    if (
        metric.minimum_group == 0
        and metric.numerator.fact in sound
        and counts_persons(facts[metric.numerator.fact], catalogue)
    ):
        yield wrong(
            f"minimum_group 0 is for figures about no person, and fact '{metric.numerator.fact}' has one",
            "Leave minimum_group out, or write 1 or more.",
        )


def _measure_problems(measure: Measure, fact: Fact, catalogue: Catalogue, model: Model) -> Iterator[str]:
    parts = parts_of(fact, catalogue)
    if measure.window in STOCK_WINDOWS and not all(part.during for part in parts):
        yield f"window '{measure.window}' needs a fact with `during`, and '{fact.name}' has `time`"
    if measure.window is Window.DAYS and not all(part.during for part in parts):
        yield f"window 'days' needs a fact with `during`, and '{fact.name}' has `time`"
    argument, function = "", ""
    try:
        aggregate = read_aggregate(measure.aggregate)
        argument, function = aggregate.argument, aggregate.function
    except ValueError as error:
        yield str(error)
    if (function == "persons" or measure.per_person_having) and not counts_persons(fact, catalogue):
        yield f"fact '{fact.name}' has no person to count"
    own = (*dimensions_of(fact, catalogue), *columns_of(fact, catalogue))
    known = frozenset({AT, *((name,) for name in own)})
    for what, sql in (
        ("where", measure.where),
        ("aggregate", argument),
        ("per_person_having", measure.per_person_having),
    ):
        if not sql:
            continue
        for problem in _name_problems(sql, known, fact.of, model):
            yield f"{what}: {problem}"
        if what != "per_person_having" and not speaks_of_one_row(sql):
            yield f"{what}: aggregates are written in `aggregate` alone, one at a time"


def speaks_of_one_row(sql: str) -> bool:
    """Whether an expression speaks of one row at a time (unreadable ones are someone else's problem)."""
    try:
        return read_expression(sql).find(exp.AggFunc) is None
    except ValueError:
        return True
