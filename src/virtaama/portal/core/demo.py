"""The sign-ins of a demo, as access.yaml names them. A real project has none."""

from __future__ import annotations

from functools import cache

import yaml
from django.conf import settings

from virtaama.portal.core.actions import NewAccount


@cache
def demo_accounts() -> tuple[NewAccount, ...]:
    """The demo accounts of the project served; empty for a real one."""
    return parse_demo_accounts((settings.PROJECT_FOLDER / "access.yaml").read_text(encoding="utf-8"))


def parse_demo_accounts(text: str) -> tuple[NewAccount, ...]:
    """The members of `demo_users` in access.yaml."""
    described = (yaml.safe_load(text) or {}).get("demo_users") or {}
    return tuple(
        NewAccount(
            name=name,
            full_name=user["name"],
            role=user["role"],
            password=user["password"],
            municipalities=tuple(str(code) for code in user.get("municipalities", ())),
        )
        for name, user in described.items()
    )
