"""The reviewed table of who gets what at each address, and the addresses the portal really has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import yaml

from tests.shipped_law import RIGHTS
from virtaama.access.roles import parse_roles
from virtaama.privacy.policy import Role

TABLE = Path(__file__).with_name("authorization.yaml")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OUTCOMES = ("page", "onward", "sign in", "refused", "unclear", "no method", "not there")
VISITOR = "visitor"


@dataclass(frozen=True)
class Row:
    """One address: `title` says what it is, `of` who gets what by which method.

    `proof` is what another machine shows in place of a form of ours; empty where people send forms.
    """

    address: str
    title: str
    proof: str
    of: dict[str, dict[str, str]]

    def outcome(self, method: str, who: str) -> str:
        """The outcome the table promises; KeyError where it promises none."""
        told = self.of.get(method) or self.of["others"]
        return told[who] if who == VISITOR or who in told else told["everyone"]


def shipped_roles() -> tuple[Role, ...]:
    """The roles of the access.yaml a county begins with."""
    shipped = files("virtaama") / "content" / "county" / "access.yaml"
    return parse_roles(shipped.read_text(encoding="utf-8"), RIGHTS)


def table() -> tuple[Row, ...]:
    rows = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return tuple(Row(address, row.pop("title"), row.pop("proof", ""), row) for address, row in rows.items())


def routes() -> Iterator[str]:
    """Every route of the portal, as Django writes it. Its settings must have been read."""
    from django.urls import URLPattern, URLResolver, get_resolver

    def below(resolver: URLResolver, start: str) -> Iterator[str]:
        for each in resolver.url_patterns:
            route = start + str(each.pattern).removeprefix("^")  # as resolve() says it
            if isinstance(each, URLPattern):
                yield route
            else:
                yield from below(each, route)

    yield from below(get_resolver(), "")


SIGNS = {
    "page": "●",
    "onward": "→",
    "sign in": "sign-in",
    "refused": "–",
    "unclear": "?",
    "no method": "",
    "not there": "404",
}


def page() -> str:
    """docs/reference/authorization.md, from the table."""
    who = [VISITOR, *(role.name for role in shipped_roles())]
    lines = [
        "# Who gets what in the portal",
        "",
        "Generated from `tests/privacy/portal/authorization.yaml` by `python tools/authorization.py`;",
        "the tests ask every address by every method in every role and compare.",
        "Roles are those of the access.yaml that ships.",
        "",
        "● it is shown · → leads on to another page · sign-in leads to the sign-in · – refused, and on record · "
        "? answered according to what is sent.",
        "Methods that are not listed do nothing at that address.",
        "",
        f"| Address | What | Method | {' | '.join(f'`{each}`' for each in who)} |",
        f"|---|---|---|{'---|' * len(who)}",
    ]
    for row in table():
        for method in METHODS:
            if method not in row.of:
                continue
            cells = " | ".join(SIGNS[row.outcome(method, each)] for each in who)
            lines.append(f"| `{row.address}` | {row.title} | {method} | {cells} |")
    return "\n".join(lines) + "\n"
