"""Groups of the county's sign-in, and what each may do here: the one place where the two meet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from virtaama.model.documents import Entry, did_you_mean
from virtaama.model.shape import members, text, texts
from virtaama.problems import Problem

GROUP = members(
    "What the members of a group may do.",
    {
        "role": text("Their role."),
        "municipalities": {
            **texts("Codes of their own municipalities."),
            "items": text("A municipality code: three digits, in quotes.", pattern="^[0-9]{3}$"),
        },
        "units": {**texts("Codes of the units they work at."), "items": text("A unit code, in quotes.")},
    },
    required=("role",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group as the county's sign-in names it, with the role, municipalities and units of its members."""

    name: str
    role: str
    municipalities: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one person may do, by the groups they are in."""

    role: str
    municipalities: frozenset[str]
    units: frozenset[str] = frozenset()


def standing_of(held: Collection[str], groups: Sequence[Group]) -> Standing | None:
    """The standing of someone in these groups; None where no group of theirs is known.

    The first known group gives the role; municipalities and units are those of every group of theirs with it.
    """
    theirs = [group for group in groups if group.name in held]
    if not theirs:
        return None
    role = theirs[0].role
    same = [group for group in theirs if group.role == role]
    return Standing(
        role=role,
        municipalities=frozenset[str]().union(*(group.municipalities for group in same)),
        units=frozenset[str]().union(*(group.units for group in same)),
    )


def groups_in(root: Entry) -> tuple[Group, ...]:
    """The groups of an access.yaml, in its order."""
    return tuple(
        Group(
            name=name,
            role=entry.text("role"),
            municipalities=frozenset(entry.texts("municipalities")),
            units=frozenset(entry.texts("units")),
        )
        for name, entry in root.within("groups")
    )


def problems_of_groups(root: Entry) -> Iterator[Problem]:
    """Groups whose role is not there, or sees its own municipalities only and has none."""
    roles = dict(root.within("roles"))
    for name, group in root.within("groups"):
        role = group.text("role")
        if role and role not in roles:
            what = f"group '{name}' has the role '{role}', which is not there."
            yield Problem(group.place, what, did_you_mean(role, list(roles)))
        elif role and roles[role].truth("own_municipality_only") and not group.texts("municipalities"):
            yield Problem(
                group.place,
                f"group '{name}' has no municipalities, and role '{role}' sees its own only.",
                'Write municipalities: ["398"].',
            )
