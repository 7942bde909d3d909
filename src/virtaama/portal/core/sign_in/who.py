"""Who somebody is, as far as their sign-in tells: kept in the session, to flag whom they open, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from virtaama.portal.core.door import project
from virtaama.project.persons import resident_of
from virtaama.project.sign_in import SignIn


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A family name, and the pseudonym of somebody as a resident; empty where the sign-in does not tell."""

    family_name: str = field(default="", repr=False)
    person: str = field(default="", repr=False)


UNTOLD: Final = Who()


def who_is(claims: Mapping[str, Any], sign_in: SignIn) -> Who:
    """Who the claims of a token tell of. A personal identity code becomes a pseudonym at once and is kept nowhere."""
    code = claims.get(sign_in.person) if sign_in.person else None
    return Who(
        family_name=str(claims.get(sign_in.family_name) or "")[:200],
        person=resident_of(project(), code) if isinstance(code, str) else "",
    )
