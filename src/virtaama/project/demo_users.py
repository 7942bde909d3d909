"""The sign-ins of a demo, as access.yaml names them. A real project has none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from virtaama.model.concepts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUser:
    """An invented person who may sign in to a demo."""

    name: str
    full_name: str
    role: str
    role_labels: Text
    password: str
    municipalities: tuple[str, ...] = ()


def parse_demo_users(text: str) -> tuple[DemoUser, ...]:
    """The members of `demo_users` in access.yaml."""
    access = yaml.safe_load(text) or {}
    described = access.get("demo_users") or {}
    return tuple(
        DemoUser(
            name=name,
            full_name=user["name"],
            role=user["role"],
            role_labels=_labels(access, user["role"]),
            password=user["password"],
            municipalities=tuple(str(code) for code in user.get("municipalities", ())),
        )
        for name, user in described.items()
    )


def _labels(access: dict[str, Any], role: str) -> Text:
    labels = access["roles"][role].get("labels") or {}
    return Text(**{language: str(labels.get(language, role)) for language in ("fi", "sv", "en")})
