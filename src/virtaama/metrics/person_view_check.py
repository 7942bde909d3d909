"""Whether person views fit the model: every name known, no value shown whose use for care nobody allowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlglot import exp

from virtaama.metrics.expressions import read_expression
from virtaama.metrics.person_views import CareRelation, Path, Persons, Section, end_of, is_direct
from virtaama.model.concepts import Attribute, Concept, Purpose, Type
from virtaama.model.documents import did_you_mean
from virtaama.model.model import Model
from virtaama.model.paths import follow, names_in
from virtaama.problems import Place, Problem
from virtaama.statutes.access_rights import Content

PURPOSE = Purpose.CLIENT_CARE
_WHEN = (Type.DATE, Type.TIMESTAMP)


class _Checked:
    """One described thing and the concept it is of: what is wrong with the names it uses."""

    def __init__(self, said: str, concept: Concept, place: Place, model: Model) -> None:
        self.said, self.concept, self.place, self.model = said, concept, place, model

    def wrong(self, what: str, advice: str = "") -> Problem:
        return Problem(self.place, f"{self.said}: {what}", advice)

    def leads_to(self, path: Path, wanted: str) -> Iterator[Problem]:
        """A path of relationships whose end must be a concept."""
        here = self.concept
        for step in path:
            relationship = here.relationship(step)
            if relationship is None:
                known = [r.name for r in here.relationships]
                yield self.wrong(f"'{here.name}' has no relationship '{step}'", did_you_mean(step, known))
                return
            here = self.model.concept(relationship.to)
        if here.name != wanted:
            yield self.wrong(f"'{'.'.join(path)}' leads to '{here.name}' and not to '{wanted}'")

    def leads_to_unit(self, path: Path) -> Iterator[Problem]:
        """A path to the concept of units: any whose key is one text, which people's own units are compared with."""
        here = end_of(self.model, self.concept, path)
        if here is None:
            yield from self.leads_to(path, "unit")
        elif len(here.key) != 1:
            yield self.wrong(f"'{'.'.join(path)}' leads to '{here.name}', which is not known by one code")

    def value(self, path: Path, *, when: bool = False) -> Iterator[Problem]:
        """A path to an attribute whose value may be used for the care of the person."""
        attribute = self.attribute(path)
        if isinstance(attribute, Problem):
            yield attribute
            return
        name = ".".join(path)
        if when and attribute.type not in _WHEN:
            yield self.wrong(f"'{name}' is no day or moment", "Name a date or a timestamp.")
        if attribute.purposes and PURPOSE not in attribute.purposes:
            yield self.wrong(
                f"'{name}' may not be used for {PURPOSE}",
                f"Add {PURPOSE} to its `purposes` in concepts/, or leave it out.",
            )

    def attribute(self, path: Path) -> Attribute | Problem:
        try:
            followed = follow(self.model, self.concept, path)
        except ValueError as error:
            return self.wrong(str(error))
        last = self.model.concept(followed.steps[-1][1]) if followed.steps else self.concept
        attribute = last.attribute(followed.column)
        if attribute is None:
            return self.wrong(
                f"'{'.'.join(path)}' names no value", f"Write {'.'.join(path)}.code or the like."
            )
        return attribute

    def condition(self, sql: str) -> Iterator[Problem]:
        if not sql:
            return
        try:
            tree = read_expression(sql)
        except ValueError as error:
            yield self.wrong(f"where: {error}")
            return
        if tree.find(exp.AggFunc):
            yield self.wrong("where: a condition on single rows has no aggregates")
        for name in dict.fromkeys(names_in(tree)):
            yield from self.value(name)


