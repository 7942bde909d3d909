"""The sign-ins of a demo, as access.yaml names them. A real project has none."""

from __future__ import annotations

from dataclasses import dataclass

import yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUser:
    """An invented person who may sign in to a demo."""

    name: str
    full_name: str
    role: str
    password: str
    municipalities: tuple[str, ...] = ()


def parse_demo_users(text: str) -> tuple[DemoUser, ...]:
    """The members of `demo_users` in access.yaml."""
    described = (yaml.safe_load(text) or {}).get("demo_users") or {}
    return tuple(
        DemoUser(
            name=name,
            full_name=user["name"],
            role=user["role"],
            password=user["password"],
            municipalities=tuple(str(code) for code in user.get("municipalities", ())),
        )
        for name, user in described.items()
    )
