"""The feature tables of a county from its YAML files, checked against model and facts; every problem at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from virtaama.metrics.definitions import Catalogue, Fact
from virtaama.metrics.described_twice import described_twice
from virtaama.metrics.expressions import AT, read_expression
from virtaama.metrics.feature_schema import FEATURES
from virtaama.metrics.feature_tables import FeatureTable, Span, State, Use
from virtaama.metrics.plan import columns_of, dimensions_of, parts_of, read_aggregate
from virtaama.model.concepts import Concept, Purpose, Sensitivity
from virtaama.model.documents import Entry, did_you_mean
from virtaama.model.model import Model
from virtaama.model.paths import Name, follow, names_in
from virtaama.problems import Place, Problem, ProblemsFound

RESERVED = ("snapshot_day", "missing")


def parse_features(files: Mapping[str, str], model: Model, catalogue: Catalogue) -> tuple[FeatureTable, ...]:
    """The feature tables that files (name → text) describe together.

    Raises ProblemsFound with every problem of every file, each with its line and what would be right.
    """
    roots, wrong = FEATURES.read_all(files)
    if wrong:
        raise ProblemsFound(wrong)
    tables = tuple(_table(*each) for root in roots for each in root.within("features"))
    problems = (
        *(problem for table in tables for problem in _check_table(table, model, catalogue)),
        *described_twice("feature table", tables),
    )
    if problems:
        raise ProblemsFound(problems)
    return tables


# Reading: the shape is right, so what is asked for is there -----------------------------------------


def _table(name: str, entry: Entry) -> FeatureTable:
    return FeatureTable(
        name=name,
        labels=entry.words("labels"),
        definition=entry.words("definition"),
        of=entry.text("of"),
        calendar=entry.text("calendar"),
        where=entry.text("where"),
        purposes=tuple(Purpose(purpose) for purpose in entry.texts("purposes")),
        columns=tuple(_column(*each) for each in entry.within("columns")),
        outcomes=tuple(_use(*each, "next") for each in entry.within("outcomes")),
        identifying=entry.texts("identifying"),
        sensitive=entry.texts("sensitive"),
        alike=int(float(entry.text("alike", "5"))),
        domain=entry.text("domain"),
        legal_basis=entry.text("legal_basis"),
        owner=entry.text("owner"),
        place=entry.place,
    )


def _column(name: str, entry: Entry) -> State | Use:
    if entry.member("fact"):
        return _use(name, entry, "last")
    labels = entry.words("labels")
    return State(
        name=name,
        labels=labels,
        definition=entry.words("definition") if entry.member("definition") else labels,
        value=entry.text("value"),
        place=entry.place,
    )


def _use(name: str, entry: Entry, member: str) -> Use:
    labels = entry.words("labels")
    count, _, unit = entry.text(member, "0 days").partition(" ")
    length = int(count)
    return Use(
        name=name,
        labels=labels,
        definition=entry.words("definition") if entry.member("definition") else labels,
        fact=entry.text("fact"),
        aggregate=entry.text("aggregate"),
        span=Span(months=length) if unit.startswith("month") else Span(days=length),
        where=entry.text("where"),
        by=entry.text("by"),
        place=entry.place,
    )


# Checking ---------------------------------------------------------------------------------------------


def _check_table(table: FeatureTable, model: Model, catalogue: Catalogue) -> Iterator[Problem]:
    def wrong(what: str, advice: str = "", place: Place = table.place) -> Problem:
        return Problem(place, f"feature table '{table.name}': {what}", advice)

    calendars = tuple(calendar.name for calendar in model.calendars)
    if table.calendar not in calendars:
        yield wrong(f"'{table.calendar}' is not a calendar", did_you_mean(table.calendar, calendars))
    concepts = tuple(concept.name for concept in model.every_concept)
    if table.of not in concepts:
        yield wrong(f"'{table.of}' is not a concept", did_you_mean(table.of, concepts))
        return
    concept = model.concept(table.of)
    for name in table.names:
        if name in RESERVED or name == f"{table.of}_key" or table.names.count(name) > 1:
            yield wrong(f"'{name}' is the name of another of its columns", "Choose another.")
    for name in (*table.identifying, *table.sensitive):
        if name not in table.names:
            yield wrong(f"'{name}' is none of its columns", did_you_mean(name, table.names))
    if table.sensitive and not table.identifying:
        yield wrong("it has sensitive columns and no identifying ones", "Write `identifying`.")
    states = [("where", table.where, table.place)] if table.where else []
    for what, sql, place in (*states, *((s.name, s.value, s.place) for s in table.states)):
        if not sql:
            yield wrong(f"{what}: it has neither `value` nor `fact`", "Write one of them.", place)
            continue
        for problem in _expression(sql, concept, frozenset({AT}), model, table.purposes):
            yield wrong(f"{what}: {problem}", "", place)
    for use in (*table.uses, *table.outcomes):
        for problem in _use_problems(use, table, model, catalogue):
            yield wrong(f"{use.name}: {problem}", "", use.place)


def _use_problems(use: Use, table: FeatureTable, model: Model, catalogue: Catalogue) -> Iterator[str]:
    facts = {fact.name: fact for fact in catalogue.facts}
    if not use.span.months and not use.span.days:
        yield "it does not say how far back it looks: write `last: 3 months`"
    if use.fact not in facts:
        yield f"'{use.fact}' is not a fact. {did_you_mean(use.fact, tuple(facts))}"
        return
    fact = facts[use.fact]
    parts = parts_of(fact, catalogue)
    for part in parts:
        yield from _belongs(use, part, table, model)
    argument = ""
    if use.aggregate == "days":
        if not all(part.during for part in parts):
            yield f"days are counted of facts with `during`, and '{fact.name}' has `time`"
    else:
        try:
            aggregate = read_aggregate(use.aggregate)
            argument = aggregate.argument
            if aggregate.function == "persons":
                yield "a row is about one instance already: write count"
        except ValueError as error:
            yield str(error)
    own = frozenset({AT, *((n,) for n in (*dimensions_of(fact, catalogue), *columns_of(fact, catalogue)))})
    for part in parts:
        of = model.concept(part.of)
        placed = (part.time,) if part.time else part.during or ()
        written = (*placed, part.where, *(sql for _, sql in part.columns))
        for sql in (sql for sql in written if sql):
            for problem in _beyond(sql, of, model, table.purposes):
                yield f"fact '{part.name}' {problem}"
        for sql in (use.where, argument):
            if sql:
                yield from _expression(sql, of, own, model, table.purposes)


def _belongs(use: Use, part: Fact, table: FeatureTable, model: Model) -> Iterator[str]:
    path = use.by or part.person
    if not path:
        yield f"the rows of fact '{part.name}' belong to nobody: write `by`, a relationship to '{table.of}'"
        return
    if path == "self":
        reached = part.of
    else:
        *steps, last = path.split(".")
        try:
            followed = follow(model, model.concept(part.of), tuple(path.split(".")))
        except ValueError as error:
            yield str(error)
            return
        before = model.concept(followed.steps[-1][1]) if steps else model.concept(part.of)
        relationship = before.relationship(last)
        reached = relationship.to if relationship else ""
    if reached != table.of:
        yield f"'{path}' of fact '{part.name}' leads to '{reached or path}', and rows are about '{table.of}'"


def _expression(
    sql: str, concept: Concept, known: frozenset[Name], model: Model, purposes: tuple[Purpose, ...]
) -> Iterator[str]:
    try:
        tree = read_expression(sql)
    except ValueError as error:
        yield str(error)
        return
    if tree.find(exp.AggFunc):
        yield "aggregates are written in `aggregate` alone"
    for name in dict.fromkeys(names_in(tree)):
        if name in known:
            continue
        try:
            follow(model, concept, name, rising=True)
        except ValueError as error:
            yield str(error)
    yield from _beyond(sql, concept, model, purposes)


def _beyond(sql: str, concept: Concept, model: Model, purposes: tuple[Purpose, ...]) -> Iterator[str]:
    """Attributes an expression reads that may not be used for every purpose of the table."""
    try:
        names = tuple(names_in(read_expression(sql)))
    except ValueError:
        return
    for name in dict.fromkeys(names):
        try:
            followed = follow(model, concept, name, rising=True)
        except ValueError:
            continue
        last = model.concept(followed.steps[-1][1]) if followed.steps else concept
        attribute = last.attribute(followed.column)
        if attribute is None:
            continue
        said = f"reads '{'.'.join(name)}', which"
        if attribute.sensitivity is Sensitivity.DIRECT:
            yield f"{said} names a person"
        beyond = [p.value for p in purposes if attribute.purposes and p not in attribute.purposes]
        if beyond:
            yield f"{said} may not be used for {', '.join(beyond)}"
