"""The catalogue of a county from its YAML files, checked against its model; every problem at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import TypeVar

import yaml
from sqlglot import exp

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
from virtaama.metrics.expressions import (
    AT,
    Name,
    follow,
    listed,
    names_in,
    read_expression,
)
from virtaama.metrics.functions import expand
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
from virtaama.model.concepts import Text
from virtaama.model.model import Model
from virtaama.problems import Place, Problem, ProblemsFound

SECTIONS = ("facts", "dimensions", "metrics")
FACT_MEMBERS = ("of", "union", "where", "time", "during", "person", "by", "columns")
DIMENSION_MEMBERS = ("labels", "code_list", "concept")
MEASURE_MEMBERS = ("fact", "aggregate", "where", "window", "per_person_having")
METRIC_MEMBERS = (
    "labels",
    "definition",
    "family",
    "unit",
    "direction",
    "decimals",
    "numerator",
    "denominator",
    "scale",
    "levels",
    "by",
    "legal_basis",
    "source",
    "owner",
    "targets",
    "minimum_group",
)
TARGET_MEMBERS = ("value", "source", "from")
LANGUAGES = ("fi", "sv", "en")

Choice = TypeVar("Choice", Direction, Family, Window)


def parse_catalogue(files: Mapping[str, str], model: Model) -> Catalogue:
    """The catalogue that files (name → text) describe together.

    Raises ProblemsFound with every problem of every file, each with its line and what would be right.
    """
    reading = _Reading()
    facts: list[Fact] = []
    dimensions: list[Dimension] = []
    metrics: list[Metric] = []
    for file, text in sorted(files.items()):
        root = reading.file(file, text)
        if root is None:
            continue
        root.only(SECTIONS)
        facts += [_fact(name, node) for name, node in root.named("facts")]
        dimensions += [_dimension(name, node) for name, node in root.named("dimensions")]
        metrics += [_metric(name, node) for name, node in root.named("metrics")]
    version = hashlib.sha256(
        "\0".join(f"{file}\0{text}" for file, text in sorted(files.items())).encode()
    ).hexdigest()[:12]
    catalogue = Catalogue(
        version=version,
        facts=tuple(facts),
        dimensions=tuple(dimensions),
        metrics=tuple(metrics),
    )
    problems = reading.problems or list(check_catalogue(catalogue, model))
    if problems:
        raise ProblemsFound(tuple(problems))
    return catalogue


# Reading ----------------------------------------------------------------------------------------------


@dataclass
class _Reading:
    """What has been found wrong so far, and the names already taken."""

    problems: list[Problem] = field(default_factory=list)
    taken: dict[tuple[str, str], Place] = field(default_factory=dict)

    def file(self, file: str, text: str) -> _Node | None:
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 0
            self.problems.append(Problem(Place(file, line), f"not readable as YAML: {error.problem}"))
            return None
        return None if root is None else _Node(self, file, root)


@dataclass(frozen=True)
class _Node:
    """A place in a YAML file. What is missing or of the wrong kind is noted, and an empty value given."""

    reading: _Reading
    file: str
    node: yaml.Node

    @property
    def place(self) -> Place:
        return Place(self.file, self.node.start_mark.line + 1)

    def wrong(self, what: str, advice: str = "") -> None:
        self.reading.problems.append(Problem(self.place, what, advice))

    def pairs(self) -> Iterator[tuple[str, _Node, Place]]:
        if not isinstance(self.node, yaml.MappingNode):
            self.wrong("a mapping (name: value) is wanted here")
            return
        for key, value in self.node.value:
            place = Place(self.file, key.start_mark.line + 1)
            yield str(key.value), _Node(self.reading, self.file, value), place

    def only(self, allowed: tuple[str, ...]) -> None:
        met: set[str] = set()
        for key, _, place in self.pairs():
            if key in met:
                self.reading.problems.append(Problem(place, f"'{key}' stands here twice"))
            elif key not in allowed:
                self.reading.problems.append(
                    Problem(place, f"'{key}' is not known here", did_you_mean(key, allowed))
                )
            met.add(key)

    def member(self, name: str) -> _Node | None:
        return next((value for key, value, _ in self.pairs() if key == name), None)

    def named(self, section: str) -> Iterator[tuple[str, _Node]]:
        """The members of a section, each name once in all files."""
        if (found := self.member(section)) is None:
            return
        for name, node, place in found.pairs():
            if earlier := self.reading.taken.get((section, name)):
                self.reading.problems.append(
                    Problem(
                        place,
                        f"'{name}' is already described at {earlier}",
                        "Give one of them another name.",
                    )
                )
                continue
            self.reading.taken[section, name] = place
            yield name, node

    def scalar(self) -> str:
        if isinstance(self.node, yaml.ScalarNode):
            return str(self.node.value).strip()
        self.wrong("a single value is wanted here")
        return ""

    def text(self, name: str, *, required: bool = False) -> str:
        found = self.member(name)
        if found is None and required:
            self.wrong(f"'{name}' is missing")
        return found.scalar() if found else ""

    def number(self, name: str, default: float) -> float:
        found = self.member(name)
        if found is None:
            return default
        try:
            return float(found.scalar())
        except ValueError:
            found.wrong(f"'{name}' is to be a number")
            return default

    def whole_number(self, name: str, default: int) -> int:
        value = self.number(name, default)
        if value != int(value) or value < 0:
            self.wrong(f"'{name}' is to be a whole number, 0 or more")
        return int(value)

    def items(self, name: str) -> tuple[_Node, ...]:
        found = self.member(name)
        if found is None:
            return ()
        if not isinstance(found.node, yaml.SequenceNode):
            found.wrong(f"'{name}' is to be a list")
            return ()
        return tuple(_Node(self.reading, self.file, item) for item in found.node.value)

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(item.scalar() for item in self.items(name))

    def expressions(self, name: str) -> tuple[tuple[str, str], ...]:
        found = self.member(name)
        return tuple((key, value.scalar()) for key, value, _ in found.pairs()) if found else ()

    def words(self, name: str) -> Text:
        found = self.member(name)
        if found is None:
            self.wrong(f"'{name}' is missing", f"Write {name}: {{fi: …, sv: …, en: …}}.")
            return Text("", "", "")
        found.only(LANGUAGES)
        return Text(*(found.text(language, required=True) for language in LANGUAGES))

    def choice(self, name: str, choices: type[Choice], default: Choice | None = None) -> Choice:
        known = tuple(choice.value for choice in choices)
        found = self.member(name)
        value = found.scalar() if found else ""
        if value in known:
            return choices(value)
        if found is not None:
            found.wrong(f"'{value}' is not a {name}", did_you_mean(value, known))
        elif default is None:
            self.wrong(f"'{name}' is missing", f"It is one of {listed(known)}.")
        return default or next(iter(choices))


def did_you_mean(name: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"Did you mean '{close[0]}'?" if close else f"Known here: {listed(known)}."


def _fact(name: str, node: _Node) -> Fact:
    node.only(FACT_MEMBERS)
    during = node.texts("during")
    if during and len(during) != 2:
        node.wrong(f"fact '{name}': 'during' is to be [start, end]")
    return Fact(
        name=name,
        place=node.place,
        of=node.text("of"),
        union=node.texts("union"),
        where=node.text("where"),
        time=node.text("time"),
        during=(during[0], during[1]) if len(during) == 2 else None,
        person=node.text("person"),
        by=node.expressions("by"),
        columns=node.expressions("columns"),
    )


def _dimension(name: str, node: _Node) -> Dimension:
    node.only(DIMENSION_MEMBERS)
    return Dimension(
        name=name,
        labels=node.words("labels"),
        code_list=node.text("code_list"),
        concept=node.text("concept"),
    )


def _measure(node: _Node) -> Measure:
    node.only(MEASURE_MEMBERS)
    return Measure(
        fact=node.text("fact", required=True),
        aggregate=node.text("aggregate", required=True),
        where=node.text("where"),
        window=node.choice("window", Window, Window.PERIOD),
        per_person_having=node.text("per_person_having"),
    )


def _metric(name: str, node: _Node) -> Metric:
    node.only(METRIC_MEMBERS)
    above, below = node.member("numerator"), node.member("denominator")
    if above is None:
        node.wrong(f"metric '{name}' has no numerator")
    return Metric(
        name=name,
        labels=node.words("labels"),
        definition=node.words("definition"),
        family=node.choice("family", Family),
        unit=node.words("unit"),
        numerator=_measure(above) if above else Measure(fact="", aggregate="count"),
        denominator=_measure(below) if below else None,
        scale=node.number("scale", 1),
        direction=node.choice("direction", Direction),
        decimals=node.whole_number("decimals", 0),
        levels=node.texts("levels"),
        by=node.texts("by"),
        legal_basis=node.text("legal_basis", required=True),
        source=node.text("source", required=True),
        owner=node.text("owner", required=True),
        targets=tuple(_target(item) for item in node.items("targets")),
        minimum_group=node.whole_number("minimum_group", 5),
        place=node.place,
    )


def _target(node: _Node) -> Target:
    node.only(TARGET_MEMBERS)
    valid_from = date.min
    try:
        valid_from = date.fromisoformat(node.text("from", required=True))
    except ValueError:
        node.wrong("'from' is to be a day, written 2024-01-31")
    return Target(
        value=node.number("value", 0),
        source=node.text("source", required=True),
        valid_from=valid_from,
        place=node.place,
    )


# Checking ---------------------------------------------------------------------------------------------


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
    for metric in catalogue.metrics:
        yield from _check_metric(metric, sound, catalogue, model)


def _check_fact(fact: Fact, catalogue: Catalogue, model: Model) -> Iterator[Problem]:
    def wrong(what: str, advice: str = "") -> Problem:
        return Problem(fact.place, f"fact '{fact.name}': {what}", advice)

    if fact.union:
        yield from _check_union(fact, catalogue)
        return
    concepts = tuple(concept.name for concept in model.concepts)
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
            follow(model, concept, tuple(fact.person.split(".")))
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
    members = [known[name] for name in fact.union if name in known]
    for other in members[1:]:
        for what, mine, theirs in (
            ("dimensions", members[0].by, other.by),
            ("columns", members[0].columns, other.columns),
        ):
            first, second = (tuple(name for name, _ in pairs) for pairs in (mine, theirs))
            if set(first) != set(second):
                yield Problem(
                    fact.place,
                    f"fact '{fact.name}': its members differ in {what}: '{members[0].name}' has "
                    f"{listed(first)}, '{other.name}' has {listed(second)}",
                    "The members of a union have the same `by` and `columns`.",
                )


def _name_problems(sql: str, known: frozenset[Name], concept: str, model: Model) -> Iterator[str]:
    """What is wrong with an expression whose names are known ones or lead on from a concept."""
    try:
        tree = expand(read_expression(sql))
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
            follow(model, model.concept(concept), name)
        except ValueError as error:
            yield str(error)


def _check_dimension(dimension: Dimension, catalogue: Catalogue, model: Model) -> Iterator[Problem]:
    place = next(
        (f.place for f in catalogue.facts if dimension.name in dict(f.by)),
        Place("metrics"),
    )
    lists = tuple(c.name for c in model.code_lists)
    concepts = tuple(c.name for c in model.concepts)
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
