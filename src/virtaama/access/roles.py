"""The roles of a project, from its access.yaml."""

from __future__ import annotations

from difflib import get_close_matches

import yaml

from virtaama.privacy.policy import Purpose, Role
from virtaama.problems import Place, Problem, ProblemsFound

ACCESS_FILE = "access.yaml"
LEVELS = ("county", "municipality", "unit")
PAGES = ("steering", "runs", "quality", "lineage")
MEMBERS = ("labels", "purposes", "levels", "pages", "own_municipality_only", "minimum_group")


def parse_roles(text: str) -> tuple[Role, ...]:
    """The roles an access.yaml describes; every problem of it at once. Its demo users are not looked at."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ProblemsFound(
            (Problem(Place(ACCESS_FILE, line), f"not readable as YAML: {error.problem}"),)
        ) from error
    problems: list[Problem] = []
    named = dict(_pairs(root, problems)).get("roles")
    if named is None:
        problems.append(Problem(Place(ACCESS_FILE), "'roles' is missing", "Nobody could see anything."))
    roles = tuple(_role(name, node, problems) for name, node in _pairs(named, problems)) if named else ()
    if problems:
        raise ProblemsFound(tuple(problems))
    return roles


def _role(name: str, node: yaml.Node, problems: list[Problem]) -> Role:
    members = dict(_pairs(node, problems))
    for member, value in members.items():
        if member not in MEMBERS:
            problems.append(Problem(_place(value), f"'{member}' is not known here", _advice(member, MEMBERS)))
    return Role(
        name=name,
        purposes=frozenset(
            Purpose(purpose)
            for purpose in _chosen(members.get("purposes"), tuple(p.value for p in Purpose), problems)
        ),
        levels=_chosen(members.get("levels"), LEVELS, problems),
        pages=_chosen(members.get("pages"), PAGES, problems),
        own_municipality_only=_truth(members.get("own_municipality_only"), problems),
        minimum_group=_group(members.get("minimum_group"), problems),
    )


def _pairs(node: yaml.Node | None, problems: list[Problem]) -> list[tuple[str, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        return [(str(key.value), value) for key, value in node.value]
    if node is not None:
        problems.append(Problem(_place(node), "a mapping (name: value) is wanted here"))
    return []


def _chosen(node: yaml.Node | None, known: tuple[str, ...], problems: list[Problem]) -> frozenset[str]:
    if node is None:
        return frozenset()
    if not isinstance(node, yaml.SequenceNode):
        problems.append(Problem(_place(node), "a list is wanted here"))
        return frozenset()
    for item in node.value:
        if item.value not in known:
            problems.append(
                Problem(_place(item), f"'{item.value}' is not known here", _advice(item.value, known))
            )
    return frozenset(item.value for item in node.value if item.value in known)


def _truth(node: yaml.Node | None, problems: list[Problem]) -> bool:
    if node is not None and node.value not in ("true", "false"):
        problems.append(Problem(_place(node), "true or false is wanted here"))
    return node is not None and node.value == "true"


def _group(node: yaml.Node | None, problems: list[Problem]) -> int:
    if node is None:
        return 5
    if not str(node.value).isdecimal():
        problems.append(Problem(_place(node), "a whole number, 0 or more, is wanted here"))
        return 5
    return int(node.value)


def _place(node: yaml.Node) -> Place:
    return Place(ACCESS_FILE, node.start_mark.line + 1)


def _advice(name: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"Did you mean '{close[0]}'?" if close else f"Known here: {', '.join(known)}."
