"""The sign-ins of a demo, as access.yaml names them. A real project has none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import yaml
from django.conf import settings

from virtaama.model.concepts import Text
from virtaama.portal.core.actions import NewAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSignIn:
    """A demo account, and what its role is called."""

    account: NewAccount
    role: Text


@cache
def demo_sign_ins() -> tuple[DemoSignIn, ...]:
    """The demo sign-ins of the project served; none where virtaama.yaml does not say `demo: true`."""
    about = yaml.safe_load((settings.PROJECT_FOLDER / "virtaama.yaml").read_text(encoding="utf-8"))
    if about.get("demo") is not True:
        return ()
    return parse_demo_sign_ins((settings.PROJECT_FOLDER / "access.yaml").read_text(encoding="utf-8"))


def parse_demo_sign_ins(text: str) -> tuple[DemoSignIn, ...]:
    """The members of `demo_users` in access.yaml."""
    access = yaml.safe_load(text) or {}
    return tuple(
        DemoSignIn(
            account=NewAccount(
                name=name,
                full_name=user["name"],
                role=user["role"],
                password=user["password"],
                municipalities=tuple(str(code) for code in user.get("municipalities", ())),
            ),
            role=Text(**access["roles"][user["role"]]["labels"]),
        )
        for name, user in (access.get("demo_users") or {}).items()
    )
