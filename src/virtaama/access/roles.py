"""The roles of a project, from its access.yaml."""

from __future__ import annotations

from collections.abc import Iterator

from virtaama.access.approvals import APPROVAL, approvals_in, problems_of_approvals
from virtaama.access.groups import GROUP, Group, groups_in, problems_of_groups
from virtaama.access.person_role import PAGE, PERSONS, UNITS, problems_of_rights, rights_in
from virtaama.metrics.question import Level
from virtaama.model.concepts import Text
from virtaama.model.documents import Entry, did_you_mean
from virtaama.model.schema import LABELS
from virtaama.model.shape import NAME, Shape, members, named, number, one_of, text, texts, truth
from virtaama.privacy.policy import EXACT_PAGES, Purpose, Role
from virtaama.problems import Place, Problem, ProblemsFound
from virtaama.statutes.access_rights import AccessRights

ACCESS_FILE = "access.yaml"
PAGES = (
    "steering",
    "runs",
    "quality",
    "recording",
    "lineage",
    "drafts",
    "funding",
    PAGE,
    "audit",
    "linking",
    "descriptions",
    "incidents",
)


def _some_of(choices: tuple[str, ...], description: str) -> dict[str, object]:
    return {**texts(description), "items": one_of(choices, "One of them.")}


ROLE = members(
    "What holders of a role may do.",
    {
        "labels": LABELS,
        "purposes": _some_of(tuple(Purpose), "What they may ask for."),
        "levels": _some_of(tuple(Level), "The areas they may ask about."),
        "pages": _some_of(PAGES, "The pages they may open."),
        "own_municipality_only": truth("Below the county they see their own municipalities only."),
        "branches": texts("Of units they see those of these branches only."),
        "minimum_group": number("Figures about fewer persons are hidden from them.", minimum=0, multipleOf=1),
        "features": named("Feature tables whose rows, about single persons, they may open.", APPROVAL),
        "releases": texts("Data sets of anonymous figures they may make."),
        "quarantine": truth("They may open rows that were set aside, as delivered: these may name persons."),
        "persons": PERSONS,
        "erasure": truth("They may destroy what is known of persons: of one, or whatever is due."),
        "rounding": number("Counts they see are rounded to multiples of it.", minimum=1, multipleOf=1),
    },
)
DEMO_USER = members(
    "An invented person who may sign in to a demo.",
    {
        "name": text("Their name."),
        "role": text("Their role."),
        "password": text("Their password, for everybody to read."),
        "municipalities": texts("Codes of their own municipalities."),
        "units": UNITS,
    },
    required=("role", "password"),
)
ACCESS = Shape(
    "access",
    members(
        "Who may ask what for which purpose.",
        {
            "roles": named("Roles by name.", ROLE),
            "groups": named("Groups of the county's sign-in, by name.", GROUP, names=r"\S"),
            "demo_users": named("Sign-ins of a demo, by name.", DEMO_USER, names=NAME),
        },
        required=("roles",),
    ),
)
"""The shape of access.yaml."""


def parse_roles(text: str, law: AccessRights) -> tuple[Role, ...]:
    """The roles an access.yaml describes, held against the law; every problem of it at once."""
    root, problems = ACCESS.read(ACCESS_FILE, text)
    if root is None and not problems:
        problems = (
            Problem(Place(ACCESS_FILE), "the file is empty.", "Without roles nobody could see anything."),
        )
    if root is not None:
        problems += (*_contradictions(root, law), *problems_of_groups(root))
    if root is None or problems:
        raise ProblemsFound(problems)
    return tuple(
        Role(
            name=name,
            purposes=frozenset(Purpose(purpose) for purpose in entry.texts("purposes")),
            levels=frozenset(entry.texts("levels")),
            pages=frozenset(entry.texts("pages")),
            own_municipality_only=entry.truth("own_municipality_only"),
            branches=frozenset(entry.texts("branches")),
            minimum_group=int(float(entry.text("minimum_group", "5"))),
            approvals=approvals_in(entry),
            releases=frozenset(entry.texts("releases")),
            rounding=int(float(entry.text("rounding", "1"))),
            quarantine=entry.truth("quarantine"),
            persons=rights_in(entry),
            erasure=entry.truth("erasure"),
        )
        for name, entry in root.within("roles")
    )


def role_names(text: str) -> dict[str, Text]:
    """What the roles of an access.yaml are called, those that say so."""
    root, _ = ACCESS.read(ACCESS_FILE, text)
    roles = root.within("roles") if root else ()
    return {name: labels for name, entry in roles if (labels := entry.words("labels")).fi}


def parse_groups(text: str) -> tuple[Group, ...]:
    """The groups of an access.yaml whose roles have been parsed."""
    root, _ = ACCESS.read(ACCESS_FILE, text)
    return groups_in(root) if root else ()


def _contradictions(root: Entry, law: AccessRights) -> Iterator[Problem]:
    roles = [name for name, _ in root.within("roles")]
    for name, entry in root.within("roles"):
        yield from problems_of_rights(name, entry, law)
        yield from problems_of_approvals(name, entry)
        if float(entry.text("rounding", "1")) <= 1:
            continue
        exact = [member for member in ("features", "releases") if entry.member(member)]
        exact += ["quarantine"] if entry.truth("quarantine") else []
        exact += [page for page in entry.texts("pages") if page in EXACT_PAGES]
        for what in exact:
            yield Problem(
                entry.place,
                f"role '{name}' sees rounded figures, and {what} holds exact ones.",
                f"Leave out `rounding` or `{what}`.",
            )
    for name, user in root.within("demo_users"):
        role = user.text("role")
        if role and role not in roles:
            yield Problem(
                user.place,
                f"demo user '{name}' has the role '{role}', which is not there.",
                did_you_mean(role, roles),
            )