def check_persons(persons: Persons, model: Model) -> Iterator[Problem]:
    concepts = {concept.name: concept for concept in model.every_concept}
    if persons.of not in concepts:
        what = f"persons: '{persons.of}' is not a concept."
        yield Problem(persons.place, what, did_you_mean(persons.of, tuple(concepts)))
        return
    of = concepts[persons.of]
    told = _Checked("persons", of, persons.place, model)
    keys = [of.attribute(name) for name in of.key]
    if len(keys) != 1 or keys[0] is None or keys[0].type is not Type.IDENTITY:
        yield told.wrong(f"'{of.name}' is not known by one identity", "Name the concept of persons.")
    names = [attribute.name for attribute in of.attributes]
    for name in filter(None, (persons.family_name, *persons.address)):
        if of.attribute(name) is None:
            yield told.wrong(f"'{of.name}' has no attribute '{name}'", did_you_mean(name, names))
    beside = (persons.staff, (persons.numbers[0], persons.numbers[2]) if persons.numbers else None)
    for found in beside:
        if found and found[0] not in concepts:
            yield told.wrong(f"'{found[0]}' is not a concept", did_you_mean(found[0], tuple(concepts)))
        elif found:
            other = _Checked("persons", concepts[found[0]], persons.place, model)
            yield from other.leads_to(found[1], persons.of)
    if persons.numbers and persons.numbers[0] in concepts:
        numbered = concepts[persons.numbers[0]]
        attribute = numbered.attribute(persons.numbers[1])
        if attribute is None or attribute.type is not Type.TEXT or is_direct(attribute):
            known = [each.name for each in numbered.attributes]
            yield told.wrong(
                f"'{persons.numbers[1]}' is no text of '{numbered.name}' to find persons by",
                did_you_mean(persons.numbers[1], known),
            )


def check_relation(relation: CareRelation, persons: Persons, model: Model) -> Iterator[Problem]:
    told = _of(f"care relation '{relation.name}'", relation.of, relation.place, model)
    if isinstance(told, Problem):
        yield told
        return
    yield from told.leads_to(relation.person, persons.of)
    yield from told.leads_to_unit(relation.unit)
    for path in (*relation.starts, *((relation.ends,) if relation.ends else ())):
        yield from told.value(path, when=True)
    yield from told.condition(relation.where)
    days = [limit.valid_from for limit in relation.limits]
    if len(set(days)) < len(days):
        yield told.wrong("two of its limits begin on the same day")


def check_section(section: Section, persons: Persons, model: Model) -> Iterator[Problem]:
    told = _of(f"section '{section.name}'", section.of, section.place, model)
    if isinstance(told, Problem):
        yield told
        return
    if not section.person and section.of != persons.of:
        yield told.wrong(
            "it does not say whose its rows are", f"Write `person`, relationships to '{persons.of}'."
        )
    for path in section.person:
        yield from told.leads_to(path, persons.of)
    for path in section.unit:
        yield from told.leads_to_unit(path)
    for path in section.time:
        yield from told.value(path, when=True)
    for path in section.services.by:
        yield from told.value(path)
    yield from _services(told, section)
    yield from told.condition(section.where)
    for column in section.columns:
        yield from told.value(column.path)
        attribute = told.attribute(column.path)
        if isinstance(attribute, Problem):
            continue
        if attribute.type is Type.IDENTITY:
            yield told.wrong(f"'{column.name}' is a pseudonym, which tells nobody anything", "Leave it out.")
        if is_direct(attribute) and (section.of != persons.of or len(column.path) > 1):
            yield told.wrong(
                f"'{column.name}' names a person and is shown of '{persons.of}' alone", "Leave it out."
            )


def _services(told: _Checked, section: Section) -> Iterator[Problem]:
    services = section.services
    if services.every and services.by:
        yield told.wrong("it has both `service` and `services`", "Leave one out.")
    domains = {service.domain for service in services.values.values()}
    if len(domains) > 1:
        yield told.wrong(
            "its services are of health care and of social welfare, which are opened apart",
            "Make two sections of it.",
        )
    if services.domain is None and section.content is not Content.BASICS:
        yield told.wrong(
            f"its rows belong to no service, and {section.content} are opened by service",
            "Write `service`, `services` or `domain`.",
        )


def _of(said: str, name: str, place: Place, model: Model) -> _Checked | Problem:
    known = {concept.name: concept for concept in model.every_concept}
    if name not in known:
        return Problem(place, f"{said}: '{name}' is not a concept.", did_you_mean(name, tuple(known)))
    return _Checked(said, known[name], place, model)


def unknown_direct(named: Iterable[str], persons: Persons, model: Model) -> tuple[str, ...]:
    """Those of some names that no attribute of persons has which names a person."""
    of = model.concept(persons.of)
    return tuple(name for name in named if not is_direct(of.attribute(name)))
