"""Decisions of the county that a role may open rows about single persons, as access.yaml says them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from virtaama.model.documents import Entry
from virtaama.model.shape import members, one_of, text, texts
from virtaama.privacy.policy import Approval, Purpose
from virtaama.problems import Problem

APPROVAL = members(
    "The county's decision that they may.",
    {
        "purposes": {**texts("What for."), "items": one_of(tuple(Purpose), "One of them.")},
        "decided_by": text("Who decided: a body or an office."),
        "record": text("The number under which the decision is kept."),
        "from": text("The first day it is in force, as 2026-01-01.", format="date"),
        "until": text("The last day. Without one it is in force until it is taken out.", format="date"),
    },
    required=("purposes", "decided_by", "record", "from"),
)


def approvals_in(role: Entry) -> tuple[Approval, ...]:
    """The approvals of a role whose entry is of the right shape."""
    return tuple(_approval(table, said) for table, said in role.within("features"))


def problems_of_approvals(name: str, role: Entry) -> Iterator[Problem]:
    """What of a role's approvals cannot be meant."""
    for table, said in role.within("features"):
        for purpose in said.texts("purposes"):
            if purpose not in role.texts("purposes"):
                yield Problem(
                    said.place,
                    f"role '{name}' may open '{table}' for '{purpose}', which is no purpose of the role.",
                    "Add it to the role's `purposes`, or take it out.",
                )
        if said.text("until") and said.text("until") < said.text("from"):
            yield Problem(
                said.place,
                f"the approval of role '{name}' to open '{table}' ends before it begins.",
                "`from` is the first day and `until` the last.",
            )


def _approval(table: str, said: Entry) -> Approval:
    until = said.text("until")
    return Approval(
        table=table,
        purposes=frozenset(Purpose(purpose) for purpose in said.texts("purposes")),
        decided_by=said.text("decided_by"),
        record=said.text("record"),
        valid_from=date.fromisoformat(said.text("from")),
        valid_until=date.fromisoformat(until) if until else None,
    )
