"""Who may destroy what is known of persons."""

from __future__ import annotations

from dataclasses import InitVar, dataclass

from virtaama.privacy.leaves import SEAL, Asker, Refused
from virtaama.privacy.policy import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureAllowed:
    """The leave to destroy what is known of persons. Only `decide_erasure` makes it."""

    asker: Asker
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not SEAL:
            raise TypeError("only decide_erasure() allows")


def decide_erasure(asker: Asker, role: Role | None) -> ErasureAllowed | Refused:
    """The decision on destroying what is known of persons: of one, or whatever is due. It serves no other purpose."""
    if role is None:
        return Refused(reason=f"there is no role '{asker.role}'")
    if not role.erasure:
        return Refused(reason=f"role '{role.name}' does not destroy data about persons")
    if role.own_municipality_only:
        return Refused(reason=f"role '{role.name}' sees its own municipality only")
    return ErasureAllowed(asker=asker, seal=SEAL)
