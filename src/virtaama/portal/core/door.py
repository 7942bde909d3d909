"""The one door of this process, and what it says about who asks."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import import_module
from typing import Any, Protocol, cast

from django.conf import settings
from django.http import HttpRequest

from virtaama.access.answers import Answer, AreaName, Lineage, Snapshot
from virtaama.lake.batches import Batch
from virtaama.lake.ledger import QualityLine, Run
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.question import Question
from virtaama.portal.core.models import Account
from virtaama.privacy.policy import Asker, Purpose, Role
from virtaama.problems import NotAllowed


class Door(Protocol):
    """What the portal asks of access."""

    def ask(self, question: Question, asker: Asker, purpose: Purpose) -> Answer: ...

    def catalogue(self) -> Catalogue: ...

    def snapshot(self) -> Snapshot: ...

    def areas(self, asker: Asker) -> tuple[AreaName, ...]: ...

    def periods(self) -> tuple[date, date]: ...

    def lineage(self, metric: str, asker: Asker) -> Lineage: ...

    def runs(self, asker: Asker) -> tuple[Run, ...]: ...

    def batches(self, asker: Asker, feed: str | None = None) -> tuple[Batch, ...]: ...

    def quality(self, asker: Asker) -> tuple[QualityLine, ...]: ...

    def member_label(self, dimension: str, member: str, language: str) -> str: ...


@cache
def project() -> Any:
    """The project this portal serves, opened once."""
    return import_module("virtaama.project.project").Project.open(settings.PROJECT_FOLDER)


@cache
def door() -> Door:
    """The door to the project's published figures. Everything the portal shows came through it."""
    return cast(Door, project().door())


@cache
def roles() -> dict[str, Role]:
    return {role.name: role for role in project().roles}


def role_of(asker: Asker) -> Role | None:
    """The role of the asker; None when access.yaml no longer has it."""
    return roles().get(asker.role)


def purpose_of(asker: Asker) -> Purpose:
    """What the asker looks at figures for: the first purpose of their role, in the order of `Purpose`."""
    role = role_of(asker)
    purposes = [purpose for purpose in Purpose if role and purpose in role.purposes]
    if not purposes:
        raise NotAllowed("the role has no purpose")
    return purposes[0]


def asker_of(request: HttpRequest) -> Asker:
    """Who asks: the account that is signed in."""
    if not isinstance(request.user, Account):
        raise NotAllowed("nobody is signed in")
    return request.user.asker()
