"""The sign-ins of a demo, as access.yaml names them. A real project has none."""

from __future__ import annotations

from dataclasses import dataclass

from virtaama.access.roles import ACCESS, ACCESS_FILE
from virtaama.model.concepts import Text
from virtaama.model.documents import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUser:
    """An invented person who may sign in to a demo."""

    name: str
    full_name: str
    role: str
    role_labels: Text
    password: str
    municipalities: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


def parse_demo_users(text: str) -> tuple[DemoUser, ...]:
    """The members of `demo_users` in an access.yaml whose roles have been parsed."""
    root, _ = ACCESS.read(ACCESS_FILE, text)
    if root is None:
        return ()
    return tuple(
        DemoUser(
            name=name,
            full_name=user.text("name", name),
            role=user.text("role"),
            role_labels=_labels(root.at(("roles", user.text("role"))), user.text("role")),
            password=user.text("password"),
            municipalities=user.texts("municipalities"),
            units=user.texts("units"),
        )
        for name, user in root.within("demo_users")
    )


def _labels(role: Entry, name: str) -> Text:
    return role.words("labels") if role.member("labels") else Text(name, name, name)
