"""The meaning of rules: whether what they compute can be computed, and is guarded as what it is computed from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from virtaama.model.calendars import Calendar
from virtaama.model.check_otherwise import otherwise_problems
from virtaama.model.concepts import Attribute, Concept, Sensitivity
from virtaama.model.dependencies import GoesInCircles, in_order, what_reads_what
from virtaama.model.derived import Derived, Rule, Select
from virtaama.model.documents import did_you_mean
from virtaama.model.guarding import Computation, Known, computation, guarded, leads_to
from virtaama.model.lineage import schema_of
from virtaama.model.making import concepts_read, output_of, query_of, with_computed
from virtaama.model.paths import follow, names_in
from virtaama.model.row_expressions import read_value
from virtaama.problems import Place, Problem
from virtaama.sql.build import table
from virtaama.sql.queries import qualified, tables_of


def rule_problems(
    concepts: tuple[Concept, ...], derived: tuple[Derived, ...], calendars: tuple[Calendar, ...]
) -> Iterator[Problem]:
    """Everything that keeps rules from being computed, or from being guarded as they should."""
    known = Known({c.name: c for c in reversed((*concepts, *(each.concept for each in derived)))})
    yield from _circles(concepts, derived, known)
    for concept in concepts:
        for attribute in concept.attributes:
            if attribute.rules:
                yield from _computed(attribute, concept, known)
    for concept, delivered in (*((c, True) for c in concepts), *((d.concept, False) for d in derived)):
        for relationship in concept.relationships:
            yield from otherwise_problems(relationship, concept, _Reachable(known), delivered=delivered)
    for each in derived:
        yield from _derived(each, known)
    for calendar in calendars:
        yield from _calendar(calendar)


def _circles(concepts: tuple[Concept, ...], derived: tuple[Derived, ...], known: Known) -> Iterator[Problem]:
    reads = {
        name: tuple(other for other in others if other in known.concepts)
        for name, others in what_reads_what(concepts, derived, _Reachable(known)).items()
    }
    while True:
        try:
            in_order(reads)
            return
        except GoesInCircles as error:
            place = known.concept(error.circle[0]).place
            chain = " from ".join(f"'{name}'" for name in reversed(error.circle))
            yield Problem(
                place,
                f"rules go in circles: {chain}.",
                "Take one of these steps out; nothing can come first.",
            )
            reads = {
                name: others for name, others in reads.items() if name not in error.circle
            } | dict.fromkeys(error.circle, ())


@dataclass(frozen=True, slots=True)
class _Reachable:
    """Concepts for following names; one that is not there ends the way (and is a problem of its own)."""

    known: Known

    def concept(self, name: str) -> Concept:
        if name not in self.known.concepts:
            raise ValueError(f"'{name}' is not a concept")
        return self.known.concepts[name]


# Computed attributes ---------------------------------------------------------------------------------


def _computed(attribute: Attribute, concept: Concept, known: Known) -> Iterator[Problem]:
    said = f"attribute '{attribute.name}' of '{concept.name}'"
    if attribute.name in concept.key or attribute.name in concept.time:
        what = f"{said} is computed, and is part of its key or its time."
        yield Problem(
            attribute.place, what, "Keys and times are delivered; give the rule an attribute of its own."
        )
    if attribute.sensitivity is Sensitivity.DIRECT:
        yield Problem(
            attribute.place,
            f"{said} is computed and cannot be direct.",
            "Only what is delivered names a person.",
        )
        return
    dated = [rule for rule in attribute.rules if rule.valid_from]
    if dated and not concept.time:
        what = f"{said} has rules by date, and '{concept.name}' has no `time` that says when an instance happened."
        yield Problem(attribute.place, what, "Write `time:` in the concept, or one `rule` for all.")
        return
    yield from _versions(said, [(rule.version, str(rule.valid_from), rule.place) for rule in attribute.rules])
    sound = True
    for rule in attribute.rules:
        for problem in _value_problems(rule.sql, rule.place, said, attribute, concept, known):
            sound = False
            yield problem
    if sound and not any(name not in known.concepts for name in _targets(attribute, concept, known)):
        alone = _only(concept, attribute)
        query = with_computed(alone, table(concept.name), known)
        schema = schema_of(known, tables_of(query))
        made = computation(qualified(query, schema), schema, known, cast=attribute.name)
        yield from guarded(attribute, concept, replace(made, conditions=()), known, attribute.rules[0].place)


def _only(concept: Concept, attribute: Attribute) -> Concept:
    """The concept with no other computed attribute, whose problems are its own."""
    kept = tuple(each for each in concept.attributes if not each.rules or each.name == attribute.name)
    return replace(concept, attributes=kept)


def _targets(attribute: Attribute, concept: Concept, known: Known) -> Iterator[str]:
    for rule in attribute.rules:
        for name in names_in(read_value(rule.sql)):
            yield from (to for _, to in follow(known, concept, name).steps)


def _value_problems(
    sql: str, place: Place, said: str, attribute: Attribute, concept: Concept, known: Known
) -> Iterator[Problem]:
    try:
        tree = read_value(sql)
    except ValueError as error:
        yield Problem(place, f"the rule of {said}: {error}.", getattr(error, "advice", ""))
        return
    for name in dict.fromkeys(names_in(tree)):
        try:
            followed = follow(_Reachable(known), concept, name)
        except ValueError as error:
            yield Problem(place, f"the rule of {said}: {error}.")
            continue
        last = known.concept(followed.steps[-1][1]) if followed.steps else concept
        found = last.attribute(followed.column)
        spelled = ".".join(name)
        if found and found.sensitivity is Sensitivity.DIRECT:
            what = f"the rule of {said} reads '{spelled}', which names a person."
            yield Problem(place, what, "What is enciphered cannot be reckoned with.")
        if any(to == concept.name for _, to in followed.steps):
            what = f"the rule of {said} follows '{spelled}' back to '{concept.name}'."
            yield Problem(place, what, "Write a derived concept for that.")
        if not followed.steps and found and found.rules:
            what = f"the rule of {said} reads '{spelled}', which is computed itself."
            yield Problem(place, what, "Write what it is computed from.")


# Derived concepts ------------------------------------------------------------------------------------


def _derived(derived: Derived, known: Known) -> Iterator[Problem]:
    concept, said = derived.concept, f"derived concept '{derived.concept.name}'"
    for attribute in concept.attributes:
        if attribute.rules:
            what = f"attribute '{attribute.name}' of {said} has a rule of its own."
            yield Problem(attribute.place, what, "Give it a column in the rule of the concept.")
        if attribute.sensitivity is Sensitivity.DIRECT:
            what = f"attribute '{attribute.name}' of {said} cannot be direct."
            yield Problem(attribute.place, what, "Names of persons stay where they were delivered.")
    if len(derived.rules) > 1 and not concept.time:
        what = f"{said} has several rules and no `time` that says by which of them an instance is made."
        yield Problem(concept.place, what, "Write `time: […]` with the attributes that say when it happened.")
    yield from _versions(said, [(rule.version, str(rule.valid_from), rule.place) for rule in derived.rules])
    for rule in derived.rules:
        yield from _rule(rule, derived, known, f"rule {rule.version} of {said}")


def _rule(rule: Rule, derived: Derived, known: Known, said: str) -> Iterator[Problem]:
    concept, place = derived.concept, rule.place
    unknown = [name for name in concepts_read(rule.making) if name not in known.concepts]
    for name in unknown:
        what = f"{said} reads '{name}', which is not a concept."
        yield Problem(place, what, did_you_mean(name, tuple(known.concepts)))
    if unknown:
        return
    if isinstance(rule.making, Select) and not rule.making.sql.sql:
        yield Problem(
            place, f"{said} does not say how instances are made.", "Write `sql`, `episode` or `group`."
        )
        return
    try:
        query = query_of(rule.making, concept, known)
        schema = schema_of(known, tables_of(query))
        whole = qualified(query, schema)
    except ValueError as error:
        yield Problem(place, f"{said}: {error}.", getattr(error, "advice", ""))
        return
    given, wanted = query.named_selects, output_of(concept)
    for name in wanted:
        if name not in given:
            yield Problem(place, f"{said} gives no column '{name}'.", _how_to_give(name, rule, concept))
    for name in dict.fromkeys(given):
        if name not in wanted:
            what = f"{said} gives '{name}', which is not a column of the concept."
            yield Problem(place, what, did_you_mean(name, wanted))
        if given.count(name) > 1:
            yield Problem(place, f"{said} gives '{name}' twice.", "Give one of them another name.")
    if any(given.count(name) != 1 for name in wanted):
        return
    made = computation(whole, schema, known)
    for attribute in concept.attributes:
        if attribute.sensitivity is not Sensitivity.DIRECT:
            yield from guarded(attribute, concept, made, known, place)
    yield from _pointing(concept, made, known, said, place)


def _how_to_give(name: str, rule: Rule, concept: Concept) -> str:
    if isinstance(rule.making, Select):
        return f"Write SELECT … AS {name}."
    attribute = name if concept.attribute(name) else name.removesuffix("_key")
    return f"Write `{attribute}: …` under `columns`, or name it in `by`."


def _pointing(
    concept: Concept, made: Computation, known: Known, said: str, place: Place
) -> Iterator[Problem]:
    """A relationship holds the key of what it points to, and nothing that only looks like it."""
    for relationship in concept.relationships:
        if relationship.to not in known.concepts:
            continue
        for origin in made.shown[f"{relationship.name}_key"]:
            if leads_to(origin, known) != relationship.to:
                what = f"{said} gives '{relationship.name}_key' from {origin}, which is no key of '{relationship.to}'."
                yield Problem(
                    place, what, f"Give it {relationship.to}_key, or the key of a relationship to it."
                )


# Versions and calendars ------------------------------------------------------------------------------


def _versions(said: str, versions: list[tuple[int, str, Place]]) -> Iterator[Problem]:
    for place, (version, begins, where) in enumerate(versions):
        earlier = versions[:place]
        if any(begins == other for _, other, _ in earlier):
            yield Problem(
                where, f"two rules of {said} begin on {begins}.", "Give each version a day of its own."
            )
        elif any(version <= other for other, _, _ in earlier):
            what = f"version {version} of the rule of {said} comes after a version of the same or a higher number."
            yield Problem(where, what, "Number versions in the order of `valid_from`.")


def _calendar(calendar: Calendar) -> Iterator[Problem]:
    given = [name for name in ("every", "yearly", "dates") if getattr(calendar, name)]
    if not given:
        what = f"calendar '{calendar.name}' has no days."
        yield Problem(calendar.place, what, "Write `every`, `yearly` or `dates`.")
    if calendar.begins and calendar.ends and calendar.ends < calendar.begins:
        what = f"calendar '{calendar.name}' ends before it begins."
        yield Problem(calendar.place, what, "`from` is its first day, `until` its last.")
