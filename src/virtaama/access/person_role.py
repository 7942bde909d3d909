"""The member `persons` of a role in access.yaml: what its holders may open of single persons."""

from __future__ import annotations

from collections.abc import Iterator

from virtaama.metrics.person_view_check import unknown_direct
from virtaama.metrics.person_views import PersonViews
from virtaama.model.documents import Entry, did_you_mean
from virtaama.model.model import Model
from virtaama.model.shape import Schema, members, one_of, text, texts, truth
from virtaama.privacy.policy import HeldWork, PersonRights, Purpose, Role
from virtaama.problems import Place, Problem
from virtaama.statutes.access_rights import AccessRights, Service, WorkRole

PAGE = "persons"
_SERVICES = [each.value for each in Service]
UNITS: Schema = {
    **texts("Codes of the units they work at."),
    "items": text("A unit code, in quotes."),
}
WORK = members(
    "A work role of decree 457/2024.",
    {
        "role": one_of([each.value for each in WorkRole], "The work role."),
        "services": {
            **texts("The services, or service tasks, it is held in.", minItems=1),
            "items": one_of(_SERVICES, "A service or service task."),
        },
    },
    required=("role", "services"),
)
PERSONS = members(
    "What they may open of single persons.",
    {
        "work": {
            "description": "Their work roles; what each opens is the law's.",
            "type": "array",
            "minItems": 1,
            "items": WORK,
        },
        "units": {
            **UNITS,
            "description": "Units everybody in the role works at; others are said of each person.",
        },
        "direct": texts("What names a person and is shown to them: family_name."),
        "break_glass": truth("They may open a person outside their scope, with a written reason."),
    },
    required=("work",),
)


def rights_in(role: Entry) -> PersonRights | None:
    """What a role that has been checked says of persons; None where it says nothing."""
    entry = role.member("persons")
    if entry is None:
        return None
    return PersonRights(
        work=tuple(
            HeldWork(work_role=each.text("role"), services=frozenset(each.texts("services")))
            for each in entry.list("work")
        ),
        units=frozenset(entry.texts("units")),
        direct=frozenset(entry.texts("direct")),
        break_glass=entry.truth("break_glass"),
    )


def problems_of_rights(name: str, role: Entry, law: AccessRights) -> Iterator[Problem]:
    """Work roles in services they are not held in, and roles that could open nobody."""
    entry = role.member("persons")
    if entry is None:
        if PAGE in role.texts("pages"):
            what = f"role '{name}' has the page '{PAGE}' and opens no persons."
            yield Problem(role.place, what, "Write `persons: {work: …}`, or leave the page out.")
        return
    if Purpose.CLIENT_CARE not in role.texts("purposes"):
        what = f"role '{name}' opens persons and has no purpose they may be opened for."
        yield Problem(entry.place, what, f"Add {Purpose.CLIENT_CARE} to its purposes.")
    for work in entry.list("work"):
        known = work.text("role") in [each.value for each in WorkRole]
        held_in = law.held_in(WorkRole(work.text("role"))) if known else ()
        for service in work.texts("services"):
            if held_in and service in _SERVICES and service not in held_in:
                what = f"role '{name}': the work role '{work.text('role')}' is not held in '{service}'."
                yield Problem(work.place, what, did_you_mean(service, held_in))


def problems_with_views(
    roles: tuple[Role, ...], views: PersonViews | None, model: Model, file: str
) -> Iterator[Problem]:
    """Roles that open persons where no file says what is shown of one, and names nobody has."""
    for role in roles:
        if role.persons is None:
            continue
        if views is None:
            what = f"role '{role.name}' opens persons, and no file in person_views says what is shown of one."
            yield Problem(Place(file), what, "Write person_views/…, or leave `persons` out of the role.")
            continue
        known = views.direct(model)
        for name in unknown_direct(sorted(role.persons.direct), views.persons, model):
            what = f"role '{role.name}' is shown '{name}', which is nothing that names a person."
            yield Problem(Place(file), what, did_you_mean(name, known))
