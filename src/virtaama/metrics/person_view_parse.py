"""The person views of a county from its YAML files; what is wrong with them is found by `person_view_check`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from virtaama.metrics.described_twice import described_twice
from virtaama.metrics.person_view_check import check_persons, check_relation, check_section
from virtaama.metrics.person_view_schema import PERSON_VIEWS
from virtaama.metrics.person_views import (
    CareRelation,
    Column,
    Limit,
    Path,
    Persons,
    PersonViews,
    Section,
    Services,
)
from virtaama.model.documents import Entry
from virtaama.model.model import Model
from virtaama.model.protection import concept_named, tells_of_a_place
from virtaama.problems import Problem, ProblemsFound
from virtaama.statutes.access_rights import Content, Domain, Service
from virtaama.statutes.care_guarantee import WaitLimit


def parse_person_views(
    files: Mapping[str, str], model: Model, limits: Sequence[WaitLimit] = ()
) -> PersonViews | None:
    """The views that files (name → text) describe together; None where there are no files.

    Raises ProblemsFound with every problem of every file, each with its line and what would be right.
    """
    roots, wrong = PERSON_VIEWS.read_all(files)
    if wrong:
        raise ProblemsFound(wrong)
    if not roots:
        return None
    whole = [entry for root in roots if (entry := root.member("persons"))]
    if len(whole) != 1:
        what = "no file says whom the views are of." if not whole else "two files say whom the views are of."
        place = whole[1].place if whole else roots[0].place
        raise ProblemsFound((Problem(place, what, "Write `persons: {of: …}` in one of them."),))
    views = PersonViews(
        persons=_persons(whole[0], model),
        relations=tuple(_relation(*each) for root in roots for each in root.within("care_relations")),
        sections=tuple(_section(*each, model) for root in roots for each in root.within("sections")),
        limits=tuple(limits),
    )
    problems = tuple(check_persons(views.persons, model))
    if not problems:
        problems = (
            *(problem for each in views.relations for problem in check_relation(each, views.persons, model)),
            *(problem for each in views.sections for problem in check_section(each, views.persons, model)),
            *described_twice("care relation", views.relations),
            *described_twice("section", views.sections),
        )
    if problems:
        raise ProblemsFound(problems)
    return views


def _persons(entry: Entry, model: Model) -> Persons:
    of = concept_named(entry.text("of"), model)
    staff, numbers = entry.member("staff"), entry.member("numbers")
    return Persons(
        of=entry.text("of"),
        protection=of.protection.told_by if of and of.protection else "",
        family_name=entry.text("family_name"),
        address=entry.texts("address"),
        staff=(staff.text("of"), _path(staff.text("person"))) if staff else None,
        numbers=(
            (numbers.text("of"), numbers.text("number"), _path(numbers.text("person"))) if numbers else None
        ),
        place=entry.place,
    )


def _relation(name: str, entry: Entry) -> CareRelation:
    return CareRelation(
        name=name,
        of=entry.text("of"),
        person=_path(entry.text("person")),
        unit=_path(entry.text("unit")),
        starts=_paths(entry, "starts"),
        ends=_path(entry.text("ends")),
        where=entry.text("where"),
        limits=tuple(
            Limit(
                valid_from=date.fromisoformat(each.text("valid_from")),
                days_after=int(float(each.text("days_after"))),
                days_before=int(float(each.text("days_before", "0"))),
            )
            for each in entry.list("limits")
        ),
        place=entry.place,
    )


def _section(name: str, entry: Entry, model: Model) -> Section:
    of = entry.text("of")
    columns = map(_path, entry.texts("columns"))
    return Section(
        name=name,
        labels=entry.words("labels"),
        content=Content(entry.text("content")),
        services=_services(entry),
        of=of,
        person=_paths(entry, "person"),
        unit=_paths(entry, "unit"),
        time=_paths(entry, "time"),
        where=entry.text("where"),
        columns=tuple(Column(each, tells_of_a_place(each, of, model)) for each in columns),
        place=entry.place,
    )


def _services(entry: Entry) -> Services:
    every, told = entry.text("service"), entry.member("services")
    domain = entry.text("domain")
    values = {name: Service(each.scalar) for name, each in told.within("values")} if told else {}
    named = [Service(every), *values.values()] if every else [*values.values()]
    return Services(
        named[0].domain if named else Domain(domain) if domain else None,
        every=Service(every) if every else None,
        by=_paths(told, "by") if told else (),
        values=values,
    )


def _paths(entry: Entry, name: str) -> tuple[Path, ...]:
    return tuple(map(_path, entry.one_or_more(name)))


def _path(written: str) -> Path:
    return tuple(written.split(".")) if written else ()
